"""What may be offered in the small bank, and the one reason where something may not."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.bank.consents import effective_consents
from engine.guard.hidden_products import hidden_products
from engine.guard.preconditions import CustomerChoices
from engine.guard.service_reasons import reasons
from engine.guard.target_groups import PASSED
from engine.guard.verdicts import RULES, Rulebook, Verdicts
from engine.settings import default, load
from tests.conftest import DEMO
from tests.engine.guard.conftest import profile_table
from tests.engine.guard.judging import judge, whole

ANN, BEN, CID, DEE, EVE, FOX = range(6)
CARD, FUND, HOME, LOAN, SAVE = range(5)
NOW = pd.Timestamp("2025-01-10")
Judge = Callable[..., Verdicts]


def with_products(bank: Bank, **columns: list) -> Bank:
    return bank.with_tables(products=bank["products"].assign(**columns))


def with_customers(bank: Bank, **columns: list) -> Bank:
    return bank.with_tables(customers=bank["customers"].assign(**columns))


def test_every_pair_of_the_small_bank_gets_the_verdict_that_the_eye_gives(verdicts_of: Judge):
    found = verdicts_of()
    expected = [
        ["allowed", "allowed", "allowed", "audience", "held"],
        ["held", "eligibility", "allowed", "audience", "allowed"],
        ["vulnerable", "suitability", "allowed", "audience", "held"],
        ["objection", "objection", "objection", "objection", "objection"],
        ["allowed", "allowed", "allowed", "audience", "allowed"],
        ["audience", "audience", "audience", "held", "audience"],
    ]
    assert [[found.rule(r, p) for p in range(5)] for r in range(6)] == expected
    assert (found.allowed == (np.array(expected) == "allowed")).all()


def test_every_blocked_pair_has_a_reason(verdicts_of: Judge):
    found = verdicts_of()
    for row, product in zip(*np.nonzero(~found.allowed), strict=True):
        reason = found.reason(int(row), int(product))
        assert reason and "nan" not in reason.lower()
    assert found.reason(ANN, CARD) == ""


def test_F102_a_held_product_is_not_offered_again(verdicts_of: Judge):
    found = verdicts_of()
    assert found.rule(BEN, CARD) == "held"
    assert found.reason(BEN, CARD) == "Already held since 1 Jun 2021"
    assert found.reason(CID, SAVE) == "Already held"


def test_F102_the_same_product_under_a_second_id_counts_as_held(
    small_bank: Bank, verdicts_of: Judge
):
    twin = small_bank["products"].iloc[[SAVE]].assign(product_id="saver2", name="SAVER")
    products = pd.concat([small_bank["products"], twin])
    found = verdicts_of(small_bank.with_tables(products=products))
    assert found.rule(ANN, 5) == "held"
    assert found.reason(ANN, 5) == "Already held under another number"
    assert found.rule(BEN, 5) == "allowed"


def test_F150_an_opted_out_customer_is_offered_nothing(small_bank: Bank, verdicts_of: Judge):
    consents = pd.concat([small_bank["consents"], _consent("ann", "personalisation", "refused")])
    found = verdicts_of(small_bank.with_tables(consents=consents))
    assert set(found.codes[ANN]) == {RULES.index("consent")}
    assert found.reason(ANN, CARD) == "The customer has opted out of personal recommendations"


def test_F149_an_objection_to_marketing_leaves_services_only(small_bank: Bank, verdicts_of: Judge):
    bank = with_products(
        small_bank,
        item_type=["product", "product", "service", "product", "content"],
        requires=[None, None, "every customer", None, None],
    )
    found = verdicts_of(bank)
    assert [found.rule(DEE, p) for p in (CARD, FUND)] == ["objection", "objection"]
    assert found.allowed[DEE, [HOME, SAVE]].all()
    assert "objects to marketing" in found.reason(DEE, CARD)


def test_F149_without_a_recorded_consent_the_setting_decides(small_bank: Bank, verdicts_of: Judge):
    strict = load(consent={"unknown_allows": {"personalisation": False}})
    found = verdicts_of(settings=strict)
    assert found.allowed[ANN].any()
    assert not found.allowed[BEN].any()
    assert found.reason(BEN, HOME) == (
        "Personal recommendations need this customer's consent; none is recorded"
    )


def test_F151_a_category_that_is_switched_off_never_appears(small_bank: Bank, verdicts_of: Judge):
    off = _consent("ann", "category:insurance", "refused")
    found = verdicts_of(small_bank.with_tables(consents=pd.concat([small_bank["consents"], off])))
    assert found.rule(ANN, HOME) == "hidden"
    assert "switched off" in found.reason(ANN, HOME) and "Insurance" in found.reason(ANN, HOME)
    assert found.allowed[ANN, [CARD, FUND]].all()
    assert found.allowed[BEN, HOME]


def test_a_customer_who_has_left_is_offered_nothing(small_bank: Bank, verdicts_of: Judge):
    bank = with_customers(small_bank, status=["Closed", *["active"] * 5])
    found = verdicts_of(bank)
    assert set(found.codes[ANN]) == {RULES.index("status")}
    assert found.allowed[BEN].any()


def test_F16_a_company_gets_corporate_products_only(small_bank: Bank, verdicts_of: Judge):
    found = verdicts_of(small_bank.with_tables(holdings=small_bank["holdings"].iloc[:0]))
    assert found.allowed[FOX].nonzero()[0].tolist() == [LOAN]
    assert not found.allowed[:FOX, LOAN].any()
    assert found.reason(ANN, LOAN) == "Is for corporate customers only"


@pytest.mark.parametrize(
    ("action", "reason", "days", "hidden"),
    [
        ("accepted", None, 89, True),
        ("accepted", None, 91, False),
        ("postponed", None, 29, True),
        ("postponed", None, 31, False),
        ("dismissed", "Unsuitable", 4000, True),
        ("dismissed", "Not suitable: too dear", 4000, True),
        ("dismissed", "too expensive", 0, False),
        ("viewed", None, 0, False),
    ],
)
def test_what_was_said_about_an_offer_hides_it_for_as_long_as_decided(
    small_bank: Bank, verdicts_of: Judge, action: str, reason: str | None, days: int, hidden: bool
):
    said = pd.Timestamp("2025-01-10")
    bank = small_bank.with_tables(events=_event("ann", "card", action, said, reason))
    found = verdicts_of(bank, now=said + pd.Timedelta(days=days))
    assert (found.rule(ANN, CARD) == "hidden") is hidden
    assert found.rule(BEN, HOME) == "allowed"
    if hidden:
        assert "10 Jan 2025" in found.reason(ANN, CARD)


def test_what_was_undone_hides_nothing(small_bank: Bank, verdicts_of: Judge):
    said = pd.Timestamp("2025-01-09")
    dismissed = _event("ann", "card", "dismissed", said, "unsuitable")
    undone = _event("ann", "card", "retracted", said, "ann-card-dismissed")
    bank = small_bank.with_tables(events=pd.concat([dismissed, undone]))
    assert verdicts_of(bank).allowed[ANN, CARD]
    assert not verdicts_of(small_bank.with_tables(events=dismissed)).allowed[ANN, CARD]


def test_events_on_unknown_customers_or_products_do_no_harm(small_bank: Bank, verdicts_of: Judge):
    events = pd.concat(
        [
            _event("nobody", "card", "accepted", pd.Timestamp("2025-01-09"), None),
            _event("ann", "nothing", "accepted", pd.Timestamp("2025-01-09"), None),
        ]
    )
    assert (verdicts_of(small_bank.with_tables(events=events)).codes == verdicts_of().codes).all()


def test_F94_low_appetite_is_never_offered_a_risk_of_6_or_more(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    found = {
        (appetite, risk): verdicts_of(
            with_products(small_bank, risk_customer=[4, risk, 1, 5, 1]),
            table=profiles.table.assign(risk=appetite),
        ).rule(ANN, FUND)
        for appetite in (0.0, 2.0, 2.01)
        for risk in (5.9, 6.0)
    }
    assert found[0.0, 6.0] == found[2.0, 6.0] == "suitability"
    assert {v for key, v in found.items() if key not in [(0.0, 6.0), (2.0, 6.0)]} == {"allowed"}


def test_F94_a_retired_customer_is_careful_up_to_a_higher_appetite(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    bank = with_customers(small_bank, vulnerable=False)
    careful = verdicts_of(bank, table=profiles.table.assign(risk=4.0))
    assert careful.rule(CID, FUND) == "suitability"
    assert careful.reason(CID, FUND) == (
        "Risk 8 of 10 is too much for a retired customer with a risk appetite of 4.0 of 10; "
        "only below 6 is offered"
    )
    riskier = verdicts_of(
        with_products(bank, risk_customer=[4, 5, 1, 5, 1]), table=profiles.table.assign(risk=1.9)
    )
    assert riskier.passed_texts(ANN, FUND)[-1] == (
        "Risk 5 of 10 may be offered to a risk appetite of 1.9 of 10: only below 6 is offered"
    )
    assert careful.rule(ANN, FUND) == "allowed"
    assert verdicts_of(bank, table=profiles.table.assign(risk=4.1)).rule(CID, FUND) == "allowed"


def test_F94_a_vulnerable_customer_has_a_bound_whatever_the_appetite(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    found = verdicts_of(
        with_products(small_bank, risk_customer=[4, 5, 1, 5, 1]),
        table=profiles.table.assign(risk=10.0),
    )
    assert found.rule(CID, FUND) == "suitability"
    assert found.reason(CID, FUND) == (
        "Risk 5 of 10 is too much for a customer marked as vulnerable; only below 5 is offered"
    )


def test_an_unknown_product_risk_is_checked_first_for_the_careful_only(
    small_bank: Bank, verdicts_of: Judge
):
    found = verdicts_of(with_products(small_bank, risk_customer=[4, np.nan, 1, 5, 1]))
    assert found.allowed[CID, FUND]
    assert any("risk is not known" in t for t in found.check_texts(CID, FUND))
    assert found.check_texts(ANN, FUND) == ()


def test_checks_and_passed_conditions_are_told_apart_with_their_figures(verdicts_of: Judge):
    found = verdicts_of()
    assert found.check_texts(ANN, CARD) == ()
    assert "Needs a yearly income of at least USD 30,000; this customer has USD 90,000" in (
        found.passed_texts(ANN, CARD)
    )
    assert len(found.check_texts(EVE, CARD)) == 3
    assert all(t.startswith("Check first: ") for t in found.check_texts(EVE, CARD))
    assert found.passed_texts(EVE, CARD) == ()


def test_judging_some_rows_gives_the_same_as_judging_all(
    small_bank: Bank, verdicts_of: Judge, profiles
):
    everybody = verdicts_of()
    consents = effective_consents(small_bank, default())
    rows = np.array([CID, ANN])
    some = judge(small_bank, profiles, consents, rows, default(), NOW)
    assert (some.codes == everybody.codes[rows]).all()
    assert some.check_texts(0, FUND) == everybody.check_texts(CID, FUND)
    assert some.reason(0, FUND) == everybody.reason(CID, FUND)
    assert some.passed_texts(1, CARD) == everybody.passed_texts(ANN, CARD)


def test_one_customer_by_one_of_the_demo_bank_is_judged_as_among_all():
    bank, settings = Bank.load(DEMO), default()
    consents = effective_consents(bank, settings)
    table = profile_table(
        bank,
        balance=np.linspace(0, 60_000, bank.n_customers),
        income_month=np.linspace(500, 9_000, bank.n_customers)[::-1],
        spending_month=2_000.0,
        risk=np.arange(bank.n_customers) % 11,
    )
    profiles, now = SimpleNamespace(table=table), pd.Timestamp("2026-07-15")
    rows = np.arange(bank.n_customers)
    everybody = judge(bank, profiles, consents, rows, settings, now)
    absent = {RULES.index(rule) for rule in ("status", "experiment", "distress", "shortfall")}
    assert set(np.unique(everybody.codes)) == set(range(len(RULES))) - absent
    book = Rulebook(bank, whole(bank, profiles), settings)
    off = hidden_products(bank, bank["events"], bank["consents"], settings.guard)
    for row in rows[::7]:
        alone = book.judge(CustomerChoices(consents, off), np.array([row]), now)
        assert (alone.codes[0] == everybody.codes[row]).all()
        for product in range(0, bank.n_products, 9):
            assert alone.reason(0, product) == everybody.reason(row, product)
            assert alone.check_texts(0, product) == everybody.check_texts(row, product)
            assert alone.passed_texts(0, product) == everybody.passed_texts(row, product)


def test_gender_name_and_place_change_no_verdict(small_bank: Bank, verdicts_of: Judge):
    bank = with_customers(small_bank, gender="other", name="X", city="Y", region="Z", country="Q")
    assert (verdicts_of(bank).codes == verdicts_of().codes).all()


def test_a_bank_without_customers_or_products_is_judged(verdicts_of: Judge):
    bank = Bank.from_tables(Manifest(name="Empty", as_of="2024-12-31"), {})
    table = pd.DataFrame(columns=["balance", "income_month", "spending_month", "risk"], dtype=float)
    assert verdicts_of(bank, table=table).codes.shape == (0, 0)


def _consent(customer: str, purpose: str, status: str) -> pd.DataFrame:
    row = {"customer_id": [customer], "purpose": [purpose], "status": [status]}
    return pd.DataFrame(row).assign(recorded_at=pd.Timestamp("2024-06-01"), source="page")


def _event(
    customer: str, product: str, action: str, time: pd.Timestamp, reason: str | None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "event_id": [f"{customer}-{product}-{action}"],
            "recorded_at": [time],
            "customer_id": [customer],
            "product_id": [product],
            "action": [action],
            "reason": [reason],
        }
    )


@pytest.mark.parametrize(
    ("text", "reason", "given"),
    [
        ("What is this fee of 12 on my statement?", "fees", True),
        ("I like that there are no fees!", "fees", False),
        ("A card without foreign fees, please.", "fees", False),
        ("No fees, you said, and now I was charged 12.", "fees", True),
        ("Where do I send the social security form?", "security", False),
        ("Is there a security breach? I worry about the security of my account.", "security", True),
        ("I never authorised this payment, is it fraud?", "security", True),
        ("No fraud, all is well.", "security", False),
    ],
)
def test_a_word_gives_a_service_its_reason_where_it_is_meant(
    small_bank: Bank, profiles, text: str, reason: str, given: bool
):
    messages = (
        small_bank["messages"]
        .iloc[[0]]
        .assign(customer_id="ann", kind="ticket", text=text, sent_at=small_bank.as_of)
    )
    bank = small_bank.with_tables(messages=messages)
    found = reasons(bank, profiles, default().guard)[reason]
    assert bool(found[ANN] == PASSED) == given
