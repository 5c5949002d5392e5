"""Numbers and days in, the text that a sentence shows out."""

import math

import pandas as pd

MISSING = "–"
"""What stands where a value is missing."""


def figure(value: float) -> str:
    """A number with thousands separators: no decimals from 100 on, at most two below.

    Returns
    -------
    str
        "12,300", "99.5", "0.03"; an en dash for NaN and infinities.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if abs(value) >= 100 or float(value).is_integer():
        return f"{round(value):,}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def day(time: pd.Timestamp) -> str:
    """A day as "12 Mar 2026"; an en dash where it is missing."""
    return MISSING if pd.isna(time) else f"{time.day} {time:%b %Y}"
