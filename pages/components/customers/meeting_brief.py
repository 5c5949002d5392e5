"""The page for a meeting with one customer: downloaded as PDF, or looked at and printed."""

import streamlit as st

from pages.components.frame import access, session


def buttons(customer_id: str, name: str) -> None:
    """Both ways to get it; it is made when it is asked for, and its receipt says for whom."""
    # The file is made outside of the session, so all that it needs is taken here.
    briefs, actor = session.engine().briefs, access.require().actor

    def made(kind: str) -> bytes:
        return briefs.export(briefs.of(customer_id, actor=actor), kind)

    st.download_button(
        "Meeting brief",
        session.noted("meeting brief", lambda: made("pdf"), customer_id),
        file_name=f"brief_{''.join(c if c.isalnum() else '_' for c in customer_id)}.pdf",
        mime="application/pdf",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"brief_{customer_id}",
        help="One page, PDF: who, money, mood, news, offers with reasons, what not to say",
    )
    if st.button(
        "Print view", icon=":material/print:", type="tertiary", key=f"brief_view_{customer_id}"
    ):
        _view(made("html").decode(), name)


@st.dialog("Meeting brief", width="large")
def _view(page: str, name: str) -> None:
    st.iframe(page, height=620, alt=f"Meeting brief of {name}")
