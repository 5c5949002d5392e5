"""Real banks in: every sentence of every customer, alert and book is true by the raw tables."""

from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from engine.bank.importing.import_source import import_bank
from engine.engine import Engine
from tests.conftest import DEMO
from tests.engine.customers.book_oracle import BookOracle
from tests.engine.customers.said import (
    claims_of,
    claims_of_alerts,
    claims_of_book,
    disagreements,
)

pytestmark = pytest.mark.real
NOW = pd.Timestamp("2026-01-15")


@pytest.mark.parametrize("name", ["peers/B", "peers/C", "peers/D", "peers/E", "berka", "demo"])
def test_F38_every_sentence_about_everybody_is_true_by_the_tables(
    name: str, real_data: Path, tmp_path: Path
):
    folder = DEMO
    if name != "demo":
        folder = tmp_path / "bank"
        import_bank(real_data / name, folder, now=NOW)
    snapshot = Engine.open(folder, tmp_path / "state", now=lambda: NOW).snapshot()
    bank, profiles, settings = snapshot.bank, snapshot.profiles, snapshot.settings
    oracle = BookOracle(bank, profiles, settings)
    said = chain(
        claims_of_book(bank, profiles, settings),
        claims_of_alerts(bank, profiles, settings),
        *(claims_of(bank, profiles, row) for row in range(bank.n_customers)),
    )
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, claim in said
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert disagreements(bank, profiles, settings, every=1) == []
