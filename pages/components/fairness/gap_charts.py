"""Charts of gaps between groups: what each part adds, and what a smaller gap costs."""

import pandas as pd
import plotly.graph_objects as go

from pages.components.look.charts import blank, interval
from pages.components.look.colours import palette
from pages.components.look.wording import figure_text

SEEN_SHARE = 0.0005
"""Gap below which a part would be drawn as nothing: a twentieth of a point (0-1)."""


def parts(table: pd.DataFrame) -> go.Figure:
    """What each part adds to a gap with its interval, in points; a diamond is beyond chance.

    `table` has label, gap, low and high (0-1) in its order; parts that add nothing are left out.
    """
    colours = palette()
    rows = table[(table["gap"].abs() >= SEEN_SHARE) | (table["low"] * table["high"] > 0)]
    rows = (rows if len(rows) else table.head(1)).iloc[::-1]
    beyond = (rows["low"] > 0) | (rows["high"] < 0)
    gap, low, high = (100 * rows[name] for name in ("gap", "low", "high"))
    figure = blank(max(180, 30 * len(rows) + 80), showlegend=False)
    figure.add_scatter(
        x=gap,
        y=[figure_text(label) for label in rows["label"]],
        mode="markers",
        marker={
            "size": 11,
            "color": [colours.bad if one else colours.primary for one in beyond],
            "symbol": ["diamond" if one else "circle" for one in beyond],
        },
        error_x=interval(gap, low, high, colours.muted),
        hovertemplate="%{x:+.1f} points<extra></extra>",
    )
    figure.add_vline(x=0, line_color=colours.muted, line_width=1)
    figure.update_xaxes(title_text="percentage points of attention")
    return figure


def curve(table: pd.DataFrame) -> go.Figure:
    """The largest gap left, in points, against the loss of score of lists under prices.

    `table` has tolerance (missing without prices), worst (0-1) and score_lost.
    """
    colours = palette()
    figure = blank(300, showlegend=False)
    figure.add_scatter(
        x=table["score_lost"],
        y=100 * table["worst"],
        mode="lines+markers+text",
        marker={"size": 9, "color": colours.primary},
        line={"color": colours.muted, "width": 1},
        text=["today" if missing else "" for missing in table["tolerance"].isna()],
        textposition="middle right",
        cliponaxis=False,
        hovertemplate="%{y:.1f} points for %{x:.4f} of score<extra></extra>",
    )
    top = max(100 * float(table["worst"].max()), 1.0)
    figure.update_yaxes(title_text="largest gap left, points", range=[0, 1.15 * top])
    figure.update_xaxes(title_text="loss of the mean score of a list", exponentformat="none")
    return figure
