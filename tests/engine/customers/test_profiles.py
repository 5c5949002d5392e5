"""All customers at once: sums, monotone metrics, unknowns, and banks that lack whole tables."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.bank.tables import coerce, concat
from engine.customers.profiles import Profiles
from engine.vocabulary import METRICS, SPENDING_CATEGORIES

COLUMNS = {
    "churn", "profit", "risk", "acumen", "churn_known", "profit_known", "risk_known",
    "acumen_known", "value_a_year", "mood", "n_messages", "n_cases_open", "income_month",
    "spending_month", "balance", "n_holdings", "last_contact", "segment", "churn_band",
    "value_band", "tech_spending_month",
}  # fmt: skip


def _with_ticket(bank: Bank, customer_id: str, **cells) -> Bank:
    row = {
        "message_id": "new",
        "customer_id": customer_id,
        "sent_at": "2024-12-30",
        "kind": "ticket",
        "text": "This is terrible, I am angry",
        "resolved": False,
        **cells,
    }
    messages = pd.concat([bank["messages"], pd.DataFrame([row])], ignore_index=True)
    return bank.with_tables(messages=messages.astype({"sent_at": "datetime64[us]"}))


def _with_customer(bank: Bank, customer_id: str, **cells) -> Bank:
    customers = bank["customers"].copy()
    for column, value in cells.items():
        customers.loc[customers["customer_id"] == customer_id, column] = value
    return bank.with_tables(customers=customers)


def test_the_table_has_its_columns_in_bank_order(small_bank, small_profiles):
    table = small_profiles.table
    assert set(table.columns) >= COLUMNS
    assert table.index.tolist() == small_bank.customer_ids.tolist()
    assert list(small_profiles.spending.columns) == list(SPENDING_CATEGORIES)
    assert len(small_profiles.messages) == len(small_bank["messages"])
    assert small_profiles.sentiment_source == "fake sentiment"


@pytest.mark.parametrize("metric", METRICS)
def test_F45_five_plus_the_drivers_is_the_metric(small_profiles, metric):
    sums = 5 + small_profiles.drivers[metric].sum(axis=1)
    assert (sums - small_profiles.table[metric]).abs().max() < 1e-9
    assert small_profiles.table[metric].between(0, 10).all()


@pytest.mark.parametrize("customer_id", ["ann", "ben", "cid", "dee", "eve", "fox"])
def test_F41_one_more_unresolved_ticket_never_lowers_churn(
    small_bank, small_profiles, profile_of, customer_id
):
    after = profile_of(_with_ticket(small_bank, customer_id)).table.loc[customer_id]
    before = small_profiles.table.loc[customer_id]
    assert after["churn"] > before["churn"]
    assert after["n_cases_open"] == before["n_cases_open"] + 1


def test_F41_an_old_open_ticket_still_counts(small_bank, small_profiles, profile_of):
    old = profile_of(_with_ticket(small_bank, "ann", sent_at="2015-01-01")).table
    assert old.loc["ann", "churn"] > small_profiles.table.loc["ann", "churn"]


@pytest.mark.parametrize("customer_id", ["ann", "ben", "cid", "dee"])
@pytest.mark.parametrize("n_months", [1, 2, 3, 6])
def test_F41_a_falling_balance_never_lowers_churn(
    small_bank, small_profiles, profile_of, customer_id, n_months
):
    months = small_bank["months"].copy()
    last = months.index[months["customer_id"] == customer_id][-n_months:]
    months.loc[last, "balance"] *= np.linspace(0.9, 0.4, n_months)
    after = profile_of(small_bank.with_tables(months=months)).table
    assert after.loc[customer_id, "churn"] >= small_profiles.table.loc[customer_id, "churn"]


@pytest.mark.parametrize("customer_id", ["ann", "ben", "cid", "dee"])
def test_F42_profit_rises_with_income_and_credit_score(
    small_bank, small_profiles, profile_of, customer_id
):
    before = small_profiles.table.loc[customer_id, "profit"]
    for cells in ({"annual_income": 5e5}, {"credit_score": 850.0}):
        changed = _with_customer(small_bank, customer_id, **cells)
        assert profile_of(changed).table.loc[customer_id, "profit"] >= before


def test_F43_F44_who_wants_risk_and_knows_finance_stands_above_the_careful(small_profiles):
    table = small_profiles.table
    assert table.loc["dee", "risk"] > table.loc["cid", "risk"]
    assert table.loc["dee", "acumen"] > table.loc["cid", "acumen"]


def test_F46_an_empty_customer_has_five_everywhere_and_is_not_known(small_profiles):
    eve = small_profiles.table.loc["eve"]
    assert [eve[m] for m in METRICS] == [5.0] * 4
    assert not any(eve[f"{m}_known"] for m in METRICS)
    assert eve["segment"] == "Little known"


def test_gender_age_name_and_place_change_nothing(small_bank, small_profiles, profile_of):
    customers = small_bank["customers"].assign(
        gender="other", age=99.0, name="X", region="Y", country="Z", marital_status="widowed"
    )
    other = profile_of(small_bank.with_tables(customers=customers))
    pd.testing.assert_frame_equal(other.table, small_profiles.table)


def test_with_a_stored_reference_a_value_does_not_depend_on_the_rows_at_hand(
    small_bank, small_profiles, profile_of
):
    customers = small_bank["customers"].iloc[:2].reset_index(drop=True)
    part = profile_of(
        small_bank.with_tables(customers=customers), reference=small_profiles.reference
    )
    assert np.allclose(part.table["profit"], small_profiles.table["profit"].iloc[:2])
    assert part.table.index.tolist() == ["ann", "ben"]


@pytest.mark.parametrize(
    "tables",
    [
        ("customers",),
        ("customers", "products", "holdings"),
        ("customers", "transactions"),
        ("customers", "months"),
        ("customers", "messages"),
    ],
)
def test_a_bank_may_lack_whole_tables(small_bank, profile_of, tables):
    bank = Bank.from_tables(
        Manifest(name="Part", as_of="2024-12-31"), {name: small_bank[name] for name in tables}
    )
    profiles = profile_of(bank)
    assert profiles.table[list(METRICS)].notna().all().all()
    assert len(profiles.table) == 6


def test_a_bank_of_ids_alone_knows_nothing_and_does_not_fail(profile_of):
    bank = Bank.from_tables(
        Manifest(name="Ids"), {"customers": pd.DataFrame({"customer_id": ["a"]})}
    )
    profiles = profile_of(bank)
    assert profiles.table.loc["a", "segment"] == "Little known"
    assert profiles.interests.empty


def test_a_bank_without_customers_gives_empty_profiles(small_bank, profile_of):
    bank = small_bank.with_tables(customers=small_bank["customers"].iloc[:0])
    assert profile_of(bank).table.empty


def test_the_last_contact_is_a_noted_one_or_a_message_but_no_post(small_bank, small_profiles):
    assert pd.isna(small_profiles.table.loc["ann", "last_contact"])
    assert small_profiles.table.loc["ben", "last_contact"] == pd.Timestamp("2024-12-20")


def test_the_same_bank_gives_the_same_bytes(small_bank, small_profiles, profile_of):
    again = profile_of(small_bank)
    pd.testing.assert_frame_equal(again.table, small_profiles.table, check_exact=True)
    pd.testing.assert_frame_equal(again.interests, small_profiles.interests, check_exact=True)


def _as_if_new(refreshed: Profiles, wanted: Profiles) -> None:
    for name in ("table", "spending", "interests", "messages", "features", "value_parts"):
        pd.testing.assert_frame_equal(
            getattr(refreshed, name), getattr(wanted, name), check_exact=True, obj=name
        )
    for metric, drivers in wanted.drivers.items():
        pd.testing.assert_frame_equal(refreshed.drivers[metric], drivers, check_exact=True)


@pytest.mark.parametrize("change", ["consent", "purchase", "message", "booking", "manager"])
def test_a_build_after_another_reads_only_what_has_changed_and_finds_the_same(
    small_bank, small_profiles, profile_of, change
):
    refused = {"customer_id": ["ann"], "purpose": ["social"], "status": ["refused"]}
    bought = {"customer_id": ["dee"], "product_id": ["fund"], "opened_on": ["2024-12-30"]}
    spent = {"customer_id": ["ann"], "booked_at": ["2024-12-30"], "amount": [-900.0]}
    bank = {
        "consent": lambda: _with_rows(small_bank, "consents", refused),
        "purchase": lambda: _with_rows(small_bank, "holdings", bought),
        "message": lambda: _with_ticket(small_bank, "ann"),
        "booking": lambda: _with_rows(small_bank, "transactions", spent),
        "manager": lambda: _with_customer(small_bank, "ann", relationship_manager="Zed"),
    }[change]()
    refreshed = profile_of(bank, before=small_profiles)
    _as_if_new(refreshed, profile_of(bank))
    read_again = refreshed.data.spending is not small_profiles.data.spending
    assert read_again is (change == "booking")
    if change == "consent":
        assert not refreshed.table["mood"].equals(small_profiles.table["mood"])


def _with_rows(bank: Bank, table: str, rows: dict) -> Bank:
    return bank.with_tables(
        **{table: concat(table, [bank[table], coerce(table, pd.DataFrame(rows))])}
    )
