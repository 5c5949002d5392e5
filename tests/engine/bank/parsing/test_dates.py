import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bank.decision import Certainty
from engine.bank.parsing import dates


def days(*texts: str | None) -> list[str]:
    return dates.parse(pd.Series(texts, dtype="str")).dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-08-16", "2024-08-16"),
        ("2024-03-20T10:00:00", "2024-03-20"),
        ("2025-03-26 17:41:22.842056", "2025-03-26"),
        ("2024-01-01T00:30:00+02:00", "2024-01-01"),
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
        ("2024-08-16T14:30:00-05:00", "2024-08-16 14:30:00"),
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
    days_of_cells = dates.yymmdd(cells).dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert days_of_cells == ["1993-11-07", "1945-02-04", "", ""]


def as_read(kind: str, *texts: str, latest: str | None = "2026-11-29") -> list[str]:
    cells = pd.Series(texts, dtype="str")
    form = dates.form_of(cells, kind, None if latest is None else pd.Timestamp(latest))
    return dates.read(cells, form).dt.strftime("%Y-%m-%d").fillna("").tolist()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("04.Dec.16", "2016-12-04"),
        ("2025.08.14.", "2025-08-14"),
        ("06-Sept-2025", "2025-09-06"),
        ("30th March 2025", "2025-03-30"),
        ("Dec 2nd, 2016", "2016-12-02"),
        ("14 de septiembre de 2025", "2025-09-14"),
        ("30.03.25", "2025-03-30"),
        ("Tuesday, 14 October 2025", "2025-10-14"),
        ("Die 14. Oktober 2025", ""),
        ("Dienstag, 14. Oktober 2025", "2025-10-14"),
        ("5 März 2025", "2025-03-05"),
        ("mar. 2 déc. 2025", "2025-12-02"),
        ("1er février 2025", "2025-02-01"),
        ("3 agosto 2025", "2025-08-03"),
        ("3 de março de 2025", "2025-03-03"),
        ("3 gennaio 2025", "2025-01-03"),
        ("3 mrt 2025", "2025-03-03"),
        ("2 października 2025", "2025-10-02"),
        ("6. září 2025", "2025-09-06"),
        ("den 6 maj 2025", "2025-05-06"),
        ("6. des. 2025", "2025-12-06"),
        ("Tue 14/10/2025", "2025-10-14"),
        ("2025年3月6日", "2025-03-06"),
        ("２０２５/０３/０６", "2025-03-06"),
        ("14 10 2025", "2025-10-14"),
        ("20250306143000", "2025-03-06"),
        ("6 Mar 2025 14:30 Uhr", "2025-03-06"),
        ("Sat, 15 Mar 2025 23:00:00 -0500", "2025-03-15"),
        ("15/3/2025 11:30 p. m.", "2025-03-15"),
        ("Jan 26", ""),
        ("5 May", ""),
        ("W12 2025", ""),
        ("12,34,56", ""),
        ("10.0.0.1", ""),
        ("201201", ""),
    ],
)
def test_days_in_the_languages_and_habits_of_other_banks(text, day):
    assert as_read("day", text) == [day]


@pytest.mark.parametrize(
    "text", ["202503", "2025-03", "03/2025", "03/25", "Mar-25", "März 2025", "mars 2025", "2025/3"]
)
def test_months_in_many_spellings(text):
    assert as_read("month", text) == ["2025-03-01"]


def test_nobody_is_born_in_the_future():
    assert as_read("birth", "24/1/93", "3/8/46", "5/4/58") == [
        "1993-01-24",
        "1946-08-03",
        "1958-04-05",
    ]
    assert as_read("birth", "24/1/27", "24/1/26") == ["1927-01-24", "2026-01-24"]
    assert as_read("birth", "24/1/27", "24/1/09", latest=None) == ["1927-01-24", "2009-01-24"]
    assert as_read("day", "24/1/27") == ["2027-01-24"]
    form = dates.form_of(pd.Series(["24/1/09"]), "birth", pd.Timestamp("2026-01-01"))
    assert [d.about for d in form.decisions("b", "born")] == ["date order", "century"]


def test_days_stay_as_they_are_written_whatever_the_offset():
    cells = ["2025-02-28T22:30:00-05:00", "2025-03-01T00:15:00+05:30", "2025-03-01 01:00:00 +0200"]
    assert as_read("day", *cells) == ["2025-02-28", "2025-03-01", "2025-03-01"]
    form = dates.form_of(pd.Series(cells, dtype="str"))
    assert form.zones == ("+0200", "+05:30", "-05:00")
    assert [d.about for d in form.decisions("b.csv", "date")] == ["time zone"]


def order_of(*texts: str, kind: str = "day") -> tuple[str, str]:
    form = dates.form_of(pd.Series(texts, dtype="str"), kind)
    return form.order, str(form.certainty)


def test_a_thirteenth_month_proves_the_order_of_its_column():
    assert order_of("04/05/2025", "13/05/2025") == ("dmy", "proved")
    assert order_of("04/05/2025", "05/13/2025") == ("mdy", "proved")
    assert order_of("98-03-31", "98-03-02") == ("ymd", "proved")
    assert order_of("04/04/2025") == ("dmy", "proved")
    assert order_of("2025-03-04", "3 May 2025") == ("dmy", "proved")


@pytest.mark.parametrize(
    ("cell", "reading", "moment"),
    [
        ("Thursday, 10.03.2024", "month before day", "2024-10-03"),
        ("Do 03.10.2024", "day before month", "2024-10-03"),
        ("niedz. 03/10/2024", "month before day", "2024-03-10"),
    ],
)
def test_a_weekday_proves_the_order_of_its_column(cell, reading, moment):
    form = dates.form_of(column := pd.Series([cell], dtype="str"))
    assert (form.reading, form.certainty) == (reading, Certainty.PROVED)
    assert dates.read(column, form).tolist() == [pd.Timestamp(moment)]


def test_a_weekday_that_fits_no_order_or_is_of_two_languages_proves_nothing():
    for cell in ("Monday, 10.04.2024", "So 10/03/2024"):
        assert dates.form_of(pd.Series([cell], dtype="str")).certainty is not Certainty.PROVED


def test_dots_the_order_of_rows_and_firsts_of_a_month_make_an_order_likely():
    assert order_of("04.05.2025") == ("dmy", "likely")
    rising = [f"{month:02d}/{day:02d}/2025" for month in (1, 2, 3) for day in (2, 7, 11)]
    assert order_of(*rising) == ("mdy", "likely")
    assert order_of("01/02/2025", "01/03/2025", kind="month") == ("dmy", "likely")


def test_an_order_that_nothing_tells_is_a_guess_that_names_the_other():
    cells = pd.Series(["04/05/2025", "06/05/2025", "12/05/2025"], dtype="str")
    form = dates.form_of(cells)
    assert (form.order, form.certainty) == ("dmy", "a guess")
    assert form.others == ("month before day",)
    other = dates.read(cells, dates.form_named("month before day"))
    assert other.dt.strftime("%d %b").tolist() == ["05 Apr", "05 Jun", "05 Dec"]
    assert order_of("13/05/2025", "05/14/2025") == ("dmy", "a guess")


def test_another_column_of_the_file_makes_a_guess_likely():
    frame = pd.DataFrame({"a": ["04/05/2025"], "b": ["05/14/2025"]}, dtype="str")
    form = dates.forms_of(frame, {"a": "day", "b": "day"})["a"]
    assert (form.order, form.certainty) == ("mdy", "likely")
    assert form.evidence == "b can only be read so"


_FORMATS = {
    "%d/%m/%Y": "day before month", "%m/%d/%Y": "month before day", "%d.%m.%Y": "day before month",
    "%d/%m/%y": "day before month", "%m-%d-%y": "month before day", "%y-%m-%d": "year before month",
    "%Y-%m-%d": "", "%Y/%m/%d": "", "%Y%m%d": "", "%d %b %Y": "", "%B %d, %Y": "", "%d-%b-%y": "",
    "%a, %d %b %Y": "", "%d/%m/%Y %H:%M": "day before month", "%Y-%m-%dT%H:%M:%S+02:00": "",
}  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    days=st.lists(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)), min_size=1),
    written=st.sampled_from(sorted(_FORMATS)),
)
def test_days_in_any_spelling_come_back_or_the_right_order_is_named(days, written):
    cells = pd.Series([day.strftime(written) for day in days], dtype="str")
    right = [day.date() for day in days]
    form = dates.form_of(cells)
    if dates.read(cells, form).dt.date.tolist() != right:
        assert form.certainty is not Certainty.PROVED
        assert _FORMATS[written] in form.others
        named = dates.read(cells, dates.form_named(_FORMATS[written]))
        assert named.dt.date.tolist() == right
