"""JSON files in, raw tables out: lists of objects, objects of such lists, an object per line."""

import json
import re
from typing import Any

from engine.bank.reading.raw_table import RawTable, huge_cell, raw_table
from engine.bank.reading.text_files import decode
from engine.errors import BadInput

_GAP = re.compile(r"\s*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def read_json(data: bytes, file: str, name: str, max_cell: int) -> list[RawTable]:
    """Read a list of objects, an object per line, or an object whose values are such lists."""
    text, _ = decode(data, file)
    try:
        if text.lstrip().startswith("["):
            return [_json_table(name, file, *_numbered_objects(text), max_cell)]
        lines = _object_lines(text)
        if len(lines) > 1:
            return [_lines_table(name, file, lines, max_cell)]
        loaded = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{file} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise BadInput(f"{file} is nested too deeply to be a table.") from error
    except ValueError as error:
        raise BadInput(f"{file} has a number that cannot be read: {error}.") from error
    named = loaded if isinstance(loaded, dict) else {}
    lists = {k: v for k, v in named.items() if isinstance(v, list) and v}
    if not lists or not all(isinstance(row, dict) for rows in lists.values() for row in rows):
        raise BadInput(f"{file} holds no list of objects, so there are no rows to read.")
    return [
        _json_table(key.lower(), f"{file}, {key}", rows, list(range(1, len(rows) + 1)), max_cell)
        for key, rows in lists.items()
    ]


def _object_lines(text: str) -> list[tuple[int, str]]:
    """Lines that begin and end as one object does; empty where any other line has something."""
    numbered = [(n, line.strip()) for n, line in enumerate(_LINE_BREAK.split(text), start=1)]
    said = [(n, line) for n, line in numbered if line]
    return said if all(line[0] == "{" and line[-1] == "}" for _, line in said) else []


def _lines_table(name: str, file: str, lines: list[tuple[int, str]], max_cell: int) -> RawTable:
    rows = [_object_or_text(line) for _, line in lines]
    return _json_table(name, file, rows, [n for n, _ in lines], max_cell)


def _object_or_text(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return line  # set aside with its number, as whatever is no object


def _numbered_objects(text: str) -> tuple[list[Any], list[int]]:
    """The items of a JSON array, each with the line on which it begins."""
    decoder = json.JSONDecoder()
    items, lines = [], []
    position, line, counted = text.index("[") + 1, 1, 0
    while True:
        position = _after_gap(text, position)
        if text[position : position + 1] == "]" and not items:
            break
        line += text.count("\n", counted, position)
        counted = position
        item, position = decoder.raw_decode(text, position)
        items.append(item)
        lines.append(line)
        position = _after_gap(text, position)
        if text[position : position + 1] != ",":
            break
        position += 1
    if text[position : position + 1] != "]":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
    if (end := _after_gap(text, position + 1)) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return items, lines


def _after_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return position if gap is None else gap.end()


def _json_table(name: str, file: str, rows: list[Any], lines: list[int], max_cell: int) -> RawTable:
    bad = [
        (n, "not an object with named values")
        for row, n in zip(rows, lines, strict=True)
        if not isinstance(row, dict)
    ]
    kept = [(n, row) for row, n in zip(rows, lines, strict=True) if isinstance(row, dict)]
    header = list(dict.fromkeys(key for _, row in kept for key in row))
    columns, nested = [], set()
    for key in header:
        values = [row.get(key) for _, row in kept]
        if not any(isinstance(v, str) for v in values):
            nested.add(key)
        columns.append([_json_text(v) for v in values])
    huge = {
        position
        for column in columns
        for position, cell in enumerate(column)
        if cell is not None and len(cell) > max_cell
    }
    bad += [(kept[p][0], huge_cell(max_cell)) for p in sorted(huge)]
    keep = [p for p in range(len(kept)) if p not in huge]
    columns = [[column[p] for p in keep] for column in columns]
    lines = [kept[p][0] for p in keep]
    return raw_table(name, file, header, columns, lines, bad, nested)


def _json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
