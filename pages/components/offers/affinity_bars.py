"""How near the texts of products are to what is known of a customer's needs, as bars."""

import plotly.graph_objects as go
import streamlit as st

from engine import Engine
from engine.figures import signed
from engine.results import Affinity
from pages.components.look import charts, notices
from pages.components.look.colours import palette
from pages.components.look.wording import escape, figure_text


def show(engine: Engine, customer: str) -> None:
    """The bars, when they are opened."""
    place = st.expander(
        "Affinity: nearest and farthest products", key="affinity", on_change="rerun"
    )
    if place.open:
        with place:
            _bars(engine.offers.affinity(customer))


def _bars(made: Affinity) -> None:
    if made.table.empty:
        notices.empty("No affinity", made.why)
        return
    charts.show(
        chart(made),
        f"Affinity: the {len(made.table) // 2} nearest and farthest of {made.n_products} products",
        "Bars of affinity of the nearest and farthest products; 0 is the bank's usual customer",
        made.table,
        key="affinity_bars",
        columns={
            "product": ("Product", "240"),
            "affinity": ("Affinity", "two"),
            "phrase": ("Moved most by the need", "300"),
        },
    )
    st.caption(escape(made.meaning))


def chart(made: Affinity) -> go.Figure:
    """Bars to the right for the nearest, to the left for those that are farther than usual."""
    colours = palette()
    rows = made.table.iloc[::-1]
    figure = charts.blank(28 * len(rows) + 80, showlegend=False)
    charts.add_bars(
        figure,
        [figure_text(name) for name in rows["product"]],
        rows["affinity"],
        [signed(value, 2) for value in rows["affinity"]],
        marker_color=[
            colours.primary if end == "nearest" else colours.muted for end in rows["end"]
        ],
    )
    most = float(rows["affinity"].abs().max()) * 1.3 or 1.0
    figure.update_xaxes(title_text="affinity (cosine against the usual)", range=[-most, most])
    return figure
