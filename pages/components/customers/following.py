"""From a number of customers to these customers: a link below a figure, or a row of a table."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from engine.results import Counted, Selection
from pages.components.customers import openable
from pages.components.look import tables, wording
from pages.components.look.wording import escape

SHOW = "show"
"""In the address: the selection of customers that the list is of."""
HOW = "Choose a name to see the customers; from the keyboard, the arrows and Shift with Space."
_NEXT = "following"
_SEEN = "selection_seen"


def link(counted: Counted | None, title: str = "") -> None:
    """A link to the customers whom a number counts; nothing where it counts nobody."""
    if counted is None or not counted.n:
        return
    n = wording.counted(counted.n, "customer")
    st.page_link(
        "customer_explorer.py",
        label=f"{n}: {escape(title)}" if title else n,
        icon=":material/arrow_forward:",
        query_params=query(SHOW, counted.selection),
    )


def links(counts: Sequence[Counted]) -> None:
    """Links side by side, with whom each opens."""
    with st.container(horizontal=True, gap="xsmall"):
        for counted in counts:
            link(counted, counted.title)


def no_lists(counts: Sequence[Counted], n_customers: int) -> None:
    """How many have no list, and by which rule."""
    if not counts:
        return
    whole, *parts = counts
    of = f"{whole.n:,} of {wording.counted(n_customers, 'customer')}"
    st.markdown(f"**{of} have no list of offers**, by the first rule that leaves nothing:")
    for part in parts:
        link(part, part.title.removeprefix(f"{whole.title}: "))
    link(whole, "all of them")


def no_lists_behind_a_button(counts: Sequence[Counted], n_customers: int) -> None:
    """The same where there is little room; nothing where everybody has a list."""
    if counts:
        said = f"{counts[0].n:,} have no list"
        with st.popover(said, icon=":material/playlist_remove:", type="tertiary"):
            no_lists(counts, n_customers)


def table(
    frame: pd.DataFrame,
    columns: tables.Columns,
    alt: str,
    *,
    column: str,
    key: str,
    how: bool = False,
    **options: Any,
) -> None:
    """Show rows that count customers; the cells of `column` open those of `opens`.

    With `how`, one sentence below says so: the first table of a page has it.
    """
    addresses = tuple(frame["opens"])
    shown = frame.drop(columns="opens")
    openable.rows(shown, column, addresses, _follow, columns, alt, key, **options)
    if how:
        st.caption(HOW)
    if address := st.session_state.pop(_NEXT, None):
        st.switch_page("customer_explorer.py", query_params=_with_bank({SHOW: address}))


def query(name: str, selection: Selection) -> dict[str, str]:
    """A selection in an address, with the bank."""
    return _with_bank({name: selection.address})


def is_new(address: str | None) -> bool:
    """Does the address name a selection that this session did not see last?"""
    return bool(address) and address != st.session_state.get(_SEEN)


def seen(address: str | None) -> None:
    """This selection is no news any more."""
    st.session_state[_SEEN] = address


def _follow(address: str) -> None:
    st.session_state[_NEXT] = address


def _with_bank(query: dict[str, str]) -> dict[str, str]:
    bank = st.query_params.get("bank")
    return query | ({"bank": bank} if bank else {})
