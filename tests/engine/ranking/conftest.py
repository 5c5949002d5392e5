"""Ranking on hand-made profiles, so that these tests know every input by eye."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine import settings as _settings
from engine.bank.bank import Bank, Manifest
from engine.bank.tables import empty
from engine.customers.protected_traits import without_protected_traits
from engine.ranking.signals import Signals, needs
from engine.ranking.signals.learned import LearnedModels

WORDS = ("travel", "house", "risk", "interest", "grow")


class WordEncoder:
    """One dimension a word of `WORDS`, and a small one for the text itself."""

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = [
            [float(word in text.lower()) for word in WORDS]
            + [hashlib.sha256(text.encode()).digest()[0] / 2560]
            for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32) + 1e-3
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(scope="session")
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def settings() -> _settings.Settings:
    return _settings.default()


@pytest.fixture(scope="session")
def interests() -> pd.DataFrame:
    """Ann travels and wants a house, Cid wants steady interest, Dee high risk; of Eve nothing."""
    rows = [
        (0, "goal", "travel", 1.0, np.nan, np.nan),
        (0, "goal", "buy a house", 1.0, np.nan, np.nan),
        (0, "spending", "travel", 0.5, 1000.0, np.nan),
        (2, "goal", "steady interest", 1.0, np.nan, np.nan),
        (3, "goal", "high risk", 1.0, np.nan, np.nan),
        (5, "goal", "growing company", 1.0, np.nan, np.nan),
    ]
    return pd.DataFrame(rows, columns=["position", "kind", "item", "weight", "value", "n"])


def profile_table(bank: Bank, **columns: object) -> pd.DataFrame:
    defaults = {"churn": 5.0, "profit": 5.0, "risk": 5.0, "acumen": 5.0}
    table = pd.DataFrame(
        {**defaults, "mood": np.nan, "tech_spending_month": 0.0, "volatile": 0.0} | columns,
        index=bank.customer_ids,
    )
    return table.astype("float64").assign(segment="Everybody")


@pytest.fixture(scope="session")
def small_signals(
    small_bank: Bank,
    interests: pd.DataFrame,
    encoder: WordEncoder,
    settings: _settings.Settings,
) -> Signals:
    table = profile_table(
        small_bank,
        churn=[2, 9, 3, 2, 5, 5],
        risk=[5, 3, 1, 9, 5, 5],
        acumen=[7, 4, 3, 8, 5, 5],
        mood=[0.8, -0.8, np.nan, 0.0, np.nan, np.nan],
    )
    return Signals(
        small_bank,
        SimpleNamespace(
            table=table, data=SimpleNamespace(bank=without_protected_traits(small_bank))
        ),
        needs.build(small_bank, interests, encoder),
        LearnedModels(),
        empty("events"),
        settings,
    )


@pytest.fixture(scope="session")
def history_bank() -> Bank:
    """400 customers, 6 products: whoever holds p0 takes p1 next, holders of p2 take p3, and a few
    take p4 or p5 at random; two years of dated adoptions."""
    rng = np.random.default_rng(3)
    n = 400
    ids = [f"c{i:03d}" for i in range(n)]
    start = np.where(np.arange(n) % 2 == 0, "p0", "p2")
    follow = np.where(np.arange(n) % 2 == 0, "p1", "p3")
    noisy = rng.random(n) < 0.2
    follow = np.where(noisy, rng.choice(["p4", "p5"], n), follow)
    days = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 700, n), unit="D")
    holdings = pd.DataFrame(
        {
            "customer_id": ids * 2,
            "product_id": [*start, *follow],
            "opened_on": [pd.Timestamp("2023-01-01")] * n + list(days),
        }
    )
    return Bank.from_tables(
        Manifest("History", as_of="2024-12-31"),
        {
            "customers": pd.DataFrame({"customer_id": ids, "audience": "retail"}),
            "products": pd.DataFrame(
                {
                    "product_id": [f"p{i}" for i in range(6)],
                    "name": [f"Product {i}" for i in range(6)],
                }
            ),
            "holdings": holdings,
        },
    )


@pytest.fixture(scope="session")
def signals_of(encoder: WordEncoder, settings: _settings.Settings):
    def build(bank: Bank, learned: LearnedModels) -> Signals:
        nothing = pd.DataFrame(
            {
                c: pd.Series(dtype=t)
                for c, t in zip(
                    ["position", "kind", "item", "weight", "value", "n"],
                    ["int64", "str", "str", "float64", "float64", "float64"],
                    strict=True,
                )
            }
        )
        profiles = SimpleNamespace(
            table=profile_table(bank), data=SimpleNamespace(bank=without_protected_traits(bank))
        )
        return Signals(
            bank, profiles, needs.build(bank, nothing, encoder), learned, empty("events"), settings
        )

    return build


@pytest.fixture(scope="session")
def no_interest():
    def build(bank: Bank) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "customer_id": pd.Series(dtype="str"),
                "product_id": pd.Series(dtype="str"),
                "weight": pd.Series(dtype="float64"),
            }
        )

    return build
