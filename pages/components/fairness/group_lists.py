"""What each group's lists show beside everybody else's, and what gives a group away."""

import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import GroupComparison
from pages.components.frame import session
from pages.components.look import charts, notices, tables, wording
from pages.components.look.wording import escape

_KINDS = {"share": ("share", "points"), "money": ("money", "money")}


def beside_others(engine: Engine, attribute: str, which: str, k: int) -> None:
    """One measure of the lists, group by group, with its difference from everybody else."""
    st.header("What each group is shown", anchor=False)
    found = engine.fairness.compare(attribute, list=which, k=k)
    st.write(escape(found.sentence))
    if found.table.empty:
        return
    measures = list(dict.fromkeys(found.table["measure"]))
    measure = st.selectbox(
        "Measure",
        measures,
        format_func=wording.label,
        key="measure",
        bind="query-params",
        width=360,
    )
    _draw(found, measure)
    notices.notes(found.notes)


def _draw(found: GroupComparison, measure: str) -> None:
    rows = found.table[found.table["measure"] == measure]
    unit = rows["unit"].iloc[0]
    kind, gap = _KINDS[unit]
    axis = "share of customers" if unit == "share" else f"{found.currency} a year"
    axis = "share of the list" if measure.startswith("attention") else axis
    axis = "chance" if measure.startswith("confidence") else axis
    columns = {
        "group": wording.label(found.attribute),
        "n": ("Customers", "count"),
        "value": ("Group" if unit == "share" else f"Group, {found.currency} a year", kind),
        "low": ("From (95 %)", kind),
        "high": ("To (95 %)", kind),
        "difference": ("Against others" + (", points" if unit == "share" else ""), gap),
        "difference_low": ("from (95 %)", gap),
        "difference_high": ("to (95 %)", gap),
        "ratio": ("Ratio", "two"),
        "said": "Note",
    }
    said = [
        "; ".join(
            words
            for words, holds in (
                ("differs beyond chance", row.differs),
                ("below four fifths of the highest", row.below_four_fifths),
                (row.note, row.note),
            )
            if holds
        )
        or None
        for row in rows.itertuples()
    ]
    rows = rows.assign(group=[wording.label(group) for group in rows["group"]], said=said)
    judged = rows[rows["value"].notna()]
    if judged.empty:
        notices.empty("Nothing to compare", f"No group has {found.min_n} customers with it.")
    else:
        charts.show(
            charts.group_values(judged, axis, is_share=unit == "share"),
            f"{escape(wording.label(measure))}, by {escape(found.attribute)}",
            f"{wording.label(measure)} of each group with its interval",
            rows,
            key="group_values",
            columns=columns,
        )
    st.caption(
        f"First {found.k} offers, {LIST_LABELS[found.list].lower()} list. A diamond differs from "
        "everybody else after control of false discoveries over all measures and groups. Groups "
        f"under {found.min_n} are not shown. As of {wording.day(found.as_of)}, model "
        f"{escape(found.model_version)}."
    )


def taken(engine: Engine, attribute: str) -> None:
    """What each group has taken so far: what models learn from."""
    st.header("What each group has taken", anchor=False)
    found = engine.fairness.taken(attribute)
    st.write(escape(found.sentence))
    if found.table.empty:
        return
    measures = list(dict.fromkeys(found.table["measure"]))
    measure = st.selectbox(
        "Taken so far",
        measures,
        format_func=wording.label,
        key="taken",
        bind="query-params",
        width=360,
    )
    rows = found.table[found.table["measure"] == measure]
    is_share = rows["unit"].iloc[0] == "share"
    kind, gap = ("share", "points") if is_share else ("two", "two")
    said = [
        "differs beyond chance" if row.differs else row.note or None for row in rows.itertuples()
    ]
    tables.show(
        rows.assign(group=[wording.label(group) for group in rows["group"]], said=said),
        {
            "group": wording.label(found.attribute),
            "n": ("Customers", "count"),
            "value": ("Group" if is_share else "Group, products a customer", kind),
            **tables.interval(kind),
            "difference": ("Against others" + (", points" if is_share else ""), gap),
            "difference_low": ("from (95 %)", gap),
            "difference_high": ("to (95 %)", gap),
            "said": "Note",
        },
        f"{wording.label(measure)}, by {found.attribute}, with difference from everybody else",
        height=320,
    )
    notices.notes(found.notes)
    st.caption(
        f"{wording.count(found.n)} persons whom models learn from. Differences after control of "
        f"false discoveries over all measures and groups; groups under {found.min_n} are not "
        f"shown. As of {wording.day(found.as_of)}."
    )


def told_apart(engine: Engine, attribute: str, which: str, k: int) -> None:
    """A check at a button: can a group be told from the offers, or from one signal?"""
    st.header("Can a group be told from its offers?", anchor=False)
    st.write(
        "Guesses each customer's group from the offers alone, and from each signal alone. "
        "50 times in 100 is chance."
    )
    asked = (session.bank_id(), attribute, which, k)
    if st.button("Run the proxy check"):
        with st.skeleton(height=160):
            report = engine.fairness.proxies(attribute, list=which, k=k)
        st.session_state["proxies"] = (asked, report)
    owner, report = st.session_state.get("proxies", (None, None))
    if report is None or owner != asked:
        return
    st.info(escape(report.sentence), icon=":material/fingerprint:")
    tables.show(
        report.table.assign(
            source=[wording.label(name) for name in report.table["source"]],
            group=[wording.label(name) for name in report.table["group"]],
            right=report.table["auc"],
            said=["better than chance" if tells else None for tells in report.table["tells"]],
        ).sort_values("auc", ascending=False, kind="stable"),
        {
            "source": "Told from",
            "group": "Group",
            "n_group": ("In the group", "count"),
            "right": ("Picked right", "share"),
            "low": ("From (95 %)", "share"),
            "high": ("To (95 %)", "share"),
            "said": "Note",
        },
        "How well each group is told from the offers or one signal",
        height=420,
    )
    st.caption(
        f"{report.n:,} customers, cross-validated. As of {wording.day(report.as_of)}, model "
        f"{escape(report.model_version)}."
    )
