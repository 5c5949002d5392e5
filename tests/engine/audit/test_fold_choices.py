"""Folds decide which signals are fitted and what a list's own aim may weigh."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.audit import fold_choices
from engine.audit.shown_lists import ShownLists
from engine.guard.list_selection import TopK
from engine.ranking.adopters import Adopters
from engine.ranking.blend import Blend
from engine.ranking.training import Scored
from engine.settings import default, load
from engine.vocabulary import GROWTH, PRODUCT_SCORES, RETENTION

P = 8
DAY = pd.Timestamp("2024-01-01")


class Catalogue(dict):
    n_products = P
    product_ids = pd.Index([f"p{i}" for i in range(P)])


def signals(settings=None, *, estimated: bool = False, categories=range(P)) -> SimpleNamespace:
    """A catalogue of eight products, each of its own kind, whose value to the customer rises."""
    level = np.linspace(1, 9, P)
    settings = settings or default()
    flagged = np.full(P, settings.ranking.estimated_scores if estimated else 1.0)
    named = {"name": list(Catalogue.product_ids), "tier": None, "audience": "retail"}
    return SimpleNamespace(
        bank=Catalogue(products=pd.DataFrame({"category": list(categories), **named})),
        product_scores=pd.DataFrame(dict.fromkeys(PRODUCT_SCORES, level)),
        score_trust=lambda ranking: flagged,
        settings=settings,
    )


@pytest.fixture(autouse=True)
def _everything_may_be_offered(monkeypatch):
    monkeypatch.setattr(ShownLists, "allowed", lambda self, rows: np.ones((len(rows), P), bool))


def adopters(seed: int, n: int, luck: float, **more) -> Adopters:
    """They take what popularity says; transitions say the opposite of what is taken, from `luck`
    on: in the fold that fits, they seem to help."""
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n, P))
    taken = np.zeros((n, P), dtype=bool)
    taken[np.arange(n), (taste + rng.gumbel(size=(n, P)) * 0.5).argmax(axis=1)] = True
    raw = {"popularity": taste, "transitions": rng.normal(size=(n, P)) + luck * taken}
    everyone = np.ones((n, P), dtype=bool)
    return Adopters(
        DAY, DAY, raw, np.zeros(n, dtype=bool), everyone, taken, np.arange(n), signals(**more)
    )


def start() -> Blend:
    names = ("popularity", "transitions")
    ones = dict.fromkeys(names, 1.0)
    return Blend(ones, dict.fromkeys(names, 0.0), ones, np.zeros(P), fitted=False, note="")


def test_a_signal_that_surely_hurts_on_folds_is_left_out_and_named():
    found = fold_choices.prepared(start(), [(adopters(1, 300, 2.0), adopters(2, 600, -2.0))])
    assert list(found.weights) == ["popularity"]
    assert found.left_out.startswith("Left out, since it surely hurts on folds: ")


def test_a_signal_that_helps_or_does_not_tell_stays():
    for luck in (2.0, 0.0):
        found = fold_choices.prepared(start(), [(adopters(1, 300, luck), adopters(2, 600, luck))])
        assert set(found.weights) == {"popularity", "transitions"}
        assert not found.left_out


def test_the_growth_aim_weighs_what_costs_no_accuracy_that_shows():
    trial = (adopters(1, 300, 1.0), adopters(2, 600, 1.0))
    found = fold_choices.prepared(start(), [trial])
    most = default().ranking.objective_weight
    assert 0 <= found.aims[GROWTH] < most
    free = load(ranking={"objective_cost": 1.0})
    trial = (adopters(1, 300, 1.0, settings=free), adopters(2, 600, 1.0, settings=free))
    assert fold_choices.prepared(start(), [trial]).aims == {GROWTH: most}


@pytest.mark.parametrize(
    ("categories", "cost", "widens"),
    [(["card"] * P, 0.01, True), (["card"] * P, 1.0, False), (range(P), 0.01, False)],
)
def test_a_limit_on_a_category_that_surely_costs_is_widened_and_named(categories, cost, widens):
    """Where all are of one kind a list ends at the limit: what it costs is what stands below."""
    guard = {"max_per_category": 1, "diversity_cost": cost}
    fit, test = (
        adopters(seed, 400, 0.0, settings=load(guard=guard), categories=categories)
        for seed in (1, 2)
    )
    found = fold_choices.prepared(start(), [(fit, test)])
    scores = test.scores(fit.fitted(start(), fit.signals.settings.ranking))
    place = 1 + (scores > scores[test.adopted][:, None]).sum(axis=1)
    lost = [np.mean(np.where((place > limit) & (place <= 7), 1 / place, 0)) for limit in range(8)]
    enough = next(limit for limit in range(1, 8) if lost[limit] <= cost)
    assert found.widened == ({"1": enough} if widens else {})
    assert ("of a category among the first 7, because 1 surely" in found.left_out) == widens
    bank = test.signals.bank
    assert ShownLists(test.signals).top_k(found).limit == (enough if widens else 1)
    assert TopK.of(bank, load(guard={"max_per_category": 2}).guard, found.widened).limit == 2


def scored(seed: int, *, level: float = 0.0, n: int = 800) -> Scored:
    """Scores that take the first product `level` too low."""
    rng = np.random.default_rng(seed)
    score = rng.normal(0, 1.5, (n, P))
    taken = (score + level * (np.arange(P) == 0) + rng.gumbel(size=(n, P))).argmax(axis=1)
    everyone = np.ones((n, P), dtype=bool)
    return Scored(score, everyone, np.arange(P) == taken[:, None], rng.choice([0, 7], n))


def test_products_have_offsets_where_later_adopters_bear_them_out():
    assert fold_choices.offsets_help([(scored(1, level=2.0), scored(2, level=2.0))], 7)
    assert not fold_choices.offsets_help([(scored(1), scored(2))], 7)
    assert not fold_choices.offsets_help([(scored(1, level=2.0), scored(2))], 7)
    assert not fold_choices.offsets_help([(scored(1, level=2.0), scored(2, level=2.0, n=29))], 7)


def test_what_a_rule_estimated_moves_a_list_less_than_what_is_stated():
    fold = adopters(1, 3, 1.0)
    blend = start()
    for which in (GROWTH, RETENTION):
        none = blend.scores(fold.raw, fold.newcomers)
        stated, estimated = (
            ShownLists(signals(estimated=flag)).scores(blend, fold.raw, fold.newcomers, which)
            - none
            for flag in (False, True)
        )
        assert np.ptp(stated) > 0
        assert estimated == pytest.approx(default().ranking.estimated_scores * stated)


def test_a_list_as_it_is_shown_ranks_what_stands_on_it_and_nothing_else():
    scores = np.array([[3.0, 9.0, 1.0, 0, 0, 0, 0, 0]])
    lists = ShownLists(signals()).top_k(start())
    found = ShownLists.ranked(lists, scores, np.ones((1, P), dtype=bool), k=2)
    assert found[0, :2].tolist() == [-2.0, -1.0]
    assert np.isnan(found[0, 2:]).all()


def test_who_took_nothing_that_might_be_offered_judges_nothing(monkeypatch):
    fold = adopters(1, 50, 1.0)
    kept = np.ones((50, P), dtype=bool)
    kept[:10] = ~fold.adopted[:10]
    monkeypatch.setattr(ShownLists, "allowed", lambda self, rows: kept)
    found = ShownLists(fold.signals).offerable(fold)
    assert found.rows.tolist() == list(range(10, 50))
    assert (found.adopted <= found.candidates).all()
    nobody = np.zeros((50, P), dtype=bool)
    monkeypatch.setattr(ShownLists, "allowed", lambda self, rows: nobody)
    unchanged = start()
    assert fold_choices.prepared(unchanged, [(fold, fold)]) is unchanged
