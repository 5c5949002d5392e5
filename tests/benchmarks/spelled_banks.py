"""Whole banks drawn in every supported spelling in; whether each was read as meant, or asked, out.

Customers, accounts, holdings, products, months and payments that are joined by the account.

usage: python -m tests.benchmarks.spelled_banks [N] [SEED]
"""

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from engine.bank.decision import Certainty
from engine.bank.quality import Findings, QualityReport
from engine.errors import BadInput
from tests.benchmarks.spellings import (
    AMOUNTS,
    DAYS,
    ENCODINGS,
    MARKS,
    SIGNS,
    Days,
    Numbers,
    as_read,
    main,
)

_NUMBER, _DAY = "number", "day"
_ABOUT = {
    _NUMBER: {"decimal sign", "unit", "direction", "scale"},
    _DAY: {"date order", "century"},
}
_NAMES = {
    "customer": ("Customer ID", "Client No", "Kundennr", "CIF_NO", "customer_id"),
    "born": ("Date of birth", "DOB", "Geburtsdatum", "birth_date"),
    "income": ("Annual income", "Salary", "annual_income", "Jahreseinkommen"),
    "account": ("Account number", "Account No", "IBAN", "account_id"),
    "balance": ("Balance", "Current balance", "Saldo", "balance"),
    "opened": ("Opened on", "Start date", "opened_on", "Open date"),
    "product": ("Product", "product_id", "Product code"),
    "rate": ("Interest rate", "Rate", "interest_rate"),
    "fee": ("Annual fee", "annual_fee"),
    "month": ("Month", "Period", "month"),
    "spending": ("Spending", "Expenses", "spending"),
    "income of month": ("Income", "Monthly income", "income"),
    "day": ("Date", "Booking date", "Datum"),
    "amount": ("Amount", "amount", "Betrag"),
}
_MONTHS = ("%Y-%m", "%m/%Y", "%B %Y", "%b %Y", "%Y-%m-01", "%Y/%m")
_RATES = ("percent sign", "percent", "share")


@dataclass(frozen=True)
class Spelled:
    """One file: what stands in it, and what it means.

    Attributes
    ----------
    name : str
        Our table.
    header, rows
        As written.
    meant : mapping of str to list
        Our column -> what it means, row by row.
    keys : list of str
        What a row is told from others by, in the column `key`.
    """

    name: str
    header: list[str]
    rows: list[list[str]]
    meant: Mapping[str, list[Any]]
    key: str
    keys: list[str]
    kinds: Mapping[str, tuple[str, str]]
    encoding: str
    delimiter: str
    noise: frozenset[str]


@st.composite
def _spelling(draw: st.DrawFn, code: str) -> tuple[Numbers, Days]:
    choice = st.sampled_from
    decimal, thousands = draw(choice(MARKS))
    sign = draw(choice(("", "", draw(choice(SIGNS[code])))))
    numbers = Numbers(
        decimal, thousands, False, draw(choice(("minus", "parentheses", "behind"))),
        draw(choice(("two", "two", "dropped"))), sign, draw(st.booleans()), draw(choice(("", " "))),
    )  # fmt: skip
    return numbers, draw(DAYS)


@st.composite
def banks(draw: st.DrawFn) -> tuple[list[Spelled], str]:
    """Files of one bank and the format they come in."""
    n = draw(st.integers(2, 8))
    ids = [draw(st.sampled_from(("C{:03d}", "{:05d}", "K-{}"))).format(7 * i + 1) for i in range(n)]
    code = draw(st.sampled_from(sorted(SIGNS)))
    people = _people(draw, code, ids)
    wanted = draw(st.frozensets(st.sampled_from(("accounts", "holdings", "products", "months"))))
    files = [people]
    if "accounts" in wanted:
        accounts, numbers = _accounts(draw, code, ids)
        files.append(accounts)
        if draw(st.booleans()):
            files.append(_payments(draw, code, numbers, ids))
    if "holdings" in wanted:
        files.append(_holdings(draw, code, ids))
    if "products" in wanted:
        files.append(_products(draw, code))
    if "months" in wanted:
        files.append(_months(draw, code, ids))
    return files, draw(st.sampled_from(("csv", "csv", "xlsx", "json")))


def _file(
    draw: st.DrawFn,
    name: str,
    columns: list[tuple[str, str, str, list[str], list[Any]]],
    key: str,
    keys: list[str],
) -> Spelled:
    """A file from columns of (header, our column, kind, as written, as meant)."""
    order = [columns[0], *draw(st.permutations(columns[1:]))]
    noise = draw(st.frozensets(st.sampled_from(("title", "blank", "total", "again", "groups"))))
    rows = [list(cells) for cells in zip(*(column[3] for column in order), strict=True)]
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    return Spelled(
        name, [column[0] for column in order], rows,
        {ours: meant for _, ours, kind, _, meant in order if kind}, key, keys,
        {ours: (kind, header) for header, ours, kind, _, _ in order if kind},
        encoding, draw(st.sampled_from(",;\t|")), noise,
    )  # fmt: skip


def _called(draw: st.DrawFn, what: str) -> str:
    return draw(st.sampled_from(_NAMES[what]))


def _list(draw: st.DrawFn, strategy: st.SearchStrategy[Any], n: int) -> list[Any]:
    return draw(st.lists(strategy, min_size=n, max_size=n))


def _people(draw: st.DrawFn, code: str, ids: list[str]) -> Spelled:
    numbers, days = draw(_spelling(code))
    n = len(ids)
    born = _list(draw, st.datetimes(dt.datetime(1935, 1, 1), dt.datetime(2007, 12, 31)), n)
    income = _list(draw, st.integers(900_000, 15_000_000_00), n)
    flags = _list(draw, st.booleans(), n)
    places = draw(st.sampled_from(tuple(ENCODINGS.values())))
    names = [f"{draw(st.sampled_from(places))} {'abcdefgh'[i]}" for i in range(n)]
    columns = [
        (_called(draw, "customer"), "customer_id", "text", ids, ids),
        ("Name", "name", "", names, names),
        (_called(draw, "born"), "born", _DAY, [_day(days, b) for b in born], born),
        (_called(draw, "income"), "annual_income", _NUMBER,
         [numbers.written(c) for c in income], [c / 100 for c in income]),
        ("CreditCard", "", "", [str(int(f)) for f in flags], flags),
    ]  # fmt: skip
    return _file(draw, "customers", columns, "customer_id", ids)


def _day(days: Days, moment: dt.datetime) -> str:
    """A day of no time."""
    return Days(
        days.order, days.mark, days.is_padded, days.is_short, days.months, days.weekday, ""
    ).written(moment)


def _accounts(draw: st.DrawFn, code: str, ids: list[str]) -> tuple[Spelled, list[str]]:
    numbers, days = draw(_spelling(code))
    n = len(ids)
    keys = [f"{40012 + 17 * i:08d}" for i in range(n)]
    sides = _list(draw, st.sampled_from((1, 1, 1, -1)), n)
    cents = [a * s for a, s in zip(_list(draw, AMOUNTS, n), sides, strict=True)]
    opened = _list(draw, st.datetimes(dt.datetime(1999, 1, 1), dt.datetime(2026, 5, 1)), n)
    kinds = _list(draw, st.sampled_from(("current", "savings", "loan")), n)
    columns = [
        (_called(draw, "account"), "account_id", "", keys, keys),
        (_called(draw, "customer"), "customer_id", "text", ids, ids),
        ("Type", "kind", "text", kinds, kinds),
        (_called(draw, "balance"), "balance", _NUMBER,
         [numbers.written(c) for c in cents], [c / 100 for c in cents]),
        (_called(draw, "opened"), "opened_on", _DAY, [_day(days, d) for d in opened], opened),
    ]  # fmt: skip
    return _file(draw, "accounts", columns, "customer_id", ids), keys


def _payments(draw: st.DrawFn, code: str, accounts: list[str], ids: list[str]) -> Spelled:
    numbers, days = draw(_spelling(code))
    n = draw(st.integers(2, 10))
    which = _list(draw, st.integers(0, len(accounts) - 1), n)
    sides = _list(draw, st.sampled_from((-1, -1, 1)), n)
    cents = [a * s for a, s in zip(_list(draw, AMOUNTS, n), sides, strict=True)]
    booked = _list(draw, st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 5, 1)), n)
    texts = [f"{'Salary' if c > 0 else 'Supermarket'} qx{'abcdefghij'[i]}"
             for i, c in enumerate(cents)]  # fmt: skip
    columns = [
        ("Account number", "", "", [accounts[i] for i in which], []),
        (_called(draw, "day"), "booked_at", _DAY, [_day(days, d) for d in booked], booked),
        ("Description", "description", "", texts, texts),
        (_called(draw, "amount"), "amount", _NUMBER,
         [numbers.written(c) for c in cents], [c / 100 for c in cents]),
    ]  # fmt: skip
    made = _file(draw, "transactions", columns, "description", texts)
    owners = {"customer_id": [ids[i] for i in which]}
    kinds = {**made.kinds, "customer_id": ("text", "Account number")}
    return replace(made, meant={**made.meant, **owners}, kinds=kinds)


def _holdings(draw: st.DrawFn, code: str, ids: list[str]) -> Spelled:
    _, days = draw(_spelling(code))
    opened = _list(draw, st.datetimes(dt.datetime(2015, 1, 1), dt.datetime(2026, 5, 1)), len(ids))
    products = _list(draw, st.sampled_from(("Gold card", "Home loan", "P3")), len(ids))
    columns = [
        (_called(draw, "customer"), "customer_id", "text", ids, ids),
        (_called(draw, "product"), "product_id", "text", products, products),
        (_called(draw, "opened"), "opened_on", _DAY, [_day(days, d) for d in opened], opened),
    ]
    return _file(draw, "holdings", columns, "customer_id", ids)


def _products(draw: st.DrawFn, code: str) -> Spelled:
    numbers, _ = draw(_spelling(code))
    keys = ["P1", "P2", "P3"]
    rates = _list(draw, st.integers(1, 4_000), 3)  # hundredths of a per cent
    fees = _list(draw, st.integers(0, 50_000), 3)
    style = draw(st.sampled_from(_RATES))
    columns = [
        ("product_id", "product_id", "text", keys, keys),
        ("Name", "name", "", ["Gold card", "Home loan", "Bond"], []),
        (_called(draw, "rate"), "interest_rate", _NUMBER,
         [_rate(r, style, numbers.decimal) for r in rates], [r / 10_000 for r in rates]),
        (_called(draw, "fee"), "annual_fee", _NUMBER,
         [numbers.written(c) for c in fees], [c / 100 for c in fees]),
    ]  # fmt: skip
    return _file(draw, "products", columns, "product_id", keys)


def _rate(hundredths: int, style: str, decimal: str) -> str:
    if style == "share":
        return f"{hundredths / 10_000:.4f}".replace(".", decimal)
    return f"{hundredths / 100:.2f}".replace(".", decimal) + " %" * (style == "percent sign")


def _months(draw: st.DrawFn, code: str, ids: list[str]) -> Spelled:
    numbers, _ = draw(_spelling(code))
    format = draw(st.sampled_from(_MONTHS))
    firsts = [dt.datetime(2025, 1 + (5 * i) % 12, 1) for i in range(len(ids))]
    spending, income = (_list(draw, st.integers(0, 900_000), len(ids)) for _ in range(2))
    columns = [
        (_called(draw, "customer"), "customer_id", "text", ids, ids),
        (_called(draw, "month"), "month", _DAY, [f.strftime(format) for f in firsts], firsts),
        (_called(draw, "spending"), "spending", _NUMBER,
         [numbers.written(c) for c in spending], [c / 100 for c in spending]),
        (_called(draw, "income of month"), "income", _NUMBER,
         [numbers.written(c) for c in income], [c / 100 for c in income]),
    ]  # fmt: skip
    return _file(draw, "months", columns, "customer_id", ids)


def written(files: list[Spelled], format: str) -> dict[str, bytes]:
    """The files of a bank as bytes: texts, one workbook or one JSON."""
    if format == "json":
        records = {f.name: [dict(zip(f.header, row, strict=True)) for row in f.rows] for f in files}
        return {"bank.json": json.dumps(records, ensure_ascii=False).encode()}
    if format == "xlsx":
        book = io.BytesIO()
        with xlsxwriter.Workbook(book) as workbook:
            for file in files:
                sheet = workbook.add_worksheet(file.name)
                for number, row in enumerate(_with_noise(file)):
                    sheet.write_row(number, 0, row)
        return {"bank.xlsx": book.getvalue()}
    return {f"{file.name}.csv": _as_text(file) for file in files}


def _as_text(file: Spelled) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=file.delimiter, lineterminator="\r\n").writerows(_with_noise(file))
    try:
        return text.getvalue().encode(file.encoding)
    except UnicodeEncodeError:
        return text.getvalue().encode("utf-8")


def _with_noise(file: Spelled) -> list[list[str]]:
    rows = [file.header, *file.rows]
    width = len(file.header)
    if "again" in file.noise and len(file.rows) > 3:
        rows.insert(3, file.header)
    if "blank" in file.noise:
        rows.insert(2, [""] * width)
    if "total" in file.noise and file.name in ("customers", "accounts", "months"):
        rows.append(["Total", *[""] * (width - 1)])
    if "groups" in file.noise:
        rows.insert(0, ["Customer", "", "Details", *[""] * (width - 3)])
    if "title" in file.noise:
        rows[:0] = [[f"List of {file.name}"], ["Printed on 1 June 2026"]]
    return rows


def judged(files: list[Spelled], format: str) -> tuple[str, str]:
    """How one bank was read, and the first difference that nothing was said of."""
    try:
        frames, findings = as_read(written(files, format))
    except BadInput as error:
        return "refused", str(error)
    asked, likely = set(), set()
    report = findings.report({table: len(rows) for table, rows in frames.items()})
    for file in files:
        rows = frames.get(file.name, pd.DataFrame())
        for column, key, got, meant in _differences(file, rows):
            if _is_asked(file, column, got, findings, report):
                asked.add(f"{file.name} {column}")
            elif _decided(file, column, findings, Certainty.LIKELY):
                likely.add(f"{file.name} {column}")
            else:
                return "silent", f"{file.name} {column} of {key} is {got}, meant {meant}"
        if len(rows) > len(file.keys):
            return "silent", f"{len(rows)} rows of {file.name}, meant {len(file.keys)}"
    if likely:
        return "likely", ", ".join(sorted(likely))
    return ("asked", ", ".join(sorted(asked))) if asked else ("same", "")


def _differences(file: Spelled, rows: pd.DataFrame) -> list[tuple[str, str, Any, Any]]:
    if file.key not in rows:
        return [(file.key, "", "no such table or column", "")]
    places = {key: place for place, key in enumerate(rows[file.key])}
    found = []
    for number, key in enumerate(file.keys):
        if key not in places:
            found.append((file.key, key, "gone", key))
            continue
        row = rows.iloc[places[key]]
        for column, meant in file.meant.items():
            got = row.get(column)
            if not _is_same(got, meant[number], file.kinds[column][0]):
                found.append((column, key, got, meant[number]))
    return found


def _is_same(got: Any, meant: Any, kind: str) -> bool:
    if got is None or pd.isna(got):
        return False
    if kind == _DAY:
        return got.date() == meant.date()
    return abs(got - meant) < 0.0001 if kind == _NUMBER else got == meant


def _is_asked(
    file: Spelled, column: str, got: Any, findings: Findings, report: QualityReport
) -> bool:
    """Whether a guess is listed about just this column, or a sentence says what it lost."""
    _, header = file.kinds.get(column, ("text", ""))
    if _decided(file, column, findings, Certainty.GUESS):
        return True
    if column == file.key and isinstance(got, str):
        told = report.rejected["file"].str.contains(file.name).sum()
        return bool(told) or any(header in note and file.name in note for note in report.notes)
    is_empty = got is None or pd.isna(got)
    said = report.warnings["problem"].str.startswith(f"{column} ")
    named = any(file.name in note and f"column {header} " in note for note in report.notes)
    return is_empty and (bool(said.any()) or named)


def _decided(file: Spelled, column: str, findings: Findings, certainty: Certainty) -> bool:
    """Whether a decision of so much certainty is about just this column and knows of others."""
    kind, header = file.kinds.get(column, ("text", ""))
    about = _ABOUT.get(kind, {"table", "customer"})
    return any(
        d.certainty is certainty
        and d.about in about
        and file.name in d.file
        and (header in d.column.split(", ") or not d.column)
        and (d.others or certainty is Certainty.GUESS)
        for d in findings.decisions
    )


def outcomes(n: int, start: int | None = None) -> tuple[Counter[str], list[str]]:
    """How so many drawn banks were read, and those with a silent difference."""
    counted: Counter[str] = Counter()
    silent = []

    @settings(
        max_examples=n, derandomize=start is None, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(banks())
    def read(bank: tuple[list[Spelled], str]) -> None:
        outcome, difference = judged(*bank)
        counted[outcome] += 1
        if outcome == "silent":
            silent.append(difference)
            table = difference.split(" of ")[-1].split(",")[0]
            print(difference, bank[1], flush=True)
            for file in bank[0]:
                if difference.startswith(file.name) or file.name == table:
                    print(" ", file.encoding, repr(file.delimiter), sorted(file.noise), file.header,
                          *file.rows[:5], sep="\n    ", flush=True)  # fmt: skip
        elif outcome in ("refused", "likely"):
            print(f"{outcome}: {difference}", flush=True)

    (read if start is None else seed(start)(read))()
    return counted, silent


if __name__ == "__main__":
    main(outcomes, "banks", 500)
