"""One segment in full, and two side by side."""

import streamlit as st

from engine import Engine
from engine.results import Segmentation, SegmentComparison, SegmentProfile
from pages.components.customers import following, openable
from pages.components.look import charts, notices, tables
from pages.components.look.wording import escape
from pages.components.portfolio import segment_charts


def one(engine: Engine, found: Segmentation) -> None:
    """A segment of choice: what sets it apart, its figures, its products, most value at risk."""
    number = _choice("Segment", found, "segment_one", 0)
    shown = engine.segments.profile(number)
    with st.container(border=True, gap="xsmall"):
        for sentence in shown.sentences:
            st.markdown(escape(sentence))
        following.link(shown.counted)
    figures, products = st.columns([7, 4], gap="medium")
    with figures:
        _figures(shown)
    with products:
        _products(shown)
    _at_risk(shown, found.currency)


def _figures(shown: SegmentProfile) -> None:
    st.markdown(f"**Against {escape(shown.whom)}**")
    tables.show(
        shown.figures,
        {
            "label": ("Figure", "180"),
            "said": ("Here", "84"),
            "said_of_all": ("All", "84"),
            "apart": ("Apart", "one"),
            "interval": ("95 % interval", "190"),
        },
        f"Figures of the segment beside those of {shown.whom}",
        height=380,
        key="segment_figures",
    )
    st.caption("Apart: mean difference in standard deviations.")


def _products(shown: SegmentProfile) -> None:
    held = shown.products[shown.products["rate"] > 0].head(8)
    if held.empty:
        notices.empty("No lift", "No product is known to be held in this segment.")
        return
    named = held.assign(segment=shown.segment)
    charts.show(
        segment_charts.lift(named),
        f"Products by lift against {escape(shown.whom)} (95 % interval)",
        "Lift of products in the segment with intervals; 1 is no difference",
        shown.products,
        key="segment_lift",
        columns={
            "product": ("Product", "190"),
            "rate": ("Share here", "share"),
            "base_rate": ("Share of all", "share"),
            "lift": ("Lift", "two"),
            "low": ("From", "two"),
            "high": ("To", "two"),
        },
    )


def _at_risk(shown: SegmentProfile, currency: str) -> None:
    if shown.at_risk.empty:
        return
    st.markdown("**Most value at risk**")
    openable.table(
        shown.at_risk,
        {
            "name": ("Name", 220),
            "value_a_year": (f"{currency} a year", "money"),
            "churn": ("Churn", "churn"),
            "value_at_risk": (f"At risk, {currency} a year", "money"),
        },
        "The customers of the segment with the most value at risk",
        key="segment_at_risk",
        height="content",
    )
    st.caption(openable.HOW)


def two(engine: Engine, found: Segmentation) -> None:
    """Two segments of choice: what surely differs, figure by figure and product by product."""
    left, right = st.columns(2)
    with left:
        first = _choice("First", found, "segment_first", 0)
    with right:
        second = _choice("Second", found, "segment_second", 1)
    if first == second:
        notices.empty("Choose two", "A segment does not differ from itself.")
        return
    made = engine.segments.compare(first, second)
    with st.container(border=True, gap="xsmall"):
        for sentence in made.sentences:
            st.markdown(escape(sentence))
    known = made.figures[made.figures["apart"].notna()]
    if len(known):
        charts.show(
            segment_charts.apart(known, made.first, made.second),
            "How far they lie apart (95 % interval; filled where it is sure)",
            "Differences of the two segments in standard deviations with intervals",
            made.figures,
            key="segment_apart",
            columns={
                "label": ("Figure", "230"),
                "first": (made.first, "260"),
                "second": (made.second, "260"),
                "apart": ("Apart", "two"),
                **tables.interval("two"),
            },
        )
    _held(made)


def _held(made: SegmentComparison) -> None:
    if made.products.empty:
        return
    with st.expander("Products held, side by side"):
        tables.show(
            made.products,
            {
                "product": ("Product", "240"),
                "first": (made.first, "share"),
                "second": (made.second, "share"),
                "difference": ("Points apart", "points"),
                "low": ("From (95 %)", "points"),
                "high": ("To (95 %)", "points"),
            },
            "Shares of both segments who hold each product, with the difference",
            height=420,
            key="segment_products",
        )


def _choice(label: str, found: Segmentation, key: str, place: int) -> int:
    names = dict(zip(found.table["number"], found.table["segment"], strict=True))
    numbers = [int(number) for number in found.table["number"]]
    chosen = st.selectbox(
        label,
        numbers,
        index=min(place, len(numbers) - 1),
        format_func=lambda number: f"{number} · {names[number]}",
        key=key,
    )
    return int(chosen)
