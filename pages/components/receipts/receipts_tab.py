"""Receipts of one customer and what was said of needs."""

import streamlit as st

from engine.results import Profile
from pages.components.receipts import receipt_panel, said_chips


def show(profile: Profile) -> None:
    """Read another, those that are kept, and the evidence of needs."""
    receipt_panel.show(profile.customer_id, profile.currency, "customer")
    receipt_panel.kept(profile.customer_id, profile.currency)
    st.header("Evidence of needs")
    said_chips.show(profile.customer_id)
