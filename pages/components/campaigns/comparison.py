"""Campaigns kept for comparison in this session; 2 to 5 side by side."""

import streamlit as st

from engine import Engine
from engine.results import Campaign
from pages.components.look import tables

KEY = "campaigns_kept"
MOST = 5


def show(engine: Engine, asked: Campaign) -> None:
    """Keep the campaign that is shown; the kept ones beside each other."""
    kept: dict[str, Campaign] = st.session_state.setdefault(KEY, {})
    st.header("Side by side", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        full = len(kept) >= MOST and asked.name not in kept
        if st.button(
            "Keep for comparison", icon=":material/add:", disabled=full, key="campaign_keep"
        ):
            kept[asked.name] = asked
        if kept and st.button("Clear", key="campaign_clear"):
            kept.clear()
    if len(kept) < 2:
        said = f"Kept: {', '.join(kept)}. " if kept else ""
        st.caption(f"{said}Keep two to {MOST} campaigns under different names to compare them.")
        return
    made = engine.campaigns.compare(list(kept.values()))
    currency = made[0].currency
    tables.show(
        engine.campaigns.side_by_side(made),
        {
            "campaign": "Campaign",
            "contacted": ("Contacted", "count"),
            "takers": ("Expected takers", "one"),
            "takers_low": ("From (95 %)", "one"),
            "takers_high": ("To (95 %)", "one"),
            "expected_value": (f"Expected value a year, {currency}", "money"),
            "cost": (f"Cost, {currency}", "money"),
            "shared": ("Also in the first", "count"),
        },
        "Campaigns side by side",
        height="content",
    )
