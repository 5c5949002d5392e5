"""A table of customers in which a name opens its customer: by mouse, or from the keyboard."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.components.frame import session
from pages.components.look import tables

HOW = "Choose a name to open the customer; from the keyboard, the arrows and Shift with Space."


def table(
    frame: pd.DataFrame,
    columns: tables.Columns,
    alt: str,
    key: str,
    *,
    elsewhere: bool = True,
    **options: Any,
) -> None:
    """Show customers with their names as what opens them.

    Parameters
    ----------
    frame : DataFrame
        customer_id and name, and the further columns that are shown.
    columns : mapping
        As in `tables.show`; that of the name is its label and its width in pixels.
    elsewhere : bool
        Whether this is another page than that of the customers.
    """
    # What is bound here is what stood on the page when it was clicked, whatever changed since.
    ids = tuple(frame["customer_id"].astype("str"))
    label, width = columns["name"]
    name = st.column_config.ButtonColumn(
        label,
        type="tertiary",
        alignment="left",
        width=width,
        on_click=_clicked,
        args=(ids, f"{key}_name", elsewhere),
        key=f"{key}_name",
    )
    # A key of its own after each opening: the row that was chosen is not chosen on the way back.
    selection = f"{key}_{st.session_state.get('n_opened', 0)}"
    named = frame.assign(name=frame["name"].where(frame["name"].notna(), frame["customer_id"]))
    tables.show(
        named.drop(columns="customer_id"),
        {**columns, "name": name},
        alt,
        key=selection,
        on_select=partial(_selected, ids, selection, elsewhere),
        selection_mode="single-row",
        **options,
    )
    if opened := st.session_state.pop("opening", None):
        st.switch_page("customer_explorer.py", query_params={"customer": opened})


def _clicked(ids: tuple[str, ...], key: str, elsewhere: bool) -> None:
    _open(ids[st.session_state[key]["row"]], elsewhere)


def _selected(ids: tuple[str, ...], key: str, elsewhere: bool) -> None:
    if rows := st.session_state[key]["selection"]["rows"]:
        _open(ids[rows[0]], elsewhere)


def _open(customer: str, elsewhere: bool) -> None:
    session.choose(customer)
    if elsewhere:
        st.session_state["opening"] = customer
    st.session_state["n_opened"] = st.session_state.get("n_opened", 0) + 1
