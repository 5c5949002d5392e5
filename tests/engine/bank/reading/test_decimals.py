import pandas as pd
import pytest

from engine.bank.reading.decimals import with_points
from engine.bank.reading.raw_table import RawTable, raw_table


def table(delimiter: str = ",", **columns: list[str | None]) -> RawTable:
    n_rows = len(next(iter(columns.values())))
    raw = raw_table(
        "book", "book.csv", list(columns), list(columns.values()), list(range(2, n_rows + 2))
    )
    return RawTable(**{**vars(raw), "delimiter": delimiter})


def test_one_decimal_comma_says_that_points_part_thousands_in_the_whole_file():
    raw, note = with_points(
        table(income=["45.000", "52.500,50", None], amount=["2.500", "-1.200", "12"])
    )
    assert raw.frame["income"].tolist()[:2] == ["45000", "52500.50"]
    assert raw.frame["amount"].tolist() == ["2500", "-1200", "12"]
    assert note == "book.csv has decimal commas: a point parts thousands in income, amount."


def test_semicolons_are_enough_where_every_mark_could_part_thousands():
    assert with_points(table(";", income=["45.000", "1.250"]))[0].frame["income"][0] == "45000"
    assert with_points(table(",", income=["45.000", "1.250"]))[0].frame["income"][0] == "45.000"


@pytest.mark.parametrize(
    "columns",
    [
        {"income": ["45000.50", "1,250"]},
        {"income": ["45.000", "12.5"], "tags": ["1,5", "a"]},
        {"income": ["10,50", "20,50"], "rate": ["0.25", "0.5"]},
        {"income": ["45000", "1250"]},
    ],
)
def test_a_decimal_point_anywhere_leaves_the_file_as_it_is(columns):
    raw = table(";", **columns)
    assert with_points(raw) == (raw, "")


def test_dates_and_words_are_left_alone():
    raw, note = with_points(
        table(day=["12.03.2019", "01.04.2020"], text=["um 12,50", "x"], sum=["12,50", "1.000,00"])
    )
    assert raw.frame["day"].tolist() == ["12.03.2019", "01.04.2020"]
    assert raw.frame["text"].tolist() == ["um 12,50", "x"]
    assert note.endswith("in sum.")
    pd.testing.assert_series_equal(
        raw.frame["sum"], pd.Series(["12.50", "1000.00"], dtype="str", name="sum")
    )
