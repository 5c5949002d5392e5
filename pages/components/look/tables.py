"""Tables: a frame and what its columns are called in, a readable table out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.components.look import wording

Columns = Mapping[str, Any]
"""Column -> label, or (label, kind), or a column of Streamlit's; only these are shown, in this
order. Kinds: text, long, count, share (0-1, shown in per cent), points (a signed difference of
shares), money, cents, sum (cents that are never cut off), one, two, three (decimals), tiny, churn,
day, month, moment; or the width of a text in pixels."""

_DIGITS = {"money": 0, "cents": 2, "sum": 2, "one": 1, "two": 2, "three": 3, "churn": 1}
_PER_CENT = ("share", "points")
_NUMBERS = {
    "count": "%,d",
    "share": "%.1f %%",
    "points": "%+.1f",
    "money": "%,.0f",
    "cents": "%,.2f",
    "sum": "%,.2f",
    "one": "%.1f",
    "two": "%.2f",
    "three": "%.3f",
    "tiny": "%.2g",
}
ROW = 36
"""Height of a row or the header, in pixels, unless it is set."""
SUM = 104
"""Width of a sum, in pixels: a figure of nine digits that is cut off looks like another."""
IN_POPOVER = 560
"""Width of a table in a popover, which is else as wide as its button."""
TWO_LINES = 66
"""Height of a row, in pixels, in which Streamlit lets a text wrap: above 4 rem."""
THREE_LINES = 88
_DATES = {"day": "D MMM YYYY", "month": "MMM YYYY"}


def show(frame: pd.DataFrame, columns: Columns, alt: str, **options: Any) -> Any:
    """Show some columns of a frame under readable names; missing values are an en dash.

    Parameters
    ----------
    options : object
        Passed on to st.dataframe: key, height, selection. A height in pixels is the most that the
        table takes: fewer rows take less.

    Returns
    -------
    object
        What is selected, where a selection is asked for.
    """
    kinds = {
        name: (said, "text") if isinstance(said, str) else said
        for name, said in columns.items()
        if isinstance(said, str | tuple)
    }
    scaled = {name: 100 * frame[name] for name, (_, kind) in kinds.items() if kind in _PER_CENT}
    rounded = {name: _DIGITS[kind] for name, (_, kind) in kinds.items() if kind in _DIGITS}
    if isinstance(most := options.get("height"), int):
        needed = (len(frame) + 1) * (options.get("row_height") or ROW)
        options["height"] = "content" if needed <= most else most
    return st.dataframe(
        frame.assign(**scaled).round(rounded),
        column_order=list(columns),
        column_config={**columns, **{name: _config(*said) for name, said in kinds.items()}},
        hide_index=True,
        placeholder=wording.DASH,
        alt=alt,
        **options,
    )


def interval(kind: str = "share") -> dict[str, tuple[str, str]]:
    """The columns low and high of an interval."""
    return {"low": ("From (95 %)", kind), "high": ("To (95 %)", kind)}


def figure(label: str, value: str, below: str | None, **options: Any) -> None:
    """One figure with a remark below it that is neither good nor bad."""
    st.metric(label, value, delta=below, delta_color="off", delta_arrow="off", **options)


def moved(
    label: str, value: str, below: str | None, change: float, *, better: int = 0, **options: Any
) -> None:
    """One figure with how it moved; green or red only where `better` (1 up, -1 down) says so."""
    way = ("off", "up", "down")[(change > 0) - (change < 0)]
    good = (better > 0) == (change > 0)
    colour = "off" if not better or way == "off" else "green" if good else "red"
    st.metric(label, value, delta=below, delta_color=colour, delta_arrow=way, **options)


def _config(label: str, kind: str) -> Any:
    config = st.column_config
    if kind in _NUMBERS:
        width = SUM if kind == "sum" else None
        return config.NumberColumn(label, format=_NUMBERS[kind], width=width)
    if kind in _DATES:
        return config.DateColumn(label, format=_DATES[kind])
    if kind == "moment":
        return config.DatetimeColumn(label, format="D MMM YYYY, HH:mm")
    if kind == "churn":
        return config.ProgressColumn(label, min_value=0, max_value=10, format="%.1f", width=76)
    if kind.isdigit():
        return config.TextColumn(label, width=int(kind))
    return config.TextColumn(label, width="large" if kind == "long" else None)
