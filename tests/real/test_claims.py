"""Real banks in: every sentence of every customer, alert and book is true by the raw tables."""

from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from engine.customers import segments
from engine.customers.forecast.store import ForecastStore
from engine.customers.portfolio import figures
from engine.engine import Engine
from tests.engine.customers.ahead_oracle import AheadOracle
from tests.engine.customers.book_oracle import wrong_segments, wrong_tiles
from tests.engine.customers.said import (
    claims_ahead_of,
    claims_of,
    claims_of_alerts,
    claims_of_book,
    disagreements,
    surfaces_apart,
)
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real
AHEAD = 40
"""Customers, spread evenly over the bank, who are asked for coming months, which take longest."""
EVERY = {"berka": 20}
"""One customer of so many is asked of a large bank."""
NOW = pd.Timestamp("2026-01-15")


@pytest.mark.parametrize("name", ["peers/B", "peers/C", "peers/D", "peers/E", "berka"])
def test_F38_every_sentence_about_customers_is_true_by_the_tables(
    name: str, real_banks: RealBanks, tmp_path: Path
):
    folder, state = real_banks.fitted(name, tmp_path / "real")
    engine = Engine.open(folder, state, now=lambda: NOW)
    snapshot = engine.snapshot()
    bank, profiles, settings = snapshot.bank, snapshot.profiles, snapshot.settings
    store = ForecastStore(tmp_path / "cache", settings.forecast)
    served = store.of(profiles.data.months)
    oracle = AheadOracle(bank, profiles, settings, served)
    step = max(1, bank.n_customers // AHEAD)
    said = chain(
        claims_of_book(bank, profiles, settings),
        claims_of_alerts(bank, profiles, settings),
        *(claims_of(bank, profiles, row) for row in range(0, bank.n_customers, EVERY.get(name, 1))),
        *(claims_ahead_of(snapshot, served, row) for row in range(0, bank.n_customers, step)),
    )
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, claim in said
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert wrong_tiles(oracle, figures(profiles, settings)) == []
    assert wrong_segments(oracle, segments.summary(profiles.table)) == []
    assert disagreements(bank, profiles, settings, every=EVERY.get(name, 1)) == []
    apart = [surfaces_apart(engine, str(one)) for one in bank.customer_ids[:10]]
    assert [one for one in apart if one] == []
