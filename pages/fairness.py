"""Who gets which offers: shares by group against the eligible, and whether scores are blind."""

import streamlit as st

from engine.labels import LIST_LABELS
from engine.vocabulary import LISTS
from pages.components.fairness import (
    blinding,
    closing,
    gap_parts,
    group_lists,
    group_shares,
    who_got_nothing,
)
from pages.components.frame import access, page_frame, session
from pages.components.look import choosing, notices, wording
from pages.components.look.wording import escape
from pages.components.models import confidence

access.enter("fairness.py")
engine = session.engine()

page_frame.title("Fairness", "Do all groups get their share of the offers?")
what, other, which, size = st.columns([2.6, 1.3, 1.4, 1], vertical_alignment="bottom")
with what:
    attributes = {name: wording.label(name) for name in engine.fairness.attributes}
    attribute = choosing.one_of("Group by", attributes, "attribute", bind="query-params")
with other:
    second = st.selectbox(
        "and by",
        [None, *(name for name in attributes if name != attribute)],
        format_func=lambda name: wording.label(name) if name else "nothing else",
        key="and_by",
        bind="query-params",
    )
    if second:
        attribute = engine.fairness.crossed(attribute, second)
with which:
    lists = {name: LIST_LABELS[name] for name in LISTS}
    chosen_list = choosing.one_of("List", lists, "list", bind="query-params")
with size:
    k = st.slider("First offers counted", 1, 20, 5, key="first", bind="query-params")

with st.skeleton(height=420):
    report = engine.fairness.report(attribute, list=chosen_list, k=k)
session.audited(report, k)
st.info(escape(report.sentence), icon=":material/balance:")
for alert in report.alerts:
    st.warning(escape(alert), icon=":material/warning:")

group_shares.by_category(report)
group_shares.any_offer(report)
group_lists.beside_others(engine, attribute, chosen_list, k)
group_lists.taken(engine, attribute)
gap_parts.why(engine, attribute, chosen_list, k)
closing.prices(engine, attribute, chosen_list, k)
blinding.check(engine)
who_got_nothing.show(engine, attribute)
group_lists.told_apart(engine, attribute, chosen_list, k)
confidence.stability(engine, chosen_list)
notices.notes(report.notes)
