"""Arguments for the metrics: short, with records that exist, and nothing that is not on record."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.bank.consents import effective_consents
from engine.bank.importing.row_ids import made_here
from engine.customers import leaving_words
from engine.customers.metric_arguments import LONGEST, argument
from engine.customers.metrics import acumen, churn, profit, risk
from engine.customers.profile import profile
from engine.figures import day
from engine.labels import METRIC_LABELS
from engine.results import Driver, Metric
from engine.settings import default
from tests.engine.explain.numerals import check_numerals

LABELS = {
    "churn": churn.DRIVERS,
    "profit": profit.DRIVERS,
    "risk": risk.DRIVERS,
    "acumen": acumen.DRIVERS,
}
PEOPLE = ("ann", "ben", "cid", "dee", "eve", "fox")


def _metrics(bank: Bank, profiles, customer_id: str):
    consents = effective_consents(bank, default())
    return profile(bank, profiles, consents, customer_id, default()).metrics


def _records_of(bank: Bank, customer_id: str) -> set[str]:
    """Every id that belongs to the customer, found the slow way."""
    of = {
        "messages": "message_id",
        "transactions": "transaction_id",
        "holdings": "product_id",
    }
    mine = {
        str(record)
        for table, column in of.items()
        for record, owner in zip(bank[table][column], bank[table]["customer_id"], strict=True)
        if owner == customer_id
    }
    return mine | {customer_id}


@pytest.mark.parametrize("customer_id", PEOPLE)
@pytest.mark.parametrize("name", LABELS)
def test_F45_an_argument_has_at_most_100_words_and_cites_the_customers_own_records(
    small_bank, small_profiles, customer_id, name
):
    metric = _metrics(small_bank, small_profiles, customer_id)[name]
    assert 5 <= len(metric.argument.split()) <= LONGEST
    assert set(metric.cited) <= _records_of(small_bank, customer_id)
    for bracket in re.findall(r"\[(.+?)\]", metric.argument):
        assert set(bracket.split(", ")) <= set(metric.cited)


@pytest.mark.parametrize("customer_id", PEOPLE)
@pytest.mark.parametrize("name", LABELS)
def test_F45_every_numeral_of_an_argument_is_a_fact(small_bank, small_profiles, customer_id, name):
    metric = _metrics(small_bank, small_profiles, customer_id)[name]
    facts = [metric.value, *metric.cited, *(driver.detail for driver in metric.drivers)]
    position = small_bank.customer_position(customer_id)
    leaves = leaving_words.said(small_bank, small_profiles, small_profiles.leaving_days, position)
    facts += [text for one in leaves.itertuples() for text in (one.words, day(one.sent_at))]
    assert check_numerals(metric.argument, facts) == ()


@pytest.mark.parametrize("name", LABELS)
def test_F45_of_a_customer_without_records_it_says_what_is_missing(
    small_bank, small_profiles, name
):
    metric = _metrics(small_bank, small_profiles, "eve")[name]
    assert metric.argument.startswith(f"{metric.label}: no data. Not known: ")
    assert metric.cited == ()
    missing = metric.argument.partition("Not known: ")[2]
    known = {driver.key for driver in metric.drivers if driver.detail}
    for key, label in LABELS[name].items():
        shown = "day of joining" if key == "tenure" else label.lower()
        assert (shown in missing) == (key not in known)


def test_F45_goals_that_say_nothing_of_risk_are_not_called_unknown(small_bank, profile_of):
    customers = small_bank["customers"].assign(goals="learn to dance")
    bank = small_bank.with_tables(customers=customers)
    risk = _metrics(bank, profile_of(bank), "ann")["risk"]
    assert "goals about risk" in risk.argument.partition("Not known: ")[2]


def test_F45_an_unresolved_case_is_cited_before_a_settled_one(small_bank, profile_of):
    rows = pd.DataFrame(
        {
            "message_id": ["SPRT_1", "SPRT_2", "SPRT_3"],
            "customer_id": "cid",
            "sent_at": pd.to_datetime(["2024-12-01", "2024-12-20", "2024-06-01"]),
            "kind": "ticket",
            "text": ["I am angry", "Thank you", "This is terrible, I was charged twice"],
            "resolved": pd.array([True, True, False], dtype="boolean"),
        }
    )
    bank = small_bank.with_tables(
        messages=pd.concat([small_bank["messages"], rows], ignore_index=True)
    )
    metric = _metrics(bank, profile_of(bank), "cid")["churn"]
    assert "[SPRT_3, SPRT_1]" in metric.argument


def test_F45_an_id_that_an_import_made_up_is_never_cited(small_bank, profile_of):
    messages = small_bank["messages"].copy()
    messages["message_id"] = [f"m{number:016x}" for number in range(len(messages))]
    bank = small_bank.with_tables(messages=messages)
    metric = _metrics(bank, profile_of(bank), "ben")["churn"]
    assert "cases (unresolved" in metric.argument
    assert not any(made_here(record, "ben") for record in metric.cited)


def test_an_id_of_ours_is_told_from_one_of_the_banks():
    assert made_here("mbf5ff33490bc16f3", "7")
    assert made_here("t00000000000000aa-2", "7")
    assert made_here("7-savings", "7")
    assert not made_here("SPRT_12", "CUST_1")
    assert not made_here("TXN_1", "CUST_1")


words = st.text("abc de", min_size=1, max_size=400)
drivers = st.lists(
    st.tuples(st.sampled_from(list(churn.DRIVERS)), st.floats(-5, 5), words),
    max_size=8,
    unique_by=lambda driver: driver[0],
)


@given(drivers, st.floats(0, 10))
def test_F45_whatever_the_evidence_an_argument_stays_short_and_names_what_is_unknown(
    small_bank, small_profiles, found, value
):
    given_ = tuple(Driver(key, churn.DRIVERS[key], points, text) for key, points, text in found)
    metric = Metric("churn", METRIC_LABELS["churn"], value, "low", known=True, drivers=given_)
    text, cited = argument(small_bank, small_profiles, 1, metric, churn.DRIVERS)
    assert len(text.split()) <= LONGEST
    assert set(cited) <= _records_of(small_bank, "ben")
    unknown = set(churn.DRIVERS) - {driver.key for driver in given_ if driver.detail}
    assert ("Not known" in text) == bool(unknown)


def test_kinds_of_account_are_on_the_customers_own_record_and_on_no_product(profile_of):
    kinds = ["current", "deposit", "loan"]
    accounts = pd.DataFrame({"account_id": list("xyz"), "kind": kinds, "balance": 5.0})
    tables = {
        "customers": pd.DataFrame({"customer_id": ["C1"]}),
        "products": pd.DataFrame({"product_id": ["P7"], "name": ["Card"], "category": ["Card"]}),
        "holdings": pd.DataFrame({"customer_id": ["C1"], "product_id": ["P7"]}),
        "accounts": accounts.assign(customer_id="C1"),
    }
    bank = Bank.from_tables(Manifest(name="x", as_of="2025-03-05"), tables)
    said = _metrics(bank, profile_of(bank), "C1")["acumen"].argument
    assert "3 kinds of account, with deposits and loans counted as kinds [C1]" in said
