"""Every score is the sum of its parts and every part of its lines, on the demo bank and by hand."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Engine
from engine.bank.consents import without_objectors
from engine.explain import drilldown, list_objective
from engine.explain.comparison import compare
from engine.explain.signals.table import TABLE
from engine.explain.wording import percent
from engine.ranking.signals.popularity import group_of, log_rates
from engine.results import Line, Part
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import GROWTH, LISTS, RETENTION
from tests.conftest import DEMO

WHOLE = drilldown.WHOLE.label


@pytest.fixture(scope="module")
def lists(trained_state) -> ScoreTable:
    return Engine.open(DEMO, trained_state).scores.get()


def _parts(lists: ScoreTable, row: int, product: int, which: str = GROWTH) -> tuple[Part, ...]:
    scores = lists.ranker.scores(np.array([row]))
    return drilldown.parts(lists.evidence.customer(row), scores, which, 0, product)


def _exact(lists: ScoreTable, row: int, product: int, which: str) -> None:
    found = _parts(lists, row, product, which)
    total = lists.ranker.scores(np.array([row])).total(which)[0, product]
    assert math.fsum(part.points for part in found) == pytest.approx(total, abs=1e-9)
    for part in found:
        assert math.fsum(line.points for line in part.lines) == pytest.approx(part.points, abs=1e-9)
        assert math.fsum(line.points for line in part.shown(3)) == pytest.approx(
            part.points, abs=1e-9
        )


@given(st.integers(0, 999), st.integers(0, 61), st.sampled_from(LISTS))
def test_F122_parts_sum_to_the_score_and_lines_to_their_part(
    lists: ScoreTable, row, product, which
):
    _exact(lists, row, product, which)


def test_F122_no_part_of_the_demo_bank_is_left_as_a_whole(lists: ScoreTable):
    for row in range(0, 200, 7):
        for part in _parts(lists, row, row % lists.bank.n_products, RETENTION):
            assert WHOLE not in [line.label for line in part.lines], part.name


def test_F122_popularity_says_how_often_it_was_taken_and_against_no_usual_product(
    lists: ScoreTable,
):
    bank, row = lists.bank, 3
    taught_by = without_objectors(bank, lists.settings)
    rates = np.exp(log_rates(taught_by, lists.settings.ranking))
    group = group_of(np.array(bank.held[row].sum()))
    for product in np.flatnonzero(lists.ranker.signals.candidates[row])[:5]:
        part = next(p for p in _parts(lists, row, int(product)) if p.name == "popularity")
        said = [line.detail for line in part.lines if line.label.startswith("Taken by")]
        true = percent(float(rates[group, product]))
        assert said == [f"in {true} of the times that it could have been"]


def _with_weight(lists: ScoreTable, **weights: float) -> ScoreTable:
    """The same lists where a signal counts that the fit gave no weight."""
    model = lists.ranker.model
    blend = dataclasses.replace(model.blend, weights=dict(model.blend.weights) | weights)
    changed = dataclasses.replace(model, blend=blend)
    ranker = dataclasses.replace(lists.ranker, model=changed)
    return ScoreTable(dataclasses.replace(lists.snapshot, ranker=ranker), lists.now)


def test_F122_the_customers_own_holdings_stand_behind_what_others_hold(lists: ScoreTable):
    counted = _with_weight(lists, collaborative=0.7, item_to_item=0.6)
    row = int(np.argmax(counted.bank.held.sum(axis=1)))
    held = {f"Holds {name}" for name in counted.evidence.customer(row).held_names}
    for product in np.flatnonzero(counted.ranker.signals.candidates[row])[:12]:
        _exact(counted, row, int(product), GROWTH)
        named = {part.name: part for part in _parts(counted, row, int(product))}
        for name in ("collaborative", "item_to_item"):
            assert held <= {line.label for line in named[name].lines}


def test_F122_taking_a_need_away_lowers_the_score_by_what_was_said_of_it(lists: ScoreTable):
    """Lines of the needs are what the signal is the sum of, so one may be taken out by hand."""
    needs = lists.ranker.signals.needs
    row, product = 0, 14
    part = next(p for p in _parts(lists, row, product) if p.name == "needs")
    blend = lists.ranker.model.blend
    mine = needs.interests_of(row)
    by_hand = (
        mine["share"].to_numpy()
        * needs.similarity[mine["phrase"], product]
        * blend.weights["needs"]
        / blend.scales["needs"]
    )
    assert sorted(line.points for line in part.lines) == pytest.approx(sorted(by_hand))


def _rows_of(lists: ScoreTable, *, newcomers: bool, n: int) -> np.ndarray:
    return np.flatnonzero(lists.bank.held.any(axis=1) != newcomers)[:n]


@pytest.mark.parametrize("newcomers", [False, True])
def test_F122_without_its_top_factor_a_score_is_lower_by_the_stated_amount(
    lists: ScoreTable, newcomers: bool
):
    ranker, seen = lists.ranker, set()
    for row in _rows_of(lists, newcomers=newcomers, n=8):
        scores = ranker.scores(np.array([row]))
        product = int(np.where(scores.candidates[0], scores.total(GROWTH)[0], -np.inf).argmax())
        signals = [p for p in _parts(lists, row, product) if p.name in ranker.model.blend.weights]
        top = max(signals, key=lambda part: part.points)
        fewer = dataclasses.replace(ranker.model, blend=ranker.model.blend.without(top.name))
        left = dataclasses.replace(ranker, model=fewer).scores(np.array([row]))
        lost = scores.total(GROWTH)[0, product] - left.total(GROWTH)[0, product]
        assert lost == pytest.approx(top.points, abs=1e-9) and lost > 0
        seen.add(top.name)
    assert seen


def test_who_holds_nothing_is_told_of_weights_and_tastes_of_their_own(lists: ScoreTable):
    blend = lists.ranker.model.blend
    here = {name for name, weight in blend.newcomers.items() if weight and not blend.weights[name]}
    assert here  # on the demo bank LightFM counts for newcomers alone
    [row], [other] = (_rows_of(lists, newcomers=new, n=1) for new in (True, False))
    told_otherwise = [name for name, told in TABLE.items() if told.note_for_newcomers]
    for product in (3, 14, 30):
        _exact(lists, row, product, GROWTH)
        named = {part.name: part for part in _parts(lists, row, product)}
        assert not any("Holds" in line.label for part in named.values() for line in part.lines)
        assert not any("products held" in named[name].note for name in told_otherwise)
        for part in _parts(lists, other, product):
            if part.name in here:
                assert part.note == drilldown.NO_WEIGHT_HERE[False] and not part.lines


def test_F122_reactions_and_a_mood_stand_behind_their_parts(demo_state):
    engine = Engine.open(DEMO, demo_state)
    before = engine.scores.get()
    unhappy = int(np.nanargmin(before.snapshot.profiles.table["mood"].to_numpy()))
    customer = str(before.bank.customer_ids[unhappy])
    product = str(before.bank.product_ids[3])
    for number, action in enumerate(("clicked", "selected", "postponed")):
        engine.feedback.record(
            event_id=f"e{number}",
            customer_id=customer,
            product_id=product,
            action=action,
            actor="Rita",
        )
    after = engine.scores.get()
    named = {part.name: part for part in _parts(after, unhappy, 3)}
    assert len(named["feedback"].lines) == 3
    assert sum(line.points for line in named["feedback"].lines) == pytest.approx(
        named["feedback"].points, abs=1e-9
    )
    assert [line.label for line in named["mood"].lines] == ["Unhappy messages"]


def test_a_signal_without_a_drill_down_is_one_line_for_the_whole(lists: ScoreTable, monkeypatch):
    monkeypatch.setattr(drilldown, "TABLE", {})
    for part in _parts(lists, 0, 14):
        assert math.fsum(line.points for line in part.lines) == pytest.approx(part.points, abs=1e-9)
    named = {part.name: part for part in _parts(lists, 0, 14)}
    assert [line.label for line in named["needs"].lines] == [WHOLE]


def test_lines_that_are_not_what_was_scored_give_way_to_the_whole():
    wrong = [Line("A", "", 1.0), Line("B", "", 2.0)]
    assert [line.label for line in drilldown.settled(wrong, 4.0)] == [WHOLE]
    rounded = drilldown.settled(wrong, 3.0 + 1e-6)
    assert [line.label for line in rounded] == ["B", "A"]
    assert sum(line.points for line in rounded) == 3.0 + 1e-6


def test_F121_a_list_looks_for_the_product_scores_that_it_says(lists: ScoreTable):
    person = lists.evidence.customer(0)
    wanted = {
        GROWTH: ["Value to the customer", "Margin for the bank"],
        RETENTION: ["Keeping the customer", "Risk for the customer"],
    }
    for which, labels in wanted.items():
        assert [behind.label for behind in list_objective.behind(person, 5, which)] == labels


def test_F122_the_difference_of_two_offers_is_exact_and_told_in_one_sentence():
    found = compare("A", "B", {"needs": 1.5, "mood": -0.2}, {"needs": 0.5, "mood": 0.1})
    assert found.gap == pytest.approx(0.7, abs=1e-9)
    assert found.table["difference"].sum() == pytest.approx(found.gap, abs=1e-9)
    assert found.table["part"].tolist() == ["Needs", "Mood"]
    assert found.sentence == (
        "A is 0.70 points ahead of B, most by needs (+1.00); B gains most by mood (+0.30)."
    )
    turned = compare("B", "A", {"needs": 0.5}, {"needs": 1.5})
    assert turned.sentence.startswith("A is 1.00 points ahead of B")
    same = compare("A", "B", {"needs": 1.0}, {"needs": 1.0})
    assert same.sentence == "A and B score the same; the order between them says nothing."
    near = compare("A", "B", {"needs": 1.0}, {"needs": 1.004})
    assert near.sentence == "B is less than 0.01 points ahead of A: nearly the same."
    assert isinstance(same.table, pd.DataFrame)
