"""Next best offers for one customer: cards to decide on, what was left out, and why."""

import json

import streamlit as st

from engine.vocabulary import LISTS
from pages import _access, _cards, _filters, _frame, _state, _words
from pages._words import escape

_access.require("relationship_manager", "analyst", "manager")
engine = _state.engine()

_frame.title("Recommendations", "What to offer next, why, and what was left out")
customer = _state.customer_id()
if customer is None:
    _cards.empty("Choose a customer first", "Search here, or pick one from the Customers page.")
    _filters.customer_picker(engine, "recommendations")
    st.stop()

lists, size, order = st.columns([2, 2, 1.4], vertical_alignment="bottom")
first = engine.recommend(customer, k=1).list
with lists:
    chosen = st.segmented_control(
        "List",
        list(LISTS),
        default=first,
        required=True,
        format_func=_words.LISTS.get,
        key=f"list_{customer}",
        help="Growth looks for the next product; retention for what makes the customer stay.",
    )
with size:
    k = st.slider("How many", 1, 20, 5, key="k", persist_state="session")
with order:
    by_value = st.toggle("Order by value", key="by_value", persist_state="session")

with st.skeleton(height=300):
    given = engine.recommend(customer, k=k, list=chosen, order="value" if by_value else "score")

_state.shown(given)
_cards.last_decision(customer)
offers, side = st.columns([7, 3], gap="medium")
with offers:
    if given.insight:
        st.info(escape(given.insight), icon=":material/lightbulb:")
    if given.action or not given.offers:
        _cards.instead(given)
    linked = st.query_params.get("offer")
    for offer in given.offers:
        _cards.offer(offer, given, is_open=offer.product_id == linked)
    _cards.notes(given.notes if given.offers else ())
with side:
    _cards.left_out(given.removed)

st.caption(
    f"{_words.LISTS[given.list]} list · as of {_words.day(given.as_of)} · "
    f"model {escape(given.model_version)} · receipt {escape(given.receipt_id)}"
)
with st.expander("JSON, for developers"):
    st.code(json.dumps(given.to_json(), indent=2, ensure_ascii=False), language="json")
