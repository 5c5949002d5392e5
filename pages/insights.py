"""The portfolio: key figures, segments, needs, lift and mood; and who is like whom."""

import streamlit as st

from pages.components.frame import access, page_frame, session
from pages.components.portfolio import book, profile_segments, return_calculator

# Tab -> what draws it.
TABS = {
    "Overview": book.show,
    "Segments": profile_segments.show,
    "Return": return_calculator.show,
}

access.enter("insights.py")
engine = session.engine()

page_frame.title("Insights", "The whole book: groups, needs, and what goes with what")
page_frame.unknown_tab("view", list(TABS))
tabs = st.tabs(list(TABS), key="view", on_change="rerun", bind="query-params")
for tab, draw in zip(tabs, TABS.values(), strict=True):
    with tab:
        if tab.open:
            draw(engine)
