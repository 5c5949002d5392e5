"""Expected loss learned from the loans of berka: few cases, a wide interval."""

import datetime as dt

import pytest

from engine import Engine

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 11, 21, 9)


@pytest.fixture(scope="module")
def engine(real_banks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("berka")
    real_banks.imported("berka", folder / "bank")
    return Engine.open(folder / "bank", folder / "state", now=lambda: NOW)


@pytest.fixture(scope="module")
def found(engine):
    return engine.learned_metrics.fit("expected_loss", "defaulted")


def test_it_learns_from_the_354_loans_with_earlier_transactions(found):
    assert (found.n, found.n_positive) == (354, 30)
    assert any(note.startswith("328 loans") for note in found.notes)


def test_it_beats_chance_with_an_interval_that_is_wide_and_says_so(found):
    auc = found.measures.set_index("measure").loc["AUC"]
    assert 0.6 < auc["low"] < auc["value"] < auc["high"]
    assert auc["high"] - auc["low"] > 0.1
    assert "the interval is wide" in found.verdict
    assert found.measures.set_index("measure").loc["Brier score gained", "low"] > 0
    assert found.reliability["n"].sum() == 354


def test_the_leak_check_names_the_terms_and_no_standing_order_is_read(found):
    suspicious = set(found.leaks.loc[found.leaks["suspicious"], "column"])
    assert "attributes.loan" in suspicious
    assert not any("order" in column for column in found.leaks["column"])
    assert not set(found.drivers["driver"]) & suspicious


def test_a_borrowers_expected_loss_is_a_chance_times_what_is_owed(engine, found):
    borrower = engine.bank["labels"]["customer_id"].iloc[0]
    loss = engine.learned_metrics.expected_loss(borrower)
    assert 0 < loss.chance < 1
    assert loss.amount == pytest.approx(loss.chance * loss.loss_given_default * loss.exposure)
    assert loss.currency == "CZK"
    other = engine.bank.customer_ids.difference(engine.bank["labels"]["customer_id"])[0]
    assert engine.learned_metrics.expected_loss(other) is None
