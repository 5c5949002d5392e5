"""Reasons name facts of the customer and of the product, in order, and no other figure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine.explain.evidence import OfferEvidence
from engine.explain.reasons import SHORT, reasons, short_reason, texts
from engine.vocabulary import PARTS
from tests.engine.explain.numerals import check_numerals, facts_of

Offers = Callable[..., OfferEvidence]
CARD, FUND, HOME, LOAN, SAVE = range(5)
NONE = pd.DataFrame(
    {"kind": [], "item": [], "value": [], "n": [], "contribution": np.zeros(0), "answered": []}
).astype({"kind": "str", "item": "str"})


def said(offer: OfferEvidence) -> tuple[str, ...]:
    return texts(reasons(offer))


def test_F111_a_need_is_answered_by_what_the_product_says_to_it(offer_of: Offers):
    found = said(offer_of())
    assert found[0] == (
        "Spends 1,240 a month on travel; Travel card: credit card with air miles, airport lounges "
        "and no foreign fees"
    )
    assert found[1].startswith("Goal: buy a house; Travel card")
    assert not any("Software Engineer" in text for text in found)


def test_F111_features_that_answer_the_need_are_named_first(offer_of: Offers):
    features = "Contactless; Airport lounge access; No foreign fees"
    found = said(offer_of(changes={"features": features}))
    assert found[0] == (
        "Spends 1,240 a month on travel; Travel card has airport lounge access and no foreign fees"
    )


def test_an_interest_that_most_products_answer_better_is_no_reason(
    offer_of: Offers, needs: pd.DataFrame
):
    weak = needs.assign(answered=[0.8, 0.9, 0.9])
    assert [r.short for r in reasons(offer_of(needs=weak))] == ["Goal: buy a house"]


def test_interests_with_one_answer_share_a_sentence(offer_of: Offers, needs: pd.DataFrame):
    goals = needs.assign(kind="goal", item=["retirement", "pets", "x"])
    assert said(offer_of(HOME, needs=goals)) == (
        "Goals: retirement and pets; Home insurance: insurance that protects your house and "
        "belongings",
    )
    spending = needs.assign(kind="spending", value=135.4, item=["pets", "music", "x"])
    assert said(offer_of(HOME, needs=spending))[0].startswith(
        "Spends 135 a month on pets and 135 on music; Home insurance: "
    )
    liked = needs.assign(kind="declared", item=["pets", "music", "x"])
    assert said(offer_of(HOME, needs=liked))[0].startswith("Interested in pets and music; Home")
    assert said(offer_of(HOME, needs=needs.assign(item=["pets", "music", "x"])))[0].startswith(
        "Spends 1,240 a month on pets, goal: music; Home insurance: "
    )


@pytest.mark.parametrize(
    ("kind", "item", "value", "n", "expected"),
    [
        ("goal", "Retirement", np.nan, 1, "Goal: retirement"),
        ("topic", "travel", np.nan, 3, "Talks about travel (3 messages)"),
        (
            "message",
            "home and furnishing",
            np.nan,
            1,
            "Talks about home and furnishing (1 message)",
        ),
        ("declared", "Dining", np.nan, 1, "Interested in dining"),
        ("occupation", "Software Engineer", np.nan, 1, "Works as Software Engineer"),
        ("occupation", "Retail business", np.nan, 1, "Runs a business in retail"),
        ("occupation", "agriculture sector", np.nan, 1, "Works in agriculture"),
        ("life_stage", "children and family", np.nan, 1, "Life stage: children and family"),
        ("spending", "travel", np.nan, 1, "Spends on travel"),
        ("spending", "travel", 85.5, 1, "Spends 86 a month on travel"),
    ],
)
def test_every_kind_of_interest_reads_as_a_fact(
    offer_of: Offers, kind: str, item: str, value: float, n: int, expected: str
):
    only = pd.DataFrame(
        {"kind": [kind], "item": [item], "value": [value], "n": [n], "contribution": [0.1]}
    ).assign(answered=1.0)
    found = reasons(offer_of(needs=only))
    assert found[0].short == expected
    assert found[0].text.startswith(f"{expected}; Travel card")


def test_reasons_stand_in_the_order_of_their_points_and_objections_come_last(offer_of: Offers):
    found = reasons(
        offer_of(
            FUND,
            parts={"needs": 0.2, "item_to_item": 0.9, "suitability": -0.5, "popularity": 0.3},
            profile={"risk": 3.0},
        )
    )
    assert [r.part for r in found] == [
        "item_to_item",
        "needs",
        "popularity",
        "suitability",
    ]
    shown = texts(found)
    assert shown[0] == "Holds Saver; customers who do often hold Growth fund too"
    assert shown[2] == "Does not hold Growth fund yet; 1 of 5 customers do"
    assert shown[-1] == (
        "Against it: risk appetite 3 of 10; Growth fund has risk 8 of 10, which is more than wanted"
    )


def test_suitability_speaks_for_a_risk_that_fits(offer_of: Offers):
    bold = said(offer_of(FUND, parts={"suitability": 0.6}, profile={"risk": 8.5}))
    assert bold[0] == (
        "Risk appetite 8.5 of 10; Growth fund has risk 8 of 10, which goes well with it"
    )
    shy = said(offer_of(HOME, parts={"suitability": 0.6}, profile={"risk": 2.0}))
    assert shy[0].startswith("Risk appetite 2 of 10; Home insurance has risk 1 of 10")
    low = offer_of(HOME, parts={"suitability": -0.6, "needs": 1.0}, profile={"risk": 8.0})
    assert all(r.points >= 0 for r in reasons(low))
    tame = offer_of(FUND, parts={"suitability": -0.6}, changes={"risk_customer": 2.0})
    assert "less than wanted" in said(tame)[-1]
    unknown = offer_of(FUND, parts={"suitability": 0.6}, profile={"risk_known": False})
    assert all(r.part != "suitability" for r in reasons(unknown))


def test_a_rule_comes_with_its_own_reason(offer_of: Offers):
    rule = "A developer with high technology spending: the Tech Banking rule holds"
    found = reasons(offer_of(parts={"rules": 1.5, "needs": 0.1}, rules=(rule,)))
    assert found[0].part == "rules" and found[0].text.startswith(rule)


def test_the_retention_list_says_what_keeps_a_customer(offer_of: Offers):
    parts, churn = {"objective": 0.6}, {"churn": 7.8}
    found = said(offer_of(SAVE, parts=parts, profile=churn, which="retention", needs=NONE))
    assert found == ("Churn index 7.8 of 10; Saver keeps customers (retention value 8 of 10)",)
    assert "Churn" not in said(offer_of(SAVE, parts=parts, profile=churn, needs=NONE))[0]


def test_own_feedback_is_named_with_its_day_and_reason(offer_of: Offers):
    events = pd.DataFrame(
        {
            "action": ["shown", "dismissed"],
            "recorded_at": pd.to_datetime(["2026-03-12", "2026-03-12"]),
            "reason": [None, "Too expensive"],
        }
    )
    offer = offer_of(parts={"needs": 1.0, "feedback": -0.8}, events=events)
    assert said(offer)[-1] == "Against it: travel card: dismissed on 12 Mar 2026 (too expensive)"


def test_F90_an_unhappy_customer_is_told_of_services(offer_of: Offers):
    parts = {"needs": 0.1, "mood": 0.5}
    service = said(offer_of(HOME, parts=parts, profile={"mood": -0.62}))
    assert service[0] == (
        "Recent messages are unhappy (-0.6); Home insurance is a service, not a sale"
    )
    content = reasons(offer_of(HOME, parts=parts, profile={"mood": -0.1}))
    assert all(r.part != "mood" for r in content)


def test_F104_a_customer_of_whom_nothing_is_known_still_gets_a_reason(offer_of: Offers):
    nobody = pd.DataFrame({"name": pd.Series(dtype="str"), "contribution": np.zeros(0)})
    bare = offer_of(parts={"product": 0.1}, needs=NONE, held_names=(), neighbours=nobody)
    assert said(bare) == (
        "Holds nothing here so far; Travel card: annual fee USD 90 and interest rate 19 %",
    )


def test_without_a_reason_the_balance_speaks_for_an_investment(offer_of: Offers):
    offer = offer_of(FUND, parts={}, needs=NONE, profile={"balance": 9000.0})
    assert said(offer) == ("Has a balance of USD 9,000; Growth fund: minimum investment USD 1,000",)


@pytest.mark.parametrize("product", range(5))
@pytest.mark.parametrize("sign", [1, -1])
def test_F110_no_reason_holds_a_figure_that_is_not_a_fact(
    offer_of: Offers, product: int, sign: int
):
    offer = offer_of(product, parts=dict.fromkeys(PARTS, 0.7 * sign), profile={"mood": -0.3})
    found = reasons(offer)
    assert found
    for reason in found:
        assert check_numerals(reason.text, facts_of(offer)) == ()
        assert "nan" not in reason.text.lower()
        assert offer.name in reason.text
        assert reason.part in PARTS


def test_the_short_reason_has_less_than_60_characters(offer_of: Offers):
    long = pd.DataFrame(
        {
            "kind": ["goal"],
            "item": ["a very long goal that somebody wrote into a form without ever stopping"],
            "value": [np.nan],
            "n": [1],
            "contribution": [0.1],
            "answered": [1.0],
        }
    )
    short = short_reason(reasons(offer_of(needs=long)))
    assert len(short) <= SHORT < 60 and short.endswith("…")
    assert short_reason(reasons(offer_of())) == "Spends 1,240 a month on travel"
    assert short_reason(()) == ""


def test_F104_what_followed_a_product_held_is_said_in_words(offer_of: Offers):
    written = reasons(offer_of(CARD, parts={"transitions": 0.8}))
    assert written[0].part == "transitions"
    assert "often took" in written[0].text
    assert "next" in written[0].text
    assert len(written[0].short) <= SHORT
