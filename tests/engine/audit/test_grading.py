"""One code grades: the letter, what serves at grade C, and what is kept with a version."""

import dataclasses

import numpy as np
import pytest

from engine.audit import grading
from engine.audit.evaluation import Grade
from engine.errors import StateError
from engine.rates import Estimate


def graded(letter: str, value: float, rival: str, rival_value: float) -> Grade:
    gap = value - rival_value
    return Grade(
        letter, rival, "map@7", value, rival_value, Estimate(gap, gap - 0.02, gap + 0.02), 0.0, 500
    )


NOBODY = np.zeros(500, dtype=bool)


def ahead_by(mean: float, n: int = 500) -> np.ndarray:
    """Differences of n customers that scatter by .1 around their mean."""
    return mean + np.tile([-0.1, 0.1], n // 2)


def test_a_blend_that_is_better_serves_itself():
    found = {"popular_owned": ahead_by(0.1)}
    for letter in "AB":
        grade = graded(letter, 0.52, "popular_owned", 0.51)
        assert grading._fallback(found, NOBODY, grade, 7) == ("", "")
    assert grading._fallback(found, NOBODY, None, 7) == ("", "")


def test_at_grade_C_the_best_rival_that_is_surely_ahead_serves_and_says_why():
    found = {"popular_owned": ahead_by(0.03), "item_to_item": ahead_by(0.02)}
    name, note = grading._fallback(found, NOBODY, graded("C", 0.50, "logistic", 0.52), 7)
    assert name == "popular_owned"
    assert note == (
        "Falls back to what most people hold, because the blend as it would be shown is not good "
        "enough against “A regression for each product”; that as it would be shown is surely ahead "
        "of the blend: grade C, n = 500."
    )


@pytest.mark.parametrize("lead", [-0.1, 0.0, 0.005])
def test_at_grade_C_no_stand_in_serves_by_a_tie(lead):
    found = {"popular_owned": ahead_by(lead)}
    name, note = grading._fallback(found, NOBODY, graded("C", 0.50, "logistic", 0.52), 7)
    assert name == ""
    assert "“A regression for each product”; the blend stays" in note


@pytest.mark.parametrize(("n_new", "serves"), [(60, ""), (20, "popular_owned")])
def test_a_stand_in_that_serves_a_group_worse_does_not_serve(n_new, serves):
    """Far ahead for most, surely behind for newcomers; fewer than 30 of them decide nothing."""
    newcomers = np.arange(500) < n_new
    found = {"popular_owned": np.where(newcomers, ahead_by(-0.2), ahead_by(0.2))}
    name, _ = grading._fallback(found, newcomers, graded("C", 0.50, "logistic", 0.52), 7)
    assert name == serves


def test_the_next_best_serves_where_the_best_fails_a_group():
    newcomers = np.arange(500) < 100
    found = {
        "popular_owned": np.where(newcomers, ahead_by(-0.2), ahead_by(0.3)),
        "next_steps": ahead_by(0.05),
    }
    name, note = grading._fallback(found, newcomers, graded("C", 0.50, "logistic", 0.52), 7)
    assert name == "next_steps"
    assert "Falls back to what holders of the same products took next" in note


def test_a_page_is_told_that_the_blend_serves_at_grade_C_where_no_rival_can():
    kept = dataclasses.replace(grading.not_gradable(), grade="C", rival="logistic")
    assert "“A regression for each product”; the blend serves all the same" in kept.meaning
    taken = dataclasses.replace(kept, fallback="next_steps")
    assert taken.meaning.endswith("lists are ranked by “What holders took next” instead.")


@pytest.mark.parametrize(
    ("letter", "simulated", "shown"),
    [("B", False, "B"), ("B", True, "simulated (B)"), (None, True, grading.NOT_GRADABLE)],
)
def test_decisions_4_and_6_the_grade_says_simulated_or_why_there_is_none(letter, simulated, shown):
    grade = None if letter is None else graded(letter, 0.5, "random", 0.4)
    assert grading.letter(grade, simulated=simulated) == shown


def test_an_evaluation_survives_saving_and_an_old_version_has_none(tmp_path):
    assert grading.load(tmp_path) is None
    before = grading.not_gradable(simulated=True)
    grading.save(before, tmp_path)
    after = grading.load(tmp_path)
    assert after.to_json() == before.to_json()
    assert list(after.systems.columns) == list(before.systems.columns)
    assert after.meaning == before.sentence
    (tmp_path / grading.FILE).write_text("{", "utf-8")
    with pytest.raises(StateError, match="cannot be read"):
        grading.load(tmp_path)


def test_ties_go_by_chance_alike_for_all_systems():
    """The mean over many orders is what ties are worth; no order of the catalogue flatters."""
    adopted = np.zeros((4000, 5), dtype=bool)
    adopted[:, 0] = True
    systems = {"flat": np.zeros((4000, 5)), "also": np.ones((4000, 5))}
    found, _ = grading.compared(
        {"served": -np.tile(np.arange(5.0), (4000, 1)), **systems},
        adopted,
        np.ones((4000, 5), dtype=bool),
        seed=7,
    )
    first = found[found["metric"] == "hit@1"].set_index("system")["value"]
    assert first["served"] == 1
    assert first["flat"] == first["also"]
    assert first["flat"] == pytest.approx(1 / 5, abs=0.02)
