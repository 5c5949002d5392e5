"""Notes on days: a form to pin one, the list of them, and a way to take one off."""

from datetime import date

import streamlit as st

from engine import Engine
from engine.results import Note
from pages.components.frame import access, session
from pages.components.look import pinned, wording
from pages.components.look.wording import escape

_DAY, _TEXT = "note_day", "note_text"
_HOW = "A note on a day, such as a change of fees, stands as a line on the charts over time"


def show(engine: Engine) -> None:
    """The notes under one button; charts below carry them."""
    notes = engine.notes.all()
    pinned.pin(notes)
    said = f"Notes on days ({len(notes)})" if notes else "Notes on days"
    with st.popover(said, icon=":material/push_pin:", type="tertiary", help=_HOW):
        with st.form("note_form", border=False):
            as_of = engine.facts.summary().as_of.date()
            st.date_input(
                "Day",
                value=as_of,
                min_value=engine.notes.first,
                max_value=engine.notes.last,
                format="DD/MM/YYYY",
                key=_DAY,
            )
            st.text_input(
                "Note", key=_TEXT, max_chars=engine.notes.longest_text, placeholder="Fee change"
            )
            st.form_submit_button("Add the note", type="primary", on_click=_add)
        for note in notes:
            _row(note)


def _row(note: Note) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{wording.day(note.day)}: {escape(note.text)}")
        st.button(
            "Remove",
            key=f"note_remove_{note.note_id}",
            type="tertiary",
            on_click=_remove,
            args=(note.note_id, note.text),
            help=escape(f"Pinned by {note.actor}"),
        )


def _add() -> None:
    day: date = st.session_state[_DAY]
    text: str = st.session_state[_TEXT]
    event = session.event_id("note", str(day), text)
    actor = access.require().actor

    def doing() -> None:
        session.engine().notes.add(day, text, actor=actor, note_id=event)
        st.session_state[_TEXT] = ""

    session.submit(doing, f"Noted on {wording.day(day)}")


def _remove(note_id: str, text: str) -> None:
    session.submit(lambda: session.engine().notes.remove(note_id), f"Removed: {text}")
