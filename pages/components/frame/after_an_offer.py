"""Where an offer leads on to: the product, its opening, the record of the customer."""

import uuid

import streamlit as st

from engine.results import Offer
from pages.components.frame import access, session


def clicked(customer: str, offer: Offer, receipt: str) -> None:
    """Store that a person went on from an offer to the product: once per receipt and person."""
    actor = access.require().actor
    once = uuid.uuid5(uuid.NAMESPACE_URL, "|".join((receipt, offer.product_id, "clicked", actor)))
    session.submit(
        lambda: session.engine().feedback.record(
            event_id=str(once),
            customer_id=customer,
            product_id=offer.product_id,
            action="clicked",
            actor=actor,
            offer=offer,
            receipt_id=receipt,
        )
    )


def bought(accepted: str, product: str) -> None:
    """Store that the product of an accepted offer was opened; it is held from today on."""
    event, actor = session.event_id("purchased", accepted), access.require().actor
    feedback = session.engine().feedback
    opened = f"Opened: {product}"
    if session.submit(lambda: feedback.purchased(accepted, event_id=event, actor=actor), opened):
        session.used(event)


def correct(customer: str, offer: str, comment: str) -> None:
    """Have the customer's record open at what was said to be wrong, until another one opens."""
    st.session_state["correct"] = (session.bank_id(), customer, offer, comment)
    st.session_state["customer_tab"] = "Record"


def to_correct(customer: str) -> tuple[str, str] | None:
    """The offer that showed wrong data of a customer, and what was said of it."""
    bank, whose, *said = st.session_state.get("correct", (None, "", "", ""))
    return (said[0], said[1]) if (bank, whose) == (session.bank_id(), customer) else None
