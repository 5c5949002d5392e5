"""What keeps credit from customers of the demo bank is true by the raw tables; a lie is caught."""

from collections import Counter

import pandas as pd
import pytest

from engine.customers.alerts.money import shortfalls
from engine.customers.hardship import claims
from engine.customers.hardship.arrears import LABELS, says_arrears
from engine.customers.hardship.signs import SIGNS, hardship
from engine.engine import Engine
from engine.settings import with_sections
from tests.conftest import DEMO
from tests.engine.customers.hardship_oracle import HardshipOracle

LIES = {
    "complains": {"on": pd.Timestamp("2020-01-01")},
    "payment_missed": {"amount": 1.0},
    "in_arrears": {"name": "churned"},
    "shortfall": {"balance": 1e9},
}


@pytest.fixture(scope="module")
def engine(trained_state) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def oracle(engine: Engine) -> HardshipOracle:
    snapshot = engine.snapshot()
    return HardshipOracle(snapshot.bank, snapshot.profiles, snapshot.settings)


@pytest.fixture(scope="module")
def signs(engine: Engine) -> list:
    snapshot = engine.snapshot()
    ids = snapshot.bank.customer_ids
    found = snapshot.rulebook.hardship.signs
    return [(str(ids[position]), sign) for position in sorted(found) for sign in found[position]]


def test_F146_every_sign_of_the_demo_bank_is_true_by_the_tables(signs, oracle):
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, sign in signs
        for claim in (
            claims.no_credit(why=sign.why),
            claims.help_with(topic=sign.topic, why=sign.why),
        )
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert Counter(sign.kind for _, sign in signs).keys() == {*SIGNS} - {"distress"}


@pytest.mark.parametrize("kind", sorted(LIES))
def test_F146_a_false_sign_is_caught(kind: str, signs, oracle):
    customer, sign = next(one for one in signs if one[1].why.kind == kind)
    assert oracle.wrong(customer, claims.no_credit(why=sign.why.but(**LIES[kind])))
    assert oracle.wrong(customer, claims.help_with(topic="vulnerable", why=sign.why))


def test_F146_nobody_with_the_bare_facts_of_a_complaint_or_arrears_is_missed(engine, signs, oracle):
    bank, guard = engine.bank, engine.snapshot().settings.guard
    of = {kind: {c for c, sign in signs if sign.kind == kind} for kind in SIGNS}
    labels = bank["labels"]
    assert (
        set(labels[(labels["name"] == "defaulted") & (labels["value"] > 0)]["customer_id"])
        <= (of["arrears"])
    )
    paid, first = bank["transactions"], bank.as_of - pd.Timedelta(days=guard.arrears_days)
    late = paid[(paid["booked_at"] > first) & (paid["description"] == "Late payment fee")]
    assert set(late["customer_id"]) <= of["arrears"]
    said = bank["messages"]
    again = said[said["resolved"].eq(False) & said["repeated"].eq(True) & (said["kind"] != "post")]
    age = (bank.as_of - again["sent_at"]).dt.days
    assert set(again[age <= guard.service_recent_days]["customer_id"]) <= of["complaint"]


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("In arrears", True), ("past_due", True), ("Delinquent (60 days)", True), ("default", True),
        ("No arrears", False), ("never past due", False), ("active", False), ("paid", False),
        ("Default settings are on", True), ("current", False), ("Late (31-120 days)", True),
        ("Does not meet the credit policy. Status:Charged Off", True), ("not in arrears", False),
        ("Does not meet the credit policy. Status:Fully Paid", False), ("Arrears: none", False),
        ("never been past due", False), ("never late in 90 days", False),
        ("0 days past due", False), ("Written off", True), ("Not written off", False),
    ],
)  # fmt: skip
def test_F146_words_of_a_status_name_arrears_or_deny_them(said: str, is_so: bool):
    assert says_arrears(said) == is_so


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("defaulted", True), ("in_arrears", True), ("days_past_due", True), ("is_default", True),
        ("churned", False), ("accepted", False), ("default_product", False),
        ("bad_loan_flag", True),
    ],
)  # fmt: skip
def test_F146_names_of_outcomes_that_mean_arrears(name: str, is_so: bool):
    assert bool(LABELS.match(name)) == is_so


def test_F146_investments_that_can_be_sold_are_no_shortfall_and_the_alert_stays(engine, signs):
    snapshot = engine.snapshot()
    bank, settings = snapshot.bank, snapshot.settings
    found = shortfalls(bank, snapshot.profiles, settings)
    warned = dict(zip(bank.customer_ids[found["position"]], found["claim"], strict=True))
    short = {customer for customer, sign in signs if sign.kind == "shortfall"}
    off = {**settings.guard.model_dump(), "shortfall_covered_months": 0}
    everybody = hardship(bank, snapshot.profiles, with_sections(settings, guard=off))
    assert everybody.holds["shortfall"].sum() == len(warned)
    products, accounts = bank["products"].set_index("product_id"), bank["accounts"]
    invested = accounts[accounts["kind"] == "investment"].groupby("customer_id")["balance"].sum()
    covered = set()
    for customer, why in warned.items():
        held = bank["holdings"].loc[bank["holdings"]["customer_id"] == customer, "product_id"]
        mine = products.loc[held.unique()]
        locked = (mine["category"] == "Investment") & (mine["lock_in_months"] > 0)
        each = max(why.figures["spending"] - why.figures["income"], 0)
        needed = (settings.guard.shortfall_covered_months + 1) * each - why.figures["balance"]
        tied = locked.any() or (mine["category"] == "Pension").any()
        if not tied and invested.get(customer, 0.0) >= needed:
            covered.add(customer)
    assert covered and set(warned) - covered == short
