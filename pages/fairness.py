"""Who gets which offers: shares by group against the eligible, and whether scores are blind."""

import streamlit as st

from engine.labels import LIST_LABELS
from engine.vocabulary import LISTS
from pages.components.frame import access, page_frame, session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape
from pages.components.models import confidence

access.require("analyst", "manager", "relationship_manager")
engine = session.engine()

GAPS = {
    "group": "Group",
    "share_of_eligible": ("Share of eligible", "share"),
    "share_of_recipients": ("Share of recipients", "share"),
    "gap": ("Gap, points", "points"),
    "low": ("From (95 %)", "share"),
    "high": ("To (95 %)", "share"),
    "p_value": ("p", "three"),
}

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

if report.table.empty:
    notices.empty("No groups to compare", f"This bank does not record {attribute}.")
else:
    categories = sorted(report.table["category"].unique())
    flagged = report.table.loc[report.table["alert"].astype("bool"), "category"]
    category = st.selectbox(
        "Offers of",
        categories,
        index=categories.index(flagged.iloc[0]) if len(flagged) else 0,
        key="category",
        width=360,
    )
    rows = report.table[report.table["category"] == category]
    judged = rows[rows["judged"].astype("bool")]
    if len(judged) < 2:
        notices.empty("Nothing to compare", f"Fewer than two groups by {attribute} can be judged.")
    else:
        charts.show(
            charts.parity(judged, report.alert_gap),
            f"Share of each group among those who get an offer of: {escape(category)}",
            f"Share of each {attribute} among recipients with interval, against the eligible",
            rows,
            key="parity",
            columns=GAPS,
        )
    st.caption(
        f"Grey band: within {100 * report.alert_gap:.0f} percentage points of the group's share "
        f"among the eligible. Groups under {report.min_n} people are not judged. "
        f"{report.n:,} customers, {LIST_LABELS[report.list].lower()} list, as of "
        f"{wording.day(report.as_of)}, model {escape(report.model_version)}."
    )
    tables.show(
        rows.assign(
            group=[wording.label(group) for group in rows["group"]],
            alert=["⚠ alert" if alert else None for alert in rows["alert"]],
            note=[wording.label(note) if note else None for note in rows["note"]],
        ),
        {
            "group": wording.label(attribute),
            "n_eligible": ("Eligible", "count"),
            "n_recipients": ("Recipients", "count"),
            "share_of_eligible": ("Share of eligible", "share"),
            "share_of_recipients": ("Share of recipients", "share"),
            "gap": ("Gap, points", "points"),
            "alert": "Alert",
            "note": "Note",
        },
        f"Shares by {attribute} with counts and gaps",
    )

if not report.overall.empty:
    st.header("Who gets any offer", anchor=False)
    tables.show(
        report.overall.assign(group=[wording.label(group) for group in report.overall["group"]]),
        {
            "group": wording.label(attribute),
            "n": ("Customers", "count"),
            "n_with_offer": ("With an offer", "count"),
            "rate": ("Rate", "share"),
            "low": ("From (95 %)", "share"),
            "high": ("To (95 %)", "share"),
        },
        f"Share of each {attribute} that gets any offer, with its interval",
    )

st.header("Blinding check", anchor=False)
st.write("Changes gender, age, name and place of customers and scores them again.")
if st.button("Run the blinding check", type="primary"):
    with st.skeleton(height=120):
        st.session_state["blinding"] = (session.bank_id(), engine.fairness.blinding())
owner, blinding = st.session_state.get("blinding", (None, None))
if blinding is not None and owner == session.bank_id():
    (st.success if blinding.n_changed == 0 else st.error)(escape(blinding.sentence))
    tables.show(
        blinding.table.assign(
            attribute=[wording.label(name) for name in blinding.table["attribute"]]
        ),
        {
            "attribute": "Changed",
            "n_customers": ("Customers", "count"),
            "n_changed": ("Scores changed", "count"),
            "largest_difference": ("Largest difference", "tiny"),
        },
        "Customers whose scores changed, by attribute",
    )
confidence.stability(engine, chosen_list)
notices.notes(report.notes)
