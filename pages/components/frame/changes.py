"""What a click changes for everybody: alerts off the feed and back on it, figures of the market."""

import streamlit as st

from pages.components.frame import access, session


def keep_market(content: bytes, name: str) -> None:
    """Keep a file of market figures as the bank's own."""
    actor = access.require().actor
    session.submit(
        lambda: session.engine().records.save_market(content, name, actor=actor),
        "Kept as the bank's market figures",
    )


def remove_market() -> None:
    """Take the bank's market figures away."""
    actor = access.require().actor
    session.submit(
        lambda: session.engine().records.remove_market(actor=actor),
        "The bank's market figures are removed",
    )


def acknowledge(alert: str, title: str) -> None:
    """Take an alert off the feed, for everybody."""
    actor = access.require().actor
    if session.submit(lambda: session.engine().alerts.acknowledge(alert, actor)):
        st.session_state["last_alert"] = (session.bank_id(), alert, title)


def reopen(alert: str, title: str) -> None:
    """Put an acknowledged alert back on the feed; both stay on record."""
    actor = access.require().actor
    if session.submit(
        lambda: session.engine().alerts.reopen(alert, actor=actor), f"Back on the feed: {title}"
    ):
        st.session_state.pop("last_alert", None)
