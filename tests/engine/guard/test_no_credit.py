"""Who is in difficulty is offered no credit, is told why, and gets help in its place."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.customers.hardship.claims import HELP
from engine.customers.hardship.signs import SIGNS, hardship
from engine.guard.no_credit import is_credit
from engine.guard.verdicts import Verdicts
from engine.receipts.archive import RULES_SINCE
from engine.settings import default
from tests.engine.guard.judging import judge, whole

ANN, BEN = 0, 1
CARD, FUND, HOME, LOAN, SAVE = range(5)
OFF = {rule: f"no_credit_{rule}" for rule in SIGNS}


def plus(bank: Bank, table: str, **columns: object) -> Bank:
    """With one more row of Ann's."""
    row = pd.DataFrame([{"customer_id": "ann"} | columns]).reindex(columns=bank[table].columns)
    rows = pd.concat([bank[table].astype(object), row.astype(object)], ignore_index=True)
    return bank.with_tables(**{table: rows})


def wrote(bank: Bank, text: str, **columns: object) -> Bank:
    said = {"message_id": "m9", "kind": "ticket", "sent_at": pd.Timestamp("2024-12-01"),
            "resolved": True}  # fmt: skip
    return plus(bank, "messages", text=text, **said | columns)


def flagged(bank: Bank) -> Bank:
    flags = bank["customers"]["vulnerable"].copy()
    flags.iloc[ANN] = True
    return bank.with_tables(customers=bank["customers"].assign(vulnerable=flags))


IN_DIFFICULTY = {
    "vulnerable": flagged,
    "distress": lambda bank: wrote(bank, "Hello. My mother passed away. Which card is free?"),
    "arrears": lambda bank: plus(bank, "labels", name="defaulted", value=1.0,
                                 known_on=pd.Timestamp("2024-11-01")),
    "complaint": lambda bank: wrote(bank, "Your fee is wrong.", resolved=False),
}  # fmt: skip
SAYS = {
    "vulnerable": "the bank has marked this customer as vulnerable",
    "distress": "the customer wrote on 1 Dec 2024: “My mother passed away.”",
    "arrears": "the bank's record as of 1 Nov 2024 is read as “defaulted”",
    "complaint": "the complaint of 1 Dec 2024 is not resolved: “Your fee is wrong.”",
}


@pytest.mark.parametrize("rule", IN_DIFFICULTY)
def test_F146_credit_and_nothing_else_is_removed_with_its_evidence(
    rule: str, small_bank: Bank, verdicts_of: Callable[..., Verdicts]
):
    before, bank = verdicts_of(), IN_DIFFICULTY[rule](small_bank)
    found = verdicts_of(bank)
    assert before.allowed[ANN, CARD]
    assert found.rule(ANN, CARD) == rule
    assert found.reason(ANN, CARD) == f"No credit is offered now: {SAYS[rule]}"
    others = [FUND, HOME, SAVE] if rule != "vulnerable" else [HOME, SAVE]
    assert (found.codes[ANN, others] == before.codes[ANN, others]).all()
    assert (found.codes[BEN] == before.codes[BEN]).all()
    guard = default().guard.model_copy(update={OFF[rule]: False})
    off = default().model_copy(update={"guard": guard})
    assert verdicts_of(bank, settings=off).allowed[ANN, CARD]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I keep getting declined for a credit card.", True),
        ("Sad that you refused me the loan!", True), ("My loan application was rejected.", True),
        ("My card was declined at the till. I am angry.", False), ("Your fee is wrong.", False),
        ("My credit card got declined again. I am angry.", False),
        ("I declined a loan offer, it is wrong.", False),
    ],
)  # fmt: skip
def test_F146_who_was_refused_credit_is_offered_none_until_the_case_is_settled(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts], text: str, refused: bool
):
    old = {"sent_at": pd.Timestamp("2023-09-01"), "repeated": True}
    found = verdicts_of(wrote(small_bank, text, resolved=False, **old))
    assert found.allowed[ANN, CARD] != refused
    guard = default().guard.model_copy(update={"no_credit_refused": False})
    off = default().model_copy(update={"guard": guard})
    assert verdicts_of(wrote(small_bank, text, resolved=False, **old), settings=off).allowed[
        ANN, CARD
    ]


def test_F146_a_receipt_of_before_knows_none_of_these_rules():
    assert {OFF[rule]: RULES_SINCE["guard"][OFF[rule]] for rule in SIGNS} == {
        OFF[rule]: False for rule in SIGNS
    }


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("My mother passed away.", {"kind": "post"}),
        ("My mother passed away.", {"sent_at": pd.Timestamp("2023-11-01")}),
        ("The film was to die for.", {}),
        ("My neighbour lost his job.", {}),
        ("Your fee is wrong.", {"resolved": False, "sent_at": pd.Timestamp("2024-09-01")}),
        ("Your fee is wrong.", {"resolved": False, "kind": "post"}),
    ],
)
def test_F146_posts_old_words_and_what_is_no_distress_remove_nothing(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts], text: str, columns: dict
):
    assert verdicts_of(wrote(small_bank, text, **columns)).allowed[ANN, CARD]


def booked(words: str, amount: float) -> tuple[str, dict]:
    """A booking of Ann in the last weeks."""
    on = pd.Timestamp("2024-12-20")
    kept = {"transaction_id": "t9", "amount": amount, "currency": "USD", "booked_at": on}
    return "transactions", kept | {"description": words}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("accounts", {"account_id": "a9", "attributes": '{"Days past due": "45"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"loan_status": "In arrears"}'}),
        ("transactions", {"transaction_id": "t9", "amount": -25.0, "currency": "USD",
                          "booked_at": pd.Timestamp("2024-12-20"),
                          "description": "Returned direct debit"}),
        booked("Direct debit returned unpaid: City Power", 80.0), booked("Unpaid item fee", -25.0),
        booked("Credit card late fee", -12.0), booked("Insufficient funds fee", -25.0),
        ("accounts", {"account_id": "a9", "attributes": '{"arrears": "40"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"loan_status": "Late (31-120 days)"}'}),
    ],
)  # fmt: skip
def test_F146_arrears_are_read_from_whatever_table_says_so(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts], table: str, columns: dict
):
    assert verdicts_of(plus(small_bank, table, **columns)).rule(ANN, CARD) == "arrears"


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("accounts", {"account_id": "a9", "attributes": '{"Days past due": "0"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"loan_status": "No arrears"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"account_status": "1"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"payment_status": "2"}'}),
        ("accounts", {"account_id": "a9", "attributes": '{"repayment_status": "1"}'}),
        ("labels", {"name": "defaulted", "value": 0.0}),
        ("labels", {"name": "churned", "value": 1.0}),
        ("transactions", {"transaction_id": "t9", "amount": -25.0, "currency": "USD",
                          "booked_at": pd.Timestamp("2024-05-20"),
                          "description": "Returned direct debit"}),
        ("transactions", {"transaction_id": "t9", "amount": 25.0, "currency": "USD",
                          "booked_at": pd.Timestamp("2024-12-20"),
                          "description": "Late payment fee refunded"}),
        booked("Returned item Zara", 40.0), booked("Returned item Zara", -40.0),
        booked("Amazon: returned item credit", 25.0), booked("Returned payment from J. Hill", 50.0),
        booked("Library late fee", -2.0), booked("Card purchase insufficient funds fee", -5.0),
        booked("Card payment declined", -30.0),
    ],
)  # fmt: skip
def test_F146_what_was_paid_denied_refunded_or_is_long_ago_is_no_arrears(
    small_bank: Bank, verdicts_of: Callable[..., Verdicts], table: str, columns: dict
):
    assert verdicts_of(plus(small_bank, table, **columns)).allowed[ANN, CARD]


def test_F146_a_default_that_was_cured_no_longer_counts(small_bank: Bank, verdicts_of):
    bank = IN_DIFFICULTY["arrears"](small_bank)
    cured = plus(bank, "labels", name="defaulted", value=0.0, known_on=pd.Timestamp("2024-12-01"))
    assert not verdicts_of(bank).allowed[ANN, CARD]
    assert verdicts_of(cured).allowed[ANN, CARD]


def test_F146_a_month_for_which_the_money_will_not_last_removes_credit(small_bank: Bank, profiles):
    made = whole(small_bank, profiles)
    figures = {"income": np.full((6, 3), 4000.0), "spending": np.full((6, 3), 2000.0)}
    figures["spending"][ANN] = 14_000.0
    made.data.months = SimpleNamespace(figures=figures, complete=np.ones(3, dtype=bool))
    settings = default()
    consents = effective_consents(small_bank, settings)
    now = pd.Timestamp("2025-01-10")
    found = judge(small_bank, made, consents, np.arange(6), settings, now)
    assert found.rule(ANN, CARD) == "shortfall"
    assert "= −USD 1,000 within a month" in found.reason(ANN, CARD)


def test_F146_every_sign_names_help_that_is_no_sale(small_bank: Bank, profiles):
    bank = small_bank
    for make in IN_DIFFICULTY.values():
        bank = make(bank)
    found = hardship(bank, whole(bank, profiles), default())
    mine = found.of(ANN)
    assert [sign.kind for sign in mine] == [kind for kind in SIGNS if kind != "shortfall"]
    assert all(HELP[sign.topic][1] for sign in mine)
    assert found.of(5) == ()


@pytest.mark.parametrize(
    ("name", "category", "more", "credit"),
    [
        ("Car Loan", "Loan", {}, True),
        ("Arranged overdraft", "Account", {}, True),
        ("Buy now, pay later plan", "Payments", {}, True),
        ("Equipment leasing", "Business", {}, True),
        ("Travel card", "Card", {"interest_rate": 0.19}, True),
        ("Gold card", "Card", {"description": "A credit card with a high limit"}, True),
        ("Debit card", "Card", {"interest_rate": 0.01}, False),
        ("Prepaid card", "Card", {"description": "No credit card needed"}, False),
        ("Account without overdraft", "Account", {}, False),
        ("Student Account", "Account", {"description": "With an interest-free overdraft"}, False),
        ("Credit card protection", "Insurance", {}, False),
        ("Debt advice on loans", "Advice", {"item_type": "service"}, False),
        ("Release letter", "Service", {}, False),
    ],
)
def test_F146_what_is_credit(small_bank: Bank, name: str, category: str, more: dict, credit: bool):
    plain = {"name": name, "category": category, "description": None, "interest_rate": None,
             "item_type": "product"}  # fmt: skip
    one = small_bank["products"].iloc[[SAVE]].assign(**plain | more)
    bank = small_bank.with_tables(products=one)
    assert is_credit(bank["products"]).tolist() == [credit]
