"""A row comes back as it was stored, and any change of a cell breaks its checksum."""

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.state import cells
from engine.state.rows import Log
from engine.state.store import Store

COLUMNS = {"key": "id", "note": "text", "amount": "number", "ready": "flag", "at": "time"}

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


def stored(tmp_path, rows):
    """Rows that went through a table of SQLite."""
    store = Store(tmp_path)
    log = Log(store, "rows", COLUMNS)
    with store.writing() as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, key TEXT, note TEXT, "
            "amount REAL, ready INTEGER, at TEXT, checksum TEXT) STRICT"
        )
        connection.execute("DELETE FROM rows")
        connection.execute("DELETE FROM subjects")
    log.append(rows)
    assert log.damage() == []
    store.close()
    return log.read()


@given(st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, st.booleans(), TIMES), min_size=1, max_size=8))
def test_any_row_comes_back_as_it_was_written(tmp_path_factory, rows):
    found = stored(
        tmp_path_factory.getbasetemp() / "cells",
        [dict(zip(COLUMNS, row, strict=True)) for row in rows],
    )
    assert len(found) == len(rows)
    for mine, (key, note, amount, ready, at) in zip(found.itertuples(), rows, strict=True):
        assert (mine.key if key else "") == key
        assert (mine.note if note else "") == note
        assert mine.amount == amount
        assert mine.ready == ready
        assert mine.at == pd.Timestamp(at)


@given(TEXTS, NUMBERS)
def test_a_changed_cell_breaks_the_checksum(note, amount):
    seal = cells.checksum(1, note, amount)
    assert cells.checksum(2, note, amount) != seal
    assert cells.checksum(1, note + "x", amount) != seal
    assert cells.checksum(1, note, amount + 1 + abs(amount)) != seal
    assert cells.checksum(1, None, amount) != seal


def test_missing_cells_are_missing_again(tmp_path):
    row = {"key": "k", "note": None, "amount": math.nan, "ready": pd.NA, "at": pd.NaT}
    found = stored(tmp_path, [row])
    assert found.loc[0, ["note", "amount", "ready", "at"]].isna().all()


def test_a_time_with_a_zone_is_stored_in_utc():
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    same = cells.encode(COLUMNS, {"at": noon.astimezone(UTC)})
    assert cells.encode(COLUMNS, {"at": noon}) == same
    assert same[-1] == "2024-07-01T10:00:00.000000"


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("note", "a\0b", "NUL"),
        ("note", "half \ud800", "surrogate"),
        ("note", "x" * (cells.MOST_CHARACTERS + 1), "shorten"),
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
        cells.encode(COLUMNS, {"key": "k", column: value})


def test_a_text_that_looks_like_a_formula_or_a_number_stays_that_text(tmp_path):
    notes = ["=1+1", "@cmd", "007", "1e5", "NA", "null", "  padded ", '"', "#x", "\\n", "a\r\nb"]
    found = stored(tmp_path, [{"key": "k", "note": note} for note in notes])
    assert found["note"].tolist() == notes
