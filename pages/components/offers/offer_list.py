"""The Offers tab: one customer's list as cards to decide on, beside what was left out."""

import json

import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import Recommendation
from engine.vocabulary import LISTS
from pages.components.frame import session
from pages.components.look import choosing, notices, wording
from pages.components.look.wording import escape
from pages.components.offers import affinity_bars, offer_card, receipt_panel

ORDERS = {"score": "Score", "value": "Expected value", "interests": "Interests"}


def show(engine: Engine, customer: str) -> None:
    """The customer's list."""
    lists, size, order = st.columns([2, 2, 1.4], vertical_alignment="bottom")
    with lists:
        chosen = which(engine, customer)
    with size:
        k = st.slider("How many", 1, 20, 5, key="k", persist_state="session")
    with order:
        by = st.selectbox(
            "Order by",
            list(ORDERS),
            format_func=ORDERS.get,
            key="order",
            persist_state="session",
            help="Interests puts the same offers in the order of what the customer wants just now.",
        )
    with st.skeleton(height=300):
        given = engine.offers.recommend(customer, k=k, list=chosen, order=by)
    session.shown(given)
    offer_card.last_decision(customer)
    _cards_of(given)
    st.caption(
        f"{LIST_LABELS[given.list]} list · as of {wording.day(given.as_of)} · "
        f"model {escape(given.model_version)}"
    )
    affinity_bars.show(engine, customer)
    receipt_panel.of_list(engine, given)
    with st.expander("JSON, for developers"):
        st.code(json.dumps(given.to_json(), indent=2, ensure_ascii=False), language="json")


def which(engine: Engine, customer: str) -> str:
    """Growth or retention, the same in every tab of one customer."""
    return choosing.one_of(
        "List",
        {name: LIST_LABELS[name] for name in LISTS},
        f"list_{customer}",
        default=engine.offers.list_that_opens(customer),
        persist_state="session",
        help="Growth looks for the next product; retention for what makes the customer stay.",
    )


def _cards_of(given: Recommendation) -> None:
    offers, side = st.columns([7, 3], gap="medium")
    with offers:
        if given.action or given.support or not given.offers:
            offer_card.instead(given)
        if given.likely_next:
            st.caption(f":material/target: {escape(given.likely_next)}")
        linked = st.query_params.get("offer")
        answers = session.engine().feedback.answers(given.customer_id)
        for offer in given.offers:
            product = offer.product_id
            answered = answers.get(product)
            offer_card.show(offer, given, is_open=product == linked, answered=answered)
        notices.notes([f"{note.rstrip('.')}." for note in given.notes] if given.offers else ())
    with side:
        if given.insight:
            st.info(escape(given.insight), icon=":material/lightbulb:")
        st.caption(escape(session.engine().customers.needs(given.customer_id)))
        offer_card.left_out(given.removed)
