import pandas as pd
import pytest

from engine.bank.parsing import cell_parsing


def cells(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        (" 1,234.50 ", 1234.5),
        ("1.234,50", 1234.5),
        ("12,5", 12.5),
        ("1,000", 1000),
        ("1 234", 1234),
        ("$12.30", 12.3),
        ("EUR 10", 10),
        ("10 USD", 10),
        ("-5", -5),
        ("-$5", -5),
        ("(12.30)", -12.3),
        ("2k", 2000),
        ("1.5m", 1.5e6),
        ("1e3", 1000),
        ("21.99%", 21.99),
        ("12,34,567", 1234567),
        ("1’234’567.50", 1234567.5),
        ("\u2212500", -500),
        ("100,00-", -100),
        ("50 000 kr", 50000),
        ("R$ 500", 500),
    ],
)
def test_numbers_in_many_spellings(text, value):
    assert cell_parsing.number(cells(text)).tolist() == [pytest.approx(value)]


def test_ids_that_a_program_wrote_as_numbers_lose_their_point():
    assert cell_parsing.identity(cells("1.0", "20.0", None)).tolist()[:2] == ["1", "20"]
    assert cell_parsing.identity(cells("1.0", "2.5")).tolist() == ["1.0", "2.5"]
    assert cell_parsing.identity(cells("v1.0", "2.0")).tolist() == ["v1.0", "2.0"]


@pytest.mark.parametrize("text", ["abc", "1,2,3", "12 apples", "inf", "1e999", "--", "1-2"])
def test_what_is_no_number_is_missing(text):
    assert cell_parsing.number(cells(text)).isna().all()


def test_cells_that_say_nothing_are_missing_but_none_is_a_word():
    assert cell_parsing.text(cells(" x ", "", "N/A", "null", "-", None, "None")).tolist()[0] == "x"
    assert cell_parsing.text(cells("", "N/A", "null", "-", None)).isna().all()
    assert cell_parsing.text(cells("None")).tolist() == ["None"]


def test_shares_per_cent_and_not_applicable():
    assert cell_parsing.percent(cells("21.99", "5 %")).tolist() == pytest.approx([0.2199, 0.05])
    assert cell_parsing.share(cells("0.05", "5 %")).tolist() == pytest.approx([0.05, 0.05])
    assert cell_parsing.positive(cells("0", "25")).isna().tolist() == [True, False]
    assert cell_parsing.positive_percent(cells("0", "2.5")).tolist()[1] == pytest.approx(0.025)


def test_a_column_of_rates_is_in_per_cent_when_one_is_above_one():
    assert cell_parsing.rate(cells("0.05", "0.19")).tolist() == [0.05, 0.19]
    assert cell_parsing.rate(cells("5", "0.5")).tolist() == [0.05, 0.005]


def test_a_file_without_a_negative_amount_lists_spending():
    assert cell_parsing.signed(cells("5", "7")).tolist() == [-5, -7]
    assert cell_parsing.signed(cells("5", "-7")).tolist() == [5, -7]


def test_flags_in_many_spellings():
    values = cell_parsing.flag(cells("Yes", "TRUE", "1", "no", "False", "0", "perhaps", None))
    assert values.tolist()[:6] == [True, True, True, False, False, False]
    assert values.isna().tolist()[6:] == [True, True]


def test_lists_from_commas_semicolons_and_json():
    values = cell_parsing.items(cells("a, b,", "a; b, c", '["x", "y"]', None, "[broken"))
    assert values.tolist()[:3] == ["a; b", "a; b, c", "x; y"]
    assert values.isna().tolist() == [False, False, False, True, False]


def test_json_cells_are_checked_and_never_run():
    values = cell_parsing.json_text(cells('{"a": 1}', "{'a': 1}", "__import__('os')"))
    assert values.tolist()[0] == '{"a": 1}'
    assert values.isna().tolist() == [False, True, True]


def test_words_become_the_vocabularys():
    said = cells("Conservative", "Moderate", "AGGRESSIVE", "Very Aggressive", "purple")
    assert cell_parsing.risk(said).tolist()[:4] == ["low", "medium", "high", "very high"]
    assert cell_parsing.risk(said).isna().tolist()[4]
    assert cell_parsing.gender(cells("F", "Male", "Other")).tolist() == ["female", "male", "other"]
    assert cell_parsing.married(cells("True", "False")).tolist() == ["married", "not married"]


def test_moods_from_numbers_words_and_ten_point_scales():
    assert cell_parsing.mood(cells("-0.9", "Positive", "neutral")).tolist() == [-0.9, 0.6, 0]
    assert cell_parsing.ten_to_mood(cells("0", "5", "10")).tolist() == [-1, 0, 1]
    assert cell_parsing.ten_or_mood(cells("0.7", "-0.2")).tolist() == [0.7, -0.2]
    assert cell_parsing.ten_or_mood(cells("7.5", "5")).tolist() == [0.5, 0]
