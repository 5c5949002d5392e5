"""Amounts that nobody at the bank has stated are in its currency, or are not assumed."""

import pytest

from engine.customers.finances.assumed_amounts import in_currency
from engine.settings import default, load


@pytest.mark.parametrize(("currency", "units"), [("USD", 1.0), ("CZK", 20.0), ("JPY", 150.0)])
def test_shipped_amounts_are_worked_out_in_the_currency_of_the_bank(currency, units):
    found, shipped = in_currency(default(), currency).money, default().money
    assert found.cost_to_serve == shipped.cost_to_serve * units
    assert found.product_margin["Loan"] == shipped.product_margin["Loan"] * units
    assert found.deposit_margin == shipped.deposit_margin


def test_what_a_bank_states_is_in_its_own_currency():
    stated = load(money={"product_margin": {"default": 60.0, "Loan": 900.0}, "cost_to_serve": 75.0})
    found = in_currency(stated, "CZK").money
    assert (found.product_margin["Loan"], found.cost_to_serve) == (900.0, 75.0)
    assert found.product_margin["default"] == 1200.0


def test_nothing_is_assumed_in_a_currency_of_which_no_rate_is_stated():
    found = in_currency(default(), "XOF").money
    assert (found.product_margin, found.cost_to_serve) == ({}, 0.0)
