"""One row is one physical line that carries its own checksum."""

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bank import lines
from engine.errors import BadInput

COLUMNS = {"key": "id", "note": "text", "amount": "number", "ready": "flag", "at": "time"}

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


@given(st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, st.booleans(), TIMES), min_size=1, max_size=8))
def test_any_row_comes_back_as_it_was_written(rows):
    names = list(COLUMNS)
    written = [lines.encode(COLUMNS, dict(zip(names, row, strict=True))) for row in rows]

    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in written)
    assert all(b"\r" not in line for line in written)
    assert all(lines.is_whole(line[:-1]) for line in written)
    assert [lines.first_cell(line[:-1]) for line in written] == [row[0] for row in rows]

    read = lines.decode(COLUMNS, [line[:-1] for line in written])
    for found, (key, note, amount, ready, at) in zip(read.itertuples(), rows, strict=True):
        assert (found.key if key else "") == key
        assert (found.note if note else "") == note
        assert found.amount == amount
        assert found.ready == ready
        assert found.at == pd.Timestamp(at)


@given(TEXTS, st.data())
def test_a_changed_byte_breaks_the_checksum(note, data):
    line = bytearray(lines.encode(COLUMNS, {"key": "k", "note": note})[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    assert not lines.is_whole(bytes(line))


def test_missing_cells_are_missing_again():
    row = {"key": "k", "note": None, "amount": math.nan, "ready": pd.NA, "at": pd.NaT}
    read = lines.decode(COLUMNS, [lines.encode(COLUMNS, row)[:-1]])
    assert read.loc[0, ["note", "amount", "ready", "at"]].isna().all()


def test_a_time_with_a_zone_is_stored_in_utc():
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    read = lines.decode(COLUMNS, [lines.encode(COLUMNS, {"key": "k", "at": noon})[:-1]])
    assert read.loc[0, "at"] == pd.Timestamp("2024-07-01 10:00")
    same = lines.encode(COLUMNS, {"key": "k", "at": noon.astimezone(UTC)})
    assert same == lines.encode(COLUMNS, {"key": "k", "at": noon})


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("note", "a\0b", "NUL"),
        ("note", "half \ud800", "surrogate"),
        ("note", "x" * lines.MAX_LINE_BYTES, "shorten"),
        ("note", ["a", "b"], "got a list"),
        ("amount", "many", "expected a number"),
        ("amount", np.inf, "finite"),
        ("at", "yesterday-ish", "expected a time"),
        ("at", 5, "expected a time"),
        ("colour", "red", "no column 'colour'"),
    ],
)
def test_what_cannot_be_stored_is_refused_with_its_reason(column, value, problem):
    with pytest.raises(BadInput, match=problem):
        lines.encode(COLUMNS, {"key": "k", column: value})


def test_a_text_that_looks_like_a_formula_or_a_number_stays_that_text():
    for note in ("=1+1", "@cmd", "007", "1e5", "NA", "null", "  padded ", '"', "#x", "\\n"):
        read = lines.decode(COLUMNS, [lines.encode(COLUMNS, {"key": "k", "note": note})[:-1]])
        assert read.loc[0, "note"] == note
