"""Numbers are read with their units, in digits and in words, and never guessed."""

import pytest

from engine.writing.quantities import Unreadable, read, read_one


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("USD 1,240", 1240, "USD"),
        ("$1,240", 1240, "USD"),
        ("1240 dollars", 1240, "USD"),
        ("EUR 1.2k", 1200, "EUR"),
        ("two thousand euros", 2000, "EUR"),
        ("−USD 60", -60, "USD"),
        ("24%", 24, "%"),
        ("twenty-four per cent", 24, "%"),
        ("half", 50, "%"),
        ("twice", 2, "times"),
        ("2.5 times", 2.5, "times"),
        ("7.8 out of 10", 7.8, "of 10"),
        ("7.8/10", 7.8, "of 10"),
        ("one hundred and five", 105, ""),
        ("3rd", 3, "ordinal"),
        ("12 Mar 2026", 20260312, "day"),
        ("March 12th, 2026", 20260312, "day"),
        ("2026-03-12", 20260312, "day"),
        ("Mar 2026", 202603, "month"),
    ],
)
def test_F110_a_quantity_is_its_value_and_its_unit(text, value, unit):
    one = read_one(text)
    assert (one.value, one.unit) == (value, unit)


@pytest.mark.parametrize(
    "text",
    ["24.3.1", "3-5", "1,24", "12abc", "½", "USD 24 %", "３", "is it 3?", "5\u200b", "3/4/5"],
)
def test_F110_what_could_be_read_in_two_ways_is_not_read(text):
    with pytest.raises((Unreadable, ValueError)):
        read_one(text)


def test_F110_names_are_taken_whole_and_the_longest_first():
    tokens = read("Saver 24 beside Saver", ["Saver", "Saver 24"])
    assert [(one.kind, one.text) for one in tokens if one.kind == "name"] == [
        ("name", "Saver 24"),
        ("name", "Saver"),
    ]
    assert not [one for one in read("savers", ["Saver"]) if one.kind == "name"]
