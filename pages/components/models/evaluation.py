"""How good the lists are: the grade, every system beside every other, and promises beside them."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine import Engine
from engine.labels import SYSTEM_LABELS
from engine.results import CROSS_SECTION, ConfidenceReport, Evaluation
from pages.components.look import charts, notices, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import escape, figure_text
from pages.components.models import confidence, weak_spots

FIGURES = {
    "map@7": "MAP@7",
    "ndcg@5": "NDCG@5",
    "hit@1": "First hit",
    "hit@3": "Hit in 3",
    "mrr": "MRR",
}


def show(engine: Engine) -> None:
    """What the training of the serving version measured on adoptions that it had not seen."""
    grades = engine.evaluations.stored()
    if grades is None:
        notices.empty("No grade yet", "This version was made before grades were kept. Retrain it.")
        return
    if not grades.n:
        notices.empty(grades.grade.capitalize(), escape(f"{grades.sentence} {grades.notes[0]}"))
        return
    promised = engine.evaluations.confidence()
    _headline(grades)
    if promised.measured:
        _reliability(promised)
    weak_spots.show(engine)
    with st.expander("Method", icon=":material/science:"):
        _ahead(grades)
        _systems(grades)
        _table(grades)
    _breadth(grades)
    _footer(engine, grades)


def _headline(grades: Evaluation) -> None:
    served = grades.systems[grades.systems["system"] == "served"].set_index("metric")
    named = ["simulated bank"] * grades.simulated
    named += [CROSS_SECTION] * (grades.kind == CROSS_SECTION)
    with st.grid(3, min_column_width=170, border=True):
        tables.figure(
            "Grade",
            grades.letter or wording.DASH,
            ", ".join(named) or None,
            help="A: at least 10 % better than the best simple rival, and surely ahead of each. "
            "B: better, and surely behind none by more than a trace. C: neither.",
        )
        word = "Found" if grades.kind == CROSS_SECTION else "Taken"
        _figure(f"{word} as first", served.loc["hit@1"])
        _figure(f"{word} in first 3", served.loc["hit@3"])
    what = "A holding that was hidden" if grades.kind == CROSS_SECTION else "What was taken next"
    third, first = (f"{100 * served.loc[m, 'value']:.0f} in 100" for m in ("hit@3", "hit@1"))
    said = f"{what} stood among the first three for {third} customers, and first for {first}."
    st.info(f"{said} {escape(grades.meaning)}", icon=":material/school:")


def _ahead(grades: Evaluation) -> None:
    if not grades.rival:
        return
    gap = grades.paired.set_index("system").loc[grades.rival]
    tables.figure(
        "Ahead of the best rival",
        wording.points(gap["value"], 3),
        f"{wording.points(gap['low'], 3)} to {wording.points(gap['high'], 3)}",
        help="MAP@7 of the growth list as it is shown minus that of "
        f"“{SYSTEM_LABELS[grades.rival]}”, customer by customer; below it the 95 % "
        f"interval: {gap['standing']}. For B no rival may be surely better by more than .005.",
        width="content",
    )


def _figure(label: str, row: pd.Series) -> None:
    tables.figure(
        label,
        wording.share(row["value"]),
        f"{wording.share(row['low'])} to {wording.share(row['high'])}",
        help=f"Of {row['n']:,} customers; below it the 95 % interval.",
    )


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """With the name of each system."""
    return rows.assign(name=[SYSTEM_LABELS.get(s, wording.label(s)) for s in rows["system"]])


def _systems(grades: Evaluation) -> None:
    rows = grades.systems[grades.systems["metric"] == "map@7"].sort_values("value", kind="stable")
    rows = _named(rows)
    charts.show(
        ladder(rows),
        "MAP@7 of every system (95 % interval)",
        "Mean average precision of the first seven products, by system, with intervals",
        rows.iloc[::-1],
        key="systems",
        columns={
            "name": "System",
            "value": ("MAP@7", "three"),
            **tables.interval("three"),
            "n": ("Customers", "count"),
        },
    )


def ladder(rows: pd.DataFrame) -> go.Figure:
    """One line a system, best on top; the list as it is shown in the main colour."""
    colours = palette()
    figure = charts.blank(max(220, 30 * len(rows) + 60), showlegend=False)
    ours = (rows["system"] == "served").to_numpy()
    figure.add_scatter(
        x=rows["value"],
        y=[figure_text(name) for name in rows["name"]],
        mode="markers",
        marker={
            "size": [13 if own else 9 for own in ours],
            "symbol": ["diamond" if own else "circle" for own in ours],
            "color": [colours.primary if own else colours.muted for own in ours],
            "opacity": 1,
        },
        error_x=charts.interval(rows["value"], rows["low"], rows["high"], colours.muted),
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_xaxes(title_text="MAP@7, 1 is perfect", rangemode="tozero", tickformat=".1f")
    return figure


def _reliability(trust: ConfidenceReport) -> None:
    rows = trust.reliability[trust.reliability["over"] == "first"]
    charts.show(
        confidence.reliability(rows),
        "Promised against taken, first products",
        "Share of first products that were taken, in the test, against their confidence; the "
        "diagonal is exact",
        rows,
        key="grade_reliability",
        columns={
            "n": ("Offers", "count"),
            "confidence": ("Promised", "share"),
            "taken": ("Taken", "share"),
            **tables.interval(),
        },
    )
    st.caption("More on this under Feedback, Confidence.")


def _table(grades: Evaluation) -> None:
    wide = grades.systems.pivot(index="system", columns="metric", values="value")
    gaps = grades.paired.set_index("system")[["value", "low", "high", "standing"]]
    rows = wide.join(gaps).sort_values("map@7", ascending=False, kind="stable").reset_index()
    st.markdown("**Every figure**")
    tables.show(
        _named(rows),
        {
            "name": "System",
            **{metric: (label, "three") for metric, label in FIGURES.items()},
            "value": ("Ahead by", "three"),
            **tables.interval("three"),
            "standing": "In words",
        },
        "Every measure of every system, and how far the list as it is shown is ahead on MAP@7",
        height="content",
    )
    st.caption(
        "MAP@7 and NDCG@5 say how high what was taken stands among the first seven or five, MRR "
        "how high the first of it stands in the whole order: 1 is perfect, 0 means never. A hit is "
        "a share of customers. “Ahead by” is the growth list as it is shown minus the system, on "
        "MAP@7; “surely” means that the 95 % interval leaves no doubt."
    )
    if grades.aim_cost:
        st.caption(escape(f"What the lists' own aims cost. {grades.aim_cost}"))


def _breadth(grades: Evaluation) -> None:
    with st.expander("How wide the lists are"):
        rows = grades.breadth
        tables.show(
            _named(rows),
            {
                "name": "System",
                "coverage": ("Products in a top 5", "share"),
                "novelty": ("Novelty, bits", "two"),
                "popularity_bias": ("Popularity, 1 as chosen", "two"),
            },
            "Share of products that reach anybody's first five, novelty and popularity",
            height="content",
        )
        st.caption(
            "Novelty is how rarely the first five are held (0 bits: everybody holds them). "
            "Popularity compares what is listed with what people chose themselves."
        )


def _footer(engine: Engine, grades: Evaluation) -> None:
    summary = engine.facts.summary()
    simulated = " · every figure describes generated customers" if grades.simulated else ""
    whom = (
        f"{grades.n:,} {escape(grades.cohort)}"
        if grades.kind == CROSS_SECTION
        else f"{grades.n:,} customers who took something · adoptions of "
        f"{wording.day(grades.since)} to {wording.day(grades.until)}, after the weights were fitted"
    )
    st.caption(
        f"Model {escape(summary.model_version)} · {whom} · every product that might be offered is "
        f"ranked, ties by chance{simulated}"
    )
    notices.notes(grades.notes)
