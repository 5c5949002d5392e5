"""JSON files in, raw tables out: lists of objects, objects of such lists, an object per line."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from engine import settings
from engine.bank.reading.encodings import decode
from engine.bank.reading.headers import column_names
from engine.bank.reading.raw_table import (
    Budget,
    RawTable,
    Rows,
    check_width,
    huge_cell,
    printable,
)
from engine.errors import BadInput

_GAP = re.compile(r"\s*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_MOST_LEVELS = 60
"""How deep a value may be nested (own choice; no export of rows comes near it)."""
_WRAPPERS = frozenset(
    {"data", "items", "results", "result", "records", "rows", "values", "value", "content"}
    | {"response", "payload", "body", "list"}
)
"""Names that say nothing of what is inside them."""

_JSON_API = frozenset({"type", "id", "attributes", "relationships", "links", "meta"})
"""Keys of an object as JSON:API has them."""

_BALANCES = frozenset({"balance", "balances"})
"""Keys of an object, or a list of objects, with the balances of one account."""
_CODES = frozenset({"currency", "currencycode", "iso_currency_code"})

_Numbered = tuple[int, Any]


def read_json(data: bytes, file: str, name: str) -> list[RawTable]:
    """Read a list of objects, an object per line, or objects that hold such lists at any depth.

    A list within objects is a table whose name is the way to it: "transactions.booked".
    """
    text, _ = decode(data, file)
    _check_size(text, file)
    try:
        if text.lstrip().startswith("["):
            return [_json_table(name, file, _numbered_objects(text))]
        lines = _object_lines(text)
        if len(lines) > 1:
            rows = ((n, _object_or_text(line)) for n, line in lines)
            return [_json_table(name, file, rows)]
        lists = dict(_lists((), json.loads(text), file))
        if not lists:
            raise BadInput(f"{file} holds no list of objects, so there are no rows to read.")
        return [
            _json_table(_said(path, name), f"{file}, {'.'.join(path)}", enumerate(rows, start=1))
            for path, rows in lists.items()
        ]
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{file} is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise BadInput(f"{file} is nested too deeply to be a table.") from error
    except ValueError as error:
        raise BadInput(f"{file} has a number that cannot be read: {error}.") from error


def _check_size(text: str, file: str) -> None:
    """BadInput if there are more values than may be read: each takes a hundred bytes of memory."""
    most = settings.default().bank.max_cells
    if _n_values(text) > most and (n := _n_values(_STRING.sub("", text))) > most:
        raise BadInput(
            f"{file} has {n:,} values, more than the {most:,} of the setting bank.max_cells. "
            "Save it as CSV, or split it."
        )


def _n_values(text: str) -> int:
    return text.count(",") + text.count("{") + text.count("[")


def _lists(
    path: tuple[str, ...], value: Any, file: str
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every list with an object in it, and the way to it, through objects alone."""
    if len(path) > _MOST_LEVELS:
        raise BadInput(f"{file} is nested too deeply to be a table.")
    if isinstance(value, list):
        if any(isinstance(row, dict) for row in value):
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists((*path, printable(key)), inner, file)


def _said(path: tuple[str, ...], stem: str) -> str:
    """A table's name: the way to it without words that say nothing; else that of the file."""
    words = [word.strip().lower() for word in path if word.strip().lower() not in _WRAPPERS]
    return ".".join(word for word in words if word) or stem


def _object_lines(text: str) -> list[tuple[int, str]]:
    """Lines that begin and end as one object does; empty where any other line has something."""
    numbered = [(n, line.strip()) for n, line in enumerate(_LINE_BREAK.split(text), start=1)]
    said = [(n, line) for n, line in numbered if line]
    return said if all(line[0] == "{" and line[-1] == "}" for _, line in said) else []


def _object_or_text(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return line  # set aside with its number, as whatever is no object


def _numbered_objects(text: str) -> Iterator[_Numbered]:
    """The items of a JSON array, each with the line on which it begins."""
    decoder = json.JSONDecoder()
    start = position = text.index("[") + 1
    line, counted = 1, 0
    while True:
        position = _after_gap(text, position)
        if text[position : position + 1] == "]" and position == _after_gap(text, start):
            break
        line += text.count("\n", counted, position)
        counted = position
        item, position = decoder.raw_decode(text, position)
        yield line, item
        position = _after_gap(text, position)
        if text[position : position + 1] != ",":
            break
        position += 1
    if text[position : position + 1] != "]":
        raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
    if (end := _after_gap(text, position + 1)) != len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def _after_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return position if gap is None else gap.end()


def _json_table(name: str, file: str, numbered: Iterable[_Numbered]) -> RawTable:
    """A table of objects; columns are made once it is known that they are not too many."""
    objects: list[tuple[int, dict[str, Any]]] = []
    others: list[int] = []
    keys: dict[str, bool] = {}
    """Key -> whether a value of it is text."""
    most = settings.default().bank.max_columns
    for line, row in numbered:
        if not isinstance(row, dict):
            others.append(line)
            continue
        row = _with_plain_money(row)
        objects.append((line, row))
        for key, value in row.items():
            keys[key] = keys.get(key, False) or isinstance(value, str)
        if len(keys) > most:
            check_width(len(keys), file)
    if not keys:
        raise BadInput(f"{file} is empty: no object in it has a named value.")
    Budget(file).take(len(objects) * len(keys))
    rows = Rows(column_names(list(keys)), file)
    for line in others:
        rows.bad.add(line, "not an object with named values")
    _fill(rows, objects, list(keys))
    nested = [column for column, key in zip(rows.header, keys, strict=True) if not keys[key]]
    return rows.table(name, nested)


def _with_plain_money(row: dict[str, Any]) -> dict[str, Any]:
    """An object in which {"amount": 1, "currency": "EUR"} is a number and, beside it, its code, and
    in which the values of "attributes" (JSON:API) stand beside the others."""
    inside = row.get("attributes")
    if isinstance(inside, dict) and row.keys() <= _JSON_API and row.keys().isdisjoint(inside):
        row = {**{key: value for key, value in row.items() if key != "attributes"}, **inside}
    row = _with_balances(row)
    money = {key: said for key, held in row.items() if (said := _money(held)) is not None}
    if not money:
        return row
    plain = dict(row)
    for key, (amount, currency) in money.items():
        plain[key] = amount
        code = "currency" if len(money) == 1 and "currency" not in row else f"{key}.currency"
        plain[code] = currency
    return plain


def _with_balances(row: dict[str, Any]) -> dict[str, Any]:
    """An object in which {"balances": {"available": 1, "current": 2, "iso_currency_code": "EUR"}},
    or a list of a balance of each type, stand beside the others: "balances.current"."""
    found = {key: told for key in row if key.lower() in _BALANCES and (told := _told(row[key]))}
    if not found:
        return row
    plain = {key: value for key, value in row.items() if key not in found}
    for key, balances in found.items():
        for inner, value in balances.items():
            is_code = inner.lower() in _CODES and "currency" not in row
            plain["currency" if is_code else f"{key}.{inner}"] = value
    return plain


def _told(held: Any) -> dict[str, Any]:
    """Name of each balance -> figure, and their currency; empty where they are told otherwise."""
    if isinstance(held, dict):
        is_plain = not any(isinstance(value, dict | list) for value in held.values())
        return held if is_plain and _money(held) is None else {}
    if not isinstance(held, list) or not held:
        return {}
    balances: dict[str, Any] = {}
    codes = set()
    for each in held:
        parts = {str(k).lower(): v for k, v in each.items()} if isinstance(each, dict) else {}
        called = next((parts[k] for k in ("balancetype", "type") if k in parts), None)
        money = next((m for v in parts.values() if (m := _money(v)) is not None), None)
        if not isinstance(called, str) or money is None or called in balances:
            return {}
        sign = "-" if parts.get("creditdebitindicator") in ("Debit", "DBIT") else ""
        balances[called] = f"{sign}{money[0]}"
        codes.add(money[1])
    return {**balances, "currency": codes.pop()} if len(codes) == 1 else {}


def _money(held: Any) -> tuple[Any, Any] | None:
    """Amount and currency of an object that holds both, and at most the amount in cents too."""
    if not isinstance(held, dict):
        return None
    parts = {str(inner).lower(): value for inner, value in held.items()}
    code = next((key for key in ("currency", "currencycode") if key in parts), "")
    figure = next((key for key in ("amount", "value") if key in parts), "")
    rest = parts.keys() - {code, figure, "valueinbaseunits"}
    if not code or not figure or rest or isinstance(parts[figure], dict | list):
        return None
    return parts[figure], parts[code]


def _fill(rows: Rows, objects: list[tuple[int, dict[str, Any]]], keys: list[str]) -> None:
    max_cell = settings.default().bank.max_cell_characters
    for line, row in objects:
        cells = [_json_text(row.get(key), rows.file) for key in keys]
        if any(cell is not None and len(cell) > max_cell for cell in cells):
            rows.bad.add(line, huge_cell(max_cell))
        else:
            rows.add(line, cells)


def _json_text(value: Any, file: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | dict) and not _is_shallow(value, _MOST_LEVELS):
        raise BadInput(f"{file} is nested too deeply to be a table.")
    return json.dumps(value, ensure_ascii=False)


def _is_shallow(value: Any, n_levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    nested = [v for v in inner if isinstance(v, list | dict)]
    return not nested or (n_levels > 0 and all(_is_shallow(v, n_levels - 1) for v in nested))
