"""What stands out about a customer: the line, and a paragraph that opens, with who wrote it."""

import streamlit as st

from engine.results import Profile
from pages.components.frame import session
from pages.components.look import notices
from pages.components.look.wording import escape


def show(profile: Profile) -> None:
    """The line at once, the paragraph when it is opened."""
    if not profile.insight:
        return
    st.info(escape(profile.insight), icon=":material/lightbulb:")
    place = st.expander(
        "In a paragraph", key="insight_paragraph", icon=":material/notes:", on_change="rerun"
    )
    if place.open:
        with place:
            _paragraph(profile.customer_id)


@st.fragment
def _paragraph(customer_id: str) -> None:
    engine = session.engine()
    asked = ("insight_asked", customer_id)
    key = ":".join(asked)
    told = engine.writing.customer(customer_id, ask=bool(st.session_state.get(key)))
    paragraph = told.paragraph
    st.write(escape(paragraph.text))
    st.caption(escape(paragraph.mark))
    if engine.writing.trouble:
        notices.notes([engine.writing.trouble])
    if told.writer and not st.session_state.get(key):
        st.button(
            f"Let {escape(told.writer)} put it in other words",
            key="insight_ask",
            icon=":material/edit_note:",
            on_click=_ask,
            args=(key,),
        )
        notices.notes([engine.writing.leaves])


def _ask(key: str) -> None:
    st.session_state[key] = True
