"""Who gets which offers: shares by group against the eligible, and whether scores are blind."""

import streamlit as st

from engine.vocabulary import LISTS
from pages import _access, _cards, _charts, _frame, _state, _words
from pages._words import escape

_access.require("analyst", "manager", "relationship_manager")
engine = _state.engine()
config = st.column_config
ATTRIBUTES = ("gender", "age band", "income band")

_frame.title("Fairness", "Do all groups get their share of the offers?", chip=False)
what, which, size = st.columns([2, 1.4, 1.4], vertical_alignment="bottom")
with what:
    attribute = st.segmented_control(
        "Group by",
        ATTRIBUTES,
        default=ATTRIBUTES[0],
        required=True,
        format_func=_words.label,
        key="attribute",
        bind="query-params",
    )
with which:
    chosen_list = st.segmented_control(
        "List",
        list(LISTS),
        default=LISTS[0],
        required=True,
        format_func=_words.LISTS.get,
        key="list",
        bind="query-params",
    )
with size:
    k = st.slider("First offers counted", 1, 20, 5, key="first", bind="query-params")

with st.skeleton(height=420):
    report = engine.fairness(attribute, list=chosen_list, k=k)
st.info(escape(report.sentence), icon=":material/balance:")
for alert in report.alerts:
    st.warning(escape(alert), icon=":material/warning:")

if report.table.empty:
    _cards.empty("No groups to compare", f"This bank does not record {attribute}.")
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
    _charts.show(
        _charts.parity(rows[rows["judged"].astype("bool")], report.alert_gap),
        f"Share of each group among those who get an offer of: {escape(category)}",
        f"Share of each {attribute} among recipients with interval, against the eligible",
        rows,
        key="parity",
    )
    st.caption(
        f"Grey band: within {100 * report.alert_gap:.0f} percentage points of the group's share "
        f"among the eligible. Groups under {report.min_n} people are not judged. "
        f"{report.n:,} customers, {_words.LISTS[report.list].lower()} list, as of "
        f"{_words.day(report.as_of)}, model {escape(report.model_version)}."
    )
    st.dataframe(
        rows.assign(
            group=[_words.label(group) for group in rows["group"]],
            alert=["⚠ alert" if alert else "" for alert in rows["alert"]],
        )[
            [
                "group",
                "n_eligible",
                "n_recipients",
                "share_of_eligible",
                "share_of_recipients",
                "gap",
                "alert",
                "note",
            ]
        ],
        hide_index=True,
        alt=f"Shares by {attribute} with counts and gaps",
        column_config={
            "group": _words.label(attribute),
            "n_eligible": config.NumberColumn("Eligible", format="localized"),
            "n_recipients": config.NumberColumn("Recipients", format="localized"),
            "share_of_eligible": config.NumberColumn("Share of eligible", format="percent"),
            "share_of_recipients": config.NumberColumn("Share of recipients", format="percent"),
            "gap": config.NumberColumn("Gap", format="percent"),
            "alert": "Alert",
            "note": "Note",
        },
    )

if not report.overall.empty:
    st.header("Who gets any offer", anchor=False)
    st.dataframe(
        report.overall.assign(group=[_words.label(group) for group in report.overall["group"]]),
        hide_index=True,
        alt=f"Share of each {attribute} that gets any offer, with its interval",
        column_config={
            "group": _words.label(attribute),
            "n": config.NumberColumn("Customers", format="localized"),
            "n_with_offer": config.NumberColumn("With an offer", format="localized"),
            "rate": config.NumberColumn("Rate", format="percent"),
            "low": config.NumberColumn("From (95 %)", format="percent"),
            "high": config.NumberColumn("To (95 %)", format="percent"),
        },
    )

st.header("Blinding check", anchor=False)
st.write("Changes gender, age, name and place of customers and scores them again.")
if st.button("Run the blinding check", type="primary"):
    with st.skeleton(height=120):
        st.session_state["blinding"] = (_state.bank_id(), engine.blinding())
owner, blinding = st.session_state.get("blinding", (None, None))
if blinding is not None and owner == _state.bank_id():
    (st.success if blinding.n_changed == 0 else st.error)(escape(blinding.sentence))
    st.dataframe(
        blinding.table,
        hide_index=True,
        alt="Customers whose scores changed, by attribute",
        column_config={
            "attribute": "Changed",
            "n_customers": config.NumberColumn("Customers", format="localized"),
            "n_changed": config.NumberColumn("Scores changed", format="localized"),
            "largest_difference": config.NumberColumn("Largest difference", format="%.2g"),
        },
    )
_cards.notes(report.notes)
