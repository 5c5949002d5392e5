"""A number in, the text that a sentence shows out."""

import math

from engine.customers.wording import MISSING


def figure(value: float) -> str:
    """A number with thousands separators: no decimals from 100 on, at most two below.

    Returns
    -------
    str
        "12,300", "99.5", "0.03"; "not known" for NaN and infinities.
    """
    if value is None or not math.isfinite(value):
        return MISSING
    if abs(value) >= 100 or float(value).is_integer():
        return f"{round(value):,}"
    return f"{value:.2f}".rstrip("0").rstrip(".")
