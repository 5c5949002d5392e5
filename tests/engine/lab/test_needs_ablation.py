"""Needs by phrases beside whole texts: each figure against slow obvious code."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from engine.lab import needs_ablation as ablation
from engine.ranking.signals import Signals, needs
from engine.ranking.signals.learned import LearnedModels
from engine.settings import default


class Letters:
    """One dimension a letter: a text is what its letters are."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.append(list(texts))
        counts = [[1e-3 + text.lower().count(c) for c in "abcdefghijklmnop"] for text in texts]
        raw = np.array(counts, dtype=np.float32)
        return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@pytest.fixture
def signals(small_bank) -> Signals:
    rows = [
        (0, "goal", "a cabin", 1.0),
        (0, "topic", "bikes", 0.5),
        (2, "goal", "decades of peace", 1.0),
        (3, "goal", "a cabin", 1.0),
    ]
    table = pd.DataFrame(rows, columns=["position", "kind", "item", "weight"])
    wants = needs.build(small_bank, table.assign(value=np.nan, n=np.nan), Letters())
    return Signals(small_bank, None, wants, LearnedModels(), small_bank["events"], default())


ROWS = np.array([0, 2, 3])


def test_a_whole_text_is_every_need_once_the_weightiest_first(signals: Signals):
    assert ablation.whole_texts(signals, ROWS) == [
        "a cabin. interested in bikes",
        "decades of peace",
        "a cabin",
    ]


def test_issue_4_each_way_scores_as_slow_code_does(signals: Signals):
    seconds = iter([10.0, 12.0, 15.0])
    encoder = Letters()
    scores, speed = ablation.compared(signals, encoder, ROWS, clock=lambda: next(seconds))
    products = Letters().encode(needs.product_texts(signals.bank)).astype(float)
    for place, row in enumerate(ROWS):
        mine = signals.needs.interests_of(row)
        plain = sum(
            share * (products @ Letters().encode([needs.phrase(kind, item)])[0].astype(float))
            for kind, item, share in zip(mine["kind"], mine["item"], mine["share"], strict=True)
        )
        assert scores[ablation.UNCENTRED][place] == pytest.approx(plain, abs=1e-6)
        text = ablation.whole_texts(signals, np.array([row]))
        whole = products @ Letters().encode(text)[0].astype(float)
        assert scores[ablation.WHOLE][place] == pytest.approx(whole, abs=1e-6)
    served = signals.needs.scores(ROWS)
    assert (scores[ablation.PHRASES] == served).all()
    # All who want anything are here, so centring over them is centring over the bank.
    own = scores[ablation.UNCENTRED] - scores[ablation.UNCENTRED].mean(axis=0)
    assert own == pytest.approx(served, abs=1e-6)
    assert scores[ablation.CENTRED].mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert speed["seconds"].tolist() == [2.0, 3.0]
    assert speed["times"].tolist() == [1.0, 1.5]
    assert speed["n_texts"].tolist() == [3, 3]
    assert len(encoder.asked) == 3  # once to load, once a way


def test_likeness_counts_the_same_products_as_sets_do():
    rng = np.random.default_rng(0)
    scores = {name: rng.normal(size=(40, 12)) for name in (ablation.PHRASES, ablation.WHOLE)}
    candidates = rng.random((40, 12)) < 0.7
    table = ablation.likeness(scores, candidates, seed=1).set_index(["way", "measure"])

    def first(name: str, row: int, k: int) -> set[int]:
        able = np.flatnonzero(candidates[row])
        return set(sorted(able, key=lambda p: (-scores[name][row, p], p))[:k])

    for k in (3, 10):
        shares = [
            len(first(ablation.WHOLE, row, k) & first(ablation.PHRASES, row, k))
            / min(k, candidates[row].sum())
            for row in range(40)
        ]
        figure = table.loc[(ablation.WHOLE, f"same first {k}")]
        assert figure["value"] == pytest.approx(np.mean(shares))
        assert figure["low"] <= figure["value"] <= figure["high"]
        assert table.loc[(ablation.PHRASES, f"same first {k}"), "value"] == 1
    seen = set().union(*(first(ablation.WHOLE, row, 3) for row in range(40)))
    figure = table.loc[(ablation.WHOLE, "catalogue in first 3"), "value"]
    assert figure == pytest.approx(len(seen) / 12)
    leaders = [min(first(ablation.WHOLE, row, 1)) for row in range(40)]
    figure = table.loc[(ablation.WHOLE, "commonest first product"), "value"]
    assert figure == pytest.approx(max(leaders.count(p) for p in leaders) / 40)


def test_whoever_wanted_what_was_taken_is_foreseen(signals: Signals):
    adopted = np.zeros((6, 5), dtype=bool)
    best = np.where(signals.candidates[ROWS], signals.needs.scores(ROWS), -np.inf).argmax(axis=1)
    adopted[ROWS, best] = True
    table = ablation.foresight(signals, Letters(), adopted, ROWS, ROWS, seed=1)
    figures = table.set_index(["way", "measure"])
    assert figures.loc[(ablation.PHRASES, "map@7"), ["value", "n"]].tolist() == [1, 3]
    for name in (ablation.UNCENTRED, ablation.WHOLE, ablation.CENTRED):
        ahead = figures.loc[(name, "phrases ahead by"), "value"]
        assert ahead == pytest.approx(1 - figures.loc[(name, "map@7"), "value"])
