import pandas as pd
import pytest

from engine.bank.parsing import dates


def days(*texts: str | None) -> list[str]:
    return dates.parse(pd.Series(texts, dtype="str")).dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-08-16", "2024-08-16"),
        ("2024-03-20T10:00:00", "2024-03-20"),
        ("2025-03-26 17:41:22.842056", "2025-03-26"),
        ("2024-01-01T00:30:00+02:00", "2023-12-31"),
        ("16/08/2024", "2024-08-16"),
        ("16/08/24", "2024-08-16"),
        ("4.5.2024", "2024-05-04"),
        ("Jan 2024", "2024-01-01"),
        ("January 2024", "2024-01-01"),
        ("12 Mar 2024", "2024-03-12"),
        ("March 5, 2024", "2024-03-05"),
        ("20240102", "2024-01-02"),
        ("1438041600", "2015-07-28"),
        ("1438041600000", "2015-07-28"),
        ("45292", "2024-01-01"),
        ("12-JAN-24", "2024-01-12"),
        ("2024.1.5", "2024-01-05"),
        ("Fri 12 January 2024", "2024-01-12"),
        ("Jan 12, 2024 10:30", "2024-01-12"),
    ],
)
def test_one_day_in_many_spellings(text, day):
    assert days(text) == [day]


@pytest.mark.parametrize("text", ["31/02/2024", "2024-13-45", "soon", "12", ""])
def test_what_is_no_date_is_missing(text):
    assert days(text) == [""]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("16/08/2024 14:30", "2024-08-16 14:30:00"),
        ("16/08/2024 14:30:15", "2024-08-16 14:30:15"),
        ("16/8/2024, 2:30 PM", "2024-08-16 14:30:00"),
        ("16.08.24 12:05 a.m.", "2024-08-16 00:05:00"),
        ("2024-08-16 9:30 pm", "2024-08-16 21:30:00"),
        ("2024-08-16T14:30:00-05:00", "2024-08-16 19:30:00"),
        ("45520.5", "2024-08-16 12:00:00"),
    ],
)
def test_a_time_of_day_is_kept(text, time):
    assert str(dates.parse(pd.Series([text], dtype="str"))[0]) == time


@pytest.mark.parametrize("text", ["16/08/2024 25:30", "12345", "99999"])
def test_what_is_no_time_and_no_day_of_excel_is_missing(text):
    assert days(text) == [""]


def test_F14_spellings_mix_in_one_column_and_days_come_first():
    assert days("28/04/2024", "03/04/24", None) == ["2024-04-28", "2024-04-03", ""]


def test_months_come_first_where_only_that_can_be_meant():
    assert days("03/14/2024", "03/04/2024") == ["2024-03-14", "2024-03-04"]


def test_short_years_of_the_czech_bank_are_in_the_twentieth_century():
    cells = pd.Series(["931107 00:00:00", "450204", "abc", None], dtype="str")
    found = dates.yymmdd(cells).dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert found == ["1993-11-07", "1945-02-04", "", ""]
