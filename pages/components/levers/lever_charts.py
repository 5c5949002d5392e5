"""Charts of the levers: the mix of products and the gaps between groups, today beside new."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from engine.results import LeverEffect
from pages.components.look import charts, choosing, tables, wording
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

MIX = {"first": "As first offer", "any": "Anywhere on the list"}
SHOWN = 12


def mix(effect: LeverEffect) -> None:
    """Which products are offered, today and under the changes."""
    over = choosing.one_of("Count", MIX, "levers_mix", label_visibility="collapsed")
    today, new = f"{over}_today", f"{over}_new"
    size = effect.products[[today, new]].max(axis="columns")
    table = effect.products[size > 0].assign(size=size[size > 0])
    table = table.sort_values("size", ascending=False, kind="stable")
    counted = "first offer" if over == "first" else f"first {effect.k} offers"
    charts.show(
        pairs(table.head(SHOWN), today, new),
        f"Mix of products: share of customers, {counted}",
        f"Share of customers who get each product among their {counted}, today and new",
        table,
        key="levers_mix_chart",
        columns={
            "product": "Product",
            "category": "Category",
            today: ("Today", "share"),
            new: ("New", "share"),
        },
    )


def pairs(table: pd.DataFrame, today: str, new: str) -> go.Figure:
    """Two horizontal bars a product, largest on top."""
    colours = palette()
    rows = table.iloc[::-1]
    names = [figure_text(_short(name)) for name in rows["product"]]
    figure = charts.blank(max(200, 44 * len(rows) + 80), barmode="group", bargap=0.3)
    for name, column, colour in (
        ("new", new, colours.primary),
        ("today", today, colours.muted),
    ):
        texts = [wording.share(value) for value in rows[column]]
        charts.add_bars(figure, names, rows[column], texts, name=name, marker_color=colour)
    top = float(rows[[today, new]].max().max()) if len(rows) else 0.0
    figure.update_xaxes(
        title_text="share of customers", tickformat=".0%", range=[0, max(top, 0.01) * 1.2]
    )
    figure.update_layout(legend_traceorder="reversed")
    return figure


def groups(effect: LeverEffect) -> None:
    """How far each group's share with a confident offer is from all others'."""
    if effect.groups.empty:
        st.caption("No group of this bank has enough people to compare it with the others.")
        return
    attributes = {name: wording.label(name) for name in effect.groups["attribute"]}
    chosen = choosing.one_of("Gaps by", attributes, "levers_gaps")
    rows = effect.groups[effect.groups["attribute"] == chosen]
    charts.show(
        distances(rows),
        f"A confident offer: gap to all other persons, by {chosen} (95 % interval)",
        f"Difference between each {chosen}'s share with a confident offer and all others', "
        "today and new, with intervals",
        rows.assign(group=[wording.label(name) for name in rows["group"]]),
        key="levers_groups_chart",
        columns={
            "group": "Group",
            "n": ("Persons", "count"),
            "rate_today": ("Share today", "share"),
            "rate_new": ("Share new", "share"),
            "gap_today": ("Gap today, points", "points"),
            "gap_new": ("Gap new, points", "points"),
            "low_new": ("From (95 %)", "points"),
            "high_new": ("To (95 %)", "points"),
        },
    )


def distances(rows: pd.DataFrame) -> go.Figure:
    """Two points with intervals a group; 0 is no difference."""
    colours = palette()
    figure = charts.blank(max(200, 46 * len(rows) + 90))
    rows = rows.iloc[::-1]
    place = list(range(len(rows)))
    for name, colour, symbol, shift in (
        ("today", colours.muted, "circle", 0.14),
        ("new", colours.primary, "diamond", -0.14),
    ):
        gap = rows[f"gap_{name}"]
        figure.add_scatter(
            x=100 * gap,
            y=[at + shift for at in place],
            name=name,
            mode="markers",
            marker={"size": 10, "color": colour, "symbol": symbol},
            error_x=charts.interval(
                100 * gap, 100 * rows[f"low_{name}"], 100 * rows[f"high_{name}"], colour
            ),
            hovertemplate="%{x:+.1f} points<extra></extra>",
        )
    figure.add_vline(x=0, line_color=colours.muted, line_dash="dot")
    figure.update_yaxes(
        tickvals=place,
        ticktext=[figure_text(wording.label(name)) for name in rows["group"]],
        range=[-0.6, len(rows) - 0.4],
        zeroline=False,
    )
    figure.update_xaxes(title_text="gap, percentage points", tickformat="+.0f")
    return figure


def gaps(effect: LeverEffect) -> None:
    """The largest gaps of single categories."""
    if effect.gaps.empty:
        return
    st.markdown("**Largest gaps by category: share among recipients minus among eligible**")
    tables.show(
        effect.gaps.assign(
            group=[wording.label(name) for name in effect.gaps["group"]],
            interval=[
                f"{wording.points(100 * low, 1)} to {wording.points(100 * high, 1)}"
                for low, high in zip(effect.gaps["low_new"], effect.gaps["high_new"], strict=True)
            ],
        ),
        {
            "group": "Group",
            "category": "Offers of",
            "gap_today": ("Today, points", "points"),
            "gap_new": ("New, points", "points"),
            "interval": "95 % interval",
        },
        "Largest gaps between a group's share of recipients and of the eligible, by category",
        height="content",
    )


def _short(name: str) -> str:
    return name if len(name) <= 34 else f"{name[:33]}…"
