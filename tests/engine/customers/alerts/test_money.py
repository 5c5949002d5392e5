import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest

MONTHS = pd.date_range("2024-07-01", "2025-06-01", freq="MS")


def _savers(goals, balances):
    names = [f"user{i + 1}" for i in range(len(goals))]
    return pd.DataFrame({"customer_id": names, "savings_goal": goals}), [
        {"account_id": f"s-{name}", "customer_id": name, "kind": "savings", "balance": balance}
        for name, balance in zip(names, balances, strict=True)
    ]


def _months(customer_id, spending, **figures):
    days = MONTHS[-len(spending) :]
    return [
        {"customer_id": customer_id, "month": day, "spending": value, **figures}
        for day, value in zip(days, spending, strict=True)
    ]


def test_F124_a_goal_fires_where_the_customers_own_goal_is_reached(bank_of, alerts_of):
    customers, accounts = _savers([10_000, 5_000, 5_000, None], [8_000, 3_000, 5_000, 90_000])
    feed = alerts_of(bank_of(customers, accounts=accounts))
    assert feed["customer_id"].tolist() == ["user3"]
    assert feed["kind"].tolist() == ["savings_goal"]
    assert feed["severity"].tolist() == ["good"]
    assert feed["reason"].tolist() == ["USD 5,000 saved of a goal of USD 5,000 (100 %)."]


def test_a_current_account_is_no_savings_where_there_is_a_savings_account(bank_of, raised):
    customers, accounts = _savers([5_000, 5_000], [3_000, 6_000])
    accounts.append(
        {"account_id": "c", "customer_id": "user1", "kind": "current", "balance": 50_000}
    )
    assert raised(bank_of(customers, accounts=accounts), "savings_goal") == ["user2"]


def _paid(customer_id, *amounts):
    return [
        {
            "transaction_id": f"{customer_id}{i}",
            "customer_id": customer_id,
            "booked_at": f"2025-06-{i + 1:02d}",
            "amount": amount,
            "description": "Salary" if amount > 0 else "Shop",
        }
        for i, amount in enumerate(amounts)
    ]


def test_F125_a_salary_never_fires_the_spending_limit_and_5001_of_expenses_does(bank_of, alerts_of):
    priya = _paid("priya", -150, -50, -200, 6000, -20)
    bank = bank_of(
        ["priya", "spender", "edge"],
        transactions=[*priya, *_paid("spender", -3000, -2001), *_paid("edge", -5000)],
    )
    feed = alerts_of(bank)
    assert feed.loc[feed["kind"] == "spending_limit", "customer_id"].tolist() == ["spender"]
    assert feed["reason"].tolist() == ["USD 5,001 of spending in Jun 2025, limit USD 5,000."]
    assert feed["raised_at"].tolist() == [pd.Timestamp("2025-06-30")]


def test_who_always_spends_much_is_measured_against_the_own_usual_month(bank_of, raised):
    months = [
        *_months("firm", [40_000.0] * 11 + [44_000.0]),
        *_months("surprise", [40_000.0] * 11 + [51_000.0]),
    ]
    assert raised(bank_of(["firm", "surprise"], months=months), "spending_limit") == ["surprise"]


@pytest.mark.parametrize(("rest", "fires"), [(500, True), (501, False), (0, False), (-499, True)])
def test_F126_a_loan_with_a_rest_of_500_is_nearly_repaid_and_of_501_is_not(
    bank_of, raised, rest, fires
):
    accounts = [{"account_id": "l", "customer_id": "ann", "kind": "loan", "balance": rest}]
    bank = bank_of(["ann", "ben"], accounts=accounts)
    assert raised(bank, "loan_nearly_repaid") == (["ann"] if fires else [])


def test_F126_without_a_loan_row_there_is_no_alert_and_no_crash(bank_of, alerts_of):
    assert alerts_of(bank_of(["ann"])).empty


def test_F126_monthly_loan_balances_stand_in_where_no_account_is_known(bank_of, raised):
    months = [
        *_months("ann", [100.0, 100.0], loan_balance=480.0),
        *_months("ben", [100.0, 100.0], loan_balance=0.0),
    ]
    assert raised(bank_of(["ann", "ben"], months=months), "loan_nearly_repaid") == ["ann"]


def test_F48_alternating_spending_is_volatile_and_flat_spending_is_not(bank_of, raised):
    months = [*_months("flat", [900.0] * 12), *_months("swings", [500.0, 1500.0] * 6)]
    assert raised(bank_of(["flat", "swings"], months=months), "volatility") == ["swings"]


def test_a_shortfall_is_balance_plus_usual_income_minus_usual_spending_below_zero(
    bank_of, alerts_of
):
    accounts = [
        {"account_id": name, "customer_id": name, "kind": "current", "balance": 400.0}
        for name in ("short", "enough", "unknown")
    ]
    months = [
        *_months("short", [2500.0] * 6, income=2000.0),
        *_months("enough", [2400.0] * 6, income=2000.0),
        *_months("unknown", [2500.0] * 6),
    ]
    feed = alerts_of(bank_of(["short", "enough", "unknown"], accounts=accounts, months=months))
    short = feed[feed["kind"] == "shortfall"]
    assert short["customer_id"].tolist() == ["short"]
    assert short["reason"].tolist() == [
        "Balance USD 400 + income USD 2,000 - spending USD 2,500 = −USD 100 within a month "
        "(medians of up to 3 months)."
    ]


def test_one_odd_month_raises_no_shortfall(bank_of, raised):
    accounts = [{"account_id": "a", "customer_id": "ann", "kind": "current", "balance": 400.0}]
    months = _months("ann", [2000.0] * 5 + [9000.0], income=2000.0)
    assert raised(bank_of(["ann"], accounts=accounts, months=months), "shortfall") == []


def test_income_that_a_record_of_purchases_does_not_show_is_not_taken_for_none(bank_of, raised):
    customers = pd.DataFrame({"customer_id": ["told", "silent"], "annual_income": [36_000.0, None]})
    accounts = [
        {"account_id": name, "customer_id": name, "kind": "current", "balance": 400.0}
        for name in ("told", "silent")
    ]
    bank = bank_of(
        customers,
        accounts=accounts,
        months=[*_months("told", [2500.0] * 6), *_months("silent", [2500.0] * 6)],
    )
    assert raised(bank, "shortfall") == []


def test_a_month_over_the_limit_does_not_vanish_on_the_first_of_the_next(alerts_of):
    rows = [("2025-05-20", -6000.0), ("2025-06-02", -40.0)]
    bank = Bank.from_tables(
        Manifest(name="Turn of the month", as_of="2025-06-03"),
        {
            "customers": pd.DataFrame({"customer_id": ["ann"]}),
            "transactions": pd.DataFrame(
                {
                    "transaction_id": ["a", "b"],
                    "customer_id": "ann",
                    "booked_at": [day for day, _ in rows],
                    "amount": [amount for _, amount in rows],
                }
            ),
        },
    )
    feed = alerts_of(bank)
    assert feed["kind"].tolist() == ["spending_limit"]
    assert feed["raised_at"].tolist() == [pd.Timestamp("2025-05-31")]
