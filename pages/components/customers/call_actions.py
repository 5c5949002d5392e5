"""What becomes of a call: logged, promised for a day, snoozed, done; and the way back."""

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from engine.labels import CONTACT_LABELS
from engine.results import OUTCOMES
from pages.components.frame import session
from pages.components.look import choosing
from pages.components.look.wording import badge_text, escape

SNOOZE = {1: "Until tomorrow", 3: "For 3 days", 7: "For a week", 30: "For 30 days"}
LONGEST_NOTE = 2_000
NOTE = "Kept as you write it and shown here; no score ever reads it."


def _today() -> date:
    return datetime.now(UTC).date()


def last_done() -> None:
    """What was stored last, and the button that takes it back."""
    bank, contact, said = st.session_state.get("last_contact", (None, "", ""))
    if bank is None or bank != session.bank_id():
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(badge_text(said), icon=":material/check:", color="green")
        st.button(
            "Undo",
            type="tertiary",
            on_click=session.take_back,
            args=(contact, said),
            key=f"undo_{contact}",
        )


def buttons(customer_id: str, name: str, product_id: str | None, product: str | None) -> None:
    """Log the call, promise to come back, snooze, done: each stored once."""
    with st.container(horizontal=True, gap="small"):
        _log(customer_id, name, product_id, product)
        _promise(customer_id, name)
        _snooze(customer_id, name)
        event = session.event_id("done", customer_id)
        st.button(
            "Done",
            key=f"done_{customer_id}",
            icon=":material/check:",
            on_click=session.contact,
            args=("done", customer_id, event, f"Done: {name}"),
            help="Takes the customer off this list for some days; every promise is kept",
        )


def _popover(
    label: str, icon: str, what: str, customer_id: str
) -> st.delta_generator.DeltaGenerator:
    """A form that a stored act closes."""
    return st.popover(label, icon=icon, key=f"{what}_open_{customer_id}", on_change="rerun")


def _log(customer_id: str, name: str, product_id: str | None, product: str | None) -> None:
    event = session.event_id("log", customer_id)
    with (
        _popover("Log the call", ":material/call:", "log", customer_id),
        st.form(f"log_{event}", border=False),
    ):
        labels = {outcome: CONTACT_LABELS[outcome] for outcome in OUTCOMES}
        choosing.one_of("Outcome", labels, f"{event}_outcome")
        if product:
            st.checkbox(f"We spoke of {escape(product)}", key=f"{event}_product")
        st.text_area("Note", max_chars=LONGEST_NOTE, key=f"{event}_note", help=NOTE)
        _day("Come back on", f"{event}_follow_up", needed=False)
        st.form_submit_button(
            "Log the call",
            type="primary",
            on_click=_logged,
            args=(customer_id, name, event, product_id),
        )


def _logged(customer_id: str, name: str, event: str, product_id: str | None) -> None:
    said = {word: st.session_state.get(f"{event}_{word}") for word in ("outcome", "note")}
    spoken = st.session_state.get(f"{event}_product")
    due = st.session_state.get(f"{event}_follow_up")
    label = CONTACT_LABELS[said["outcome"]]
    _stored(
        "log",
        customer_id,
        event,
        f"{label}: {name}",
        outcome=said["outcome"],
        note=said["note"] or "",
        product_id=product_id if spoken else None,
        follow_up=due,
    )


def _promise(customer_id: str, name: str) -> None:
    event = session.event_id("promise", customer_id)
    with (
        _popover("Follow-up", ":material/event:", "promise", customer_id),
        st.form(f"promise_{event}", border=False),
    ):
        _day("Come back on", f"{event}_on", needed=True)
        st.text_input("What was promised", max_chars=200, key=f"{event}_note", help=NOTE)
        st.form_submit_button(
            "Promise it", type="primary", on_click=_promised, args=(customer_id, name, event)
        )


def _promised(customer_id: str, name: str, event: str) -> None:
    on, note = (st.session_state.get(f"{event}_{word}") for word in ("on", "note"))
    _stored("promise", customer_id, event, f"Follow-up promised: {name}", on=on, note=note or "")


def _snooze(customer_id: str, name: str) -> None:
    event = session.event_id("snooze", customer_id)
    with _popover("Snooze", ":material/snooze:", "snooze", customer_id):
        for days, label in SNOOZE.items():
            until = _today() + timedelta(days=days)
            st.button(
                label,
                key=f"snooze_{customer_id}_{days}",
                type="tertiary",
                on_click=_snoozed,
                args=(customer_id, name, event, until),
            )


def _snoozed(customer_id: str, name: str, event: str, until: date) -> None:
    _stored("snooze", customer_id, event, f"Snoozed: {name}", until=until)


def _stored(way: str, customer_id: str, event: str, said: str, **what: object) -> None:
    if session.contact(way, customer_id, event, said, **what):
        st.session_state[f"{way}_open_{customer_id}"] = False


def _day(label: str, key: str, *, needed: bool) -> None:
    today = _today()
    st.date_input(
        label,
        value=today + timedelta(days=7) if needed else None,
        min_value=today,
        max_value=today + timedelta(days=400),
        format="DD/MM/YYYY",
        key=key,
    )
