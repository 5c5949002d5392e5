"""One metric of a customer with its word; the drivers and the argument behind it on demand."""

import pandas as pd
import streamlit as st

from engine.results import Metric
from pages.components.look import charts, wording
from pages.components.look.charts import SEEN
from pages.components.look.wording import badge_text, escape

SOURCES = {"scorecard": "By scorecard", "learned": "Learned from the bank's labels"}
DRIVER_COLUMNS = ["driver", "points", "detail"]


def show(metric: Metric) -> None:
    """One metric with its word; "why" opens the drivers."""
    with st.container(border=True, height="stretch"):
        st.metric(
            escape(metric.label),
            wording.metric(metric.value) if metric.known else wording.DASH,
            help=escape(metric.note) if metric.note else None,
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(badge_text(metric.word or "no data"), color=_metric_colour(metric))
            with st.popover(
                "Why", type="tertiary", key=f"why_{metric.name}", on_change="rerun"
            ) as why:
                if why.open:
                    _drivers(metric)
        source = SOURCES.get(metric.source, escape(metric.source))
        promised = "" if metric.chance is None else f": a chance of {wording.share(metric.chance)}"
        st.caption(source + promised)


def _metric_colour(metric: Metric) -> str:
    if not metric.known:
        return "gray"
    if metric.name == "churn":
        return {"high": "red", "medium": "orange"}.get(metric.word, "green")
    return "blue"


def _drivers(metric: Metric) -> None:
    """The argument for a metric with the records it cites, and its drivers as bars."""
    name = escape(metric.label)
    seen = [driver for driver in metric.drivers if abs(driver.points) >= SEEN]
    if seen:
        charts.show(
            charts.drivers(metric),
            f"{name}: what moved it from 5",
            f"Signed bars of what moved {metric.label} from 5 to {metric.value:.1f}",
            pd.DataFrame([(d.label, d.points, d.detail) for d in seen], columns=DRIVER_COLUMNS),
            key=f"drivers_{metric.name}",
            columns={
                "driver": "Driver",
                "points": ("Points", "two"),
                "detail": "What stands behind",
            },
        )
    else:
        st.markdown(f"**{name}: nothing moves it from the neutral 5**")
    if metric.argument:
        st.markdown(f"*{escape(metric.argument)}*")
    if metric.note:
        st.caption(escape(metric.note))
