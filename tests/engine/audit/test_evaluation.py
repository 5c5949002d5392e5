"""Intervals, paired differences, simple rivals and the grade."""

import numpy as np
import pandas as pd
import pytest

from engine.audit.evaluation import (
    baselines,
    bootstrap,
    evaluate_systems,
    grade,
    graded,
    paired,
    standing,
)
from engine.audit.metrics import METRICS, per_customer

RIVALS = ("random", "popular_owned", "popular_adopted")


@pytest.fixture
def world() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """300 customers, 8 products; one good system, and two that know nothing of anybody."""
    rng = np.random.default_rng(7)
    taste = rng.normal(size=(300, 8))
    candidates = rng.random((300, 8)) > 0.2
    adopted = candidates & (taste + rng.normal(size=(300, 8)) > 1.8)
    systems = {
        "served": taste + 0.5 * rng.normal(size=(300, 8)),
        "random": rng.random((300, 8)),
        "popular_owned": np.tile((~candidates).sum(axis=0).astype(float), (300, 1)),
    }
    return adopted, candidates, systems


def test_the_bootstrap_of_a_mean_is_near_the_normal_interval():
    values = np.random.default_rng(1).normal(5, 2, 900)
    found = bootstrap(values, n=2000, seed=7)
    assert found.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / 30
    assert found.low == pytest.approx(values.mean() - half, abs=0.15 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.15 * half)


def test_the_bootstrap_is_what_resampling_by_hand_gives():
    values = np.array([0.0, 0.25, 0.5, 1.0, 1.0])
    rng = np.random.default_rng(3)
    means = [values[row].mean() for row in rng.integers(0, 5, (500, 5))]
    found = bootstrap(values, n=500, seed=3)
    assert found.low == pytest.approx(np.quantile(means, 0.025))
    assert found.high == pytest.approx(np.quantile(means, 0.975))


def test_many_columns_share_their_resamples_and_the_pieces_in_memory_do_not_show(monkeypatch):
    values = np.random.default_rng(1).random((50, 3))
    whole = bootstrap(values, n=100, seed=7)
    assert bootstrap(values[:, 1], n=100, seed=7).low == whole.low[1]
    monkeypatch.setattr("engine.audit.evaluation._CELLS", 500)
    assert np.allclose(bootstrap(values, n=100, seed=7).high, whole.high, rtol=1e-12)


def test_no_customer_at_all_gives_no_figure():
    assert np.isnan(bootstrap(np.empty(0), seed=7)).all()
    found = evaluate_systems(
        {"x": np.ones((3, 2))}, np.zeros((3, 2), bool), np.ones((3, 2), bool), seed=7
    )
    assert found["n"].eq(0).all()
    assert found["value"].isna().all()


def test_the_table_has_every_metric_of_every_system_with_its_interval(world):
    adopted, candidates, systems = world
    found = evaluate_systems(systems, adopted, candidates, seed=7)
    assert list(found.columns) == ["system", "metric", "value", "low", "high", "n"]
    pairs = list(zip(found["system"], found["metric"], strict=True))
    assert pairs == [(s, m) for s in systems for m in METRICS]
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    expected = per_customer(systems["served"], adopted, candidates)["map@7"].mean()
    row = found.loc[(found["system"] == "served") & (found["metric"] == "map@7")].iloc[0]
    assert row["value"] == pytest.approx(expected)
    assert row["n"] == (adopted & candidates).any(axis=1).sum()


def test_the_same_seed_gives_the_same_table(world):
    adopted, candidates, systems = world
    one, two = (evaluate_systems(systems, adopted, candidates, seed=7) for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_pairing_by_customer_is_sharper_than_two_intervals(world):
    adopted, candidates, systems = world
    systems = {**systems, "near": systems["served"] + 1e-3 * systems["random"]}
    found = paired(systems, adopted, candidates, seed=7).set_index("system")
    alone = evaluate_systems(systems, adopted, candidates, seed=7)
    width = (alone["high"] - alone["low"])[0]
    assert found.index.tolist() == ["random", "popular_owned", "near"]
    assert found.loc["near", "high"] - found.loc["near", "low"] < width / 5
    assert found.loc["random", "low"] > 0


def test_the_simple_rivals_count_everybody_and_answer_for_the_rows_asked():
    owned = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 0]], dtype=bool)
    before = np.array([[0, 0, 1], [0, 0, 1], [0, 1, 0]], dtype=bool)
    found = baselines(owned, before, seed=7, rows=np.array([2, 0]))
    assert tuple(found) == RIVALS
    assert found["popular_owned"].tolist() == [[3, 1, 0]] * 2
    assert found["popular_adopted"].tolist() == [[0, 1, 2]] * 2
    everybody = baselines(owned, before, seed=7, rows=np.arange(3))["random"]
    assert np.array_equal(found["random"], everybody[[2, 0]])


@pytest.mark.parametrize(
    ("differences", "gain", "letter"),
    [
        ([(0.06, 0.02)], 0.12, "A"),
        ([(0.06, 0.02)], 0.10, "A"),
        ([(0.04, 0.01)], 0.09, "B"),
        ([(0.06, -0.004)], 0.12, "B"),
        ([(0.06, -0.01)], 0.12, "C"),
        ([(0.06, 0.02), (0.07, -0.004)], 0.12, "B"),
        ([(0.06, 0.02), (0.07, -0.006)], 0.12, "C"),
        ([(0.0, 0.0)], 0.0, "C"),
        ([(-0.01, -0.02)], -0.02, "C"),
    ],
)
def test_the_letter_follows_gain_and_certainty_against_every_rival(differences, gain, letter):
    assert grade(pd.DataFrame(differences, columns=["value", "low"]), gain) == letter


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.001, 0.02, "surely ahead"),
        (-0.01, 0.02, "not told apart"),
        (0.0, 0.0, "not told apart"),
        (-0.02, -0.001, "surely behind"),
    ],
)
def test_an_interval_is_said_in_words(low, high, said):
    assert standing(low, high) == said


def test_a_system_is_graded_against_the_best_rival_that_is_there(world):
    adopted, candidates, systems = world
    found = graded(systems, adopted, candidates, seed=7, rivals=RIVALS)
    means = {
        name: per_customer(scores, adopted, candidates)["map@7"].mean()
        for name, scores in systems.items()
    }
    rival = max(("random", "popular_owned"), key=means.__getitem__)
    assert found.letter == "A"
    assert found.rival == rival
    assert found.difference.value == pytest.approx(means["served"] - means[rival])
    assert found.relative_gain == pytest.approx(means["served"] / means[rival] - 1)
    assert found.sentence.startswith("A: MAP@7 ")
    assert f"{found.n:,} customers)." in found.sentence


def test_nothing_adopted_is_not_gradable(world):
    adopted, candidates, systems = world
    assert graded(systems, adopted & False, candidates, seed=7, rivals=RIVALS) is None


def test_a_rival_that_never_hits_is_beaten_without_limit():
    adopted = np.zeros((20, 9), dtype=bool)
    adopted[:, 0] = True
    systems = {
        "served": -np.arange(9.0) * np.ones((20, 1)),
        "random": np.arange(9.0) * adopted[:, :1],
    }
    found = graded(systems, adopted, np.ones((20, 9), bool), seed=7, rivals=RIVALS)
    assert (found.letter, found.relative_gain) == ("A", float("inf"))
