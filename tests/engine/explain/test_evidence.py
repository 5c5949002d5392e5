"""Evidence holds what the signals say about one customer and one product, and nothing else."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.explain.evidence import Evidence, OfferEvidence
from engine.ranking.signals.needs import build
from engine.settings import Settings

ANN, BEN = 0, 1
CARD, FUND, HOME, LOAN, SAVE = range(5)


class _Encoder:
    """Two dimensions: travel and everything else."""

    def encode(self, texts: list[str]) -> np.ndarray:
        travel = np.array(["travel" in t.lower() or "miles" in t.lower() for t in texts])
        return np.stack([travel, ~travel], axis=1).astype(np.float32)


@pytest.fixture
def evidence(small_bank: Bank) -> Evidence:
    interests = pd.DataFrame(
        {
            "position": [0, 0, 1],
            "kind": ["spending", "goal", "goal"],
            "item": ["travel", "stability", "stability"],
            "weight": [1.0, 0.5, 1.0],
            "value": [1240.0, np.nan, np.nan],
            "n": [3, 1, 1],
            "days": np.nan,
        }
    )
    weights = np.zeros((5, 5), dtype=np.float32)
    weights[SAVE, CARD] = 0.4
    rule = SimpleNamespace(
        reason="A rule", customers=np.arange(6) == ANN, products=np.arange(5) == CARD
    )
    signals = SimpleNamespace(
        needs=build(small_bank, interests, _Encoder()),
        settings=Settings(),
        learned=SimpleNamespace(
            item_to_item=SimpleNamespace(weights=weights),
            transitions=SimpleNamespace(weights=weights.T),
        ),
        audience=np.array([[True, True, True, False, True]] * 5 + [[False] * 3 + [True, False]]),
        rules=(rule,),
        events=small_bank["events"],
    )
    spending = SimpleNamespace(last_day=np.full(6, np.datetime64("2024-06-10")))
    profiles = SimpleNamespace(
        table=pd.DataFrame({"risk": [5.0] * 6, "segment": ["x"] * 6}),
        data=SimpleNamespace(spending=spending, bank=small_bank),
    )
    return Evidence(small_bank, profiles, SimpleNamespace(signals=signals))


PARTS = {"needs": 0.5, "item_to_item": 0.3, "transitions": 0.01, "objective": 0.1}


def scores(*rows: int) -> SimpleNamespace:
    return SimpleNamespace(rows=np.array(rows), parts_of=lambda which, row, product: PARTS)


def offer_of(evidence: Evidence, scored: SimpleNamespace, row: int, product: int) -> OfferEvidence:
    return evidence.customer(int(scored.rows[row])).offer(scored, "growth", row, product)


def test_spending_that_ended_long_ago_has_its_month(evidence: Evidence):
    needs = {need.kind: need.until for need in evidence.customer(ANN).interests}
    assert needs == {"spending": " (up to Jun 2024)", "goal": ""}


def test_rows_count_within_the_scores_and_products_by_position(evidence: Evidence):
    offer = offer_of(evidence, scores(BEN, ANN), 1, CARD)
    assert offer.customer["customer_id"] == "ann" and offer.name == "Travel card"
    assert offer.held_names == ("Saver",)
    assert [held.name for held in offer.neighbours] == ["Saver"]
    assert offer.neighbours[0].contribution == pytest.approx(0.4)
    assert offer.rules == ("A rule",)
    assert (offer.n_holders, offer.n_customers) == (1, 5)
    assert offer.parts == PARTS
    assert offer.next_steps == () and offer.alike is None  # those parts do not tell


def test_an_interest_knows_how_many_products_answer_it_worse(evidence: Evidence):
    offer = offer_of(evidence, scores(ANN), 0, CARD)
    answered = {need.item: need.answered for need in offer.needs}
    assert answered["travel"] == pytest.approx(0.8)
    assert answered["stability"] == 0.0


def test_a_rule_for_another_product_and_an_unlearned_model_say_nothing(evidence: Evidence):
    assert offer_of(evidence, scores(ANN), 0, HOME).rules == ()
    evidence.ranker.signals.learned.item_to_item = None
    assert offer_of(evidence, scores(ANN), 0, HOME).neighbours == ()


def test_events_are_those_of_the_customer_on_the_product(small_bank: Bank, evidence: Evidence):
    evidence.ranker.signals.events = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "ben"],
            "product_id": ["card", "save", "card"],
            "action": ["clicked", "viewed", "accepted"],
            "recorded_at": pd.Timestamp("2024-06-01"),
            "reason": np.nan,
            "rating": np.nan,
        }
    )
    found = offer_of(evidence, scores(ANN), 0, CARD).events
    assert [said.action for said in found] == ["clicked"]


def test_the_strongest_interest_and_the_strongest_neighbour_come_first(evidence: Evidence):
    for customer in (ANN, BEN):
        for product in range(5):
            offer = offer_of(evidence, scores(customer), 0, product)
            needs = evidence.ranker.signals.needs
            table = needs.interests_of(customer)
            contribution = table["share"].to_numpy() * needs.similarity[table["phrase"], product]
            order = np.argsort(-contribution, kind="stable")
            assert [need.item for need in offer.needs] == table["item"].iloc[order].tolist()
            assert [need.contribution for need in offer.needs] == contribution[order].tolist()


def test_one_customer_is_gathered_once_for_all_products(evidence: Evidence):
    customer = evidence.customer(ANN)
    for product in range(5):
        alone = offer_of(evidence, scores(ANN), 0, product)
        assert repr(customer.offer(scores(ANN), "growth", 0, product)) == repr(alone)
