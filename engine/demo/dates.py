"""The fixed calendar of a generated bank: no clock is read."""

from typing import Final

import numpy as np
import pandas as pd

AS_OF: Final = np.datetime64("2026-06-30", "D")
N_MONTHS: Final = 24
MONTHS: Final = np.arange("2024-07", "2026-07", dtype="datetime64[M]")
"""Months with figures, oldest first; the last one ends on `AS_OF`."""

WINDOW_START: Final = MONTHS[0].astype("datetime64[D]")
N_ITEMISED: Final = 12
"""The last months, whose figures are the sums of single transactions (own choice: file size)."""


def month_index(days: np.ndarray) -> np.ndarray:
    """Position of each day's month in MONTHS; negative before the window."""
    return (days.astype("datetime64[M]") - MONTHS[0]).astype(np.int64)


def days_in(months: np.ndarray) -> np.ndarray:
    """Number of days of each month given as positions in MONTHS."""
    starts = MONTHS[months].astype("datetime64[D]")
    ends = (MONTHS[months] + 1).astype("datetime64[D]")
    return (ends - starts).astype(np.int64)


def as_times(days: np.ndarray) -> pd.Series:
    """Days (NaT for missing) as the bank's time dtype."""
    return pd.Series(days.astype("datetime64[us]"))
