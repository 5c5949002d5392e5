"""The portfolio: key figures, segments, needs, lift and mood; and who is like whom."""

import streamlit as st

from pages.components.frame import access, page_frame, session
from pages.components.portfolio import book, profile_segments, return_calculator

# Tab -> what draws it, and what it asks of the engine.
TABS = {
    "Overview": (book.show, "customers.insights"),
    "Segments": (profile_segments.show, "segments.overview"),
    "Return": (return_calculator.show, "campaigns.returns"),
}

access.enter("insights.py")
engine = session.engine()

page_frame.title("Insights", "The whole book: groups, needs, and what goes with what")
drawings = {name: draw for name, (draw, action) in TABS.items() if engine.may(action)}
page_frame.unknown_tab("view", list(drawings))
tabs = st.tabs(list(drawings), key="view", on_change="rerun", bind="query-params")
for tab, draw in zip(tabs, drawings.values(), strict=True):
    with tab, access.as_far_as_open():
        if tab.open:
            draw(engine)
