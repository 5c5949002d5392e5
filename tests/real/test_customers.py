"""Profiles of the peers' banks: the facts of their files come out, and no metric is empty."""

import datetime as dt

import numpy as np
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.book.groups import Book
from engine.customers.portfolio import insights
from engine.customers.profile import profile
from engine.customers.profiles import Profiles, build
from engine.customers.words.texts import load_texts
from engine.settings import default
from engine.vocabulary import METRICS
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 11, 21)


def _profiles(bank: Bank) -> Profiles:
    settings = default()
    consents = effective_consents(bank, settings)
    return build(bank, consents=consents, texts=load_texts(settings), settings=settings)


@pytest.fixture(scope="module")
def purchases_bank(real_banks: RealBanks, tmp_path_factory) -> tuple[Bank, Profiles]:
    into = tmp_path_factory.mktemp("purchases_bank") / "bank"
    bank = Bank.load(real_banks.imported("peers/D", into, consent={"social": "granted"}))
    return bank, _profiles(bank)


@pytest.fixture(scope="module")
def record(purchases_bank):
    bank, profiles = purchases_bank
    consents = effective_consents(bank, default())
    return lambda customer_id: profile(bank, profiles, consents, customer_id, default())


def test_F32_F33_CUST_1_shows_its_stated_figures(record):
    figures = record("CUST_1").figures
    assert figures["Balance"] == ("USD 8,500", "up on the month before")
    assert figures["Monthly spending"] == ("USD 2,800", "down on the month before")
    assert figures["Credit score"] == ("780", "Excellent")
    assert figures["Satisfaction"][0] == "85 %"
    assert figures["Spending ratio"] == ("44.8 %", "healthy, last month x 12")


def test_F43_F44_CUST_5_stands_above_CUST_3_in_risk_and_acumen(purchases_bank):
    table = purchases_bank[1].table
    assert table.loc["CUST_5", "risk"] > 7
    assert table.loc["CUST_3", "risk"] <= default().guard.low_risk_appetite
    assert table.loc["CUST_5", "acumen"] > table.loc["CUST_3", "acumen"]


def test_F41_the_customer_with_most_open_cases_and_a_falling_balance_leads_churn(
    purchases_bank,
):
    table = purchases_bank[1].table
    assert table["churn"].idxmax() == "CUST_4"
    assert table.loc["CUST_4", "churn_band"] == "high"


def test_F53_the_balance_of_CUST_3_falls(purchases_bank):
    assert purchases_bank[1].features.loc["CUST_3", "balance_change"] < 0


def test_every_insight_names_the_segment_and_a_goal_of_the_file(record):
    for i in range(1, 6):
        found = record(f"CUST_{i}")
        value = found.segment.rpartition(", ")[2]  # alone while a case is open
        assert value.lower() in found.insight.partition(":")[0].lower()
        goals = str(found.facts["goals"]).lower().split("; ")
        assert any(goal in found.insight for goal in goals)


@pytest.mark.parametrize("peer", ["peers/B", "peers/C", "peers/E", "santander", "berka"])
def test_every_bank_gets_whole_profiles_and_insights(real_banks, tmp_path, peer):
    bank = Bank.load(real_banks.imported(peer, tmp_path / "bank"))
    profiles = _profiles(bank)
    assert profiles.table[list(METRICS)].notna().all().all()
    for metric in METRICS:
        sums = 5 + profiles.drivers[metric].sum(axis=1)
        assert np.allclose(sums, profiles.table[metric], atol=1e-9)
    found = insights(Book(bank, profiles, default()))
    assert found.figures["Customers"][0] == bank.n_customers
    assert found.segments["n"].sum() == bank.n_customers
