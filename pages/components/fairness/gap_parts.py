"""Why groups are shown different things: a gap as the sum of what rules, signals and limits add."""

import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import GapReport
from pages.components.fairness import gap_charts
from pages.components.frame import session
from pages.components.look import charts, notices, wording
from pages.components.look.wording import escape

_PART_OF = {"rule": "Rule", "signal": "Signal", "limit": "Limit"}
_COLUMNS = {
    "label": "Part",
    "of": "Kind",
    "gap": ("Adds, points", "points"),
    "low": ("from (95 %)", "points"),
    "high": ("to (95 %)", "points"),
    "without": ("Gap without it", "points"),
}


def why(engine: Engine, attribute: str, which: str, k: int) -> None:
    """A check at a button: which part of the list-making makes a gap."""
    st.header("Why is there a gap?", anchor=False)
    st.write(
        "Makes everybody's lists anew with every set of rules and signals, and says what each adds "
        "to a gap. The parts sum to the gap."
    )
    asked = (session.bank_id(), attribute, which, k)
    if st.button("Take the gaps apart"):
        with st.skeleton(height=320):
            report = engine.fairness.why(attribute, list=which, k=k)
        st.session_state["gap_parts"] = (asked, report)
    owner, report = st.session_state.get("gap_parts", (None, None))
    if report is None or owner != asked:
        return
    st.info(escape(report.sentence), icon=":material/call_split:")
    if not report.gaps.empty:
        _one_gap(report)
    notices.notes(report.notes)


def _one_gap(report: GapReport) -> None:
    """One gap that is chosen, the clearest first."""
    rows = report.gaps.sort_values("p_value", kind="stable").reset_index(drop=True)
    names = {
        (row.kind, row.group): f"{wording.label(row.kind)}, {wording.label(row.group)}: "
        f"{wording.points(100 * row.gap, 1)} points" + (", beyond chance" if row.differs else "")
        for row in rows.itertuples()
    }
    kind, group = st.selectbox(
        "Gap of attention on", list(names), format_func=names.get, key="gap_of", width=520
    )
    chosen = rows[(rows["kind"] == kind) & (rows["group"] == group)].iloc[0]
    if report.sentence != chosen["says"]:
        st.write(escape(chosen["says"]))
    parts = report.parts[(report.parts["kind"] == kind) & (report.parts["group"] == group)]
    parts = parts.sort_values("gap", key=abs, ascending=False, kind="stable")
    parts = parts.assign(of=[_PART_OF[one] for one in parts["part_of"]])
    charts.show(
        gap_charts.parts(parts),
        f"What adds to the gap: {escape(wording.label(kind))}, {escape(wording.label(group))}",
        "Points that each rule, signal and limit adds to the gap, with intervals",
        parts,
        key="gap_parts_chart",
        columns=_COLUMNS,
    )
    st.caption(
        f"First {report.k} offers, {LIST_LABELS[report.list].lower()} list, {report.n:,} persons. "
        f"As of {wording.day(report.as_of)}, model {escape(report.model_version)}."
    )
