"""What is learned from history: LightFM by needs alone, next steps where every day is known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from engine import settings as _settings
from engine.bank.bank import Bank
from engine.ranking import training
from engine.ranking.signals import collaborative, learned
from engine.ranking.signals.learned import LearnedModels
from engine.snapshot.snapshot import Snapshots
from tests.conftest import DEMO

PATIENT = _settings.load(models={"epochs": 40, "learning_rate": 0.05})


@pytest.fixture(scope="module")
def wants(history_bank: Bank) -> sparse.csr_array:
    """Holders of p0 want one thing, holders of p2 another."""
    n = history_bank.n_customers
    return sparse.csr_array(np.eye(2)[np.arange(n) % 2])


def _without_the_last_two(bank: Bank) -> Bank:
    gone = bank.customer_ids[-2:]
    holdings = bank["holdings"]
    return bank.with_tables(holdings=holdings[~holdings["customer_id"].isin(gone)])


def _raw(bank: Bank, fitted: LearnedModels) -> np.ndarray:
    rows = np.arange(bank.n_customers)[-2:]
    everything = np.ones((len(rows), bank.n_products), dtype=bool)
    return collaborative.raw(fitted.factorization, fitted.known, rows, everything)


def test_issue_4_a_newcomer_is_scored_by_what_customers_with_the_same_needs_took(
    history_bank: Bank, no_interest, wants
):
    bank = _without_the_last_two(history_bank)
    one, other = _raw(bank, learned.fit(bank, no_interest(bank), PATIENT, wants=wants))
    assert one[:2].min() > one[2:4].max()
    assert other[2:4].min() > other[:2].max()


def test_without_needs_a_newcomer_is_neutral(history_bank: Bank, no_interest, wants):
    bank = _without_the_last_two(history_bank)
    assert not _raw(bank, learned.fit(bank, no_interest(bank), PATIENT)).any()
    off = _settings.load(models={"customer_features": 0})
    assert not _raw(bank, learned.fit(bank, no_interest(bank), off, wants=wants)).any()


def test_decision_12_nothing_protected_is_among_the_features_that_lightfm_reads(
    demo_state: Path, tmp_path: Path
):
    snapshots = Snapshots(Bank.load(DEMO), demo_state)
    bank, rng = snapshots.bank(), np.random.default_rng(1)
    customers = bank["customers"]
    columns = ["name", "gender", "city", "region", "country", "marital_status"]
    shuffled = {c: customers[c].iloc[rng.permutation(len(customers))].array for c in columns}
    other = bank.with_tables(customers=customers.assign(**shuffled, age=99 - customers["age"]))
    for name, known in (("one", bank), ("other", other)):
        signals = training.with_learned(
            snapshots.signals_of(known, LearnedModels()), snapshots.interest_of, snapshots.settings
        )
        signals.learned.factorization.save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert signals.needs.weights.shape[1] > 50
    spoken = set(" ".join(signals.needs.phrases["item"].str.lower()).split())
    assert not spoken & {"female", "male", "woman", "man", "married", "single", "widowed", "aged"}


def dated(bank: Bank) -> Bank:
    """The same bank, but what was there when the file begins was taken over the year before."""
    holdings = bank["holdings"]
    stock = (holdings["opened_on"] == holdings["opened_on"].min()).to_numpy()
    days = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.arange(len(holdings)) % 360, unit="D")
    return bank.with_tables(
        holdings=holdings.assign(opened_on=holdings["opened_on"].where(~stock, days))
    )


def test_F104_what_follows_what_is_found_where_every_holding_has_its_day(
    history_bank, no_interest, settings
):
    bank = dated(history_bank)
    found = learned.fit(bank, no_interest(bank), settings).transitions
    assert found.weights[0, 1] > 0 > found.weights[0, 3]
    assert found.weights[2, 3] > 0 > found.weights[2, 1]
