"""A bank of three customers whose cash flow is known by eye."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as example_settings
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.customers.cashflow.ahead import due
from engine.customers.cashflow.bookings import (
    Bookings,
    as_times,
    bookings_of,
    grouped_median,
    in_days,
    order_within,
)
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.cashflow.payees import normalise
from engine.customers.cashflow.recurring import RHYTHMS, advance, recurring
from engine.customers.cashflow.savings import savings
from engine.customers.cashflow.unusual import unusual
from engine.errors import NotFound
from engine.settings import default
from engine.vocabulary import MASKED

RULES = default().cashflow
TODAY = pd.Timestamp("2025-06-30")


def _rows(customer: str, days, amounts, merchant: str | None, description: str) -> pd.DataFrame:
    frame = pd.DataFrame({"booked_at": pd.DatetimeIndex(days), "amount": amounts})
    return frame.assign(customer_id=customer, merchant=merchant, description=description)


def _bank(*tables: pd.DataFrame, **more: pd.DataFrame) -> Bank:
    transactions = pd.concat(tables, ignore_index=True)
    transactions["transaction_id"] = [f"t{i}" for i in range(len(transactions))]
    customers = pd.DataFrame({"customer_id": ["ann", "ben", "cid"], "audience": "retail"})
    manifest = Manifest(name="Flow Bank", as_of=str(TODAY.date()))
    return Bank.from_tables(
        manifest, {"customers": customers, "transactions": transactions, **more}
    )


def _monthly(n: int, day: int) -> pd.DatetimeIndex:
    ends = pd.date_range(end=TODAY, periods=n, freq="ME")
    return pd.DatetimeIndex([end.replace(day=min(day, end.day)) for end in ends])


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Ann earns, rents, streams and eats out; Ben's spending swings; Cid is not known at all."""
    draws = np.random.default_rng(1)
    meals = TODAY - pd.to_timedelta(np.sort(draws.choice(330, 30, replace=False)), unit="D")
    return _bank(
        _rows("ann", _monthly(12, 25), 3000.0, "Acme Ltd", "Salary"),
        _rows("ann", _monthly(12, 31), -900.0, "Harbour Homes", "Rent June 2025"),
        _rows("ann", _monthly(12, 28), [-80.0, -96.0] * 6, "Halden Gas", "Gas bill 123456"),
        _rows("ann", _monthly(12, 5), -9.99, "Streamly", "Streaming plan"),
        _rows("ann", meals, -draws.permutation(np.arange(13.0, 43.0)), "Luigi", "Restaurant"),
        _rows("ann", ["2025-06-11"], -600.0, "Chez Max", "Restaurant"),
        _rows("ben", _monthly(12, 10), [-200.0, -600.0] * 6, None, "Shopping mall"),
    )


@pytest.fixture(scope="module")
def flow(bank, profile_of):
    profiles = profile_of(bank)
    return lambda customer_id: cashflow(profiles, customer_id, default())


def test_payees_are_one_whatever_number_or_date_they_carry():
    texts = ["POS Purchase Engen 07 Oct", "ENGEN * CARD NO. 4411", "Engen", "H&M", "123 456"]
    assert normalise(texts) == ["engen", "engen", "engen", "h&m", "123 456"]


def test_recurring_payments_have_their_rhythm_kind_and_amount(flow):
    recurring_payments = flow("ann").recurring.set_index("name")
    assert recurring_payments.index.tolist() == [
        "Acme Ltd",
        "Harbour Homes",
        "Halden Gas",
        "Streamly",
    ]
    assert recurring_payments["kind"].tolist() == ["salary", "bill", "bill", "subscription"]
    assert set(recurring_payments["rhythm"]) == {"every month"}
    assert recurring_payments["fixed"].tolist() == [True, True, False, True]
    assert recurring_payments.loc["Acme Ltd", "amount"] == 3000.0
    assert recurring_payments.loc["Streamly", "a_month"] == pytest.approx(-9.99)
    assert recurring_payments.loc["Halden Gas", "amount"] == -96.0
    assert recurring_payments["n"].tolist() == [12] * 4
    assert flow("ann").subscriptions_month == pytest.approx(9.99)


def test_the_calendar_holds_the_next_salary_and_the_bills_due(flow):
    money_flow = flow("ann")
    shown = money_flow.calendar
    assert shown["day"].dt.strftime("%m-%d").tolist() == ["07-05", "07-25", "07-28"]
    assert shown["name"].tolist() == ["Streamly", "Acme Ltd", "Halden Gas"]
    assert money_flow.next_salary.day == pd.Timestamp("2025-07-25")
    assert money_flow.next_salary.amount == 3000.0
    assert money_flow.bills_due == pytest.approx(105.99)
    assert money_flow.lowest_balance is None
    assert "Acme Ltd expected on 25 Jul 2025" in money_flow.summary


def test_a_short_month_ends_earlier_and_the_usual_day_comes_back():
    days = pd.DatetimeIndex(["2025-01-31", "2025-02-28", "2025-03-31", "2025-03-03"])
    after = advance(in_days(days.to_series()), np.full(4, 2), np.array([31, 31, 31, 1]))
    shown = pd.DatetimeIndex(as_times(after)).strftime("%m-%d").tolist()
    assert shown == ["02-28", "03-31", "04-30", "04-01"]


def test_what_is_late_is_expected_tomorrow_and_what_stopped_is_not_expected(profile_of):
    bank = _bank(
        _rows("ann", _monthly(8, 27)[:-1], -50.0, "Gym", "Membership"),
        _rows("ben", _monthly(12, 10)[:6], -50.0, "Old lender", "Instalment"),
    )
    profiles = profile_of(bank)
    late = cashflow(profiles, "ann", default())
    assert late.calendar["late"].tolist() == [True, False]
    assert late.calendar["day"].dt.strftime("%m-%d").tolist() == ["07-01", "07-27"]
    stopped = cashflow(profiles, "ben", default())
    assert not stopped.recurring["active"].any()
    assert stopped.calendar.empty
    assert stopped.summary == (
        "No payment that recurs and is still to come is seen in the transactions on record."
    )


def test_a_subscription_shows_between_purchases_at_the_same_shop(profile_of):
    seed = np.random.default_rng(3)
    days = TODAY - pd.to_timedelta(seed.choice(330, 40, replace=False), unit="D")
    bank = _bank(
        _rows("ann", days, -seed.uniform(15, 300, 40).round(2), "Bigshop", "Order"),
        _rows("ann", _monthly(10, 12), -8.99, "Bigshop", "Plus"),
    )
    recurring_payments = cashflow(profile_of(bank), "ann", default()).recurring
    assert recurring_payments["amount"].tolist() == [-8.99]
    assert recurring_payments["n"].tolist() == [10]


def test_F148_payments_to_different_masked_payees_are_no_series_and_income_stays_one(profile_of):
    days = _monthly(12, 5)
    varying = np.linspace(-70, -90, 12).round(2)
    bank = _bank(
        _rows("ann", days, [-50.0, -55.0] * 6, MASKED, None),
        _rows("ann", _monthly(12, 25), np.linspace(2900, 3000, 12), MASKED, None),
        _rows("ben", days, varying, MASKED, None),
    )
    profiles = profile_of(bank)
    ann, ben = (cashflow(profiles, one, default()) for one in ("ann", "ben"))
    paid = ann.recurring.loc[ann.recurring["amount"] < 0]
    assert sorted(paid["amount"]) == [-55.0, -50.0]
    assert set(paid["rhythm"]) == {"every two months"} and set(paid["n"]) == {6}
    assert ann.recurring.loc[ann.recurring["amount"] > 0, "n"].tolist() == [12]
    assert ben.recurring.empty
    assert bookings_of(profiles, RULES, 1).amounts.sum() == pytest.approx(varying.sum())


def test_one_unusual_payment_is_named_with_its_figures(flow):
    odd = flow("ann").unusual
    assert odd["name"].tolist() == ["Chez Max"]
    assert odd["usual"].tolist() == [pytest.approx(28.0)]
    assert odd["reason"].tolist() == [
        "USD 600 at Chez Max on 11 Jun 2025: 21.4 times the median USD 28 of 31 payments for dining"
    ]
    assert flow("ben").unusual.empty


def test_F48_alternating_spending_is_volatile_and_flat_spending_is_not(bank, profile_of):
    months = pd.DataFrame(
        {
            "customer_id": np.repeat(["ann", "ben"], 12),
            "month": np.tile(pd.date_range("2024-07-01", periods=12, freq="MS"), 2),
            "income": 2000.0,
            "spending": np.concatenate([np.full(12, 900.0), np.tile([500.0, 1500.0], 6)]),
        }
    )
    profiles = profile_of(bank.with_tables(months=months))
    flat, swinging = (cashflow(profiles, c, default()).volatility for c in ("ann", "ben"))
    assert (flat.value, flat.volatile) == (0.0, False)
    # The sample deviation of 500 and 1,500, six times each, is 522; the mean is 1,000.
    assert swinging.value == pytest.approx(np.std([500, 1500] * 6, ddof=1) / 1000)
    assert swinging.volatile
    assert "volatile" in swinging.sentence
    assert cashflow(profiles, "cid", default()).volatility.value is None


def test_the_savings_rate_is_what_is_left_of_the_income(flow, bank, profile_of):
    ann = flow("ann").savings
    assert ann.n_months == 11  # the record begins on the 25th of the first month
    assert ann.rate == pytest.approx((ann.income_month - ann.spending_month) / 3000.0)
    assert "of the income is kept" in ann.sentence
    assert flow("ben").savings.rate is None  # nothing comes in
    everyone = savings(profile_of(bank).data.months, RULES)["rate"]
    assert everyone.iloc[0] == pytest.approx(ann.rate)
    assert everyone.iloc[1:].isna().all()


def test_a_customer_of_whom_nothing_is_known_has_an_empty_cash_flow(flow):
    money_flow = flow("cid")
    assert money_flow.recurring.empty and money_flow.calendar.empty and money_flow.unusual.empty
    assert (money_flow.next_salary, money_flow.everyday_day, money_flow.bills_due) == (
        None,
        None,
        0.0,
    )
    assert money_flow.notes == (
        "No dated transactions on record, so no payment that recurs is among them.",
    )
    assert money_flow.summary == "What is to come is not known."
    assert money_flow.to_json()["savings"]["rate"] is None


def test_an_unknown_customer_is_refused(flow):
    with pytest.raises(NotFound):
        flow("nobody")


def test_one_customer_alone_reads_as_among_all(bank, profile_of):
    profiles = profile_of(bank)
    whole = bookings_of(profiles, RULES)
    together = recurring(whole, RULES)
    odd = unusual(whole, together.of_booking, RULES)
    for position in range(3):
        mine = bookings_of(profiles, RULES, position)
        alone = recurring(mine, RULES)
        expected = together.table.query("position == @position").drop(columns="payee")
        pd.testing.assert_frame_equal(
            alone.table.drop(columns="payee"), expected.reset_index(drop=True)
        )
        assert unusual(mine, alone.of_booking, RULES)["row"].tolist() == (
            odd.query("position == @position")["row"].tolist()
        )


def _bookings(days: np.ndarray, amounts: np.ndarray, payees: np.ndarray) -> Bookings:
    n = len(days)
    zeros = np.zeros(n, dtype=np.int64)
    return Bookings(np.arange(n), zeros, days, amounts, payees, zeros.astype(np.int8), 20_000)


@given(
    rhythm=st.integers(0, len(RHYTHMS) - 2),
    n=st.integers(6, 9),
    amount=st.floats(1, 1e6),
    jitter=st.lists(st.integers(-1, 1), min_size=9, max_size=9),
    order=st.permutations(range(9)),
)
@example_settings(max_examples=60, deadline=None)
def test_any_regular_payment_is_found_in_whatever_order_it_is_read(
    rhythm, n, amount, jitter, order
):
    wobble = np.array(jitter[:n]) if RHYTHMS[rhythm].days > 20 else np.zeros(n, dtype=int)
    days = 20_000 - np.rint(np.arange(n) * RHYTHMS[rhythm].days).astype(np.int64) - 2 + wobble
    bookings = _bookings(days, np.full(n, -amount), np.zeros(n, dtype=np.int64))
    payments = recurring(bookings, RULES)
    assert payments.table["rhythm"].tolist() == [rhythm]
    assert payments.table["amount"].tolist() == [pytest.approx(-amount)]
    assert (payments.of_booking == 0).all()
    shuffled = np.array([i for i in order if i < n])
    again = recurring(_bookings(days[shuffled], bookings.amounts, bookings.payees), RULES)
    columns = [c for c in payments.table if c != "last_row"]
    pd.testing.assert_frame_equal(payments.table[columns], again.table[columns])
    ahead = due(payments, 20_000, RULES)
    assert (ahead["day"] > 20_000).all()
    assert (ahead["day"] <= 20_000 + RULES.horizon_days).all()
    assert ahead["day"].is_monotonic_increasing


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(-1e6, 1e6)), max_size=40))
@example_settings(max_examples=60, deadline=None)
def test_grouped_medians_match_the_slow_way(pairs):
    groups = np.array([g for g, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs], dtype=float)
    slow = [np.median(values[groups == g]) if (groups == g).any() else np.nan for g in range(5)]
    np.testing.assert_allclose(grouped_median(groups, values, 5), slow, rtol=1e-12, atol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), max_size=40))
@example_settings(max_examples=60, deadline=None)
def test_the_fast_order_within_groups_is_that_of_a_sort_by_two_keys(pairs):
    groups = np.array([g for g, _ in pairs], dtype=np.int64)
    values = np.array([v for _, v in pairs], dtype=np.int64)
    order, slow = order_within(groups, values), np.lexsort((values, groups))
    assert sorted(order.tolist()) == list(range(len(pairs)))
    assert groups[order].tolist() == groups[slow].tolist()
    assert values[order].tolist() == values[slow].tolist()


@pytest.mark.parametrize("n_customers", [1, 2, 5])
def test_bookings_in_parts_are_all_of_them_and_no_customer_is_cut(bank, profile_of, n_customers):
    whole = bookings_of(profile_of(bank), RULES)
    parts = list(whole.parts(n_customers))
    assert np.concatenate([part.rows for part in parts]).tolist() == whole.rows.tolist()
    seen = [set(part.positions.tolist()) for part in parts]
    assert sum(map(len, seen)) == len(set().union(*seen))
    assert [len(part) for part in whole.take(slice(0)).parts(n_customers)] == [0]
