"""What a customer earns the bank, part by part."""

import numpy as np
import pytest

from engine.settings import default, load


def test_the_parts_sum_to_the_yearly_value(small_profiles):
    parts = small_profiles.value_parts
    money = default().money
    ann = parts.loc["ann"]
    assert ann["deposits"] == pytest.approx(9000 * money.deposit_margin)
    assert ann["card spending"] == pytest.approx(
        2000 * 12 * money.card_share * money.card_interchange
    )
    assert ann["cost to serve"] == -money.cost_to_serve
    assert parts.loc["ben", "fees"] == 90
    sums = parts.sum(axis=1, min_count=1)
    assert np.allclose(sums, small_profiles.table["value_a_year"], equal_nan=True)


def test_a_customer_of_whom_nothing_is_known_has_no_value(small_profiles):
    assert np.isnan(small_profiles.table.loc["eve", "value_a_year"])


def test_a_flat_margin_stands_in_only_where_nothing_else_is_known(small_profiles):
    of_a_loan = load().money.product_margin["Loan"]
    assert small_profiles.value_parts.loc["fox", "products"] == of_a_loan
    assert small_profiles.value_parts.loc["ann", "products"] == 0


def test_margins_by_category_come_from_settings(small_bank, profile_of):
    settings = load(money={"product_margin": {"default": 10.0, "Loan": 200.0}})
    parts = profile_of(small_bank, settings).value_parts
    assert parts.loc["fox", "products"] == 200


def test_a_company_is_worth_by_its_revenue(small_bank, profile_of):
    customers = small_bank["customers"].copy()
    customers.loc[5, "annual_revenue"] = 2.4e6
    profiles = profile_of(small_bank.with_tables(customers=customers))
    assert profiles.features.loc["fox", "income"] == 2.4e6
    assert profiles.table.loc["fox", "income_month"] == 2e5
