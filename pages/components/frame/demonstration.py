"""The demonstration: a bar that leads from customer to customer, and a fresh start."""

import streamlit as st

from engine.errors import EngineError
from pages.components.frame import access, session
from pages.components.look.wording import escape

PLACE = "demo"
"""Name in the address and in the session of the stop that is shown, from 1."""
FILES = {"": "customer_explorer.py", "recommendations": "recommendations.py"}
RESET = "The demonstration is as it was shipped"


def arrive() -> None:
    """Go to the stop that the address asks for, and keep to it from page to page."""
    asked, shown = st.query_params.get(PLACE), st.session_state.get(PLACE)
    if asked is None and not shown:
        return  # and a page begins without waiting for the bank
    if not access.may("demonstration.stop"):
        st.query_params.pop(PLACE, None)
        return
    n_stops = session.engine().demonstration.n_stops
    if not n_stops:
        st.session_state.pop(PLACE, None)
    elif asked is None and shown:
        st.query_params[PLACE] = str(shown)
    elif asked is not None and asked != str(shown):
        go(int(asked) if asked.isdecimal() and 1 <= int(asked) <= n_stops else 1)


def go(number: int) -> None:
    """Show a stop on its page."""
    stop = session.engine().demonstration.stop(number)
    st.session_state[PLACE] = number
    place = {"customer": stop.customer_id, PLACE: str(number)}
    st.switch_page(FILES[stop.page], query_params=place | session.carried_bank())


def bar() -> None:
    """Who is shown, what to look at, and the ways on."""
    number = st.session_state.get(PLACE)
    if not number:
        return
    demonstration = session.engine().demonstration
    stop = demonstration.stop(number)
    with st.container(border=True, gap="xsmall", key="demonstration"):
        st.markdown(
            f"**{number} of {demonstration.n_stops}: {escape(stop.name)}**, {escape(stop.title)}"
        )
        st.write(escape(stop.line))
        with st.container(horizontal=True, gap="small"):
            back = st.button("Back", key="demo_back", disabled=number == 1)
            last = number == demonstration.n_stops
            on = st.button("Next", key="demo_next", type="primary", disabled=last)
            st.button("Leave", key="demo_leave", type="tertiary", on_click=_leave)
    if back or on:
        go(number + (1 if on else -1))


def _leave() -> None:
    st.session_state.pop(PLACE, None)
    st.query_params.pop(PLACE, None)


def in_sidebar() -> None:
    """For the demo bank alone: begin, and start over, which asks once."""
    if not session.engine().demonstration.n_stops:
        return
    if not st.session_state.get(PLACE) and st.button(
        "Show me around", key="demo_begin", icon=":material/tour:", type="tertiary"
    ):
        go(1)
    with st.popover("Reset the demonstration", type="tertiary", key="demo_reset"):
        st.write("Whatever was recorded about the demo bank goes, for everybody. Its data stays.")
        if st.button("Yes, reset", key="demo_reset_yes", type="primary"):
            _reset()


def _reset() -> None:
    try:
        with st.spinner("Starting over"):
            session.engine().demonstration.reset(actor=access.require().actor)
    except EngineError as error:
        st.session_state["flash"] = ("error", str(error))
    else:
        st.session_state["flash"] = ("done", RESET)
        session.start_over()
    st.switch_page("my_day.py")
