"""Fast metrics against slow obvious code, and against answers known by eye."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audit.metrics import METRICS, breadth, per_customer

NAN = float("nan")


def slow_ranking(scores: list[float], candidates: list[bool]) -> list[int]:
    products = [p for p, c in enumerate(candidates) if c and not math.isnan(scores[p])]
    return sorted(products, key=lambda p: (-scores[p], p))


def slow_metrics(scores, adopted, candidates) -> dict[str, float]:
    """The definitions, word for word, for one customer."""
    ranking = slow_ranking(scores, candidates)
    wanted = {p for p, a in enumerate(adopted) if a and candidates[p]}
    precisions, found = [], 0
    for rank, product in enumerate(ranking[:7], 1):
        if product in wanted:
            found += 1
            precisions.append(found / rank)
    gains = [1 / math.log2(r + 1) for r, p in enumerate(ranking[:5], 1) if p in wanted]
    best = [1 / math.log2(r + 1) for r in range(1, min(len(wanted), 5) + 1)]
    first = next((r for r, p in enumerate(ranking, 1) if p in wanted), None)
    return {
        "map@7": sum(precisions) / min(len(wanted), 7),
        "ndcg@5": sum(gains) / sum(best),
        "hit@1": float(bool(wanted & set(ranking[:1]))),
        "hit@3": float(bool(wanted & set(ranking[:3]))),
        "mrr": 1 / first if first else 0.0,
    }


@st.composite
def rankings(draw):
    """Scores with ties and gaps, adoptions and candidates of any shape."""
    n, p = draw(st.integers(1, 6)), draw(st.integers(1, 12))
    score = st.sampled_from([NAN, 0.0, 0.5, 1.0, 2.0, -3.0])
    flag = st.booleans()

    def table(cell):
        return draw(st.lists(st.lists(cell, min_size=p, max_size=p), min_size=n, max_size=n))

    return np.array(table(score)), np.array(table(flag)), np.array(table(flag))


@given(rankings())
def test_the_fast_metrics_are_the_slow_obvious_ones(case):
    scores, adopted, candidates = case
    found = per_customer(scores, adopted, candidates)
    adopters = [i for i in range(len(scores)) if (adopted[i] & candidates[i]).any()]
    assert found.index.tolist() == adopters
    for i in adopters:
        expected = slow_metrics(scores[i], adopted[i], candidates[i])
        assert found.loc[i].to_dict() == pytest.approx(expected, abs=1e-12)


@given(rankings())
def test_every_metric_lies_between_0_and_1_and_order_alone_counts(case):
    scores, adopted, candidates = case
    found = per_customer(scores, adopted, candidates)
    assert found.to_numpy().min(initial=0) >= 0
    assert found.to_numpy().max(initial=0) <= 1 + 1e-12
    assert per_customer(3 * scores + 1, adopted, candidates).equals(found)


def test_a_perfect_ranking_scores_1_in_everything():
    scores = np.array([[5.0, 4.0, 3.0, NAN, 1.0]])
    adopted = np.array([[True, True, False, False, False]])
    assert per_customer(scores, adopted, np.isfinite(scores)).iloc[0].tolist() == [1.0] * len(
        METRICS
    )


def test_what_was_held_already_counts_neither_for_nor_against():
    scores = np.array([[9.0, 1.0, 2.0]])
    adopted = np.array([[True, False, True]])
    candidates = np.array([[False, True, True]])
    assert per_customer(scores, adopted, candidates).loc[0, "map@7"] == 1


def test_an_adopted_product_that_was_never_ranked_counts_as_missed():
    scores = np.array([[1.0, NAN]])
    candidates = np.array([[True, True]])
    found = per_customer(scores, np.array([[False, True]]), candidates).loc[0]
    assert found.tolist() == [0.0] * len(METRICS)


def test_ties_go_to_the_earlier_column():
    adopted = np.array([[False, True, False]])
    assert per_customer(np.zeros((1, 3)), adopted, np.ones((1, 3), dtype=bool)).loc[0, "mrr"] == 0.5


def test_tables_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        per_customer(np.zeros((2, 3)), np.zeros((2, 2), dtype=bool), np.ones((2, 3), dtype=bool))


def test_breadth_tells_a_system_for_everybody_from_one_for_each():
    candidates = np.ones((4, 4), dtype=bool)
    adopted = np.eye(4, dtype=bool)
    systems = {"same": np.tile([4.0, 3.0, 2.0, 1.0], (4, 1)), "own": np.eye(4)}
    found = breadth(systems, adopted, candidates, popularity=np.array([0.5, 0.3, 0.2, 0.0]), k=1)
    found = found.set_index("system")
    assert found["coverage"].to_dict() == {"same": 0.25, "own": 1.0}
    assert found.loc["same", "popularity_bias"] == pytest.approx(0.5 / 0.25)
    assert found.loc["own", "popularity_bias"] == 1
    assert found.loc["own", "novelty"] > found.loc["same", "novelty"]
    assert found["gini"].to_dict() == {"same": 0.75, "own": 0.0}
