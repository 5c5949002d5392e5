"""Tables in which a name opens what stands behind it: by mouse, or from the keyboard."""

from collections.abc import Callable
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
    ids = tuple(frame["customer_id"].astype("str"))
    named = frame.assign(name=frame["name"].where(frame["name"].notna(), frame["customer_id"]))
    opening = partial(_open, elsewhere)
    rows(named.drop(columns="customer_id"), "name", ids, opening, columns, alt, key, **options)
    if opened := st.session_state.pop("opening", None):
        st.switch_page("customer_explorer.py", query_params={"customer": opened})


def rows(
    frame: pd.DataFrame,
    column: str,
    ids: tuple[str, ...],
    opening: Callable[[str], None],
    columns: tables.Columns,
    alt: str,
    key: str,
    **options: Any,
) -> None:
    """Show a table whose cells of one column open the id of their row."""
    # What is bound here is what stood on the page when it was clicked, whatever changed since.
    label, width = columns[column]
    button = st.column_config.ButtonColumn(
        label,
        type="tertiary",
        alignment="left",
        width=width,
        on_click=_clicked,
        args=(ids, f"{key}_{column}", opening),
        key=f"{key}_{column}",
    )
    # A key of its own after each opening: the row that was chosen is not chosen on the way back.
    selection = f"{key}_{st.session_state.get('n_opened', 0)}"
    tables.show(
        frame,
        {**columns, column: button},
        alt,
        key=selection,
        on_select=partial(_selected, ids, selection, opening),
        selection_mode="single-row",
        **options,
    )


def _clicked(ids: tuple[str, ...], key: str, opening: Callable[[str], None]) -> None:
    _opened(ids[st.session_state[key]["row"]], opening)


def _selected(ids: tuple[str, ...], key: str, opening: Callable[[str], None]) -> None:
    if chosen := st.session_state[key]["selection"]["rows"]:
        _opened(ids[chosen[0]], opening)


def _opened(one: str, opening: Callable[[str], None]) -> None:
    opening(one)
    st.session_state["n_opened"] = st.session_state.get("n_opened", 0) + 1


def _open(elsewhere: bool, customer: str) -> None:
    session.choose(customer)
    if elsewhere:
        st.session_state["opening"] = customer
