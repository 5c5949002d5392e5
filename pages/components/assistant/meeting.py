"""Notes of a meeting, typed or dictated: what they say, each recorded by a click alone."""

from functools import partial

import streamlit as st

from engine import Engine
from engine.errors import BadInput, EngineError
from engine.results import Meeting, MeetingFact
from pages.components.assistant import voice
from pages.components.customers import customer_filters
from pages.components.frame import access, session
from pages.components.look.wording import badge_text, escape

TEXT, READ, DONE = "meeting_notes", "meeting_read", "meeting_done"
ICONS = {
    "child": "child_care",
    "house": "home",
    "move": "local_shipping",
    "job": "work",
    "retirement": "beach_access",
    "bereavement": "local_florist",
    "goal": "flag",
    "promise": "event",
}


def show(engine: Engine) -> None:
    """Whom it was with, what was said, and what of it may be recorded."""
    customer = session.customer_id()
    if customer is None:
        st.caption("Whom did you meet?")
        customer_filters.customer_picker(engine, "meeting")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        name = engine.customers.profile(customer).facts["name"] or customer
        st.markdown(f"With **{escape(name)}**")
        st.button("Somebody else", type="tertiary", on_click=session.choose, args=(None,))
    st.text_area(
        "What was said",
        key=TEXT,
        max_chars=engine.meetings.longest,
        height=160,
        placeholder="They are expecting a baby. She wants to buy a house. We will call on Friday.",
    )
    with st.popover("Dictate", icon=":material/mic:"):
        voice.show(
            engine,
            "voice_notes",
            what="your notes",
            action="Add to the notes",
            longest=engine.meetings.longest,
            use=_add,
        )
    if st.button("Read the notes", icon=":material/fact_check:"):
        _read(engine, customer)
    kept = st.session_state.get(READ)
    if kept is not None and kept[0] == (session.bank_id(), customer):
        _proposed(kept[1])


def _add(text: str) -> None:
    """Dictated words behind what was written."""
    before = str(st.session_state.get(TEXT, "")).rstrip()
    st.session_state[TEXT] = f"{before}\n{text}".strip()


def _read(engine: Engine, customer: str) -> None:
    st.session_state.pop(READ, None)
    try:
        told = engine.meetings.read(
            customer, str(st.session_state.get(TEXT, "")), manager=access.require().book
        )
    except EngineError as error:
        st.error(escape(error), icon=":material/error:")
        return
    session.looked(customer)
    st.session_state[READ] = ((session.bank_id(), customer), told)


def _proposed(told: Meeting) -> None:
    st.markdown(escape(told.sentence))
    for note in told.notes:
        st.caption(escape(note))
    for fact in told.facts:
        with st.container(border=True, gap="xsmall"):
            st.badge(badge_text(fact.label), icon=f":material/{ICONS.get(fact.kind, 'notes')}:")
            st.markdown(f"“{escape(fact.sentence)}”")
            _confirm(told.customer_id, fact)


def _confirm(customer: str, fact: MeetingFact) -> None:
    """The button; what was recorded is said in its place."""
    what = f"{customer}|{fact.kind}|{fact.label}|{fact.sentence}"
    if stored := st.session_state.setdefault(DONE, {}).get((session.bank_id(), what)):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge("Recorded", icon=":material/check:", color="green")
            st.button(
                "Undo",
                key=f"meeting_undo_{stored}",
                type="tertiary",
                icon=":material/undo:",
                help="Takes it back; both stay on record. A goal that it set is taken out again.",
                on_click=_undone,
                args=(customer, fact, stored, what),
            )
        return
    event = session.event_id("meeting", what)
    st.button(
        "Confirm",
        key=f"meeting_{event}",
        type="primary",
        icon=":material/check:",
        on_click=_confirmed,
        args=(customer, fact, event, what),
    )


def _confirmed(customer: str, fact: MeetingFact, event: str, what: str) -> None:
    """Record it, once, under the name of who clicked."""
    if session.submit(partial(_record, customer, fact, event), f"Recorded: {fact.label}"):
        session.used(event)
        st.session_state.setdefault(DONE, {})[(session.bank_id(), what)] = event


def _undone(customer: str, fact: MeetingFact, event: str, what: str) -> None:
    """Take back what was recorded, under the name of who clicked."""
    seen = access.require()
    if session.submit(
        lambda: session.engine().meetings.take_back(
            customer, fact_id=event, actor=seen.actor, manager=seen.book
        ),
        f"Undone: {fact.label}",
    ):
        st.session_state[DONE].pop((session.bank_id(), what), None)


def _record(customer: str, fact: MeetingFact, event: str) -> None:
    """Raises BadInput where nothing was stored."""
    seen = access.require()
    stored = session.engine().meetings.confirm(
        customer, fact, fact_id=event, actor=seen.actor, manager=seen.book
    )
    if not stored:
        raise BadInput("Nothing was recorded: this was sent before. Read the notes again.")
