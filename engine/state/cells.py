"""One row in; the cells that are stored of it and their checksum out, and tables of such rows."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd

from engine.errors import BadInput
from engine.vocabulary import DTYPES, Kind

Columns = Mapping[str, Kind]
Cell = str | float | int | None

MOST_CHARACTERS = 65_536
"""Of the texts of a row: the state is no place for documents (own choice)."""

_CHECKSUM_DIGITS = 16
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"


def encode(columns: Columns, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    """A row's cells in the order of the columns; an empty text is a missing text.

    Raises
    ------
    BadInput
        If a cell cannot be stored as its kind, or the texts exceed `MOST_CHARACTERS`.
    """
    if stray := sorted(set(row) - set(columns)):
        raise BadInput(f"There is no column {stray[0]!r}; columns are {', '.join(columns)}.")
    cells = tuple(_cell(name, row.get(name), kind) for name, kind in columns.items())
    n_characters = sum(len(cell) for cell in cells if isinstance(cell, str))
    if n_characters > MOST_CHARACTERS:
        raise BadInput(
            f"The row takes {n_characters:,} characters, at most {MOST_CHARACTERS:,} are stored; "
            "shorten its texts."
        )
    return cells


def checksum(*cells: Cell) -> str:
    """Hexadecimal digits that nearly any change of a cell would change."""
    return checksums([cells])[0]


def checksums(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """The checksum of each row: of its cells as a JSON list.

    All rows are written as JSON at once, since a writer made anew for each takes three times as
    long. JSON holds no NUL and no line break, so they can part the cells and the rows.
    """
    text = json.dumps(rows, separators=("\0", ""), default=repr)[1:-1]
    lists = text.replace("]\0[", "]\n[").replace("\0", ", ").split("\n") if rows else []
    return [hashlib.sha256(one.encode()).hexdigest()[:_CHECKSUM_DIGITS] for one in lists]


def frame(columns: Columns, rows: Sequence[Sequence[Cell]]) -> pd.DataFrame:
    """Rows of cells as a table in the columns' kinds."""
    if not rows:
        return _without_rows(tuple(columns.items())).copy()
    cells = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            name: _column(list(values), kind)
            for (name, kind), values in zip(columns.items(), cells, strict=True)
        }
    )


@cache
def _without_rows(columns: tuple[tuple[str, Kind], ...]) -> pd.DataFrame:
    """An empty table; most logs of most banks are, at each opening."""
    return pd.DataFrame({name: _column([], kind) for name, kind in columns})


def _column(values: list[Any], kind: Kind) -> pd.Series:
    if kind == "time":
        times = pd.to_datetime(pd.Series(values, dtype="object"), format=_TIME_FORMAT)
        return times.astype(DTYPES["time"])
    if kind == "flag":
        return pd.Series([None if v is None else bool(v) for v in values], dtype="boolean")
    return pd.Series(values, dtype=DTYPES[kind])


def _cell(column: str, value: Any, kind: Kind) -> Cell:
    if not pd.api.types.is_scalar(value):
        raise BadInput(f"Column {column} got a {type(value).__name__}, expected one {kind}.")
    if not isinstance(value, str) and pd.isna(value):
        return None
    if kind == "number":
        return number(f"Column {column}", value)
    if kind == "time":
        return time(f"Column {column}", value).isoformat(timespec="microseconds")
    if kind == "flag":
        return int(bool(value))
    return _text(column, str(value))


def _text(column: str, text: str) -> str | None:
    if "\0" in text:
        raise BadInput(f"Column {column} holds a NUL character; remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            "A text holds half of a surrogate pair, which is no character; "
            "copy the text again from its source."
        ) from error
    return text or None


def number(what: str, value: Any) -> float:
    """A finite number; BadInput names what had another value."""
    try:
        figure = float(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{what} got {value!r}, expected a number.") from error
    if not math.isfinite(figure):
        raise BadInput(f"{what} got {figure}, expected a finite number.")
    return figure


def time(what: str, value: Any) -> pd.Timestamp:
    """A moment in UTC without a zone; BadInput names what had another value."""
    if isinstance(value, int | float):
        raise BadInput(f"{what} got the number {value}, expected a time (ISO 8601).")
    try:
        moment = pd.Timestamp(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{what} got {value!r}, expected a time (ISO 8601).") from error
    return moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)
