"""Banks of one figure whose right forecast is known by eye."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.forecast.series import SPENDING, MonthlySeries
from engine.settings import ForecastSettings, default


def series(amounts: np.ndarray, figure: str = SPENDING, *, dated: bool = True) -> MonthlySeries:
    months = pd.date_range(end="2024-12-01", periods=amounts.shape[1], freq="MS", unit="us")
    return MonthlySeries(figure, np.asarray(amounts, dtype=float), months, dated)


@pytest.fixture
def settings() -> ForecastSettings:
    return default().forecast


@pytest.fixture(scope="session")
def level_bank() -> MonthlySeries:
    """150 customers who spend about the same every month, each at a level of their own."""
    rng = np.random.default_rng(3)
    level = rng.uniform(200, 5000, size=(150, 1))
    return series(level * rng.normal(1.0, 0.15, size=(150, 14)))


@pytest.fixture(scope="session")
def walk_bank() -> MonthlySeries:
    """150 customers whose figure is that of the month before plus chance."""
    rng = np.random.default_rng(4)
    return series(20_000 + rng.normal(0, 100, size=(150, 18)).cumsum(axis=1))


@pytest.fixture(scope="session")
def line_bank() -> MonthlySeries:
    """60 customers whose figure rises by a fixed amount of their own."""
    rng = np.random.default_rng(5)
    rise = rng.uniform(20, 100, size=(60, 1))
    return series(3000 + rise * np.arange(12) + rng.normal(0, 5, size=(60, 12)))
