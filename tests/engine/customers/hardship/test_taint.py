"""Whatever social networks and health say of a customer, affordability stays to the last bit."""

import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.guard import affordability
from engine.guard.customer_facts import customer_facts
from engine.settings import default

ILL = ["Pharmacy", "Clinic of oncology", "Therapist"]
PAID = {"Salary": 4_000.0, "Rent": -1_500.0, "Groceries": -600.0}
FACTS = ("income", "income_month", "spending_month", "balance", "credit_score")


def bank_of(small: Bank, bills: list[str], category: str, amount: float, post: str) -> Bank:
    """Half a year of Ann's and Ben's payments, some of them for health, with what they wrote."""
    months = pd.date_range("2024-07-01", periods=6, freq="MS")
    rows = [
        {
            "transaction_id": f"{who}{month:%m}{what}", "customer_id": who, "currency": "USD",
            "booked_at": month + pd.Timedelta(days=3 + n), "amount": value, "description": what,
            "merchant": what, "category": category if n > 2 else None,
        }
        for who in ("ann", "ben")
        for month in months
        for n, (what, value) in enumerate([*PAID.items(), *((bill, amount) for bill in bills)])
    ]  # fmt: skip
    said = small["messages"].assign(
        text=[post, f"{post} I was charged twice.", post, post], topics=post, brands=post
    )
    goals = small["customers"]["goals"].fillna("") + ("; good health" if category else "")
    allowed = "granted" if category == "health" else "refused"
    consents = pd.DataFrame(
        {"customer_id": ["ann", "ben"], "purpose": "social", "status": allowed, "source": "form"}
    )
    return small.with_tables(
        transactions=pd.DataFrame(rows), months=small["months"].iloc[:0], messages=said,
        consents=consents, customers=small["customers"].assign(goals=goals),
    )  # fmt: skip


def affordable(bank: Bank, profile_of) -> tuple:
    """Every fact that affordability reads, every outcome and every sentence, as bytes."""
    profiles, guard = profile_of(bank), default().guard
    facts = customer_facts(bank, profiles, guard)
    products = bank["products"].assign(
        loan_amount_min=20_000.0, term_months=24.0, monthly_premium=[400.0] * bank.n_products
    )
    clauses = [ask(facts) for ask in affordability.conditions(products, guard, "USD")]
    said = [
        clause.text(row, place)
        for clause in clauses
        for row in range(bank.n_customers)
        for place in range(len(clause.columns))
    ]
    numbers = [getattr(facts, name).tobytes() for name in FACTS]
    return numbers, [clause.outcome.tobytes() for clause in clauses], said


def test_F149_social_and_health_data_never_reach_affordability(small_bank, profile_of):
    ill = bank_of(small_bank, ILL, "health", -70.0, "So ill, in hospital again. I hate my bank!")
    well = bank_of(small_bank, ["Shop", "Cafe", "Market"], "shopping", -70.0, "Lovely holidays.")
    assert affordable(ill, profile_of) == affordable(well, profile_of)


@pytest.mark.parametrize("amount", [-71.0, -700.0])
def test_F149_what_is_spent_does_reach_it_so_that_the_taint_would_be_seen(
    small_bank, profile_of, amount
):
    bank = bank_of(small_bank, ILL, "health", -70.0, "Fine.")
    other = bank_of(small_bank, ILL, "health", amount, "Fine.")
    assert affordable(bank, profile_of) != affordable(other, profile_of)
