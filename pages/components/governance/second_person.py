"""What waits for a second person: who proposed it, why, and a button to agree."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import BadInput
from pages.components.frame import access, session
from pages.components.look import wording
from pages.components.look.wording import escape

TITLES = {
    "apply": "Settings {of} are to be put in force",
    "take_back": "Settings {of} are to be taken back",
    "serve": "Version {of} is to serve",
}
GONE = "This waits no more, or was proposed anew since the page was drawn. Nothing was done."
DONE = {
    "apply": "{of} is in force; two people agreed.",
    "take_back": "{of} is taken back; two people agreed.",
    "serve": "{of} serves; two people agreed.",
}


def show(engine: Engine) -> None:
    """A card for each proposal; nothing where none waits."""
    waiting = engine.levers.waiting()
    if waiting.empty:
        return
    st.subheader("Waiting for a second person", anchor=False)
    st.caption(
        "Each of them widens a gap between groups above the tolerance. It takes effect once "
        "somebody other than who proposed it agrees; both names stand in the log of settings."
    )
    for row in waiting.itertuples(index=False):
        _card(engine, row)


def _card(engine: Engine, row: Any) -> None:
    asks = "models.agree" if row.kind == "serve" else f"levers.{row.kind}"
    with st.container(border=True, key=f"waits_{row.kind}_{row.of}"):
        st.markdown(f"**{escape(TITLES[row.kind].format(of=row.of))}**")
        st.caption(
            f"Proposed by {escape(row.actor)}, {wording.moment(row.recorded_at)}; lapses after "
            f"{wording.day(row.until)}. Why: {escape(row.why or 'not said')}."
        )
        if not session.may(asks):
            return
        with st.form(f"agree_{row.kind}_{row.of}", border=False):
            why = st.text_input("Why you agree", placeholder="Stands in the log", max_chars=200)
            sent = st.form_submit_button("Agree", icon=":material/how_to_reg:")
        if sent:
            actor = access.still().actor
            session.submit(_agreeing(engine, row, actor, why), DONE[row.kind].format(of=row.of))
            st.rerun()


def _agreeing(engine: Engine, row: Any, actor: str, why: str) -> Callable[[], object]:
    """Ask for the same as who proposed it: the engine sees whether it is somebody else.

    What is asked for is what waits now, which a page that was open for long may not show: another
    setting would be taken back, or one that was saved anew put in force.
    """
    if row.kind == "serve":
        ask = partial(engine.models.agree, row.of)
    elif row.kind == "take_back":
        ask = engine.levers.take_back
    else:
        ask = partial(engine.levers.apply, row.of)

    def agree() -> object:
        now = engine.levers.waiting().itertuples(index=False)
        if not any(_proposed(one) == _proposed(row) for one in now):
            raise BadInput(GONE)
        return ask(actor=actor, why=why)

    return agree


def _proposed(row: Any) -> tuple[Any, ...]:
    """Which proposal it is: what, by whom, and when."""
    return row.kind, row.of, row.actor, row.recorded_at
