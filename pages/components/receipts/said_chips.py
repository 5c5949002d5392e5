"""What a customer said, wrote or paid for as evidence of needs: a chip each, with its sentence."""

import streamlit as st

from engine.results import NeedEvidence
from pages.components.frame import access, session
from pages.components.look import notices, wording
from pages.components.look.wording import badge_text, escape

ICONS = {
    "receipt": ":material/receipt_long:",
    "voice": ":material/mic:",
    "note": ":material/edit_note:",
    "post": ":material/forum:",
}


def show(customer_id: str) -> None:
    """The standing mentions; each can be taken back, and its part of the score goes with it."""
    said = session.engine().evidence.of(customer_id)
    if not said:
        notices.empty(
            "Nothing confirmed yet",
            "What a receipt tells of needs stands here once somebody ticks it and records the "
            "purchase.",
        )
        return
    for one in said:
        _one(customer_id, one)
    notices.notes(
        [
            "Each mention adds its own part to the needs that products are searched by; taking one "
            "back changes no other part."
        ]
    )


def _one(customer_id: str, one: NeedEvidence) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(
            badge_text(wording.label(one.topic)),
            icon=ICONS[one.source],
            color="green" if one.counts else "gray",
        )
        unused = "" if one.counts else " Not counted: the customer's consent does not allow it."
        st.markdown(f"{escape(one.text)}{unused}", width="content")
        st.button(
            "Take back",
            key=f"said_{one.evidence_id}",
            type="tertiary",
            icon=":material/undo:",
            on_click=_take_back,
            args=(customer_id, one.evidence_id),
        )


def _take_back(customer_id: str, evidence_id: str) -> None:
    actor = access.require().actor
    session.submit(
        lambda: session.engine().evidence.take_back(customer_id, evidence_id, actor=actor),
        "Taken back; it counts no more",
    )
