"""Pieces of sentences."""

import pytest

from engine.explain.wording import clause, figure, score, shorten
from engine.figures import MISSING


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12300.4, "12,300"),
        (99.5, "99.5"),
        (0.034, "0.03"),
        (10.0, "10"),
        (-400.0, "−400"),
        (float("nan"), MISSING),
        (float("inf"), MISSING),
    ],
)
def test_a_figure_has_separators_and_no_decimals_from_100_on(value: float, text: str):
    assert figure(value) == text


def test_names_keep_their_capitals_inside_a_sentence():
    assert clause("Airport lounge access.") == "airport lounge access"
    assert clause("ATM fee reimbursement") == "ATM fee reimbursement"
    assert clause("FDIC insured") == "FDIC insured"
    assert clause("A card") == "a card"
    assert clause("") == ""


def test_a_score_reads_of_10():
    assert (score(7.54), score(3.0), score(10.0)) == ("7.5 of 10", "3 of 10", "10 of 10")


def test_a_text_is_cut_between_words():
    assert shorten("one two three", 13) == "one two three"
    assert shorten("one two three", 9) == "one two…"
    assert len(shorten("x" * 100, 59)) <= 59
