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


def test_a_blend_that_is_better_serves_itself():
    found = {"popular_owned": 0.51}
    for letter in "AB":
        assert grading._fallback(found, graded(letter, 0.52, "popular_owned", 0.51)) == ("", "")
    assert grading._fallback(found, None) == ("", "")


def test_at_grade_C_the_best_rival_that_can_serve_does_and_says_why():
    found = {"popular_owned": 0.51, "item_to_item": 0.505}
    name, note = grading._fallback(found, graded("C", 0.50, "logistic", 0.52))
    assert name == "popular_owned"
    assert note == (
        "Falls back to what most people hold, because MAP@7 0.500 of the blend as it would be "
        "shown is not enough against 0.520 of “A regression for each product”; "
        "0.510 of that as it would be shown: grade C, n = 500."
    )


def test_at_grade_C_the_blend_stays_where_every_rival_that_can_serve_is_behind_it():
    found = {"popular_owned": 0.49}
    name, note = grading._fallback(found, graded("C", 0.50, "logistic", 0.52))
    assert name == ""
    assert "“A regression for each product”, which cannot serve by itself; the blend stays" in note


def test_where_the_regressions_are_best_their_explainable_like_serves():
    found = {"popular_owned": 0.49, "next_steps": 0.515}
    name, note = grading._fallback(found, graded("C", 0.50, "logistic", 0.52))
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
