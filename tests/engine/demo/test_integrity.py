"""Every generated table fits every other one, and the calendar."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.importing.schema import pandera_schema
from engine.vocabulary import (
    CONSENT_STATUSES,
    FOREIGN,
    KEYS,
    ORDERS,
    PRODUCT_SCORES,
    PURPOSES,
    SPENDING_CATEGORIES,
    TABLES,
)

WITH_CUSTOMER = [t for t, columns in TABLES.items() if "customer_id" in columns]


@pytest.fixture(params=["made_bank", "demo_bank"])
def bank(request):
    return request.getfixturevalue(request.param)


# All that recurs in the demo bank is booked with its day, so it needs no orders without one.
@pytest.mark.parametrize("table", [t for t in TABLES if t not in (FOREIGN, ORDERS)])
def test_every_table_has_rows_that_pass_its_schema(bank, table):
    assert len(bank[table])
    pandera_schema(table).validate(bank[table])


@pytest.mark.parametrize("table", WITH_CUSTOMER)
def test_every_customer_id_resolves(bank, table):
    assert (bank.customer_positions(bank[table]["customer_id"]) >= 0).all()


@pytest.mark.parametrize("table", ["holdings", "events"])
def test_every_product_id_resolves(bank, table):
    assert (bank.product_positions(bank[table]["product_id"]) >= 0).all()


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(bank, table):
    assert not bank[table].duplicated(list(KEYS[table])).any()


@pytest.mark.parametrize("table", [table for table in TABLES if table != FOREIGN])
def test_no_date_lies_after_the_banks_day(bank, table):
    end = bank.as_of + pd.Timedelta(days=1)
    for column in (c for c, kind in TABLES[table].items() if kind == "time"):
        assert not (bank[table][column] >= end).any()


def test_nothing_happens_before_a_customer_joins(bank):
    joined = bank["customers"].set_index("customer_id")["joined_on"]
    for table, column in (
        ("holdings", "opened_on"),
        ("transactions", "booked_at"),
        ("messages", "sent_at"),
        ("contacts", "contacted_at"),
        ("events", "recorded_at"),
        ("consents", "recorded_at"),
    ):
        frame = bank[table]
        assert (frame[column] >= frame["customer_id"].map(joined)).all(), table


def test_a_holding_ends_after_it_begins(bank):
    ended = bank["holdings"].dropna(subset="closed_on")
    assert len(ended)
    assert (ended["closed_on"] > ended["opened_on"]).all()


def test_nobody_holds_the_same_product_twice(bank):
    assert not bank["holdings"].duplicated(["customer_id", "product_id"]).any()


def test_both_audiences_hold_only_products_of_their_own(bank):
    theirs = bank["customers"].set_index("customer_id")["audience"]
    made_for = bank["products"].set_index("product_id")["audience"]
    for table in ("holdings", "events"):
        frame = bank[table]
        assert frame["customer_id"].map(theirs).eq(frame["product_id"].map(made_for)).all()


def test_products_are_held_by_people_of_the_right_age_and_group(bank):
    held = (
        bank["holdings"]
        .merge(bank["products"], on="product_id")
        .merge(bank["customers"], on="customer_id", suffixes=("_product", ""))
    )
    assert not (held["age"] < held["min_age"]).any()
    assert not (held["age"] > held["max_age"]).any()
    assert not (held["annual_income"] < held["min_income"]).any()
    students = held[held["requires"] == "student"]
    assert set(students["occupation"].dropna()) == {"Student"}


def test_months_are_the_sums_of_the_transactions_to_the_cent(bank):
    booked = bank["transactions"]
    month = booked["booked_at"].dt.to_period("M").dt.to_timestamp().rename("month")
    sums = (
        pd.DataFrame(
            {
                "income": booked["amount"].clip(lower=0),
                "spending": -booked["amount"].clip(upper=0),
                "n_transactions": 1.0,
            }
        )
        .groupby([booked["customer_id"], month])
        .sum()
    )
    given = bank["months"].set_index(["customer_id", "month"]).loc[sums.index]
    for column in sums:
        np.testing.assert_allclose(given[column], sums[column], atol=0.005)
    assert given.index.get_level_values("month").nunique() == 12


def test_a_balance_moves_by_income_less_spending(bank):
    months = bank["months"]
    moved = months.groupby("customer_id")["balance"].diff()
    known = moved.notna()
    expected = (months["income"] - months["spending"])[known]
    np.testing.assert_allclose(moved[known], expected, atol=0.02)


def test_current_accounts_stand_at_the_last_months_balance(bank):
    current = bank["accounts"].query("kind == 'current'").set_index("customer_id")["balance"]
    last = bank["months"].groupby("customer_id")["balance"].last()
    np.testing.assert_allclose(current.loc[last.index], last, atol=0.005)


def test_money_is_rounded_to_cents(bank):
    for table, columns in (
        ("transactions", ["amount"]),
        ("months", ["balance", "income", "spending", "loan_balance"]),
        ("accounts", ["balance"]),
    ):
        cents = bank[table][columns].to_numpy() * 100
        np.testing.assert_allclose(cents, np.round(cents), atol=1e-3)


def test_categories_are_those_of_the_vocabulary(bank):
    assert set(bank["transactions"]["category"]) == {*SPENDING_CATEGORIES, "income"}
    spent = bank["transactions"].query("category != 'income'")["amount"]
    assert (spent < 0).all()


def test_consents_come_in_all_three_states(bank):
    retail = bank["customers"].query("audience == 'retail'")["customer_id"]
    for purpose in PURPOSES:
        asked = bank["consents"][bank["consents"]["purpose"] == purpose]
        seen = set(asked.set_index("customer_id")["status"].reindex(retail).fillna("unknown"))
        assert seen == set(CONSENT_STATUSES)


def test_labels_say_yes_or_no_about_three_things(bank):
    by_name = bank["labels"].groupby("name")["value"]
    assert set(by_name.groups) == {"churned", "defaulted", "accepted"}
    assert (by_name.mean() > 0.01).all()
    assert (by_name.mean() < 0.5).all()
    assert set(bank["labels"]["value"]) == {0.0, 1.0}


def test_products_have_five_scores_and_a_readable_text(bank):
    products = bank["products"]
    assert 55 <= len(products) <= 65
    assert products[list(PRODUCT_SCORES)].notna().all(axis=None)
    assert (products["description"].str.len() > 40).all()
    assert products["eligibility"].notna().all()


def test_texts_have_no_slot_left_open(bank):
    assert not bank["messages"]["text"].str.contains(r"[{}]").any()
    assert bank["messages"]["text"].nunique() > 0.5 * len(bank["messages"])


def test_some_of_what_a_bank_would_like_to_know_is_unknown(bank):
    retail = bank["customers"].query("audience == 'retail'")
    shares = retail[["annual_income", "credit_score", "satisfaction", "savings_goal"]].isna().mean()
    assert (shares > 0).all()


def test_genders_ages_and_regions_are_mixed(demo_bank):
    retail = demo_bank["customers"].query("audience == 'retail'")
    assert set(retail["gender"].dropna()) == {"female", "male", "other"}
    assert retail["age"].min() == 18
    assert retail["age"].max() > 80
    assert retail["region"].nunique() == 6


def test_managers_have_books_of_about_200(demo_bank):
    books = demo_bank["customers"].groupby(["audience", "relationship_manager"]).size()
    assert books["retail"].between(150, 250).all()
    assert books.groupby("relationship_manager").size().eq(1).all()
