"""Rows that are read all at once are those that are read one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from engine.bank.reading import text_files
from engine.bank.reading.headers import HEAD
from engine.bank.reading.raw_table import RawTable
from engine.settings import default

_USUAL = ["a", "12,5", "é", ""]
_BANK = default().bank.model_copy(update={"max_cell_characters": 80})
_SHORT_CELLS = default().model_copy(update={"bank": _BANK})
_ODD = [" ", "\u2003", "\x1c", "\x0b", 'q"', "a\rb", "x" * 90, "a,b,c", "a;b"]


def _both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[RawTable]:
    """The file with and without a look at many rows at once."""
    read = [text_files.read_csv(data, "file.csv", "file")]
    with monkeypatch.context() as patch:
        patch.setattr(text_files, "_plain_rows", lambda *given: 0)
        return [*read, text_files.read_csv(data, "file.csv", "file")]


def _is_same(one: RawTable, other: RawTable) -> None:
    assert_frame_equal(one.frame, other.frame)
    assert np.array_equal(one.lines, other.lines)
    assert (one.bad_lines, one.n_bad_lines) == (other.bad_lines, other.n_bad_lines)


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.sampled_from(_USUAL * 9 + _ODD), min_size=2, max_size=2), max_size=40),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_any_rows_are_read_the_same(rows: list[list[str]], end: str, is_ended: bool):
    lines = ["id;name", *["1;b"] * HEAD, *(";".join(row) for row in rows)]
    data = (end.join(lines) + end * is_ended).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_files, "_BLOCK", 60)
        patch.setattr(text_files.settings, "default", lambda: _SHORT_CELLS)
        _is_same(*_both(data, patch))


def test_most_rows_of_a_plain_file_are_read_at_once(monkeypatch: pytest.MonkeyPatch):
    lines = ["id,amount", *(f"{i},{i / 8:.2f}" for i in range(5000)), "5000", '5001,"1,250.00"']
    data = "\n".join(lines).encode()
    plain, slow = _both(data, monkeypatch)
    _is_same(plain, slow)
    assert plain.bad_lines == ((5002, "1 cells where the header has 2"),)
    monkeypatch.setattr(text_files, "_BLOCK", 4096)
    asked = []
    of_rest = text_files._records
    monkeypatch.setattr(
        text_files, "_records", lambda *given: asked.append(given[3:]) or of_rest(*given)
    )
    _is_same(text_files.read_csv(data, "file.csv", "file"), slow)
    (first, (n_done,)) = asked
    assert first == () and 4500 < n_done < 5001


@pytest.mark.parametrize("n_before", [0, HEAD - 2])
def test_lines_within_the_last_record_that_is_looked_at_are_no_rows(n_before: int):
    rows = [f"{i},a,1" for i in range(n_before)]
    after = ["8,b,2"] if n_before else []
    lines = ["id,text,amount", *rows, '7,"paid\n999,for,1000\nthanks",3', *after]
    raw = text_files.read_csv("\n".join(lines).encode(), "file.csv", "file")
    assert raw.frame["id"].tolist() == [line.split(",")[0] for line in [*rows, "7", *after]]
    assert raw.frame["text"].iloc[n_before] == "paid\n999,for,1000\nthanks"
    assert raw.n_bad_lines == 0
    assert raw.lines[n_before:].tolist() == [n_before + 2, n_before + 5][: 1 + len(after)]
