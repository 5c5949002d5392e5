"""Where a score comes from: its parts, what stands behind each, and why it is before another."""

import pandas as pd
import streamlit as st

from engine import Engine
from engine.labels import PRODUCT_SCORE_LABELS
from engine.results import Comparison, Explanation, Offer, Recommendation
from pages.components.frame import session
from pages.components.look import charts, tables, wording
from pages.components.look.wording import escape

SMALLEST = 0.005
"""Parts below this are printed as 0.00 and are not opened."""
TILES = ("value_customer", "risk_customer", "retention_value")
"""Scores of a product that matter to the customer."""


def waterfall(offer: Offer, given: Recommendation, key: str) -> Explanation:
    """The parts of the offer's score, and what puts the first offer of a list before the second.

    Returns
    -------
    Explanation
        The score taken apart, for `lines`.
    """
    explained = session.engine().scenarios.explain(
        given.customer_id, offer.product_id, list=given.list
    )
    charts.show(
        charts.waterfall({part.name: part.points for part in explained.parts}, explained.score),
        "Where the score comes from",
        f"Parts of the score of {explained.name}, ending at {explained.score:.2f}",
        pd.DataFrame(
            [(part.label, part.points) for part in explained.parts] + [("Score", explained.score)],
            columns=["Part", "Points"],
        ),
        key=f"parts_{key}",
        columns={"Part": "Part", "Points": ("Points", "three")},
    )
    if given.offers[0].product_id == offer.product_id and len(given.offers) > 1:
        _before_the_second(session.engine(), given, key)
    return explained


def tiles(offer: Offer) -> None:
    """What the product is by itself, of 10."""
    known = [name for name in TILES if name in offer.scores]
    if known:
        with st.grid(len(known), min_column_width=170, border=True):
            for name in known:
                st.metric(PRODUCT_SCORE_LABELS[name], f"{wording.metric(offer.scores[name])} of 10")


def lines(explained: Explanation, key: str) -> None:
    """What stands behind the part that is chosen, and sums to it."""
    parts = {part.label: part for part in explained.parts if abs(part.points) >= SMALLEST}
    if not parts:
        return
    chosen = st.pills(
        "What stands behind",
        list(parts),
        default=next(iter(parts)),
        required=True,
        wrap=True,
        key=f"part_{key}",
    )
    part = parts[chosen]
    tables.show(
        pd.DataFrame(
            [(line.label, line.detail or None, line.points) for line in part.shown()]
            + [(f"{part.label}, in all", None, part.points)],
            columns=["label", "detail", "points"],
        ),
        {"label": ("What", "230"), "points": ("Points", "three"), "detail": ("Figures", "310")},
        f"What {part.label.lower()} is the sum of",
        key=f"lines_{key}",
        height="content",
    )
    if part.note:
        st.caption(part.note)


def _before_the_second(engine: Engine, given: Recommendation, key: str) -> None:
    first, second = given.offers[:2]
    two = engine.scenarios.compare(
        given.customer_id, first.product_id, second.product_id, list=given.list
    )
    st.markdown("**Why this one first**")
    if two.gap < 0:
        st.write("The list is not in the order of the score, but in the one that is chosen above.")
    comparison(two, f"first_{key}")


def comparison(compared: Comparison, key: str) -> None:
    """Two products side by side: one sentence, and the parts one click away."""
    st.write(escape(compared.sentence))
    with st.popover("Compare by parts", type="tertiary", key=key, on_change="rerun") as box:
        if box.open:
            tables.show(
                compared.table,
                {
                    "part": "Part",
                    "first": (compared.first, "two"),
                    "second": (compared.second, "two"),
                    "difference": ("Difference", "two"),
                },
                f"Points of {compared.first} and {compared.second} by part",
                width=tables.IN_POPOVER,
                height="content",
            )
