"""Alerts, goals and allocations of the peers: bank C by its own figures, the others whole."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.alerts import alerts
from engine.customers.planning.allocation import strategy
from engine.customers.planning.goals import goal
from engine.customers.planning.market import NEUTRAL
from engine.customers.profiles import Profiles, build
from engine.customers.words.texts import load_texts
from engine.labels import ALERT_TITLES
from engine.settings import default, load
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real

NOW = dt.datetime(2026, 11, 21)


def _imported(banks: RealBanks, source: str, into: Path) -> tuple[Bank, Profiles]:
    bank = Bank.load(banks.imported(source, into / "bank", consent={"social": "granted"}))
    settings = default()
    consents = effective_consents(bank, settings)
    return bank, build(bank, consents=consents, texts=load_texts(settings), settings=settings)


@pytest.fixture(scope="module")
def sqlite_bank(real_banks: RealBanks, tmp_path_factory) -> tuple[Bank, Profiles]:
    return _imported(real_banks, "peers/C", tmp_path_factory.mktemp("sqlite_bank"))


def test_F124_user1_is_at_80_and_user2_at_60_per_cent_and_neither_fires(sqlite_bank):
    assert goal(*sqlite_bank, "1").share == pytest.approx(0.8)
    assert goal(*sqlite_bank, "2").share == pytest.approx(0.6)
    assert "savings_goal" not in set(alerts(*sqlite_bank, default())["kind"])


def test_F125_user1_has_420_of_spending_beside_the_salary_and_no_alert(sqlite_bank):
    bank, profiles = sqlite_bank
    assert profiles.data.months.latest("spending")[0] == 420
    feed = alerts(bank, profiles, load(alerts={"spending_limit": 419.0}))
    limit = feed[feed["kind"] == "spending_limit"]
    assert limit["customer_id"].tolist() == ["1"]
    assert "USD 420 of spending" in limit["reason"].iloc[0]
    assert "spending_limit" not in set(alerts(bank, profiles, default())["kind"])


def test_F126_F127_both_loans_are_far_from_repaid_so_the_feed_is_empty(sqlite_bank):
    assert alerts(*sqlite_bank, default()).empty
    nearly = alerts(*sqlite_bank, load(alerts={"loan_nearly_repaid": 1500.0}))
    assert nearly["customer_id"].tolist() == ["2"]


def test_F138_F140_the_users_stated_tolerance_gives_their_allocation(sqlite_bank):
    user1 = strategy(*sqlite_bank, "1", NEUTRAL, default())
    assert user1.weights["weight"].round(9).tolist() == [0.4, 0.4, 0.2]
    user2 = strategy(*sqlite_bank, "2", NEUTRAL, default())
    assert user2.lines == ("Stocks: 70 %", "Bonds: 20 %", "Real estate: 10 %")


def test_F141_user1_reaches_the_goal_in_half_a_month(sqlite_bank):
    assert goal(*sqlite_bank, "1").months == 0.5


@pytest.mark.parametrize("peer", ["B", "D", "E"])
def test_every_bank_has_a_feed_that_names_each_alert_once(real_banks, tmp_path, peer):
    bank, profiles = _imported(real_banks, f"peers/{peer}", tmp_path)
    feed = alerts(bank, profiles, default())
    assert feed["alert_id"].is_unique
    assert set(feed["kind"]) <= set(ALERT_TITLES)
    assert feed["raised_at"].notna().all()
    assert (feed["raised_at"] <= bank.as_of + np.timedelta64(1, "D")).all()
    assert not feed["reason"].str.contains("nan").any()


def test_on_B_the_customers_of_december_who_spent_far_more_than_usual_are_raised(
    real_banks, tmp_path
):
    bank, profiles = _imported(real_banks, "peers/B", tmp_path)
    feed = alerts(bank, profiles, default())
    spending = profiles.data.months.figures["spending"]
    raised = bank.customer_positions(feed.loc[feed["kind"] == "spending_limit", "customer_id"])
    assert len(raised)
    assert (spending[raised, -1] > default().alerts.spending_limit).all()
    assert (spending[raised, -1] > 1.25 * np.median(spending[raised, -12:-1], axis=1)).all()
