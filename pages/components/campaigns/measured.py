"""What the arms of a campaign took since it began."""

import streamlit as st

from engine import Engine
from engine.results import Campaign
from pages.components.look import notices, tables
from pages.components.look.wording import escape


def show(engine: Engine, asked: Campaign) -> None:
    """Rates of the arms and their differences with intervals; nothing before it has begun."""
    found = engine.campaigns.outcome(asked)
    if found is None:
        return
    with st.container(border=True):
        st.markdown(f"**{escape(found.sentence)}**")
        tables.show(
            found.arms.assign(arm=found.arms["arm"].str.capitalize()),
            {
                "arm": "Arm",
                "n": ("Customers", "count"),
                "taken": ("Took it", "count"),
                "rate": ("Share", "share"),
                **tables.interval(),
            },
            "What each arm took since the campaign began",
            height="content",
        )
        for one in found.differences.dropna(subset="n_more").itertuples():
            st.caption(
                f"{one.n_more:,.0f} more in the arm {one.against} would most likely show the "
                "promised difference."
            )
        notices.notes(found.notes)
