"""Who gets which offers: shares by group against the eligible, and whether scores are blind."""

import streamlit as st

from engine.labels import LIST_LABELS
from engine.vocabulary import LISTS
from pages.components.fairness import blinding, group_shares
from pages.components.frame import access, page_frame, session
from pages.components.look import notices, wording
from pages.components.look.wording import escape
from pages.components.models import confidence

access.require("analyst", "manager", "relationship_manager")
engine = session.engine()

page_frame.title("Fairness", "Do all groups get their share of the offers?", chip=False)
what, which, size = st.columns([2, 1.4, 1.4], vertical_alignment="bottom")
with what:
    attribute = st.segmented_control(
        "Group by",
        engine.fairness.attributes,
        default=engine.fairness.attributes[0],
        required=True,
        format_func=wording.label,
        key="attribute",
        bind="query-params",
    )
with which:
    chosen_list = st.segmented_control(
        "List",
        list(LISTS),
        default=LISTS[0],
        required=True,
        format_func=LIST_LABELS.get,
        key="list",
        bind="query-params",
    )
with size:
    k = st.slider("First offers counted", 1, 20, 5, key="first", bind="query-params")

with st.skeleton(height=420):
    report = engine.fairness.report(attribute, list=chosen_list, k=k)
st.info(escape(report.sentence), icon=":material/balance:")
for alert in report.alerts:
    st.warning(escape(alert), icon=":material/warning:")

group_shares.by_category(report)
group_shares.any_offer(report)
blinding.check(engine)
confidence.stability(engine, chosen_list)
notices.notes(report.notes)
