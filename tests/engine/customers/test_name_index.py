"""Names are found by their beginnings, without accents, and with a slip of the finger."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.name_index import SIMILAR, WHOLE, NameIndex

NAMES = ["José Müller", "Łukasz O'Neil", "Anna-Maria Day", "Ann Ash", None, "Ann Dayton", "李 小龙"]
NUMBERS = [f"C{n:04d}" for n in range(1, 8)]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex.of(pd.Series(NAMES), pd.Series(NUMBERS))


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("jose", [0]),
        ("MULLER José", [0]),
        ("lukasz oneil", [1]),
        ("o'neil", [1]),
        ("neil", [1]),
        ("annamaria", [2]),
        ("maria day", [2]),
        ("ann", [2, 3, 5]),
        ("ann da", [2, 5]),
        ("李", [6]),
        ("C0005", [4]),
        ("c5", [4]),
        ("5", [4]),
        ("0005", [4]),
        ("mulelr", [0]),  # two letters that changed places are one slip
        ("lucasz", [1]),
        ("ann dayten", [5]),
        ("xyz", []),
        ("", []),
        (" - ' ", []),
    ],
)
def test_what_is_typed_finds(index: NameIndex, typed: str, rows: list[int]):
    assert index.find(typed)[0].tolist() == rows


def test_a_whole_word_is_worth_more_than_a_beginning_and_that_more_than_a_slip(index: NameIndex):
    worth = dict(zip(*(part.tolist() for part in index.find("day")), strict=True))
    assert worth[2] > worth[5] > SIMILAR + 0.5
    assert index.find("day")[1].max() >= WHOLE
    assert index.find("mulelr")[1].max() < SIMILAR + 0.5


def test_slips_are_looked_for_only_where_the_words_lead_nowhere(index: NameIndex):
    assert index.find("anna")[0].tolist() == [2]  # and not Ann, one letter off


def test_a_short_word_and_a_number_are_not_guessed(index: NameIndex):
    assert not len(index.find("ahs")[0])
    assert not len(index.find("9999")[0])


def test_a_very_long_text_is_cut(index: NameIndex):
    assert index.find("ann " * 100_000)[0].tolist() == [2, 3, 5]


def test_an_index_of_nobody_finds_nobody():
    none = pd.Series([], dtype="str")
    assert not len(NameIndex.of(none, none).find("ann")[0])


def test_it_finds_what_a_slow_look_finds():
    rng = np.random.default_rng(5)
    words = ["".join(rng.choice(list("abc"), 3)) for _ in range(30)]
    names = pd.Series([f"{a} {b}" for a, b in rng.choice(words, (200, 2))])
    index = NameIndex.of(names)
    for typed in ("a", "ab", "abc", "b a", "c ba", "aa bb"):
        slow = [
            row
            for row, name in enumerate(names)
            if all(any(w.startswith(t) for w in name.split()) for t in typed.split())
        ]
        assert index.find(typed)[0].tolist() == slow
