"""What was tried with the levers: saved under a name, put in force, taken back, on record."""

from collections.abc import Callable

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.results import LeverEffect
from pages.components.frame import access
from pages.components.levers import persona_tests
from pages.components.look import tables
from pages.components.look.wording import escape


def start(changes: dict[str, float]) -> None:
    """Begin anew from some changes: widgets of another round have other keys."""
    st.session_state["levers_start"] = changes
    st.session_state["levers_round"] = st.session_state.get("levers_round", 0) + 1


def show(
    engine: Engine, effect: LeverEffect, changes: dict[str, float], off: tuple[str, ...]
) -> None:
    """Save what is moved; open, put in force or remove what is saved; the log of it all."""
    st.header("Saved settings", anchor=False)
    saving, using = st.columns(2, gap="large")
    with saving:
        _save(engine, effect, changes, off)
    with using:
        _use(engine)
    persona_tests.show(engine)
    waiting = engine.levers.waiting()
    if len(waiting):
        tables.show(
            waiting,
            {
                "name": "Settings",
                "actor": "Proposed by",
                "recorded_at": ("When", "moment"),
                "until": ("Second person until", "day"),
                "why": ("Why", "long"),
            },
            "Settings that wait until a second person puts them in force",
            height="content",
        )
    log = engine.levers.log()
    if len(log):
        tables.show(
            log,
            {
                "recorded_at": ("When", "moment"),
                "actor": "Who",
                "action": "What",
                "name": "Settings",
                "why": ("Why", "long"),
            },
            "Who saved, applied or took back which settings, newest first",
            height="content" if len(log) < 8 else 280,
        )


def _save(
    engine: Engine, effect: LeverEffect, changes: dict[str, float], off: tuple[str, ...]
) -> None:
    if effect.changes.empty:
        st.caption("Move a lever to save what differs from today.")
        return
    tables.show(
        effect.changes,
        {"label": "Setting", "today": ("Today", "two"), "new": ("New", "two")},
        "Settings that differ from today's",
        height="content",
    )
    with st.form("levers_save", border=False, clear_on_submit=True):
        name = st.text_input("Name", placeholder="more-needs", max_chars=40)
        why = st.text_input("Why", placeholder="What this is for")
        sent = st.form_submit_button("Save settings", type="primary")
    if sent:
        actor = access.require().actor
        try:
            engine.levers.save(name.strip().lower(), changes, off=off, actor=actor, why=why)
        except EngineError as error:
            st.warning(escape(error), icon=":material/error:")
            return
        _done(f"Saved: {name.strip().lower()}")


def _use(engine: Engine) -> None:
    saved, force = engine.levers.saved(), engine.levers.in_force()
    may = "manager" in access.require().roles
    help_text = None if may else "Managers put settings in force and take them back."
    if force:
        st.markdown(f"In force: **{escape(', '.join(force))}**")
    if saved:
        chosen = st.selectbox("Saved", saved, key="levers_saved")
        why = st.text_input("Why now", key="levers_why", placeholder="Stands in the log")
        with st.container(horizontal=True):
            if st.button("Open"):
                _try(lambda: start(engine.levers.load(chosen)), f"Opened: {chosen}")
            if st.button("Put in force", disabled=not may, help=help_text):
                actor = access.require().actor
                _put(
                    lambda: engine.levers.apply(chosen, actor=actor, why=why),
                    f"In force: {chosen}. Every list is now made with it.",
                )
            if st.button("Remove"):
                actor = access.require().actor
                _try(lambda: engine.levers.remove(chosen, actor=actor), f"Removed: {chosen}")
    if force and st.button(
        "Take the last one back", icon=":material/undo:", disabled=not may, help=help_text
    ):
        actor = access.require().actor
        _put(lambda: engine.levers.take_back(actor=actor)[1], f"Taken back: {force[-1]}.")


def _put(doing: Callable[[], tuple[str, ...]], done: str) -> None:
    """Put in force or take back, and say which persona tests were passed over."""
    try:
        notes = doing()
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    start({})
    _done(" ".join((done, *notes)))


def _try(doing: Callable[[], object], done: str) -> None:
    """Do something, and say that it is done with what it says itself."""
    try:
        said = doing()
    except EngineError as error:
        st.warning(escape(error), icon=":material/error:")
        return
    _done(f"{done} {said}" if isinstance(said, str) and said else done)


def _done(said: str) -> None:
    st.session_state["levers_said"] = said
    st.rerun()
