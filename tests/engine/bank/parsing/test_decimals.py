import pandas as pd
import pytest

from engine.bank.parsing.decimals import with_points


def table(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def test_each_column_is_read_by_its_own_cells_and_not_by_those_of_another():
    frame, decisions = with_points(
        table(amount=["-7,25", "31.000", "-2.400", None], rate=["1.09", "1.1", "1.09", "1"]),
        "b.csv",
    )
    assert frame["amount"].tolist()[:3] == ["-7.25", "31000", "-2400"]
    assert frame["rate"].tolist() == ["1.09", "1.1", "1.09", "1"]
    assert list(map(str, decisions)) == [
        "b.csv, column amount: decimal sign is decimal comma, proved (1 of 3 different cells "
        "cannot have the other decimal sign)"
    ]


def test_another_column_with_points_that_part_thousands_speaks_for_decimal_commas():
    frame, decisions = with_points(
        table(income=["45.000", "62.500"], amount=["1.200,50", "3,5"]), "b.csv"
    )
    assert frame["income"].tolist() == ["45000", "62500"]
    assert [str(decision.certainty) for decision in decisions] == ["likely", "proved"]


def test_semicolons_speak_for_decimal_commas_where_nothing_else_does():
    assert with_points(table(a=["45.000", "1.250"]), "b.csv", ";")[0]["a"][0] == "45000"
    frame, decisions = with_points(table(a=["45.000", "1.250"]), "b.csv", ",")
    assert frame["a"][0] == "45.000"
    assert str(decisions[0].certainty) == "a guess"


@pytest.mark.parametrize(
    "columns",
    [
        {"income": ["45000.50", "1,250"]},
        {"rate": ["0.25", "0.5"], "tags": ["1,5", "a"]},
        {"income": ["45000", "1250"]},
    ],
)
def test_columns_with_a_decimal_point_or_without_numbers_stay_as_they_are(columns):
    frame = table(**columns)
    assert with_points(frame, "b.csv", ";") == (frame, [])


def test_dates_and_words_are_left_alone():
    frame, decisions = with_points(
        table(
            day=["12.03.2019", "01.04.2020"], text=["um 12,50", "x"], sum=["12,50", "1.000,00 €"]
        ),
        "b.csv",
    )
    assert frame["day"].tolist() == ["12.03.2019", "01.04.2020"]
    assert frame["text"].tolist() == ["um 12,50", "x"]
    assert frame["sum"].tolist() == ["12.50", "1000.00 €"]
    assert [decision.column for decision in decisions] == ["sum"]


def test_a_guess_is_used_where_a_column_is_known_to_hold_numbers_and_said():
    frame = table(income=["45.000", "62.000"], product=["10.250", "10.750"])
    pointed, decisions = with_points(frame, "b.csv", amounts=["income"])
    assert pointed["income"].tolist() == ["45000", "62000"]
    assert pointed["product"].tolist() == ["10.250", "10.750"]
    assert {str(decision.certainty) for decision in decisions} == {"a guess"}
    mixed, _ = with_points(table(a=["1.234,5", "2.345,5", "1,234.5", "7.000"]), "b.csv", "", ["a"])
    assert mixed["a"].tolist() == ["1234.5", "2345.5", "1,234.5", "7000"]


def test_a_header_that_stands_there_again_does_not_hide_how_amounts_are_written():
    cells = ["559,620", "-559,620", "Amount", "-2 238,480"]
    frame, (said,) = with_points(pd.DataFrame({"Amount": cells}), "t.csv", "", ["Amount"])
    assert frame["Amount"].tolist()[:2] == ["559.620", "-559.620"]
    assert said.reading == "decimal comma"
