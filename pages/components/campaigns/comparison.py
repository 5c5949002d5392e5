"""Campaigns kept for comparison in this session; 2 to 5 side by side."""

import streamlit as st

from engine import Engine
from engine.results import Campaign
from pages.components.look import tables

MOST = 5


def show(engine: Engine, asked: Campaign) -> None:
    """Keep the campaign that is shown; the kept ones that are chosen, beside each other."""
    st.header("Side by side", anchor=False)
    kept = engine.campaigns.saved()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button("Keep this campaign", icon=":material/save:", key="campaign_keep"):
            engine.campaigns.save(asked)
            st.rerun()
        chosen = st.multiselect(
            "Compare",
            list(kept),
            default=list(kept)[:MOST],
            max_selections=MOST,
            placeholder="Two to five campaigns that are kept",
            key=f"campaign_compared_{len(kept)}",
        )
    if len(chosen) < 2:
        st.caption(f"Keep two to {MOST} campaigns under different names to compare them.")
        return
    made = engine.campaigns.compare([kept[name] for name in chosen])
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
