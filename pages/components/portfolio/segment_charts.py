"""Charts of segments: customers on a map, and how far two segments lie apart."""

import pandas as pd
import plotly.graph_objects as go

from engine.results import SegmentMap
from pages.components.look import charts
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

_SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "x", "star")
"""One fewer than colours, so that each segment has a pair of its own."""
BOX, LASSO = "select", "lasso"


def customer_map(one: SegmentMap, way: str) -> go.Figure:
    """Customers by the two directions in which they differ most; an area can be selected.

    Who is little known (number 0) comes last.
    """
    colours = palette()
    points = one.points
    groups = points.groupby("number", sort=True)
    ordered = sorted(groups, key=lambda group: (group[0] == 0, group[0]))
    figure = charts.blank(520, hovermode="closest")
    for place, (number, rows) in enumerate(ordered):
        figure.add_trace(
            go.Scattergl(
                x=rows["x"],
                y=rows["y"],
                name=figure_text(f"{number} {rows['segment'].iloc[0]}"),
                mode="markers",
                marker={
                    "size": 7,
                    "opacity": 0.75,
                    "color": colours.series[place % len(colours.series)],
                    "symbol": _SYMBOLS[place % len(_SYMBOLS)],
                },
                customdata=rows["customer_id"],
                text=[figure_text(name) for name in rows["name"]],
                hovertemplate="%{text}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_xaxes(title_text=f"right: {figure_text(one.axes[0])}")
    figure.update_yaxes(title_text=f"up: {figure_text(one.axes[1])}")
    figure.update_layout(dragmode=way)
    return figure


def apart(table: pd.DataFrame, first: str, second: str) -> go.Figure:
    """Differences of two segments in standard deviations with their intervals; 0 is none."""
    colours = palette()
    rows = table.iloc[::-1]
    figure = charts.blank(max(200, 30 * len(rows) + 80), showlegend=False)
    figure.add_scatter(
        x=rows["apart"],
        y=[figure_text(label) for label in rows["label"]],
        mode="markers",
        marker={
            "size": 10,
            "color": [colours.primary if sure else colours.muted for sure in rows["sure"]],
            "symbol": ["circle" if sure else "circle-open" for sure in rows["sure"]],
        },
        error_x=charts.interval(rows["apart"], rows["low"], rows["high"], colours.muted),
        hovertemplate="%{x:+.2f} standard deviations<extra></extra>",
    )
    figure.add_vline(x=0, line_color=colours.muted, line_dash="dot")
    more = f"“{figure_text(second)}” has more ← 0 → “{figure_text(first)}” has more"
    figure.update_xaxes(title_text=f"standard deviations: {more}")
    return figure


def lift(table: pd.DataFrame) -> go.Figure:
    """Lift of the products of one segment with intervals."""
    figure = charts.lift(table)
    figure.update_traces(y=[figure_text(product) for product in table["product"].iloc[::-1]])
    return figure
