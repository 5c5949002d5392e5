"""Offers by group: shares among recipients against the eligible, and who gets any offer."""

import pandas as pd
import streamlit as st

from engine.labels import LIST_LABELS
from engine.results import FairnessReport
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape

GAPS = {
    "group": "Group",
    "share_of_eligible": ("Share of eligible", "share"),
    "share_of_recipients": ("Share of recipients", "share"),
    "gap": ("Gap, points", "points"),
    **tables.interval(),
    "p_value": ("p", "three"),
}


def by_category(report: FairnessReport) -> None:
    """Shares of each group in the offers of one category, as a chart and a table."""
    if report.table.empty:
        notices.empty("No groups to compare", f"This bank does not record {report.attribute}.")
        return
    categories = sorted(report.table["category"].unique())
    flagged = report.table.loc[report.table["alert"].astype("bool"), "category"]
    category = st.selectbox(
        "Offers of",
        categories,
        index=categories.index(flagged.iloc[0]) if len(flagged) else 0,
        key="category",
        bind="query-params",
        width=360,
    )
    rows = report.table[report.table["category"] == category]
    _shares(report, category, rows)
    _table(report.attribute, rows)


def _shares(report: FairnessReport, category: str, rows: pd.DataFrame) -> None:
    judged = rows[rows["judged"].astype("bool")]
    if len(judged) < 2:
        notices.empty(
            "Nothing to compare", f"Fewer than two groups by {report.attribute} can be judged."
        )
    else:
        charts.show(
            charts.parity(judged, report.alert_gap),
            f"Share of each group among those who get an offer of: {escape(category)}",
            f"Share of each {report.attribute} among recipients with interval, "
            "against the eligible",
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


def _table(attribute: str, rows: pd.DataFrame) -> None:
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


def any_offer(report: FairnessReport) -> None:
    """How many of each group get an offer at all."""
    if report.overall.empty:
        return
    st.header("Who gets any offer", anchor=False)
    tables.show(
        report.overall.assign(group=[wording.label(group) for group in report.overall["group"]]),
        {
            "group": wording.label(report.attribute),
            "n": ("Customers", "count"),
            "n_with_offer": ("With an offer", "count"),
            "rate": ("Rate", "share"),
            **tables.interval(),
        },
        f"Share of each {report.attribute} that gets any offer, with its interval",
    )
