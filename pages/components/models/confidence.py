"""How far a confidence can be trusted: promised against taken, the bar, the likely next set."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine import Engine
from engine.labels import LIST_LABELS
from engine.results import ConfidenceReport, StabilityReport
from pages.components.frame import session
from pages.components.look import charts, choosing, notices, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import escape, figure_text

OVER = {"all": "All products not held", "first": "Each customer's first product"}
SHORT = {"all": "any product", "first": "first product"}
HALVES = {"measured": "held-out offers", "calibration": "calibration offers"}
MARKS = {"high": "high from here", "fair": "fair from here", "bar": "bar for an offer"}
MIDDLE = 0.5
"""Share of the width from which a mark's text stands to its left."""
RULES = {"count": "The same number for everybody", "mass": "As many as the chances ask for"}
FIGURES = {"ece": "Calibration error", "brier": "Brier score"}
CHANGES = {"another seed": "Another seed", "small input noise": "Small noise"}


# --- confidence --------------------------------------------------------------------------------


def report(engine: Engine) -> None:
    """What the serving version promised on adoptions it had not seen, and what came of it."""
    trust = engine.evaluations.confidence()
    if not trust.measured:
        notices.empty("Confidences cannot be checked here", escape(trust.reason))
        return
    simulated = " The bank is simulated." if trust.simulated else ""
    st.write(
        f"Adoptions of {escape(trust.fold)}, which the model had not seen: what "
        f"{trust.n_calibration:,} customers took sets the words, the bar and the set below; what "
        f"the other {trust.n_measured:,} took only checks them.{simulated}"
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _promises(trust)
    with right:
        _curve(trust)
    _word_table(trust)
    _sets(trust)
    with st.expander("Method", icon=":material/science:"):
        _figures(trust)


def _figures(trust: ConfidenceReport) -> None:
    with st.grid(2, min_column_width=280, border=True):
        for row in trust.figures.itertuples():
            chance = (
                ""
                if wording.is_missing(row.expected)
                else f" Chance alone gives {row.expected:.3f} where every confidence is right."
            )
            tables.figure(
                f"{FIGURES[row.measure]}, {SHORT[row.over]}",
                f"{row.value:.3f}",
                f"{row.low:.3f} to {row.high:.3f}",
                help=f"{OVER[row.over]}, {row.n:,} customers; below it the 95 % interval. 0 is "
                f"best.{chance}",
            )


def _promises(trust: ConfidenceReport) -> None:
    over = choosing.one_of(
        "Over", OVER, "confidence_over", default="first", label_visibility="collapsed"
    )
    rows = trust.reliability[trust.reliability["over"] == over]
    charts.show(
        reliability(rows),
        "Promised against taken (95 % interval)",
        "Share of products that were taken, in the test, against their confidence; the diagonal "
        "is exact",
        rows,
        key="reliability",
        columns={
            "lower": ("From", "share"),
            "upper": ("To", "share"),
            "n": ("Offers", "count"),
            "confidence": ("Promised", "share"),
            "taken": ("Taken", "share"),
            **tables.interval(),
        },
    )


def _curve(trust: ConfidenceReport) -> None:
    charts.show(
        precision_coverage(trust.curve, trust.marks),
        "The surer, the fewer: three offers a customer",
        "Share of products that were taken, in the test, against the share that are this sure",
        trust.curve.assign(half=trust.curve["half"].map(HALVES)),
        key="precision_coverage",
        columns={
            "half": "Offers",
            "threshold": ("Confidence from", "share"),
            "n": ("Offers", "count"),
            "coverage": ("Share of offers", "share"),
            "precision": ("Taken", "share"),
        },
    )
    if trust.bar is None:
        st.caption("No confidence tells a fair offer from a poor one, so none is withheld.")
    else:
        st.caption(
            f"A list whose surest offer is below {wording.share(trust.bar)} says “no confident "
            f"offer”: {wording.share(trust.abstained)} of the customers with a list."
        )


def _word_table(trust: ConfidenceReport) -> None:
    st.markdown("**What the words have meant**")
    tables.show(
        trust.words.assign(word=[wording.label(word) for word in trust.words["word"]]),
        {
            "word": "Word",
            "start": ("Confidence from", "share"),
            "n": ("Offers, calibration", "count"),
            "precision": ("Taken, calibration", "share"),
            "n_measured": ("Offers, held out", "count"),
            "taken": ("Taken, held out", "share"),
            **tables.interval(),
        },
        "Words for a confidence, where each begins, and the share taken in the test",
        height="content",
    )


def _sets(trust: ConfidenceReport) -> None:
    sure = wording.share(trust.set_level)
    st.markdown(f"**Sets that hold the next product with {sure} certainty**")
    if trust.sets.empty:
        st.caption("Too few adopters to promise a set at this certainty.")
        return
    tables.show(
        trust.sets.assign(
            rule=[RULES[rule] for rule in trust.sets["rule"]],
            served=["● in use" if served else "" for served in trust.sets["served"]],
        ),
        {
            "rule": "Size of the set",
            "served": "Use",
            "n_products": ("Mean size", "one"),
            "narrow": (f"With {trust.set_shown} or fewer", "share"),
            "coverage": ("Held what was taken", "share"),
            **tables.interval(),
            "n": ("Customers", "count"),
        },
        "Sets of likely next products: size, and how often they held what was taken",
        height="content",
    )
    st.caption(
        f"Over all products not held, before any rule leaves some out. Where a set has more than "
        f"{trust.set_shown} products, the data cannot narrow down what comes next; a list names "
        f"the set only where it is smaller."
    )


def reliability(rows: pd.DataFrame) -> go.Figure:
    """Promised against taken with intervals, and the diagonal on which they would be equal."""
    colours = palette()
    figure = charts.blank(320, showlegend=False)
    top = min(1.0, max(0.2, float(rows[["confidence", "high"]].max().max()) + 0.03))
    figure.add_scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        line={"color": colours.muted, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=rows["confidence"],
        y=rows["taken"],
        mode="markers",
        marker={"size": 10, "color": colours.primary},
        error_y=charts.interval(rows["taken"], rows["low"], rows["high"], colours.muted),
        customdata=rows["n"],
        hovertemplate="promised %{x:.1%}, taken %{y:.1%} of %{customdata:,}<extra></extra>",
    )
    figure.update_xaxes(title_text="confidence", tickformat=".0%", range=[0, top])
    figure.update_yaxes(title_text="share taken", tickformat=".0%", range=[0, 1.03 * top])
    return figure


def precision_coverage(curve: pd.DataFrame, marks: pd.DataFrame) -> go.Figure:
    """Share taken among the surest offers, and where the words and the bar begin."""
    colours = palette()
    figure = charts.blank(320)
    for (half, name), dash in zip(HALVES.items(), ("solid", "dot"), strict=True):
        rows = curve[curve["half"] == half]
        figure.add_scatter(
            x=rows["coverage"],
            y=rows["precision"],
            mode="lines",
            name=name,
            line={"width": 2.5, "dash": dash},
            customdata=rows["threshold"],
            hovertemplate="confidence from %{customdata:.1%}: %{x:.0%} of offers, %{y:.1%} taken"
            "<extra></extra>",
        )
    for threshold, mark in marks.groupby("threshold"):
        names = mark["name"].tolist()
        place, is_bar = mark.iloc[0], "bar" in names
        figure.add_scatter(
            x=[place["coverage"]],
            y=[place["precision"]],
            mode="markers",
            marker={
                "size": 13,
                "symbol": "diamond" if is_bar else "circle",
                "color": colours.warning if is_bar else colours.good,
            },
            showlegend=False,
            hovertemplate=f"confidence {threshold:.1%}<extra></extra>",
        )
        figure.add_annotation(
            x=place["coverage"],
            y=place["precision"],
            text=figure_text(", ".join(MARKS.get(name, name) for name in names)),
            font={"color": colours.text},
            arrowcolor=colours.muted,
            arrowhead=0,
            standoff=8,
            ax=45 if place["coverage"] < MIDDLE else -55,
            ay=42 if is_bar else -38,
        )
    figure.update_xaxes(
        title_text="share of offers that are this sure or surer", tickformat=".0%", range=[0, 1.02]
    )
    figure.update_yaxes(title_text="share taken", tickformat=".0%", rangemode="tozero")
    return figure


# --- stability ---------------------------------------------------------------------------------


def stability(engine: Engine, which: str) -> None:
    """The same lists under another seed and small noise, on demand."""
    st.header("Stability", anchor=False)
    st.write(
        "Makes every list again, once with another seed and once with small noise on balances, "
        "spending and the mood of messages. Nothing that is stored changes."
    )
    if st.button("Measure stability", key="measure_stability"):
        bar = st.progress(0.0, text="Starting")
        measured = engine.evaluations.stability(
            lambda done, what: bar.progress(min(done, 1.0), text=escape(what)), list=which
        )
        bar.empty()
        st.session_state["stability"] = (session.bank_id(), measured)
    owner, measured = st.session_state.get("stability", (None, None))
    if measured is not None and owner == session.bank_id():
        _stability(measured)


def _stability(measured: StabilityReport) -> None:
    simulated = " Simulated bank." if measured.simulated else ""
    st.info(escape(measured.sentence), icon=":material/sync:")
    tables.show(
        measured.table.assign(
            change=[CHANGES[change] for change in measured.table["change"]],
            segment=[str(segment) for segment in measured.table["segment"]],
        ),
        {
            "change": "Change",
            "segment": "Segment",
            "n": ("Customers", "count"),
            "jaccard": (f"First {measured.k} that stay", "share"),
            **tables.interval(),
            "same_first": ("Same first offer", "share"),
            "moved": ("Scores changed", "share"),
        },
        "How much of the first offers stays, by change and segment",
    )
    st.caption(
        f"{LIST_LABELS[measured.list]} list, model {escape(measured.model_version)}, "
        f"seeds {measured.seed} and {measured.other_seed}. Noise up to "
        f"{wording.share(measured.balance_noise)} of a balance or amount and "
        f"{measured.sentiment_noise:.1f} of sentiment on its scale of −1 to 1.{simulated}"
    )
