"""A case holds what the signals say about one customer and one product, and nothing else."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.explain.offer_cases import Cases
from engine.ranking.needs import build

ANN, BEN = 0, 1
CARD, FUND, HOME, LOAN, SAVE = range(5)


class _Encoder:
    """Two dimensions: travel and everything else."""

    def encode(self, texts: list[str]) -> np.ndarray:
        travel = np.array(["travel" in t.lower() or "miles" in t.lower() for t in texts])
        return np.stack([travel, ~travel], axis=1).astype(np.float32)


@pytest.fixture
def cases(small_bank: Bank) -> Cases:
    interests = pd.DataFrame(
        {
            "position": [0, 0, 1],
            "kind": ["spending", "goal", "goal"],
            "item": ["travel", "stability", "stability"],
            "weight": [1.0, 0.5, 1.0],
            "value": [1240.0, np.nan, np.nan],
            "n": [3, 1, 1],
        }
    )
    weights = np.zeros((5, 5), dtype=np.float32)
    weights[SAVE, CARD] = 0.4
    rule = SimpleNamespace(
        reason="A rule", customers=np.arange(6) == ANN, products=np.arange(5) == CARD
    )
    signals = SimpleNamespace(
        needs=build(small_bank, interests, _Encoder()),
        learned=SimpleNamespace(
            item_to_item=SimpleNamespace(weights=weights),
            transitions=SimpleNamespace(weights=weights.T),
        ),
        audience=np.array([[True, True, True, False, True]] * 5 + [[False] * 3 + [True, False]]),
        rules=(rule,),
        events=small_bank["events"],
    )
    profiles = SimpleNamespace(table=pd.DataFrame({"risk": [5.0] * 6, "segment": ["x"] * 6}))
    return Cases(small_bank, profiles, SimpleNamespace(signals=signals))


def scores(*rows: int) -> SimpleNamespace:
    return SimpleNamespace(
        rows=np.array(rows), parts_of=lambda which, row, product: {"needs": 0.5, "objective": 0.1}
    )


def test_rows_count_within_the_scores_and_products_by_position(cases: Cases):
    case = cases.case(scores(BEN, ANN), "growth", 1, CARD)
    assert case.customer["customer_id"] == "ann" and case.name == "Travel card"
    assert case.held_names == ("Saver",)
    assert [held.name for held in case.neighbours] == ["Saver"]
    assert case.neighbours[0].contribution == pytest.approx(0.4)
    assert case.rules == ("A rule",)
    assert (case.n_holders, case.n_customers) == (1, 5)
    assert case.parts == {"needs": 0.5, "objective": 0.1}


def test_an_interest_knows_how_many_products_answer_it_worse(cases: Cases):
    case = cases.case(scores(ANN), "growth", 0, CARD)
    answered = {need.item: need.answered for need in case.needs}
    assert answered["travel"] == pytest.approx(0.8)
    assert answered["stability"] == 0.0


def test_a_rule_for_another_product_and_an_unlearned_model_say_nothing(cases: Cases):
    assert cases.case(scores(ANN), "growth", 0, HOME).rules == ()
    cases.ranker.signals.learned.item_to_item = None
    assert cases.case(scores(ANN), "growth", 0, HOME).neighbours == ()


def test_events_are_those_of_the_customer_on_the_product(small_bank: Bank, cases: Cases):
    cases.ranker.signals.events = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "ben"],
            "product_id": ["card", "save", "card"],
            "action": ["clicked", "viewed", "accepted"],
            "recorded_at": pd.Timestamp("2024-06-01"),
            "reason": np.nan,
        }
    )
    found = cases.case(scores(ANN), "growth", 0, CARD).events
    assert [said.action for said in found] == ["clicked"]


def test_the_strongest_interest_and_the_strongest_neighbour_come_first(cases: Cases):
    for customer in (ANN, BEN):
        for product in range(5):
            case = cases.case(scores(customer), "growth", 0, product)
            table = cases.ranker.signals.needs.explain(customer, product)
            assert [need.item for need in case.needs] == table["item"].tolist()
            assert [need.contribution for need in case.needs] == table["contribution"].tolist()


def test_one_customer_is_gathered_once_for_all_products(cases: Cases):
    person = cases.person(ANN)
    for product in range(5):
        alone = cases.case(scores(ANN), "growth", 0, product)
        assert repr(person.case(scores(ANN), "growth", 0, product)) == repr(alone)
