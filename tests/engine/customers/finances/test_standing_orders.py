"""Standing orders without days: what is said of them, and what no score may see."""

import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.bank.tables import coerce
from engine.customers import claims_ahead, key_figures
from engine.customers.book import claims
from engine.customers.cashflow.cashflow import cashflow
from engine.customers.finances.standing_orders import claim_of, most_common, purposes_of
from engine.explain.insight import searched_by
from engine.settings import default
from engine.vocabulary import ORDERS
from tests.engine.customers.ahead_oracle import AheadOracle, lie
from tests.engine.customers.oracles import CustomerOracle


def _bank(orders: pd.DataFrame | None) -> Bank:
    tables = {
        "customers": pd.DataFrame({"customer_id": ["ann", "ben", "cid"], "audience": "retail"})
    }
    if orders is not None:
        tables[ORDERS] = orders
    return Bank.from_tables(Manifest(name="Order Bank", as_of="2025-06-30"), tables)


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Ann pays for the household twice and for a loan, Ben for something unnamed, Cid nothing."""
    return _bank(
        pd.DataFrame(
            {
                "order_id": ["1", "2", "3", "4"],
                "customer_id": ["ann", "ann", "ann", "ben"],
                "amount": [700.0, -2000.0, 900.0, 50.0],
                "purpose": ["household payment", "loan payment", "household payment", None],
                "payee": "account ending in 4583 at bank YZ",
            }
        )
    )


@pytest.fixture(scope="module")
def profiles(bank: Bank, profile_of):
    return profile_of(bank)


@pytest.fixture(scope="module")
def oracle(bank, profiles):
    return AheadOracle(bank, profiles, default(), {})


def test_the_orders_of_a_customer_are_said_with_what_they_are_for(bank):
    assert claim_of(bank, 0).text == (
        "3 standing orders of USD 3,600 in all are on record: loan payment USD 2,000 and household "
        "payment USD 1,600; their days are not"
    )
    assert claim_of(bank, 1).text == "1 standing order of USD 50 is on record; its day is not"
    assert ": rent USD 60 and others or unnamed USD 40; their days" in (
        claims_ahead.orders(n=2, amount=100.0, purposes=(("rent", 60.0),), currency="USD").text
    )
    assert claim_of(bank, 2) is None
    assert claim_of(_bank(None), 0) is None


def test_the_cash_flow_never_denies_what_the_orders_tell(profiles):
    ann, cid = (cashflow(profiles, who, default()) for who in ("ann", "cid"))
    assert ann.summary.startswith("3 standing orders of USD 3,600")
    assert ann.notes == (
        "No dated transactions on record, so what recurs is known by standing orders alone, whose "
        "days are not.",
    )
    assert cid.summary == "What is to come is not known."
    assert cid.notes == (
        "No dated transactions on record, so no payment that recurs is among them.",
    )


def test_needs_name_what_orders_are_for_where_nothing_else_is_known(bank, profiles):
    nothing = profiles.interests.iloc[:0].assign(share=[])
    assert searched_by(nothing, purposes_of(bank, 0)).text == (
        "The search by needs is neutral: no need is known but what the standing orders tell, by "
        "which nothing is searched (loan payment and household payment)"
    )
    assert purposes_of(bank, 1) == purposes_of(bank, 2) == ()


def test_the_most_common_need_stands_beside_what_most_orders_are_for(bank):
    ordered, n = most_common(bank)
    assert (ordered, n) == ("household payment", 1)
    assert claims.most_need(need="housing", n=2, of=3, ordered=ordered, n_ordered=n).text == (
        "Most common need in goals, words and spending: housing, 2 customers (67 % of the book); "
        "beside it 1 customer has a standing order for household payment"
    )
    assert most_common(_bank(None)) == ("", 0)


def test_the_oracle_reads_the_orders_themselves(bank, oracle):
    said = claim_of(bank, 0)
    assert oracle.wrong("ann", said) == ""
    assert oracle.wrong("ben", said) != ""
    for other in ({"n": 2}, {"amount": 3500.0}, {"purposes": (("loan payment", 2000.0),)}):
        assert oracle.wrong("ann", said.but(**other)) != ""


def test_a_score_sees_no_order_and_a_bank_without_them_keeps_its_name(bank, profiles, profile_of):
    plain = _bank(None)
    without = profile_of(plain)
    pd.testing.assert_frame_equal(profiles.table, without.table)
    pd.testing.assert_frame_equal(profiles.interests, without.interests)
    assert plain.base_fingerprint == _bank(pd.DataFrame({"order_id": []})).base_fingerprint
    assert plain.base_fingerprint != bank.base_fingerprint


def test_F38_of_whom_only_orders_and_an_account_are_known_both_are_said(bank, profile_of):
    accounts = pd.DataFrame(
        {"customer_id": ["ann", "cid", "cid"], "kind": "current", "opened_on": "1995-03-24"}
    )
    known = bank.with_tables(accounts=coerce("accounts", accounts))
    found = profile_of(known)
    oracle = CustomerOracle(known, found, default())
    texts = []
    for position, customer in enumerate(known.customer_ids):
        texts.append(key_figures.insight_sentence(found, position, "USD"))
        for claim in key_figures.insight(found, position, "USD")[1:]:
            assert oracle.wrong(customer, claim) == ""
            assert oracle.wrong(customer, lie(claim)) != ""
    assert texts == [
        "A customer: an account opened in Mar 1995 and 3 standing orders of USD 3,600 in all.",
        "A customer: 1 standing order of USD 50.",
        "A customer: 2 accounts, the oldest opened in Mar 1995.",
    ]


def test_F38_nothing_is_still_said_to_be_little(profiles):
    assert key_figures.insight_sentence(profiles, 2, "USD") == (
        "Little is known of this customer yet."
    )
