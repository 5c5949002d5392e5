"""What an added record does to a profile: everything derived follows, in whatever order."""

import tempfile
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bank import record_forms
from engine.snapshot.laid_over import laid_over
from engine.state.state import State
from engine.vocabulary import METRICS

NOW = datetime(2024, 12, 31, 9)


def added(bank, folder, records, order=None):
    state = State(folder, bank.bank_id)
    for i in order if order is not None else range(len(records)):
        kind, row = records[i]
        state.added.add(kind, row, submit_id=f"s{i}", now=NOW, actor="Rita", imported=0)
    return laid_over(bank, state)


def ticket(customer_id, text, **fields):
    return "ticket", record_forms.ticket(customer_id, text=text, now=NOW, **fields)


def purchase(customer_id, amount, category="travel", **fields):
    row = record_forms.purchase(
        customer_id,
        amount=amount,
        category=category,
        merchant="Shop",
        currency="USD",
        now=NOW,
        **fields,
    )
    return "purchase", row


def test_F24_F76_a_ticket_is_scored_by_our_own_model_and_moves_churn(
    small_bank, small_profiles, profile_of, tmp_path
):
    bank = added(small_bank, tmp_path, [ticket("ann", "I am angry, terrible service")])
    profiles = profile_of(bank)
    assert profiles.messages["sentiment"].iloc[-1] == pytest.approx(-0.9)
    assert profiles.table.loc["ann", "churn"] > small_profiles.table.loc["ann", "churn"]
    assert profiles.table.loc["ann", "n_cases_open"] == 1
    others = profiles.table.index != "ann"
    pd.testing.assert_frame_equal(profiles.table[others], small_profiles.table[others])


def test_F24_a_purchase_shows_in_spending_where_months_are_given_too(
    small_bank, small_profiles, profile_of, tmp_path
):
    bank = added(small_bank, tmp_path, [purchase("ann", 500, "dining", on=date(2024, 12, 5))])
    profiles = profile_of(bank)
    rise = profiles.spending.loc["ann", "dining"] - small_profiles.spending.loc["ann", "dining"]
    assert rise == pytest.approx(500 / 2), "two months of transactions are on record"
    assert profiles.table.loc["ann", "spending_month"] == 2000, "the bank's own months stand"


def test_F24_months_computed_from_transactions_follow_a_purchase(small_bank, profile_of, tmp_path):
    bank = small_bank.with_tables(months=small_bank["months"].iloc[:0])
    before = profile_of(bank).data.months.figures["spending"][0, -1]
    after = profile_of(added(bank, tmp_path, [purchase("ann", 500)]))
    assert after.data.months.figures["spending"][0, -1] == before + 500


def test_F24_a_record_of_after_the_banks_day_counts_in_its_last_month(
    small_bank, profile_of, tmp_path
):
    later = datetime(2026, 6, 1)
    state = State(tmp_path, small_bank.bank_id)
    row = record_forms.purchase(
        "ann", amount=500, category="dining", merchant="Cafe", currency="USD", now=later
    )
    state.added.add("purchase", row, submit_id="s", now=later, actor="Rita", imported=0)
    profiles = profile_of(laid_over(small_bank, state))
    assert profiles.spending.loc["ann", "dining"] == 250
    imported = small_bank["transactions"].assign(booked_at=pd.Timestamp("2026-06-01"))
    assert not profile_of(small_bank.with_tables(transactions=imported)).spending.any(axis=None)


@settings(max_examples=15, deadline=None)
@given(
    customer=st.sampled_from(["ann", "ben", "cid", "dee", "eve", "fox"]),
    day=st.dates(date(2023, 1, 1), date(2024, 12, 31)),
    repeated=st.booleans(),
    n=st.integers(1, 3),
)
def test_F41_an_unresolved_very_negative_ticket_never_lowers_churn(
    small_bank, small_profiles, profile_of, customer, day, repeated, n
):
    text = "I hate this, terrible and awful"
    records = [ticket(customer, text, repeated=repeated, on=day) for _ in range(n)]
    with tempfile.TemporaryDirectory() as folder:
        profiles = profile_of(added(small_bank, Path(folder), records))
    assert profiles.messages["sentiment"].iloc[-1] == pytest.approx(-0.9)
    assert profiles.table.loc[customer, "churn"] >= small_profiles.table.loc[customer, "churn"]


RECORDS = [
    ticket("ann", "I am angry", on=date(2024, 12, 1)),
    ticket("ann", "Thank you", resolved=True),
    purchase("ann", 33.33, "dining"),
    purchase("ann", 0.1, "dining", on=date(2024, 11, 11)),
    purchase("ben", 77.7, "technology"),
    ("post", record_forms.post("ann", platform="X", text="I love this trip", now=NOW)),
]


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(len(RECORDS))))
def test_the_order_of_adding_does_not_matter_for_the_profile(small_bank, profile_of, order):
    with tempfile.TemporaryDirectory() as folder:
        one = profile_of(added(small_bank, Path(folder) / "one", RECORDS))
        two = profile_of(added(small_bank, Path(folder) / "two", RECORDS, order))
    for name in ("table", "spending", "interests", "features", "messages"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name), check_exact=True)
    for metric in METRICS:
        pd.testing.assert_frame_equal(one.drivers[metric], two.drivers[metric], check_exact=True)
