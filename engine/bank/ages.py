"""A day of birth, or an age and the day it was true on, in; full years on another day out."""

import numpy as np
import pandas as pd

DAYS_A_YEAR = 365.25


def full_years(born: pd.Series, day: pd.Timestamp) -> pd.Series:
    """Full years from days of birth to a day, float64; NaN where no day of birth is known."""
    ahead = born.dt.month * 100 + born.dt.day > day.month * 100 + day.day
    return (day.year - born.dt.year - ahead).astype("float64").where(born.notna())


def age_on(customers: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Whole years on a day, float64 (n_customers,); an age without a date counts as it stands."""
    passed = (day - customers["age_as_of"]).dt.days.to_numpy(dtype=float) / DAYS_A_YEAR
    return np.floor(customers["age"].to_numpy(dtype=float) + np.nan_to_num(passed).clip(0))
