"""Plotly figures: frozen results in, a chart with units, an alternative text and its table out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.labels import part_label
from engine.results import Metric
from pages.components.look import pinned, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

MANY = 3000
"""Points above which a chart is drawn by WebGL, because each costs the page an element."""
SEEN = 0.005
"""Points below which a part would be drawn as nothing."""
MONTHS_NAMED = 8
DAYS_MARKED = 60
"""Days with something up to which each is a point on its line, so that a single one is seen."""
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def show(
    figure: go.Figure,
    title: str,
    alt: str,
    table: pd.DataFrame,
    *,
    key: str,
    select: bool = False,
    columns: tables.Columns,
    draw: Callable[..., Any] = tables.show,
) -> Any:
    """Draw a chart under its title, with the figures it is made of one click away.

    Parameters
    ----------
    draw : callable
        Draws the table, as `tables.show` does.

    Returns
    -------
    object
        What is selected in the chart, where `select` is asked for.
    """
    st.markdown(f"**{title}**")
    alt = pinned.drawn(figure, alt)
    chosen = st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        config=CONFIG,
        on_select="rerun" if select else "ignore",
        selection_mode=("points", "box", "lasso"),
    )
    with st.popover("Show as table", type="tertiary", key=f"{key}_table", on_change="rerun") as box:
        if box.open:
            draw(table, columns, alt, width=tables.IN_POPOVER)
    return chosen


def blank(height: int, **layout: Any) -> go.Figure:
    """An empty figure in the colours of the theme."""
    colours = palette()
    axis = {
        "gridcolor": colours.grid,
        "zerolinecolor": colours.muted,
        "tickfont": {"color": colours.muted},
        "title": {"font": {"color": colours.muted, "size": 12}},
        "automargin": True,
    }
    # Given whole, since Plotly takes ten times as long to update a figure that stands.
    whole = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "font": {"color": colours.text, "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": list(colours.series),
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "xaxis": axis,
        "yaxis": axis,
    }
    return go.Figure(layout={**whole, **layout})


def interval(middle: pd.Series, low: pd.Series, high: pd.Series, colour: str) -> dict[str, Any]:
    """The bar from low to high around a point, as Plotly draws an error."""
    return {
        "type": "data",
        "symmetric": False,
        "array": high - middle,
        "arrayminus": middle - low,
        "color": colour,
    }


def add_bars(
    figure: go.Figure,
    names: Sequence[str],
    values: Sequence[float],
    texts: Sequence[str],
    **options: Any,
) -> None:
    """Horizontal bars with their figures beside them."""
    figure.add_bar(
        x=values,
        y=names,
        text=texts,
        orientation="h",
        textposition="outside",
        cliponaxis=False,
        **{"hoverinfo": "skip", "marker_color": palette().primary, **options},
    )


def by_month(figure: go.Figure, months: pd.Series) -> None:
    """Months along the axis, each named once: Plotly divides the weeks of a short span."""
    span = len(pd.period_range(months.min(), months.max(), freq="M"))
    ticks = {"dtick": "M1"} if span <= MONTHS_NAMED else {"nticks": MONTHS_NAMED}
    figure.update_xaxes(tickformat="%b %Y", hoverformat="%b %Y", **ticks)


def drivers(metric: Metric) -> go.Figure:
    """Signed bars: what moved a metric away from 5, in points of its scale."""
    colours = palette()
    up, down = {
        "churn": (colours.bad, colours.good),
        "risk": (colours.warning, colours.muted),
    }.get(metric.name, (colours.primary, colours.muted))
    seen = [driver for driver in metric.drivers if abs(driver.points) >= SEEN]
    bars = sorted(seen, key=lambda driver: driver.points)
    figure = blank(max(120, 34 * len(bars) + 60), showlegend=False)
    add_bars(
        figure,
        [figure_text(driver.label) for driver in bars],
        [driver.points for driver in bars],
        [wording.points(driver.points) for driver in bars],
        marker_color=[up if driver.points > 0 else down for driver in bars],
        hovertext=[figure_text(driver.detail or driver.label) for driver in bars],
        hoverinfo="text",
    )
    reach = max([abs(driver.points) for driver in bars] + [0.5]) * 1.45
    figure.update_xaxes(title_text="points, from 5", range=[-reach, reach])
    return figure


def shares(table: pd.DataFrame, name: str, value: str, axis: str) -> go.Figure:
    """Horizontal bars of 0-1 shares, largest on top."""
    rows = table.iloc[::-1]
    figure = blank(max(150, 28 * len(rows) + 60), showlegend=False)
    names = [figure_text(wording.label(text)) for text in rows[name]]
    add_bars(figure, names, rows[value], [wording.share(number) for number in rows[value]])
    top = float(rows[value].max()) if len(rows) else 1.0
    figure.update_xaxes(title_text=axis, tickformat=".0%", range=[0, max(top, 0.01) * 1.2])
    return figure


def waterfall(parts: Mapping[str, float], score: float) -> go.Figure:
    """How a score comes about: each part, and the score where they end."""
    colours = palette()
    steps = sorted(
        ((name, value) for name, value in parts.items() if abs(value) >= SEEN),
        key=lambda step: -step[1],
    )
    figure = blank(max(180, 32 * (len(steps) + 1) + 60), showlegend=False)
    figure.add_waterfall(
        orientation="h",
        measure=["relative"] * len(steps) + ["total"],
        y=[figure_text(part_label(name)) for name, _ in steps] + ["Score"],
        x=[value for _, value in steps] + [score],
        text=[wording.points(value) for _, value in steps] + [f"{score:.2f}"],
        textposition="outside",
        cliponaxis=False,
        increasing_marker_color=colours.primary,
        decreasing_marker_color=colours.series[1],
        totals_marker_color=colours.muted,
        connector={"line": {"color": colours.grid}},
        hoverinfo="skip",
    )
    running, reached = 0.0, [0.0, score]
    for _, value in steps:
        running += value
        reached.append(running)
    low, high = min(reached), max(reached)
    room = 0.22 * max(high - low, 0.1)
    figure.update_xaxes(title_text="score", range=[low - room if low < 0 else 0, high + room])
    figure.update_yaxes(autorange="reversed")
    return figure


def customer_map(table: pd.DataFrame, segments: pd.DataFrame, currency: str) -> go.Figure:
    """Every customer by churn and profit, coloured by churn band; points can be selected."""
    colours = palette()
    figure = blank(430, hovermode="closest")
    bands = {"low": colours.good, "medium": colours.warning, "high": colours.bad}
    band_of = dict(zip(segments["segment"], segments["churn_band"].astype("str"), strict=True))
    band_of_row = table["segment"].map(band_of)
    kind = go.Scatter if len(table) <= MANY else go.Scattergl
    for band, colour in bands.items():
        rows = table[band_of_row == band]
        figure.add_trace(
            kind(
                x=rows["churn"],
                y=rows["profit"],
                name=f"{band} churn",
                mode="markers",
                marker={"size": 7, "opacity": 0.7, "color": colour},
                customdata=rows["customer_id"],
                text=[
                    f"{figure_text(name)}<br>{figure_text(segment)}<br>"
                    f"{wording.money(value, currency)} a year"
                    for name, segment, value in zip(
                        rows["name"], rows["segment"], rows["value_a_year"], strict=True
                    )
                ],
                hovertemplate="%{text}<br>churn %{x:.1f}, profit %{y:.1f}<extra></extra>",
            )
        )
    figure.update_xaxes(title_text="churn, 0-10 (10 is most likely to leave)", range=[-0.2, 10.2])
    figure.update_yaxes(title_text="profit, 0-10 of this bank", range=[-0.2, 10.2])
    figure.update_layout(dragmode="select")
    return figure


def lift(table: pd.DataFrame) -> go.Figure:
    """Lift with its interval, one line a pair; 1 means no different from everybody."""
    colours = palette()
    rows = table.iloc[::-1]
    figure = blank(max(180, 30 * len(rows) + 70), showlegend=False)
    figure.add_scatter(
        x=rows["lift"],
        y=[
            f"{figure_text(product)} · {figure_text(segment)}"
            for segment, product in zip(rows["segment"], rows["product"], strict=True)
        ],
        mode="markers",
        marker={"size": 10, "color": colours.primary},
        error_x=interval(rows["lift"], rows["low"], rows["high"], colours.muted),
        hovertemplate="lift %{x:.2f}<extra></extra>",
    )
    figure.add_vline(x=1, line_color=colours.muted, line_dash="dot")
    figure.update_xaxes(
        title_text="lift, 1 as everybody",
        type="log",
        tickvals=[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
    )
    return figure


def mood(table: pd.DataFrame, height: int = 260) -> go.Figure:
    """Mean mood of messages by month."""
    figure = blank(height, showlegend=False)
    figure.add_scatter(
        x=table["month"],
        y=table["mood"],
        mode="lines+markers",
        line={"width": 2.5},
        customdata=table["n"],
        hovertemplate="%{x|%b %Y}: %{y:+.2f} (%{customdata:,} messages)<extra></extra>",
    )
    figure.update_yaxes(title_text="mood, −1 to 1", range=[-1, 1])
    by_month(figure, table["month"])
    return figure


def mood_by_aspect(table: pd.DataFrame) -> go.Figure:
    """Horizontal bars of the mean mood by what messages are about, the poorest on top.

    A mood of 0 has a bar of its own: a line at nothing, with its figure beside it.
    """
    rows = table.iloc[::-1]
    figure = blank(max(150, 30 * len(rows) + 70), showlegend=False)
    colours = palette()
    figure.add_bar(
        orientation="h",
        y=[figure_text(name) for name in rows["about"]],
        x=rows["mood"],
        marker={"color": colours.primary, "line": {"color": colours.primary, "width": 2}},
        text=[
            f"{mood:+.2f} ({n:,})".replace("-", "\u2212")
            for mood, n in zip(rows["mood"], rows["n"], strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: mean mood and number of messages %{text}<extra></extra>",
    )
    figure.update_xaxes(
        title_text="mood, \u22121 to 1 (messages)", range=[-1.15, 1.15], tickvals=[-1, 0, 1]
    )
    return figure


def parity(table: pd.DataFrame, alert_gap: float) -> go.Figure:
    """A group's share among recipients with its interval, against its share among the eligible.

    The band is the share among the eligible plus and minus the gap that raises an alert.
    """
    colours = palette()
    groups = [figure_text(wording.label(group)) for group in table["group"]]
    figure = blank(340)
    expected = table["share_of_eligible"]
    figure.add_bar(
        x=groups,
        y=[min(share + alert_gap, 1.0) - max(share - alert_gap, 0.0) for share in expected],
        base=[max(share - alert_gap, 0.0) for share in expected],
        width=0.55,
        marker_color=colours.band,
        name=f"within {100 * alert_gap:.0f} points",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=groups,
        y=expected,
        mode="markers",
        marker={"symbol": "line-ew", "size": 46, "line": {"width": 2, "color": colours.muted}},
        name="share among the eligible",
        hovertemplate="%{y:.1%} of the eligible<extra></extra>",
    )
    figure.add_scatter(
        x=groups,
        y=table["share_of_recipients"],
        mode="markers",
        marker={
            "size": 12,
            "color": [colours.bad if alert else colours.primary for alert in table["alert"]],
            "symbol": ["diamond" if alert else "circle" for alert in table["alert"]],
        },
        error_y=interval(table["gap"], table["low"], table["high"], colours.text),
        name="share among recipients, 95 % interval",
        hovertemplate="%{y:.1%} of recipients<extra></extra>",
    )
    tops = [alert_gap + expected, table["share_of_recipients"] + table["high"] - table["gap"]]
    top = max((float(values.max()) for values in tops if values.notna().any()), default=1.0)
    figure.update_yaxes(
        title_text="share of the group", tickformat=".0%", range=[0, min(top, 1.0) + 0.03]
    )
    return figure


def group_values(table: pd.DataFrame, axis: str, *, is_share: bool) -> go.Figure:
    """A figure of each group with its interval, one line a group; a diamond differs from the rest.

    `table` has group, value, low, high and differs; shares are 0-1.
    """
    colours = palette()
    rows = table.iloc[::-1]
    figure = blank(max(180, 30 * len(rows) + 80), showlegend=False)
    figure.add_scatter(
        x=rows["value"],
        y=[figure_text(wording.label(group)) for group in rows["group"]],
        mode="markers",
        marker={
            "size": 11,
            "color": [colours.bad if differs else colours.primary for differs in rows["differs"]],
            "symbol": ["diamond" if differs else "circle" for differs in rows["differs"]],
        },
        error_x=interval(rows["value"], rows["low"], rows["high"], colours.muted),
        customdata=rows["n"],
        hovertemplate=("%{x:.1%}" if is_share else "%{x:,.0f}") + " of %{customdata:,}"
        "<extra></extra>",
    )
    top = float(rows["high"].max())
    figure.update_xaxes(
        title_text=axis, range=[-0.02 * top, 1.05 * top], tickformat=".0%" if is_share else ",.0f"
    )
    return figure


def by_day(table: pd.DataFrame, lines: Mapping[str, str], axis: str) -> go.Figure:
    """Counts by day, a line for each column of `lines`, named as it says."""
    figure = blank(260, showlegend=len(lines) > 1)
    marked = (table[list(lines)] > 0).any(axis=1).sum() <= DAYS_MARKED
    for name, said in lines.items():
        figure.add_scatter(
            x=table["day"],
            y=table[name],
            name=said,
            mode="lines+markers" if marked else "lines",
            marker={"size": [6 if value else 0 for value in table[name]] if marked else None},
            hovertemplate="%{x|%-d %b %Y}: %{y:,}<extra>" + said + "</extra>",
        )
    figure.update_yaxes(title_text=axis, rangemode="tozero", tickformat=",d")
    span = (table["day"].max() - table["day"].min()).days
    figure.update_xaxes(tickformat="%-d %b %Y", **({"dtick": 86_400_000} if span < 7 else {}))
    return figure


def quality(table: pd.DataFrame) -> go.Figure:
    """A figure of each version with its interval, the simple rival of the day as a dashed line."""
    colours = palette()
    figure = blank(280)
    figure.add_scatter(
        x=table["version_id"],
        y=table["value"],
        name="Lists as served",
        mode="lines+markers",
        error_y=interval(table["value"], table["low"], table["high"], colours.muted),
        customdata=table["n"],
        hovertemplate="%{x}: %{y:.3f} (%{customdata:,} customers)<extra></extra>",
    )
    figure.add_scatter(
        x=table["version_id"],
        y=table["rival_value"],
        name="Best simple rival",
        mode="lines+markers",
        line={"dash": "dash", "color": colours.muted},
        hovertemplate="%{x}: %{y:.3f}<extra>Best simple rival</extra>",
    )
    figure.update_xaxes(type="category", title_text="version")
    figure.update_yaxes(title_text="quality, 0 to 1", rangemode="tozero")
    return figure


def bars(table: pd.DataFrame, name: str, value: str, axis: str) -> go.Figure:
    """Horizontal bars of counts, in the table's order."""
    rows = table.iloc[::-1]
    figure = blank(max(150, 40 * len(rows) + 60), showlegend=False)
    names = [figure_text(wording.label(text)) for text in rows[name]]
    add_bars(figure, names, rows[value], [wording.count(number) for number in rows[value]])
    top = float(rows[value].max()) if len(rows) else 1.0
    figure.update_xaxes(title_text=axis, range=[0, max(top, 1.0) * 1.15])
    return figure


def selected(event: Any, field: str = "customdata") -> Sequence[str]:
    """Ids of the points that are selected in a chart."""
    chosen = (event or {}).get("selection", {}).get("points", [])
    return [
        point[field][0] if isinstance(point.get(field), list) else point[field]
        for point in chosen
        if field in point
    ]
