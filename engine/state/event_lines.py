"""One event <-> one line of CSV that ends in its own checksum."""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import pandas as pd

from engine.state.cells import time
from engine.vocabulary import DTYPES, LOGGED, TABLES

CHECKSUM_DIGITS: Final = 16
"""Of the SHA-256 of all that stands before it, at the end of each line."""

MORE: Final = b"+"
"""Behind the checksum of a line that is not the last of its batch."""

SCHEMA: Final = 2
"""Of the lines that are written now: 1 had no edition and no arm."""

COLUMNS: Final = {**TABLES["events"], **LOGGED}
"""Column -> kind of what is read, whatever the schema; what a schema lacks is missing."""

_CELLS_OF: Final = {
    1: [column for column in TABLES["events"] if column != "checksum"],
    SCHEMA: [column for column in COLUMNS if column != "checksum"],
}
"""Schema -> the columns of a line before its checksum, in their order."""

_CELLS = _CELLS_OF[SCHEMA]

_HEADER_OF = {
    schema: ",".join([*cells, "checksum"]).encode() for schema, cells in _CELLS_OF.items()
}

HEADERS: Final = tuple(_HEADER_OF.values())
HEADER: Final = _HEADER_OF[SCHEMA]

_TEXTS: Final = ("reason", "comment", "receipt_id")
"""What an event says in words, or refers to, about its customer alone."""

CUSTOMER: Final = _CELLS.index("customer_id")
_N_FIRST = _CELLS.index("action") + 1

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
_WRITTEN_AS = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_READ_AS = {written: text for text, written in _WRITTEN_AS.items()}
_SPECIAL = re.compile(r"[\\\n\r]")
_ESCAPED = re.compile(r"\\[\\nr]")
_MAY_END = re.compile(rb",[0-9a-f]{%d}" % CHECKSUM_DIGITS)


class Part(NamedTuple):
    """A line, or one of several that became one where the line end between them was damaged."""

    content: bytes
    behind: bytes
    """What follows it: a line end, or the wrong byte in its place."""
    mark: bytes | None
    first: bool
    """Does it begin the line that it stands in?"""


def encode(event: Mapping[str, Any], *, more: bool = False) -> bytes:
    r"""One event as one line with its line end.

    Line breaks inside a text are written as ``\n`` and ``\r`` and a backslash as two, so that an
    event is one physical line whatever its comment holds. An empty text is a missing text.
    `more`: another line of the same batch follows.
    """
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(
        [_cell(event.get(column), COLUMNS[column]) for column in _CELLS]
    )
    payload, end = buffer.getvalue().encode(), MORE if more else b""
    return payload + b"," + _checksum(payload, end) + end + b"\n"


def nameless(line: bytes, customers: Iterable[str], nobody: str) -> bytes | None:
    """A line of a file (without its line end) that names none of some customers.

    Their event stays as one of `nobody`, without its texts, so that the lines count as they did;
    None where the line is damaged and still shows one of their ids.
    """
    ids = frozenset(customers)
    parts = parts_of(line)
    if not any(_shown(part.content, ids) for part in parts):
        return line
    kept = []
    for part in parts:
        if part.mark is None:
            if not _shown(part.content, ids):
                kept.append(part.content)
            continue
        kept.append(_without_customer(part, nobody) if _customer_of(part) in ids else part.content)
    return b"\n".join(kept) if kept else None


def emptied(line: bytes, events: frozenset[str], nobody: str) -> bytes:
    """A line of a file (without its line end) in which some events are nobody's and have no texts.

    A line that is damaged or names none of them stays as it is.
    """
    parts = parts_of(line)
    if not any(part.mark is not None and first_cell(part.content) in events for part in parts):
        return line
    return b"\n".join(
        part.content
        if part.mark is None or first_cell(part.content) not in events
        else _without_customer(part, nobody)
        for part in parts
    )


def _cells_of(part: Part) -> dict[str, str]:
    written = next(csv.reader([part.content.decode()]))[:-1]
    return dict(zip(_CELLS_OF[_schema_of_width(len(written))], written, strict=True))


def _customer_of(part: Part) -> str:
    return plain(_cells_of(part)["customer_id"])


def _without_customer(part: Part, nobody: str) -> bytes:
    cells = _cells_of(part)
    cells |= dict.fromkeys(_TEXTS, "") | {"customer_id": nobody}
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(list(cells.values()))
    payload, end = buffer.getvalue().encode(), part.mark or b""
    return payload + b"," + _checksum(payload, end) + end


def _shown(content: bytes, ids: frozenset[str]) -> bool:
    return any(one.encode() in content for one in ids)


def schema_of(line: bytes) -> int | None:
    """Schema of a header, or of a sound line by its number of cells; None for anything else."""
    for schema, header in _HEADER_OF.items():
        if line.startswith(header):
            return schema
    if mark(line) is None:
        return None
    return _schema_of_width(len(next(csv.reader([line.decode()]))) - 1)


def _schema_of_width(n_cells: int) -> int:
    return next(schema for schema, cells in _CELLS_OF.items() if len(cells) == n_cells)


def decode(lines: Iterable[bytes], schema: int = SCHEMA) -> pd.DataFrame:
    """Undamaged lines (without line ends) of one schema as a table with all of `COLUMNS`."""
    body = b"\n".join([_HEADER_OF[schema], *lines]) + b"\n"
    kinds = {name: COLUMNS[name] for name in (*_CELLS_OF[schema], "checksum")}
    frame = pd.read_csv(
        io.BytesIO(body),
        dtype={c: "float64" if kind == "number" else "str" for c, kind in kinds.items()},
        keep_default_na=False,
        na_values=[""],
        lineterminator="\n",
    )
    missing = pd.RangeIndex(len(frame))
    return pd.DataFrame(
        {
            column: _as_kind(frame[column], kind)
            if column in kinds
            else pd.Series(None, index=missing, dtype=DTYPES[kind])
            for column, kind in COLUMNS.items()
        }
    )


def _cell(value: Any, kind: str) -> str:
    if value is None or pd.isna(value):
        return ""
    if kind == "number":
        return repr(float(value))
    if kind == "time":
        return time("Column recorded_at", value).isoformat(timespec="microseconds")
    return _SPECIAL.sub(lambda special: _WRITTEN_AS[special.group()], str(value))


def _as_kind(values: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return values
    if kind == "time":
        times = pd.to_datetime(values.astype("object"), format=_TIME_FORMAT)
        return times.astype(DTYPES["time"])
    escaped = values.str.contains("\\", regex=False, na=False)
    return values.mask(escaped, values[escaped].map(plain)) if escaped.any() else values


def plain(written: str) -> str:
    """A text as it was before its line breaks and backslashes were written out."""
    if "\\" not in written:
        return written
    return _ESCAPED.sub(lambda escaped: _READ_AS[escaped.group()], written)


def first_cell(line: bytes) -> str:
    """The id of the event of an undamaged line."""
    quoted = line.startswith(b'"')
    cell = next(csv.reader([line.decode()]))[0] if quoted else line.partition(b",")[0].decode()
    return plain(cell)


def first_cells(line: bytes) -> tuple[str, ...]:
    """Who did what to whom in a damaged line, as far as it can be split; "" for what is missing."""
    try:
        cells = next(csv.reader([line.decode(errors="replace")]), [])
    except csv.Error:
        cells = []
    texts = [plain(cell) for cell in cells[:_N_FIRST]]
    return (*texts, *[""] * (_N_FIRST - len(texts)))


def _checksum(payload: bytes, end: bytes) -> bytes:
    return hashlib.sha256(payload + end).hexdigest()[:CHECKSUM_DIGITS].encode()


def mark(line: bytes) -> bytes | None:
    """What stands behind a line's checksum, b"" or `MORE`; None for a damaged line."""
    payload, comma, cell = line.rpartition(b",")
    checksum, end = cell[:CHECKSUM_DIGITS], cell[CHECKSUM_DIGITS:]
    sound = bool(comma) and end in (b"", MORE) and checksum == _checksum(payload, end)
    return end if sound else None


def parts_of(line: bytes) -> list[Part]:
    """What stands in one line of a file (without its line end); several where ends are damaged."""
    if (own := mark(line)) is not None or line in HEADERS:
        return [Part(line, b"\n", own, first=True)]
    *parts, rest = _parted(line)
    if not parts or rest.content:
        return [*parts, rest._replace(behind=b"\n")]
    return [*parts[:-1], parts[-1]._replace(behind=parts[-1].behind + b"\n")]


def parts_of_end(end: bytes) -> list[Part]:
    """Whole lines in what follows a file's last line end: those with a wrong byte for theirs.

    A write that was cut short ends within a line, or right behind it with nothing but zeros.
    """
    return _parted(end.rstrip(b"\0"))[:-1]


def _parted(line: bytes) -> list[Part]:
    """Sound lines that are followed by one wrong byte each, and the rest."""
    parts, start = [], 0
    if header := next((one for one in HEADERS if line.startswith(one)), b""):
        start = len(header) + 1
        parts.append(Part(header, line[start - 1 : start], None, first=True))
    for checksum in _MAY_END.finditer(line):
        for end in (checksum.end(), checksum.end() + len(MORE)):
            content = line[start:end]
            if start < end < len(line) and (own := mark(content)) is not None:
                parts.append(Part(content, line[end : end + 1], own, first=not parts))
                start = end + 1
    return [*parts, Part(line[start:], b"", mark(line[start:]), first=not parts)]
