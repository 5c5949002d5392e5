"""Whose first offers another version changes and why, and whose answers would teach most."""

import pandas as pd
import streamlit as st

from engine import Engine
from engine.results import ListChanges
from pages.components.frame import access
from pages.components.look import notices, tables
from pages.components.look.wording import escape

ROW = 110
"""Height of a row, in pixels, that four lines fit in."""
PEOPLE = {
    "actor": "Who answered",
    "n_answers": ("New answers", "count"),
    "n_no": ("Of them a no", "count"),
    "n_later": ("Of them postponed", "count"),
    "n_changed": ("First offers they change", "count"),
    "customers": ("Of", "320"),
}
OFFERS = {
    "who": ("Customer", "120"),
    "before": ("First offer before", "140"),
    "after": ("First offer after", "140"),
    "rank_before": ("Its place before", "count"),
    "rank_after": ("The old one now", "count"),
    "why": ("Why", "460"),
}
ASKED = {
    "who": ("Customer", "150"),
    "product": ("First offer", "150"),
    "reach": ("Tells of", "count"),
    "asked": ("Answers so far", "count"),
    "why": ("Why", "440"),
}


def show(found: ListChanges) -> None:
    """What is new in the first offers, by whose answers, and each of them with its reason."""
    st.write(escape(found.says[0]) if found.says else "")
    if _own_book():
        if found.n_changed:
            st.caption("Customers are named to analysts and managers.")
        return
    if not found.by_person.empty:
        tables.show(found.by_person, PEOPLE, "What each person's new answers change by themselves")
    if found.rows.empty:
        return
    tables.show(
        found.rows.assign(
            who=found.rows["customer"].where(
                found.rows["customer"] != "", found.rows["customer_id"]
            ),
        ),
        OFFERS,
        "First offers of before and after, with what moved them",
        height=420,
        row_height=ROW,
    )
    if found.n_changed > len(found.rows):
        st.caption(f"The first {len(found.rows):,} of {found.n_changed:,} are shown.")


def _own_book() -> bool:
    """Does the person see one book alone? Changes are of everybody's customers."""
    return access.require().book is not None


def between(engine: Engine, names: list[str]) -> None:
    """Any two versions, on the bank of now."""
    if len(names) < 2:
        return
    st.markdown("**Two versions compared**")
    left, right = st.columns(2)
    with left:
        before = st.selectbox("Before", names, index=1, key="version_before")
    with right:
        after = st.selectbox("After", names, index=0, key="version_after")
    if before == after:
        st.caption("Choose two different versions.")
    elif st.toggle("Show whose first offers differ", key="versions_compared"):
        with st.skeleton(height=200):
            found = engine.models.compare(before, after)
        show(found)


def whom_to_ask(engine: Engine) -> None:
    """Whose answers would teach most."""
    if _own_book():
        return
    with st.expander("Whom to ask next", icon=":material/contact_support:"):
        found = engine.models.whom_to_ask()
        if found.empty:
            notices.empty("Nobody to ask", "No customer has a first offer.")
            return
        tables.show(
            found.assign(
                who=found["customer"].where(found["customer"] != "", found["customer_id"])
            ),
            ASKED,
            "Customers whose answer to their first offer would teach most, in the order to ask",
            height=420,
            row_height=tables.THREE_LINES,
        )
        st.caption(
            "Worth is uncertainty times reach: how much less is unknown about everybody's first "
            "offer once this customer has answered theirs."
        )


def _named(rows: pd.DataFrame) -> pd.Series:
    return rows["customer"].where(rows["customer"] != "", rows["customer_id"])
