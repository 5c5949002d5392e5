"""What the guard says of customers and products of the demo bank is true by the raw tables."""

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from engine.engine import Engine
from tests.conftest import DEMO

EVERY = 40
"""One customer of so many is asked."""
_AMOUNT = r"(?:USD )?([\d,.]+)"
LIMITS = {
    "min_age": (rf"eeds an age of at least {_AMOUNT}", r"this customer is ([\d,]+)"),
    "max_age": (rf"eeds an age of at most {_AMOUNT}(?! \()", r"this customer is ([\d,]+)"),
    "min_income": (rf"eeds a yearly income of at least {_AMOUNT}", rf"has {_AMOUNT}"),
    "min_credit_score": (
        rf"eeds an? (?:\w+ )+?score \(?(?:read as|of) at least {_AMOUNT}",
        rf"has {_AMOUNT}",
    ),
    "min_balance": (rf"eeds a balance of at least {_AMOUNT}", rf"has a balance of {_AMOUNT}"),
    "min_investment": (rf"eeds at least {_AMOUNT} to invest", rf"has a balance of {_AMOUNT}"),
}
"""Column of the products -> how its bound is said, and what the customer has."""
HERE = ("current", "savings", "deposit")


class GuardOracle:
    """Judges sentences of the guard by what the tables hold."""

    def __init__(self, engine: Engine):
        bank = engine.bank
        self.products = bank["products"].set_index("product_id").to_dict("index")
        self.customers = bank["customers"].set_index("customer_id").to_dict("index")
        accounts = bank["accounts"]
        mine = accounts[accounts["kind"].isin(HERE)].dropna(subset=["balance"])
        self.balances = mine.groupby("customer_id")["balance"].sum().to_dict()
        months = bank["months"].dropna(subset=["balance"]).sort_values("month")
        self.last_months = months.groupby("customer_id")["balance"].last().to_dict()
        held = bank["holdings"]
        self.held = held[held["closed_on"].isna() | (held["closed_on"] > bank.as_of)]

    def has(self, customer: str, column: str) -> float:
        """What a bound of this column is held against; NaN where nothing is on record."""
        row = self.customers[customer]
        if column.endswith("_age"):
            return float(row["age"])
        if column == "min_credit_score":
            return float(row["credit_score"])
        if column == "min_income":
            company = row["audience"] == "corporate" and pd.isna(row["annual_income"])
            return float(row["annual_revenue"] if company else row["annual_income"])
        return self.balances.get(customer, self.last_months.get(customer, float("nan")))

    def wrong(self, customer: str, product: str, text: str, *, passed: bool) -> str:
        """What is wrong with a sentence; "" where it is true or of another kind."""
        if found := re.search(r"Already held since (\d+ \w+ \d+)", text):
            mine = self.held[self.held["customer_id"] == customer]
            mine = mine[mine["product_id"] == product]["opened_on"].dt.normalize()
            return "" if pd.Timestamp(found[1]) in set(mine) else f"held since {mine.tolist()}"
        for column, (asked, has) in LIMITS.items():
            bound = re.search(asked, text)
            if bound is None:
                continue
            true, known = self.products[product][column], self.has(customer, column)
            if not _alike(bound[1], true):
                return f"the catalogue asks for {true}"
            if "not recorded" in text:
                return "" if pd.isna(known) else f"{known} is on record"
            said = re.search(has, text.partition(";")[2])
            if said is None or not _alike(said[1], known):
                return f"{known} is on record"
            enough = known >= true if column.startswith("min") else known <= true
            return "" if enough == passed else "the other way round"
        return ""


def _alike(said: str, true: Any) -> bool:
    return abs(float(said.replace(",", "").rstrip(".")) - true) <= 0.5


def sentences(engine: Engine, customer: str) -> Iterator[tuple[str, str, bool]]:
    """Product, sentence and whether it lets the product pass, of the list that opens."""
    given = engine.offers.recommend(customer, k=10)
    for offer in given.offers:
        yield from ((offer.product_id, text, True) for text in (*offer.passed, *offer.checks))
    yield from ((one.product_id, one.reason, False) for one in given.removed)


@pytest.fixture(scope="module")
def engine(trained_state) -> Engine:
    return Engine.open(DEMO, trained_state)


def test_F101_every_limit_that_is_said_is_the_catalogues_and_the_customers(engine: Engine):
    oracle, judged, false = GuardOracle(engine), 0, []
    patterns = [asked for asked, _ in LIMITS.values()]
    for customer in map(str, engine.bank.customer_ids[::EVERY]):
        for product, text, passed in sentences(engine, customer):
            judged += any(re.search(asked, text) for asked in patterns)
            if wrong := oracle.wrong(customer, product, text, passed=passed):
                false.append(f"{customer} {product}: {text}: {wrong}")
    assert false == []
    assert judged > 100


@pytest.mark.parametrize(
    ("told", "turned"),
    [("at least 18", "at least 81"), ("this customer is", "this customer is 1")],
)
def test_a_limit_that_is_no_limit_is_caught(engine: Engine, told: str, turned: str):
    oracle = GuardOracle(engine)
    customer, product, text = next(
        (customer, product, text)
        for customer in map(str, engine.bank.customer_ids[::EVERY])
        for product, text, passed in sentences(engine, customer)
        if passed and "an age of at least 18; this customer is" in text
    )
    lie = text.replace(told, turned).replace("is 1 ", "is 1")
    assert oracle.wrong(customer, product, lie, passed=True)
