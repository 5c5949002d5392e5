"""A text is shown only if it says the facts and nothing else, whoever wrote it."""

import random
from itertools import islice

import pytest

from engine.customers import claims, key_figures
from engine.engine import Engine
from engine.rates import wilson
from engine.writing import paragraph_claims
from engine.writing.claim_facts import facts_of
from engine.writing.facts import fact
from engine.writing.text_guard import check
from tests.conftest import DEMO
from tests.engine.writing.liar import LIES, cases, faithful, lies

EACH = 30
"""Lies of a kind; tests/benchmarks/writing.py asks 10,000."""


@pytest.fixture(scope="module")
def told() -> dict[str, list[tuple[str, tuple]]]:
    by_kind: dict[str, list[tuple[str, tuple]]] = {}
    for kind, text, case in islice(lies(5), EACH * len(LIES)):
        by_kind.setdefault(kind, []).append((text, case.facts))
    return by_kind


@pytest.mark.parametrize("kind", LIES)
def test_F110_no_planted_lie_passes(kind, told):
    assert len(told[kind]) >= EACH - 1
    assert [text for text, facts in told[kind] if check(text, facts).supported] == []


def test_F110_templates_pass_and_so_do_most_faithful_wordings():
    rng, some = random.Random(6), list(islice(cases(6), 200))
    assert [one.template for one in some if not check(one.template, one.facts).supported] == []
    n = sum(check(faithful(one, rng), one.facts).supported for one in some)
    assert float(wilson(n, len(some)).low) > 0.7


def test_F110_every_sentence_of_demo_customers_passes_its_own_check(trained_state):
    snapshot = Engine.open(DEMO, trained_state).snapshot()
    profiles, currency = snapshot.profiles, snapshot.bank.manifest.currency
    for row in range(0, snapshot.bank.n_customers, 10):
        stated = key_figures.insight(profiles, row, currency)
        facts = facts_of(stated)
        text = key_figures.insight_sentence(profiles, row, currency)
        if any(claim.kind == "says_leaving" for claim in stated):
            assert facts is None, "what a customer wrote is given to no writer"
        else:
            assert facts and check(text, facts).reason == "", text


CARD = facts_of([paragraph_claims.next_offer(product="Travel Card", share=0.54, fit=False)])


@pytest.mark.parametrize(
    "text",
    [
        "A card with 54 % credit.",
        "Next offer: Travel Card, a card with 54 % credit.",
        "Next offer: Travel Card, 54 % discount.",
        "Next offer: Travel Card, confidence USD 54.",
        "Next offer: Travel Card, confidence 54.",
        "Next offer: Travel Card, confidence 0.54.",
        "Next offer: Travel Card, confidence about 54 %.",
        "Next offer: Travel Card, confidence 50 %.",
        "Next offer: Travel Card, confidence of at least 54 %.",
        "Next offer: Travel Card, confidence 54 in 100 customers.",
        "Next offer: Travel Card Gold, confidence 54 %.",
        "Next offer: Travel Card, confidence 54 %. Is it not good?",
        "Next offer: Travel Card, confidence 54 %, <b>guaranteed</b>.",
        "Next offer: Travel Card, confidence ５４ %.",
        "Next offer: Travel Card, conf\u200bidence 54 %.",
        "Next offer: Travel Card, confidence 54 %\u2044100.",
        "Next offer: Travel Card, no confidence 54 %.",
        "Never offer: Travel Card, confidence 54 %.",
        "Next offer: Travel Card.",
        "Confidence 54 %.",
        "",
        "54 %",
        "x" * 5000,
    ],
)
def test_F110_the_number_its_unit_and_what_it_is_of_are_checked_together(text):
    assert not check(text, CARD).supported


@pytest.mark.parametrize(
    "text",
    [
        "Next offer: Travel Card, confidence 54 %.",
        "The next offer is Travel Card with a confidence of fifty-four percent.",
        "travel card is the best offer (54% confidence)",
    ],
)
def test_F110_other_words_for_the_same_pass(text):
    assert check(text, CARD).reason == ""


def test_F110_what_is_said_of_two_customers_is_not_mixed_up():
    needs = ["case cases", "unresolved"]
    facts = [
        fact("cases of Ann", "3", needs=needs, subject="Ann Ash"),
        fact("cases of Ben", "1", needs=needs, subject="Ben Bay"),
    ]
    assert check(
        "Ann Ash has 3 unresolved cases, Ben Bay has one unresolved case.", facts
    ).supported
    for lie in (
        "Ann Ash has 1 unresolved case, Ben Bay has three unresolved cases.",
        "Ann Ash and Ben Bay have 3 unresolved cases. Ben Bay has 1 unresolved case.",
        "Ann Ash has 3 unresolved cases and Ben Bay. Ben Bay has 1 unresolved case.",
        "3 unresolved cases, 1 unresolved case.",
        "Ann Ash's customer Ben Bay has 1 unresolved case. Ann Ash has 3 unresolved cases.",
    ):
        assert not check(lie, facts).supported, lie


def test_F110_a_sign_and_a_direction_are_part_of_the_fact():
    fell = claims.change(
        figure="Balance", share=-0.24, n_recent=3, n_past=9, until="", verb="balance fell 24 %"
    )
    facts = facts_of([fell])
    assert check("The balance fell 24 %.", facts).supported
    for lie in (
        "The balance rose 24 %.",
        "The balance fell -24 %.",
        "The balance did not fall 24 %.",
        "The balance fell 24 % (last 9 months against the 3 before).",
    ):
        assert not check(lie, facts).supported, lie
    owed = facts_of([claims.balance(amount=-60.0, month="", currency="USD")])
    assert check("A balance of −USD 60.", owed).supported
    assert not check("A balance of USD 60.", owed).supported


@pytest.mark.parametrize("name", ["of", "3", "balance", " ", "customer"])
def test_F110_a_name_that_reads_like_a_word_is_never_put_in_other_words(name):
    facts = facts_of(
        [
            claims.balance(amount=5.0, month="", currency="USD"),
            claims.goals(names=[name]),
        ]
    )
    assert not check(f"A balance of USD 5 and the goal “{name}”.", facts).supported


def test_F110_how_spending_stands_to_others_may_follow_it_and_nothing_else():
    spent = {"item": "dining", "amount": 500.0, "days": float("nan"), "until": ""}
    facts = facts_of(
        [
            claims.spent_on(**spent, currency="USD", most=False),
            claims.cases_open(n=2),
        ]
    )
    true = "USD 500 a month on dining, more than is usual here, and 2 unresolved cases."
    assert check(true, facts).reason == ""
    lie = "USD 500 a month on dining and 2 unresolved cases, more than is usual here."
    assert not check(lie, facts).supported
    most = facts_of([claims.spent_on(**spent, currency="USD"), claims.cases_open(n=2)])
    assert not check(true, most).supported


def test_F110_names_may_stand_before_what_they_are_names_of():
    facts = facts_of(
        [
            claims.interests(names=["travel", "dining", "health"], declared=True),
            claims.spent_on(
                item="housing", amount=500.0, days=float("nan"), until="", currency="USD"
            ),
        ]
    )
    true = "USD 500 a month on housing and travel, dining and health named on record."
    assert check(true, facts).reason == ""
    for lie in (
        "USD 500 a month on travel and housing, dining and health named on record.",
        "USD 500 a month on housing. Travel, dining. Health named on record.",
        "Travel, dining and USD 500 a month on housing, health named on record.",
    ):
        assert not check(lie, facts).supported, lie


def test_F115_an_unknown_kind_of_claim_keeps_its_template():
    assert facts_of([claims.vulnerable()]) is None


DATED = (
    claims.balance(amount=500.0, month=" (up to Jun 2023)", currency="USD"),
    claims.change(
        figure="Income", share=-0.24, n_recent=3, n_past=9, until=" up to Jun 2023", verb=""
    ),
    claims.spent_on(
        item="Groceries", amount=240.0, days=90.0, until=" (up to Mar 2024)", currency="USD"
    ),
)


def test_F110_a_month_belongs_to_the_figure_that_it_stands_by():
    facts = facts_of(DATED)
    true = ", ".join(one.text for one in DATED)
    assert check(f"{true}.", facts).reason == ""
    for old, new in (
        ("record (up to Jun 2023)", "record (up to Mar 2024)"),
        ("Groceries (up to Mar 2024)", "Groceries (up to Jun 2023)"),
        ("last 3 months up to Jun 2023", "last 3 months up to Mar 2024"),
        ("Groceries (up to Mar 2024)", "Groceries (last 3 months up to Jun 2023)"),
        ("Groceries (up to Mar 2024)", "Groceries, 9 months before (up to Mar 2024)"),
        ("record (up to Jun 2023)", "record. Up to Jun 2023"),
    ):
        assert old in true
        assert not check(f"{true.replace(old, new)}.", facts).supported, new


@pytest.mark.parametrize("lie", ["per day", "a day", "each day", "every day", "on average"])
def test_F110_money_over_so_many_days_is_no_rate(lie):
    facts = facts_of(DATED[2:])
    assert check("Spends USD 240 in 90 days on Groceries.", facts).reason == ""
    assert check("USD 240 spent on Groceries in 90 days (until Mar 2024).", facts).reason == ""
    assert not check(f"Spends USD 240 {lie} on Groceries in 90 days.", facts).supported
    assert not check(f"Spends USD 240 {lie} on Groceries on average 90 days.", facts).supported


@pytest.mark.parametrize(
    "lie",
    [
        "2 unresolved cases, 9 earlier. {held}. {churn}. {offer}.",
        "2 unresolved cases. {held}. {churn}, confidence 54 %. {offer}.",
        "2 unresolved cases. {held}. {churn}. Next offer: Travel Card, the best product, "
        "confidence 54 %.",
        "2 unresolved cases. {held}. {churn}. Next offer: Travel Card, offered first, "
        "confidence 54 %.",
        "2 unresolved cases. {held} and owns the bank. {churn}. {offer}.",
        "2 unresolved cases. The bank owns 3 products. {churn}. {offer}.",
        "2 unresolved cases. {held}. {churn} (low). {offer}.",
        "2 unresolved cases, still open tickets. {held}. {churn}. {offer}.",
    ],
)
def test_F110_nothing_hangs_on_another_fact_or_on_words_alone(lie):
    facts = facts_of(
        [
            claims.cases_open(n=2),
            claims.holds(n=3),
            claims.change(figure="Income", share=-0.24, n_recent=6, n_past=9, until="", verb=""),
            paragraph_claims.churn_index(value=3.2, word="high"),
            paragraph_claims.next_offer(product="Travel Card", share=0.54, fit=False),
        ]
    )
    fell = "Income fell 24 % (last 6 months against the 9 before)."
    parts = {
        "held": "Holds 3 products",
        "churn": "Churn index 3.2 of 10",
        "offer": "Next offer: Travel Card, confidence 54 %",
    }
    true = f"{fell} 2 unresolved cases. Owns 3 products of the bank. {{churn}} (high). {{offer}}."
    assert check(true.format(**parts), facts).reason == ""
    assert not check(f"{fell} {lie.format(**parts)}", facts).supported


def test_F110_a_currency_that_cannot_be_read_keeps_its_template():
    assert facts_of([claims.balance(amount=500.0, month="", currency="Kč")]) is None


@pytest.mark.parametrize("until", ["", " (up to Jun 2023)", " (no date)"])
@pytest.mark.parametrize("days", [float("nan"), 1.0, 90.0])
def test_F110_spending_of_any_length_passes_as_the_template_says_it(days, until):
    spent = claims.spent_on(
        item="dining", amount=240.0, days=days, until=until, currency="USD", most=False
    )
    dated = claims.balance(amount=500.0, month=until, currency="USD")
    assert check(f"{dated.text} and {spent.text}.", facts_of([dated, spent])).reason == ""
