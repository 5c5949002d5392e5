"""How good the lists are: the grade, every system beside every other, and promises beside them."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine import Engine
from engine.labels import SYSTEM_LABELS
from engine.results import ConfidenceReport, Evaluation
from pages.components.look import charts, notices, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import escape, figure_text
from pages.components.models import confidence

FIGURES = {
    "map@7": "MAP@7",
    "ndcg@5": "NDCG@5",
    "hit@1": "First hit",
    "hit@3": "Hit in 3",
    "mrr": "MRR",
}


def show(engine: Engine) -> None:
    """What the training of the serving version measured on adoptions that it had not seen."""
    found = engine.evaluations.stored()
    if found is None:
        notices.empty("No grade yet", "This version was made before grades were kept. Retrain it.")
        return
    if not found.n:
        notices.empty(found.grade.capitalize(), escape(f"{found.sentence} {found.notes[0]}"))
        return
    promised = engine.evaluations.confidence()
    _headline(found)
    st.info(escape(found.meaning), icon=":material/school:")
    left, right = st.columns(2, gap="medium")
    with left:
        _systems(found)
    with right:
        _reliability(promised)
    _table(found)
    _breadth(found)
    _footer(engine, found)


def _headline(found: Evaluation) -> None:
    blend = found.systems[found.systems["system"] == "blend"].set_index("metric")
    gap = found.paired.set_index("system").loc[found.rival] if found.rival else None
    with st.grid(4, min_column_width=170, border=True):
        st.metric(
            "Grade",
            found.letter or wording.DASH,
            delta="simulated bank" if found.simulated else None,
            delta_color="off",
            delta_arrow="off",
            help="A: at least 10 % better than the best simple rival, and surely better. "
            "B: better. C: not better.",
        )
        _figure("Taken as first", blend.loc["hit@1"])
        _figure("Taken in first 3", blend.loc["hit@3"])
        if gap is not None:
            st.metric(
                "Ahead of the best rival",
                _signed(gap["value"]),
                delta=f"{_signed(gap['low'])} to {_signed(gap['high'])}",
                delta_color="off",
                delta_arrow="off",
                help=f"MAP@7 of the blend minus that of “{SYSTEM_LABELS[found.rival]}”, customer "
                "by customer; below it the 95 % interval.",
            )


def _figure(label: str, row: pd.Series) -> None:
    st.metric(
        label,
        wording.share(row["value"]),
        delta=f"{wording.share(row['low'])} to {wording.share(row['high'])}",
        delta_color="off",
        delta_arrow="off",
        help=f"Of {row['n']:,} customers who took something; below it the 95 % interval.",
    )


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def _systems(found: Evaluation) -> None:
    rows = found.systems[found.systems["metric"] == "map@7"].sort_values("value", kind="stable")
    rows = rows.assign(name=[SYSTEM_LABELS.get(s, wording.label(s)) for s in rows["system"]])
    charts.show(
        ladder(rows),
        "MAP@7 of every system (95 % interval)",
        "Mean average precision of the first seven products, by system, with intervals",
        rows.iloc[::-1],
        key="systems",
        columns={
            "name": "System",
            "value": ("MAP@7", "three"),
            "low": ("From (95 %)", "three"),
            "high": ("To (95 %)", "three"),
            "n": ("Customers", "count"),
        },
    )


def ladder(rows: pd.DataFrame) -> go.Figure:
    """One line a system, best on top; the blend in the main colour."""
    colours = palette()
    figure = charts.blank(max(220, 30 * len(rows) + 60), showlegend=False)
    ours = (rows["system"] == "blend").to_numpy()
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
        error_x={
            "type": "data",
            "symmetric": False,
            "array": rows["high"] - rows["value"],
            "arrayminus": rows["value"] - rows["low"],
            "color": colours.muted,
        },
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_xaxes(title_text="MAP@7, 1 is perfect", rangemode="tozero", tickformat=".1f")
    return figure


def _reliability(found: ConfidenceReport) -> None:
    if not found.measured:
        return
    rows = found.reliability[found.reliability["over"] == "first"]
    charts.show(
        confidence.reliability(rows),
        "Promised against taken, first products",
        "Share of first offers that were taken against their confidence; the diagonal is exact",
        rows,
        key="grade_reliability",
        columns={
            "n": ("Offers", "count"),
            "confidence": ("Promised", "share"),
            "taken": ("Taken", "share"),
            "low": ("From (95 %)", "share"),
            "high": ("To (95 %)", "share"),
        },
    )
    st.caption("More on this under Feedback, Confidence.")


def _table(found: Evaluation) -> None:
    wide = found.systems.pivot(index="system", columns="metric", values="value")
    gaps = found.paired.set_index("system")[["value", "low", "high"]]
    rows = wide.join(gaps).sort_values("map@7", ascending=False, kind="stable").reset_index()
    st.markdown("**Every figure**")
    tables.show(
        rows.assign(name=[SYSTEM_LABELS.get(s, wording.label(s)) for s in rows["system"]]),
        {
            "name": "System",
            **{metric: (label, "three") for metric, label in FIGURES.items()},
            "value": ("Blend ahead by", "three"),
            "low": ("From (95 %)", "three"),
            "high": ("To (95 %)", "three"),
        },
        "Every measure of every system, and how far the blend is ahead on MAP@7",
        height="content",
    )
    st.caption(
        "MAP@7 and NDCG@5 say how high what was taken stands among the first seven or five, MRR "
        "how high the first of it stands in the whole order: 1 is perfect, 0 means never. A hit is "
        "a share of customers. “Ahead by” is on MAP@7."
    )


def _breadth(found: Evaluation) -> None:
    with st.expander("How wide the lists are"):
        rows = found.breadth
        tables.show(
            rows.assign(name=[SYSTEM_LABELS.get(s, wording.label(s)) for s in rows["system"]]),
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


def _footer(engine: Engine, found: Evaluation) -> None:
    summary = engine.facts.summary()
    simulated = " · every figure describes generated customers" if found.simulated else ""
    st.caption(
        f"Model {escape(summary.model_version)} · {found.n:,} customers who took something · "
        f"adoptions of {wording.day(found.since)} to {wording.day(found.until)}, after the weights "
        f"were fitted · every product not held is ranked, ties by chance{simulated}"
    )
    notices.notes(found.notes)
