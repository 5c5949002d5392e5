"""A small bank whose churn has a known cause, with labels of each kind."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest

N = 240


@pytest.fixture(scope="session")
def labelled_bank() -> Bank:
    """Balances of 240 customers fall or rise; those that fell mostly left in early 2025.

    Dissatisfied customers left a little more often. Status says who left, as a leak.
    """
    rng = np.random.default_rng(3)
    ids = [f"c{i:03d}" for i in range(N)]
    trend = rng.normal(0, 1, N)
    satisfaction = np.clip(rng.normal(0, 0.4, N), -1, 1).round(2)
    chance = 1 / (1 + np.exp(1.5 + 2.0 * trend + 1.0 * satisfaction))
    left = (rng.random(N) < chance).astype(float)
    months = pd.date_range("2024-01-01", periods=14, freq="MS")
    steps = np.clip(1 + 0.06 * trend[:, None], 0.7, 1.3) ** np.arange(len(months))
    return Bank.from_tables(
        Manifest(name="Labelled Bank", as_of="2025-02-28"),
        {
            "customers": pd.DataFrame(
                {
                    "customer_id": ids,
                    "audience": "retail",
                    "satisfaction": satisfaction,
                    "status": np.where(left == 1, "gone", "here"),
                    "gender": np.where(left == 1, "x", "y"),
                    "annual_income": 40000.0 + 1000 * trend,
                    "joined_on": "2020-01-01",
                }
            ),
            "products": pd.DataFrame(
                {
                    "product_id": ["loan", "save"],
                    "name": ["Personal loan", "Saver"],
                    "category": ["Loan", "Savings"],
                    "audience": "retail",
                }
            ),
            "months": pd.DataFrame(
                {
                    "customer_id": np.repeat(ids, len(months)),
                    "month": np.tile(months, N),
                    "balance": (5000 * steps).ravel(),
                }
            ),
            "labels": pd.DataFrame(
                {
                    "customer_id": ids * 2,
                    "name": ["churned"] * N + ["margin"] * N,
                    "value": np.concatenate([left, 100 + 30 * trend + rng.normal(0, 5, N)]),
                    "known_on": ["2025-01-15" if x else "2025-02-28" for x in left] * 2,
                }
            ),
        },
    )
