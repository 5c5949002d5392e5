"""Amounts that nobody at the bank has stated are in its currency, or are not assumed."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.bank.bank import Bank
from engine.customers.finances.assumed_amounts import in_currency, stated_in
from engine.scoring.levers.adjustable import MARGIN, nested
from engine.settings import default, load
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import NamedSettings

NOW = datetime(2026, 11, 30)


@pytest.mark.parametrize(("currency", "units"), [("USD", 1.0), ("CZK", 20.0), ("JPY", 150.0)])
def test_shipped_amounts_are_worked_out_in_the_currency_of_the_bank(currency, units):
    found, shipped = in_currency(default(), currency, {}), default()
    assert found.money.cost_to_serve == shipped.money.cost_to_serve * units
    assert found.money.product_margin["Loan"] == shipped.money.product_margin["Loan"] * units
    assert found.money.deposit_margin == shipped.money.deposit_margin
    assert found.campaigns.cost_of_contact == shipped.campaigns.cost_of_contact * units
    bars = [
        (one.guard.wealthy_balance, one.guard.wealthy_income, one.guard.high_income,
         one.guard.tier_min_income["Elite"], one.alerts.spending_limit,
         one.alerts.loan_nearly_repaid, one.ranking.rule_tech_monthly_spend)
        for one in (found, shipped)
    ]  # fmt: skip
    assert bars[0] == tuple(units * bar for bar in bars[1])
    assert found.guard.tier_min_credit_score == shipped.guard.tier_min_credit_score


def test_what_a_bank_states_is_in_its_own_currency_even_where_it_is_the_shipped_number():
    stated = {
        "money": {"product_margin": {"default": 70.0, "Loan": 250.0}, "cost_to_serve": 60.0},
        "guard": {"wealthy_balance": 100_000.0},
        "alerts": {"spending_limit": 5_000.0},
    }
    found = in_currency(load(**stated), "CZK", stated)
    assert found.money.product_margin["Loan"] == 250.0
    assert found.money.product_margin["default"] == 70.0
    assert found.money.product_margin["Mortgage"] == 18_000.0
    assert found.money.cost_to_serve == 60.0
    assert found.guard.wealthy_balance == 100_000.0
    assert found.guard.wealthy_income == 3_000_000.0
    assert found.alerts.spending_limit == 5_000.0


def test_the_file_and_the_environment_are_what_is_stated(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("ATTUNE_MONEY__COST_TO_SERVE", "60")
    monkeypatch.setenv("ATTUNE_GUARD__TIER_MIN_INCOME", '{"Elite": 60000}')
    file = tmp_path / "settings.toml"
    assert set(stated_in(file)) == {"money", "guard"}
    file.write_text("[money.product_margin]\nLoan = 250.0\n[alerts]\nspending_limit = 5000\n")
    found = in_currency(load(file), "CZK", stated_in(file))
    assert (found.money.cost_to_serve, found.money.product_margin["Loan"]) == (60.0, 250.0)
    assert found.guard.tier_min_income["Elite"] == 60_000.0
    assert (found.alerts.spending_limit, found.alerts.loan_nearly_repaid) == (5_000.0, 10_000.0)


def test_a_margin_that_is_put_in_force_comes_into_force_as_it_was_set(
    small_bank: Bank, tmp_path: Path
):
    manifest = replace(small_bank.manifest, currency="CZK")
    bank = Bank.from_tables(manifest, small_bank.tables)
    snapshots = Snapshots(bank, tmp_path)
    assert snapshots.settings.money.product_margin["Loan"] == 5_000.0
    named = NamedSettings(snapshots.state)
    lever = nested({(*MARGIN, "Loan"): 250.0})
    named.save("crowns", lever, now=NOW, actor="ann", why="our own")
    named.apply("crowns", now=NOW, actor="ann", why="our own")
    assert snapshots.settings.money.product_margin["Loan"] == 250.0
    assert snapshots.settings.money.product_margin["Mortgage"] == 18_000.0


def test_nothing_is_assumed_in_a_currency_of_which_no_rate_is_stated():
    found = in_currency(default(), "XOF", {})
    assert (found.money.product_margin, found.money.cost_to_serve) == ({}, 0.0)
    assert found.campaigns.cost_of_contact == 0.0
    assert found.guard == default().guard, "a rule needs an amount: it is taken as shipped"
    kept = in_currency(default(), "XOF", {"money": {"product_margin": {"Loan": 250.0}}})
    assert kept.money.product_margin == {"Loan": 250.0}
