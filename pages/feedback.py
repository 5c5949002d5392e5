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
# Tab -> what draws it, and what it asks of the engine.
TABS = {
    "Statistics": (learning.statistics, "feedback.statistics"),
    "Use": (usage.show, "feedback.usage"),
    "Rate a product": (learning.rating, "feedback.record"),
    "History": (learning.history, "feedback.history"),
    "Experiments": (experiments.show, "experiments.table"),
    "Retrain": (learning.retrain, "models.drift"),
    "Versions": (learning.versions, "models.versions"),
    "Receipts": (receipt_panel.all_of_them, "receipts.table"),
    "Confidence": (confidence.report, "evaluations.confidence"),
}
drawings = {name: draw for name, (draw, action) in TABS.items() if engine.may(action)}
page_frame.unknown_tab("tab", list(drawings))
tabs = st.tabs(list(drawings), key="tab", on_change="rerun", bind="query-params")
for tab, draw in zip(tabs, drawings.values(), strict=True):
    with tab, access.as_far_as_open():
        if tab.open:
            draw(engine)
