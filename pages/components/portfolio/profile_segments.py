"""The tab "Segments": customers who are alike, on a map, one in full, two side by side, moves."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine import Engine
from engine.results import Segmentation, SegmentMap
from pages.components.customers import following, openable
from pages.components.frame import downloads
from pages.components.look import charts, choosing, notices, tables, wording
from pages.components.look.wording import escape
from pages.components.portfolio import segment_charts, segment_panels

_WAYS = {segment_charts.BOX: "Box", segment_charts.LASSO: "Lasso"}


def show(engine: Engine) -> None:
    """What was found, the segments, and what may be asked of them."""
    with st.skeleton(height=420):
        found = engine.segments.overview()
    with st.container(border=True, gap="xsmall"):
        for sentence in found.sentences:
            st.markdown(escape(sentence))
    _table(found)
    _files(engine, found)
    if found.maps:
        st.header("Map", anchor=False)
        _map(engine, found)
    st.header("One segment", anchor=False)
    segment_panels.one(engine, found)
    if len(found.table) > 1:
        st.header("Two side by side", anchor=False)
        segment_panels.two(engine, found)
    if found.edition_before is not None:
        st.header(f"Moves since edition {found.edition_before}", anchor=False)
        _moves(found)
    notices.notes(found.method)


def _table(found: Segmentation) -> None:
    money = found.currency
    columns: dict[str, Any] = {
        "segment": ("Segment", 222),
        "how": ("What it is", "112"),
        "number": ("No.", "count"),
        "n": ("Customers", "count"),
        "share": ("Share", "share"),
        "value_a_year": (f"{money} a year", "money"),
        "value_at_risk": ("At risk a year", "money"),
        "risk_share": ("Of all risk", "share"),
        "mean_churn": ("Churn", "one"),
        "mood": ("Mood", "two"),
    }
    if found.is_divided:
        columns["returns"] = ("Comes back", "two")
    following.table(
        found.table,
        columns,
        "Segments with size, value, value at risk, churn and mood",
        column="segment",
        key="profile_segments",
        how=True,
        height="content",
    )
    back = (
        " Comes back: share of its customers that it has in common with the likest segment of "
        "other samples (Jaccard index)."
        if found.is_divided
        else ""
    )
    risk = wording.money(found.value_at_risk, money)
    whole = f"Of the whole bank: {risk} a year. " if risk != wording.DASH else ""
    st.caption(escape(f"{whole}{found.formula}{back}"))


def _files(engine: Engine, found: Segmentation) -> None:
    with st.container(horizontal=True):
        downloads.as_files(
            "segments", engine.segments.export, f"segments_{found.as_of:%Y-%m-%d}", "segments"
        )


def _map(engine: Engine, found: Segmentation) -> None:
    maps = {one.audience: one for one in found.maps}
    with st.container(horizontal=True):
        audience = (
            choosing.one_of("Customers", {a: wording.label(a) for a in maps}, "segment_audience")
            if len(maps) > 1
            else next(iter(maps))
        )
        way = choosing.one_of("Select by", _WAYS, "segment_way")
    one = maps[audience]
    event = charts.show(
        segment_charts.customer_map(one, way),
        f"{wording.label(audience)} customers by how they differ most",
        f"Scatter of {audience} customers, coloured by segment; right: {one.axes[0]}; up: "
        f"{one.axes[1]}",
        one.points,
        key=f"segments_map_{audience}",
        columns={"name": "Name", "segment": "Segment", "x": ("Right", "two"), "y": ("Up", "two")},
        select=True,
    )
    _selected(engine, one, event)
    if len(one.points) < one.n:
        st.caption(
            f"{len(one.points):,} of {one.n:,} customers are drawn; an area selects everybody."
        )


def _selected(engine: Engine, one: SegmentMap, event: Any) -> None:
    """Who is in the area that was drawn, or whose points were clicked."""
    shapes = drawn(event)
    if shapes:
        following.link(engine.segments.area(one.audience, shapes), "in the area that you drew")
        return
    picked = one.points[one.points["customer_id"].isin(charts.selected(event))]
    if picked.empty:
        st.caption("Draw a box or a lasso around one customer or more to open them as a list.")
    else:
        openable.table(
            picked[["customer_id", "name", "segment"]],
            {"name": ("Name", 200), "segment": "Segment"},
            "The customers selected in the map",
            key="segments_picked",
        )


def drawn(event: Any) -> list[list[tuple[float, float]]]:
    """Corners of the boxes and lassos of a chart's selection."""
    chosen: Mapping[str, Any] = (event or {}).get("selection", {})
    shapes = []
    for box in chosen.get("box", []):
        (left, right), (low, high) = box["x"], box["y"]
        shapes.append([(left, low), (right, low), (right, high), (left, high)])
    for lasso in chosen.get("lasso", []):
        corners = list(zip(lasso["x"], lasso["y"], strict=True))
        if len(corners) >= 3:
            shapes.append(corners)
    return shapes


def _moves(found: Segmentation) -> None:
    if found.moves.empty:
        notices.empty("Nobody to compare", "No customer was in the edition before.")
        return
    following.table(
        found.moves,
        {
            "from_segment": ("From", 260),
            "to_segment": ("To", "260"),
            "n": ("Customers", "count"),
        },
        "From which segment to which customers went since the edition before",
        column="from_segment",
        key="segment_moves",
        height=12 * tables.ROW,
    )
