"""Figures about one customer's money: months with what is expected, payments due, an allocation."""

import pandas as pd
import plotly.graph_objects as go

from engine.results import Forecast
from pages.components.look.charts import add_bars, blank, by_month
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

AHEAD_DASH = "dot"


def ahead(
    forecast: Forecast, beside: pd.Series | None = None, *, name: str = "", currency: str
) -> go.Figure:
    """Past months, the months expected with their interval, and an unusual month set apart.

    Parameters
    ----------
    forecast : Forecast
    beside : Series, optional
        Another figure of the same months, indexed by month, drawn as a line called `name`.
    """
    colours = palette()
    past, coming = forecast.history, forecast.months
    figure = blank(290, hovermode="x unified")
    hover = f"{currency} %{{y:,.0f}}"
    shown = [past["value"], coming["value"], coming["low"], coming["high"]]
    if beside is not None:
        figure.add_scatter(
            x=beside.index,
            y=beside,
            name=name,
            mode="lines",
            line={"width": 2, "color": colours.series[1]},
            hovertemplate=hover,
        )
        shown.append(beside)
    if forecast.known:
        _expected(figure, forecast, hover)
    figure.add_scatter(
        x=past["month"],
        y=past["value"],
        name=forecast.label,
        mode="lines+markers",
        line={"width": 2.5, "color": colours.primary},
        marker={"size": 5},
        hovertemplate=hover,
    )
    if forecast.unusual_last_month and len(past):
        figure.add_scatter(
            x=past["month"].tail(1),
            y=past["value"].tail(1),
            name="unusual month",
            mode="markers",
            marker={"size": 13, "symbol": "diamond", "color": colours.warning},
            hoverinfo="skip",
        )
    known = pd.concat(shown).dropna()
    low, high = min(forecast.axis[0], known.min()), max(forecast.axis[1], known.max())
    figure.update_yaxes(title_text=currency, tickformat="~s", range=[low, high + (high == low)])
    by_month(figure, pd.concat([past["month"], coming["month"]]))
    return figure


def _expected(figure: go.Figure, forecast: Forecast, hover: str) -> None:
    """The band and the dotted line, both beginning at the last month that is known."""
    colours = palette()
    coming = forecast.months
    last = forecast.history.tail(1)
    months = pd.concat([last["month"], coming["month"]])
    if coming["low"].notna().all():
        edges = [pd.concat([last["value"], coming[side]]) for side in ("low", "high")]
        figure.add_scatter(
            x=pd.concat([months, months[::-1]]),
            y=pd.concat([edges[0], edges[1][::-1]]),
            name=f"{100 * forecast.level:.0f} % interval",
            mode="lines",
            fill="toself",
            fillcolor=colours.band,
            line={"width": 0},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=months,
        y=pd.concat([last["value"], coming["value"]]),
        name="expected",
        mode="lines",
        line={"width": 2.5, "color": colours.primary, "dash": AHEAD_DASH},
        hovertemplate=hover,
    )


def activity(table: pd.DataFrame) -> go.Figure:
    """Number of transactions a month."""
    figure = blank(290, showlegend=False)
    figure.add_bar(
        x=table["month"],
        y=table["count"],
        marker_color=palette().primary,
        hovertemplate="%{x|%b %Y}: %{y:,.0f}<extra></extra>",
    )
    figure.update_yaxes(title_text="transactions a month", rangemode="tozero")
    by_month(figure, table["month"])
    return figure


def due(calendar: pd.DataFrame, currency: str) -> go.Figure:
    """What comes in and goes out on each of the next days."""
    colours = palette()
    figure = blank(250, barmode="relative")
    ways = (("comes in", colours.good, 1), ("goes out", colours.series[1], -1))
    for name, colour, sign in ways:
        rows = calendar[calendar["amount"] * sign > 0]
        if len(rows):
            figure.add_bar(
                x=rows["day"],
                y=rows["amount"],
                name=name,
                marker_color=colour,
                width=20 * 3600 * 1000,
                text=[figure_text(text) for text in rows["name"]],
                textposition="none",
                hovertemplate=f"%{{x|%-d %b}}, %{{text}}: {currency} %{{y:,.0f}}<extra></extra>",
            )
    figure.update_yaxes(title_text=currency, tickformat="~s")
    figure.update_xaxes(tickformat="%-d %b", nticks=8)
    return figure


def allocation(weights: pd.DataFrame) -> go.Figure:
    """Share of each asset class, and where it stood before the market tilted it."""
    colours = palette()
    rows = weights.iloc[::-1]
    names = [figure_text(asset) for asset in rows["asset"]]
    figure = blank(44 * len(rows) + 90)
    texts = [f"{round(percent, 2):g} %" for percent in rows["percent"]]
    add_bars(figure, names, rows["weight"], texts, name="share")
    if (rows["weight"] - rows["base"]).abs().max() > 1e-9:
        figure.add_scatter(
            x=rows["base"],
            y=names,
            name="without the market's tilt",
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": 22,
                "line": {"width": 3, "color": colours.series[1]},
            },
            hovertemplate="%{x:.1%} without the tilt<extra></extra>",
        )
    top = float(rows[["weight", "base"]].max().max())
    figure.update_xaxes(title_text="share of what is invested", tickformat=".0%")
    figure.update_xaxes(range=[0, top * 1.25])
    return figure
