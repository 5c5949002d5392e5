"""What people said and did, ratings, and learning from both."""

import streamlit as st

from pages import _access, _confidence, _frame, _learning, _receipts, _state

_access.require("relationship_manager", "analyst", "manager")
engine = _state.engine()

_frame.title("Feedback", "What became of the offers, and what the model learned from it")
names = ("Statistics", "Rate a product", "History", "Retrain", "Versions", "Receipts", "Confidence")
tabs = st.tabs(names, key="tab", on_change="rerun", bind="query-params")
drawings = (
    _learning.statistics,
    _learning.rating,
    _learning.history,
    _learning.retrain,
    _learning.versions,
    _receipts.all_of_them,
    _confidence.report,
)
for tab, draw in zip(tabs, drawings, strict=True):
    with tab:
        if tab.open:
            draw(engine)
