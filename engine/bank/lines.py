"""One row <-> one physical line of CSV that ends in its own checksum."""

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from engine.bank.tables import DTYPES
from engine.errors import BadInput
from engine.vocabulary import Kind

Columns = Mapping[str, Kind]

CHECKSUM = "checksum"
"""Name of the last column: the start of the SHA-256 of all that stands before it on the line."""

MAX_LINE_BYTES = 65_536
"""A longer row is refused: a store of events is no place for documents (own choice)."""

_CHECKSUM_DIGITS = 16
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_PLAIN = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}
_SPECIAL = re.compile(r"[\\\n\r]")
_ESCAPED = re.compile(r"\\[\\nr]")


def header(columns: Columns) -> bytes:
    """The first line of a file, with its line end."""
    return (",".join([*columns, CHECKSUM]) + "\n").encode()


def encode(columns: Columns, row: Mapping[str, Any]) -> bytes:
    r"""One row as one line with its line end.

    Line breaks inside a text are written as ``\n`` and ``\r`` and a backslash as two, so that a
    row is one physical line whatever its comment holds. An empty text is a missing text.

    Raises
    ------
    BadInput
        If a cell cannot be stored as its kind, or the line exceeds `MAX_LINE_BYTES`.
    """
    if stray := sorted(set(row) - set(columns) - {CHECKSUM}):
        raise BadInput(f"There is no column {stray[0]!r}; columns are {', '.join(columns)}.")
    buffer = io.StringIO()
    cells = [_cell(name, row.get(name), kind) for name, kind in columns.items()]
    csv.writer(buffer, lineterminator="").writerow(cells)
    try:
        payload = buffer.getvalue().encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            "A text holds half of a surrogate pair, which is no character; "
            "copy the text again from its source."
        ) from error
    line = payload + b"," + checksum(payload) + b"\n"
    if len(line) > MAX_LINE_BYTES:
        raise BadInput(
            f"The row takes {len(line):,} bytes, at most {MAX_LINE_BYTES:,} are stored; "
            "shorten its texts."
        )
    return line


def checksum(payload: bytes) -> bytes:
    """Hexadecimal digits that nearly any change of the payload would change."""
    return hashlib.sha256(payload).hexdigest()[:_CHECKSUM_DIGITS].encode()


def is_whole(line: bytes) -> bool:
    """Does the line (without its line end) carry the checksum of its own content?"""
    payload, comma, found = line.rpartition(b",")
    return bool(comma) and found == checksum(payload)


def first_cell(line: bytes) -> str:
    """The first column of a line, as it was given to `encode`."""
    if not line.startswith(b'"'):
        cell = line.partition(b",")[0].decode()
    else:
        cell = next(csv.reader([line.decode()]))[0]
    return _plain(cell) if "\\" in cell else cell


def decode(columns: Columns, lines: Iterable[bytes]) -> pd.DataFrame:
    """Whole lines (without line ends) as a table in the columns' kinds, `checksum` last."""
    kinds: dict[str, Kind] = {**columns, CHECKSUM: "text"}
    body = header(columns) + b"\n".join(lines) + b"\n"
    read_as = {c: "float64" if k == "number" else "str" for c, k in kinds.items()}
    frame = pd.read_csv(
        io.BytesIO(body),
        dtype=read_as,
        keep_default_na=False,
        na_values=[""],
        lineterminator="\n",
    )
    return pd.DataFrame({c: _as_kind(frame[c], k) for c, k in kinds.items()})


def _as_kind(values: pd.Series, kind: Kind) -> pd.Series:
    if kind == "number":
        return values
    if kind == "time":
        times = pd.to_datetime(values.astype("object"), format=_TIME_FORMAT)
        return times.astype(DTYPES["time"])
    if kind == "flag":
        return values.map({"true": True, "false": False}).astype("boolean")
    escaped = values.str.contains("\\", regex=False, na=False)
    if not escaped.any():
        return values
    plain = [_plain(text) if mark else text for text, mark in zip(values, escaped, strict=True)]
    return pd.Series(plain, index=values.index, dtype="str")


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _PLAIN[found.group()], text)


def _cell(column: str, value: Any, kind: Kind) -> str:
    if not pd.api.types.is_scalar(value):
        raise BadInput(f"Column {column} got a {type(value).__name__}, expected one {kind}.")
    if not isinstance(value, str) and pd.isna(value):
        return ""
    if kind == "number":
        return _number(column, value)
    if kind == "time":
        return _time(column, value)
    if kind == "flag":
        return "true" if value else "false"
    text = str(value)
    if "\0" in text:
        raise BadInput(f"Column {column} holds a NUL character; remove it.")
    return _SPECIAL.sub(lambda found: _ESCAPES[found.group()], text)


def _number(column: str, value: Any) -> str:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"Column {column} got {value!r}, expected a number.") from error
    if not math.isfinite(number):
        raise BadInput(f"Column {column} got {number}, expected a finite number.")
    return repr(number)


def _time(column: str, value: Any) -> str:
    if isinstance(value, int | float):
        raise BadInput(f"Column {column} got the number {value}, expected a time (ISO 8601).")
    try:
        time = pd.Timestamp(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"Column {column} got {value!r}, expected a time (ISO 8601).") from error
    if time.tzinfo is not None:
        time = time.tz_convert("UTC").tz_localize(None)
    return time.isoformat(timespec="microseconds")
