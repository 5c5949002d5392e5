"""Who did what with one customer's record, newest first, and whether the trail is whole."""

import streamlit as st

from engine.results import Profile
from pages.components.frame import session
from pages.components.look import notices, tables
from pages.components.look.wording import escape


def show(profile: Profile) -> None:
    """Entries of the audit trail about this customer."""
    trail = session.engine().trail
    found = trail.table(profile.customer_id)
    st.caption(
        "Who opened, changed or exported this customer's record, set a consent or answered an "
        "offer. Nothing in it can be changed unseen: each entry is sealed with the one before."
    )
    if found.empty:
        notices.empty("Nobody yet", "Nothing was done with this record through Attune.")
        return
    tables.show(
        found,
        {
            "at": ("When", "moment"),
            "actor": "Who",
            "action": "What",
            "what": ("In detail", "long"),
        },
        "Who did what with this customer's record, newest first",
    )
    if session.may("trail.verify") and st.button(
        "Verify the whole trail",
        key="verify_trail",
        icon=":material/verified_user:",
        help="Follows every entry of everybody; that takes longer the more there are.",
    ):
        with st.spinner("Following the chain"):
            check = trail.verify()
        show_as = st.success if check.sound else st.error
        show_as(escape(check.verdict))
