"""What people said and did, ratings, and learning from both."""

import streamlit as st

from pages.components.customers import worklist
from pages.components.frame import access, page_frame, session
from pages.components.models import confidence, experiments, learning, usage
from pages.components.offers import receipt_panel

access.enter("feedback.py")
engine = session.engine()

page_frame.title("Feedback", "What became of the offers, and what the model learned from it")
worklist.chip(engine, session.customer_id())
names = (
    "Statistics",
    "Use",
    "Rate a product",
    "History",
    "Experiments",
    "Retrain",
    "Versions",
    "Receipts",
    "Confidence",
)
page_frame.unknown_tab("tab", names)
tabs = st.tabs(names, key="tab", on_change="rerun", bind="query-params")
drawings = (
    learning.statistics,
    usage.show,
    learning.rating,
    learning.history,
    experiments.show,
    learning.retrain,
    learning.versions,
    receipt_panel.all_of_them,
    confidence.report,
)
for tab, draw in zip(tabs, drawings, strict=True):
    with tab:
        if tab.open:
            draw(engine)
