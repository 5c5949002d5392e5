"""Everything that happened with one customer as one stream, with a filter."""

import streamlit as st

from engine.results import Profile
from pages.components.frame import session
from pages.components.look import choosing, notices, tables

KINDS = {
    "contact": "Contacts",
    "follow-up": "Follow-ups",
    "told": "Told in meetings",
    "offer": "Offers shown",
    "decision": "Decisions",
    "message": "Messages",
    "money": "Large payments",
}


def show(profile: Profile) -> None:
    """The stream, newest first; a post that may not be used is not in it."""
    stream = session.engine().days.timeline(profile.customer_id)
    if stream.empty:
        notices.empty("Nothing dated", "This bank's data has no dated contact, message or payment.")
        return
    known = [kind for kind in KINDS if (stream["kind"] == kind).any()]
    chosen = st.pills(
        "Show",
        known,
        selection_mode="multi",
        format_func=lambda kind: f"{KINDS[kind]} ({(stream['kind'] == kind).sum():,})",
        key="timeline_kinds",
    )
    kept = stream[stream["kind"].isin(chosen)] if chosen else stream
    table = st.container()
    rows = choosing.page_of(kept, "timeline_page")
    with table:
        tables.show(
            rows.assign(kind=rows["kind"].map(KINDS)),
            {
                "at": ("When", "day"),
                "kind": ("Kind", "130"),
                "what": ("What", "220"),
                "detail": ("Detail", "long"),
                "by": ("By", "130"),
            },
            "Contacts, follow-ups, offers, decisions, messages and large payments, newest first",
        )
