"""What stands out about a customer: the line, and a paragraph that opens, with who wrote it."""

import streamlit as st

from engine.results import Profile
from pages.components.frame import session
from pages.components.look import notices
from pages.components.look.wording import escape

_MAY_ASK = "insight_asked"
"""Bank and customer of whom a writer may be asked once."""


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
    may_ask = st.session_state.pop(_MAY_ASK, None) == (session.bank_id(), customer_id)
    told = engine.writing.customer(customer_id, ask=("paragraph",) if may_ask else ())
    paragraph = told.paragraph
    st.write(escape(paragraph.text))
    st.caption(escape(paragraph.mark))
    if engine.writing.trouble:
        notices.notes([engine.writing.trouble])
    if told.writer and paragraph.by != told.writer:
        st.button(
            f"Let {escape(told.writer)} put it in other words",
            key="insight_ask",
            icon=":material/edit_note:",
            on_click=_ask,
            args=(session.bank_id(), customer_id),
        )
        notices.notes([engine.writing.leaves])


def _ask(bank_id: str | None, customer_id: str) -> None:
    st.session_state[_MAY_ASK] = (bank_id, customer_id)
