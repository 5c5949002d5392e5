"""Widgets that narrow the list of customers, kept in the address; a way to choose one customer."""

from typing import Any

import streamlit as st

from engine import Engine
from pages.components.frame import session
from pages.components.look import choosing, wording
from pages.components.look.wording import escape

SORTS = {
    "value_a_year": ("Most valuable first", True),
    "churn": ("Most likely to leave first", True),
    "n_alerts": ("Most alerts first", True),
    "mood": ("Poorest mood first", False),
    "last_contact": ("Longest without contact first", False),
    "next_offer_confidence": ("Surest offer first", True),
    "name": ("Name, A to Z", False),
}
"""Column -> what sorting by it is called, and whether the highest comes first."""
FILTERS = {
    "segment": "Segment",
    "relationship_manager": "Relationship manager",
    "churn_band": "Churn",
    "value_band": "Value",
    "audience": "Audience",
}
WHO = frozenset({"name", "customer_id", "email", "phone"})
"""Columns that say who somebody is: nobody who may see no names searches or sorts by them."""
ARGUMENTS = {"relationship_manager": "manager"}
KEYS = ("search", "sort", *FILTERS, "alerts")
"""Names of these widgets in the address."""


def sees_names(engine: Engine) -> bool:
    """Does whoever looks see who customers are?"""
    return engine.may("customers.profile")


def sorts(engine: Engine) -> list[str]:
    """Columns of `SORTS` that whoever looks may sort by."""
    return [column for column in SORTS if sees_names(engine) or column not in WHO]


def customers(engine: Engine) -> dict[str, Any]:
    """Search, filters and sorting of the customer list, as arguments of `customers.table`."""
    search, sort = st.columns([2, 1], vertical_alignment="bottom")
    text = ""
    if sees_names(engine):
        with search:
            text = st.text_input(
                "Search",
                key="search",
                type="search",
                placeholder="Name, customer number, e-mail or phone",
                bind="query-params",
                live=True,
            )
    with sort:
        by = st.selectbox(
            "Sort by",
            sorts(engine),
            format_func=lambda column: SORTS[column][0],
            key="sort",
            bind="query-params",
        )
    arguments: dict[str, Any] = {"search": text or "", "sort": by, "descending": SORTS[by][1]}
    options = {column: engine.customers.choices(column) for column in FILTERS}
    shown = {column: values for column, values in options.items() if len(values) > 1}
    *places, last = st.columns(len(shown) + 1, vertical_alignment="bottom")
    for place, (column, values) in zip(places, shown.items(), strict=True):
        with place:
            chosen = choosing.choice(FILTERS[column], values, key=column)
        arguments[ARGUMENTS.get(column, column)] = chosen
    with last:
        arguments["with_alerts"] = st.toggle("With alerts", key="alerts", bind="query-params")
    return arguments


def active() -> list[str]:
    """What narrows the list, in words, for an empty result."""
    state = st.session_state
    said = [f"search “{escape(state['search'])}”"] if state.get("search") else []
    chosen = {column: state.get(column, choosing.ALL) for column in FILTERS}
    said += [
        f"{FILTERS[column].lower()}: {escape(wording.label(value))}"
        for column, value in chosen.items()
        if value != choosing.ALL
    ]
    return said + (["with alerts"] if state.get("alerts") else [])


def clear() -> None:
    """Take every filter of the customer list away."""
    st.session_state["search"] = ""
    for column in FILTERS:
        st.session_state[column] = choosing.ALL
    st.session_state["alerts"] = False


def customer_picker(engine: Engine, key: str) -> None:
    """Choose a customer on a page that needs one."""
    text = st.text_input(
        "Find a customer",
        key=f"{key}_search",
        type="search",
        placeholder="Name, customer number, e-mail or phone",
        live=True,
    )
    customers = engine.customers.table(search=text or "").head(8)
    if customers.empty:
        st.caption("Nobody has that name or number.")
    with st.container(horizontal=True):
        for row in customers.itertuples():
            if st.button(escape(row.name), key=f"{key}_{row.customer_id}"):
                session.choose(row.customer_id)
                st.rerun()
