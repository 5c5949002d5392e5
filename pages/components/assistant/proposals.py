"""What the assistant proposes to record: a button each, and only its click records it."""

from functools import partial

import streamlit as st

from engine.errors import BadInput
from engine.results import Proposal
from pages.components.frame import access, session
from pages.components.look.wording import badge_text, escape

DONE = "assistant_done"


def button(proposal: Proposal, key: str) -> None:
    """The button; what was recorded is said in its place."""
    if (session.bank_id(), key) in st.session_state.setdefault(DONE, set()):
        st.badge(badge_text(f"Recorded. {proposal.label}"), icon=":material/check:", color="green")
        return
    event = session.event_id("assistant", key)
    st.button(
        escape(proposal.label),
        key=f"proposal_{key}",
        type="primary",
        icon=":material/edit_note:",
        on_click=_confirmed,
        args=(proposal, event, key),
    )


def _confirmed(proposal: Proposal, event: str, key: str) -> None:
    """Record what was proposed, once, under the name of who clicked."""
    done: set[tuple[str | None, str]] = st.session_state.setdefault(DONE, set())
    if (session.bank_id(), key) in done:
        return
    if session.submit(partial(_record, proposal, event), f"Recorded: {proposal.label}"):
        session.used(event)
        done.add((session.bank_id(), key))


def _record(proposal: Proposal, event: str) -> None:
    """Raises BadInput where nothing was stored."""
    engine, actor = session.engine(), access.require().actor
    customer, stored = proposal.customer_id, True
    if proposal.kind == "objection":
        engine.records.set_consent(
            customer, proposal.purpose, "refused", source="assistant", actor=actor
        )
    elif proposal.kind == "promise" and proposal.on is not None:
        stored = engine.days.promise(customer, contact_id=event, actor=actor, on=proposal.on.date())
    elif proposal.kind == "log":
        stored = engine.days.log(customer, contact_id=event, outcome=proposal.outcome, actor=actor)
    else:
        stored = engine.feedback.record(
            event_id=event,
            customer_id=customer,
            product_id=proposal.product_id,
            action="accepted" if proposal.kind == "accept" else "dismissed",
            actor=actor,
            offer=proposal.offer,
            seen=proposal.seen,
        )
    if not stored:
        raise BadInput("Nothing was recorded: this was sent before. Ask again to record it.")
