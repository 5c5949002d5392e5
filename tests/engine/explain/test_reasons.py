"""Reasons name facts of the customer and of the product, in order, and no other figure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from engine.explain.comparable import Counts
from engine.explain.evidence import Need, OfferEvidence
from engine.explain.reasons import SHORT, reasons, short_reason, texts
from engine.explain.signals.needs import interest
from engine.vocabulary import PARTS
from tests.engine.explain.conftest import OFTEN, neighbours
from tests.engine.explain.numerals import check_numerals, facts_of

Offers = Callable[..., OfferEvidence]
CARD, FUND, HOME, LOAN, SAVE = range(5)
NONE = pd.DataFrame(
    {"kind": [], "item": [], "value": [], "n": [], "contribution": np.zeros(0), "answered": []}
).astype({"kind": "str", "item": "str"})


NOBODY = neighbours().iloc[:0]


def said(offer: OfferEvidence) -> tuple[str, ...]:
    return texts(reasons(offer))


def test_F111_a_need_is_answered_by_what_the_product_says_to_it(offer_of: Offers):
    found = said(offer_of())
    assert found[0] == (
        "Spends USD 1,240 a month on travel; Travel card: credit card with air miles, airport "
        "lounges and no foreign fees"
    )
    assert len(found) == 1  # nothing of a travel card bears on a house, or on an engineer
    shelter = said(offer_of(HOME))
    assert shelter == ("Goal: buy a house; Home insurance: insurance that protects your house and "
                       "belongings",)  # fmt: skip


def test_F111_features_that_answer_the_need_are_named_first(offer_of: Offers):
    features = "Contactless; Airport lounge access; No foreign fees"
    found = said(offer_of(changes={"features": features}))
    assert found[0] == (
        "Spends USD 1,240 a month on travel; Travel card has airport lounge access and no "
        "foreign fees"
    )


def test_an_interest_that_most_products_answer_better_is_no_reason(
    offer_of: Offers, needs: pd.DataFrame
):
    weak = needs.assign(answered=[0.9, 0.8, 0.9])
    assert [r.short for r in reasons(offer_of(HOME, needs=weak, n_holders=0))] == [
        "No strong reason"
    ]


def test_a_goal_that_a_feature_names_is_a_reason_however_many_answer_it_better(
    offer_of: Offers, needs: pd.DataFrame
):
    wish = needs.assign(item=["travel", "estate planning", "x"], answered=0.1)
    changes = {"features": "retirement planning; investment planning; estate planning"}
    found = said(offer_of(HOME, needs=wish, n_holders=0, changes=changes))
    assert found == ("Goal: estate planning; Home insurance: estate planning",)


@pytest.mark.parametrize(("risk", "speaks"), [(2.0, True), (5.0, False)])
def test_a_low_tolerance_is_no_reason_for_what_is_risky(
    offer_of: Offers, needs: pd.DataFrame, risk: float, speaks: bool
):
    careful = needs.assign(kind="tolerance", item="low risk and stability").iloc[:1]
    changes = {"features": "low risk; capital protected", "risk_customer": risk}
    short = [r.short for r in reasons(offer_of(needs=careful, n_holders=0, changes=changes))]
    assert any("olerance" in text for text in short) == speaks


def test_a_product_that_says_nothing_of_itself_is_not_its_own_reason(
    offer_of: Offers, needs: pd.DataFrame
):
    changes = dict.fromkeys(("description", "features", "annual_fee", "interest_rate"))
    changes |= {"min_investment": None, "rewards_rate": None}
    found = offer_of(needs=needs.iloc[:0], n_holders=0, changes=changes)
    assert said(found)[-1] == "No strong reason"


def test_interests_with_one_answer_share_a_sentence(offer_of: Offers, needs: pd.DataFrame):
    answer = "Home insurance: insurance that protects your house and belongings"
    both = ["protects", "belongings", "x"]
    goals = needs.assign(kind="goal", item=both)
    assert said(offer_of(HOME, needs=goals)) == (f"Goals: protects and belongings; {answer}",)
    spending = needs.assign(kind="spending", value=135.4, item=both)
    assert said(offer_of(HOME, needs=spending)) == (
        f"Spends USD 135 a month on protects and USD 135 on belongings; {answer}",
    )
    mixed = needs.assign(item=both)
    assert said(offer_of(HOME, needs=mixed)) == (
        f"Spends USD 1,240 a month on protects, goal: belongings; {answer}",
    )


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        (Need("goal", "Retirement", np.nan, 1), "Goal: retirement"),
        (
            Need("tolerance", "low risk and stability", np.nan, 1),
            "Risk tolerance on record: very low",
        ),
        (Need("saving", "save towards a goal", np.nan, 1), "Has a savings goal of USD 4,000"),
        (Need("topic", "travel", np.nan, 3), "Messages about travel (3)"),
        (Need("message", "home and furnishing", np.nan, 1), "Writes about home and furnishing (1)"),
        (
            Need("message", "mortgage", np.nan, 2, words=("property", "home loan", "real estate")),
            "Mentions “property” and “home loan” (2 messages)",
        ),
        (Need("declared", "dining", np.nan, 1), "Buys mainly dining"),
        (Need("declared", "pets", np.nan, 1), "Interested in pets"),
        (Need("occupation", "Software Engineer", np.nan, 1), "Occupation: Software Engineer"),
        (Need("occupation", "Retail business", np.nan, 1), "Runs a business in retail"),
        (Need("occupation", "agriculture sector", np.nan, 1), "Works in agriculture"),
        (
            Need("life_stage", "children and family", np.nan, 1),
            "Dependents or children on record: 2",
        ),
        (Need("life_stage", "retirement", np.nan, 1), "Occupation: Retired nurse"),
        (Need("life_stage", "small company", np.nan, 1), "Has 12 employees"),
        (Need("life_stage", "growing company", np.nan, 1), "In business for 2.5 years"),
        (Need("spending", "travel", np.nan, 1), "Spends on travel"),
        (Need("spending", "travel", 85.5, 1), "Spends USD 86 a month on travel"),
        (Need("spending", "travel", 1200.0, 1, days=26.0), "Spent USD 1,200 on travel in 26 days"),
    ],
)
def test_every_kind_of_interest_reads_as_what_is_on_record(need: Need, expected: str):
    customer = {
        "risk_tolerance": "very low",
        "savings_goal": 4000.0,
        "dependents": 2,
        "occupation": "Retired nurse",
        "n_employees": 12,
        "years_in_business": 2.5,
        "attributes": '{"main_purchase_cat": "Dining"}',
    }
    assert interest(need, customer, "USD") == expected


def test_what_is_not_surely_more_common_among_holders_is_not_said_to_be(offer_of: Offers):
    parts = {"item_to_item": 0.9, "transitions": 0.9, "collaborative": 0.9}
    for counts in (Counts(120, 20, 880, 10), Counts(120, 41, 880, 290), Counts(4, 2, 900, 300)):
        held = neighbours(counts)
        offer = offer_of(
            FUND, parts=parts, needs=NONE, neighbours=held, next_steps=held, alike=counts
        )
        assert [reason.part for reason in reasons(offer)] == ["product"]
    alike = offer_of(FUND, parts=parts, needs=NONE, alike=OFTEN)
    assert said(alike) == (
        "Holds Saver; 41 of 120 others who do hold Growth fund too, 10 % of those who do not",
        "Holds Saver; 41 of 120 others took Growth fund after it, 10 % of those without it",
        "Of the 120 customers with the most similar products 41 hold Growth fund, 10 % of all "
        "others",
    )


def test_presents_for_children_are_no_reason_of_who_has_none(offer_of: Offers, small_bank):
    spent = pd.DataFrame([Need("spending", "children and family", 205.0, 9, 0.4, 1.0)])
    cover = {"features": "children covered at no cost"}
    ann = small_bank["customers"].iloc[0].to_dict()
    given = {"needs": spent, "changes": cover, "parts": {"needs": 1.0}}
    alone = offer_of(HOME, customer={**ann, "dependents": 0}, **given)
    assert said(alone)[0].startswith("No strong reason")
    for dependents in (2, np.nan):
        parent = offer_of(HOME, customer={**ann, "dependents": dependents}, **given)
        assert said(parent)[0].startswith("Spends USD 205 a month on children and family; ")


def test_reasons_stand_in_the_order_of_their_points_and_objections_come_last(offer_of: Offers):
    found = reasons(
        offer_of(
            FUND,
            parts={"needs": 0.2, "item_to_item": 0.9, "suitability": -0.5, "popularity": 0.3},
            needs=pd.DataFrame([Need("goal", "growth", np.nan, 1, 0.1, 1.0)]),
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
    assert shown[0] == (
        "Holds Saver; 41 of 120 others who do hold Growth fund too, 10 % of those who do not"
    )
    assert shown[2] == "1 of 5 customers hold Growth fund, not yet this one"
    assert shown[-1] == (
        "Against it: risk appetite 3 of 10; Growth fund has risk 8 of 10, which is more than wanted"
    )


def test_suitability_speaks_for_a_risk_that_fits(offer_of: Offers):
    bold = said(offer_of(FUND, parts={"suitability": 0.6}, profile={"risk": 8.5}))
    assert bold[0] == (
        "Risk appetite 8.5 of 10; Growth fund has risk 8 of 10, which goes well with it"
    )
    estimated = {"scores_estimated": True}
    guess = said(
        offer_of(FUND, parts={"suitability": 0.6}, profile={"risk": 8.5}, changes=estimated)
    )
    assert "Growth fund has an estimated risk of 8 of 10" in guess[0]
    found = reasons(offer_of(FUND, {"suitability": 0.6}, {"risk": 8.5}, changes=estimated))
    assert found[0].short == "An estimated risk of 8 suits an appetite of 8.5"
    shy = reasons(offer_of(HOME, {"suitability": 0.6}, {"risk": 2.0}, needs=NONE))
    assert [reason.part for reason in shy] == ["product"]  # nobody takes an insurance for its risk
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
    assert found == ("Churn index 7.8 of 10; Saver is scored 8 of 10 for keeping customers",)
    stays = offer_of(
        SAVE, parts=parts, profile={"churn": 3.0}, which="retention", needs=NONE, neighbours=NOBODY
    )
    assert "Churn" not in said(stays)[0]
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
    assert said(offer)[-1] == "Against it: Travel card: dismissed on 12 Mar 2026 (too expensive)"
    rated = events.assign(action=["shown", "rated"], reason=None, rating=[np.nan, 0.25])
    offer = offer_of(parts={"needs": 1.0, "feedback": -0.8}, events=rated)
    assert said(offer)[-1] == "Against it: Travel card: rated 0.25 of 1 on 12 Mar 2026"


def test_F90_an_unhappy_customer_is_told_of_services(offer_of: Offers):
    parts = {"needs": 0.1, "mood": 0.5}
    helps, unhappy = {"item_type": "service"}, {"mood": -0.62}
    service = said(offer_of(HOME, parts=parts, profile=unhappy, changes=helps))
    assert service[0] == (
        "Messages are unhappy (−0.6 of −1 to 1); Home insurance is a service, not a sale"
    )
    sale = reasons(offer_of(HOME, parts=parts, profile=unhappy))
    assert all(r.part != "mood" for r in sale)
    content = reasons(offer_of(HOME, parts=parts, profile={"mood": -0.1}))
    assert all(r.part != "mood" for r in content)


def test_F104_a_customer_of_whom_nothing_is_known_is_told_so(offer_of: Offers):
    bare = offer_of(
        parts={"product": 0.1}, needs=NONE, held_names=(), neighbours=NOBODY, n_holders=0
    )
    assert said(bare) == (
        "No strong reason; Travel card: annual fee USD 90 and interest rate 19 %",
    )
    common = offer_of(parts={}, needs=NONE, n_holders=340, n_customers=1000)
    assert said(common) == (
        "No strong reason; 340 of 1,000 customers hold Travel card, not yet this one",
    )
    ended = offer_of(parts={}, needs=NONE, n_holders=340, n_customers=1000, held_before=True)
    assert said(ended) == (
        "No strong reason; 340 of 1,000 customers hold Travel card, this one no longer does",
    )


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
            "item": ["a very long goal of travel that somebody wrote into a form without an end"],
            "value": [np.nan],
            "n": [1],
            "contribution": [0.1],
            "answered": [1.0],
        }
    )
    short = short_reason(reasons(offer_of(needs=long)))
    assert len(short) <= SHORT < 60 and short.endswith("…")
    assert short_reason(reasons(offer_of())) == "Spends USD 1,240 a month on travel"
    assert short_reason(()) == ""


def test_F104_what_followed_a_product_held_is_said_in_words(offer_of: Offers):
    written = reasons(offer_of(CARD, parts={"transitions": 0.8}))
    assert written[0].part == "transitions"
    assert "others took Travel card after it" in written[0].text
    assert len(written[0].short) <= SHORT
