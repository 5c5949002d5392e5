"""Tables drawn in every supported spelling in; whether each was read as meant, or asked about, out.

usage: python -m tests.benchmarks.spellings [N] [SEED]"""

import csv
import datetime as dt
import io
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from engine.bank.decision import Certainty
from engine.bank.importing import own_tables
from engine.bank.importing.columns import layout as layouts
from engine.bank.importing.columns import mapping
from engine.bank.quality import Findings
from engine.bank.reading.files import read_files
from engine.errors import BadInput

NOW = pd.Timestamp("2026-06-01")
ENCODINGS = {
    "utf-8": ("Café Zoë", "Žižka", "Müller & Søn", "Łódź", "Größe", "東京 Ramen"),
    "utf-8-sig": ("Café Zoë", "Žižka", "Müller & Søn", "Łódź", "Größe", "Αθήνα"),
    "utf-16": ("Café Zoë", "Žižka", "Müller & Søn", "Łódź", "Größe", "Москва"),
    "cp1252": ("Bäckerei Größe", "Café Crème", "Señor Peña", "Pão de Açúcar", "Brødhus Ål"),
    "cp1250": ("Żabka Łódź", "Dvořák Jiří", "Kovács Erzsébet", "Príliš žltý kôň", "Książka"),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "kurz": "Jan. Feb. Mrz. Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "abr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Mo Di Mi Do Fr Sa So",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "short": "Mon Tue Wed Thu Fri Sat Sun",
}
SIGNS = {
    "EUR": ("€", "EUR"), "GBP": ("£", "GBP"), "USD": ("$", "US$", "USD"), "CHF": ("CHF", "Fr."),
    "AUD": ("$", "A$", "AUD"), "INR": ("₹", "Rs.", "INR"), "SEK": ("kr", "SEK"),
    "JPY": ("¥", "JPY"), "PLN": ("zł", "PLN"), "CZK": ("Kč", "CZK"),
    "ZAR": ("R", "ZAR"), "BRL": ("R$", "BRL"),
}  # fmt: skip
_PAIRS = (("Paid in", "Paid out"), ("Credit", "Debit"), ("Deposit Amt.", "Withdrawal Amt."))
_WORDS = (
    ("Type", "Credit", "Debit"),
    ("DR/CR", "CR", "DR"),
    ("Direction", "in", "out"),
    ("Soll/Haben", "H", "S"),
    ("Buchung", "Gutschrift", "Belastung"),
    ("Indicator", "CRDT", "DBIT"),
)
_CENTS = ("dash", "two", "two", "two", "dropped", "three")
_OPENING = 100_000
_IN, _OUT = ("Salary", "Gehalt", "Interest", ""), ("Supermarket", "Restaurant", "Rent", "")


@dataclass(frozen=True)
class Numbers:
    """How amounts are written."""

    decimal: str
    thousands: str
    is_lakh: bool
    negative: str
    cents: str
    sign: str
    is_before: bool
    gap: str

    def written(self, cents: int, negative: str = "") -> str:
        """An amount, in a style of its own where one is given."""
        whole, rest = divmod(abs(cents), 100)
        digits = self._grouped(str(whole))
        if self.cents == "two" or (rest and self.cents != "three"):
            digits += f"{self.decimal}{rest:02d}"
        elif self.cents == "three":
            digits += f"{self.decimal}{rest:02d}0"
        elif self.cents == "dash":
            digits += f"{self.decimal}-"
        if self.sign and self.is_before:
            digits = f"{self.sign}{self.gap}{digits}"
        elif self.sign:
            digits = f"{digits}{self.gap}{self.sign}"
        style = negative or self.negative
        if style == "DR":
            return f"{digits} {'Dr' if cents < 0 else 'Cr'}"
        if cents >= 0:
            return digits
        return {
            "minus": f"-{digits}", "true minus": f"\u2212{digits}", "parentheses": f"({digits})",
            "behind": f"{digits}-",
        }[style]  # fmt: skip

    def _grouped(self, whole: str) -> str:
        if not self.thousands:
            return whole
        groups, size = [whole[-3:]], 2 if self.is_lakh else 3
        rest = whole[:-3]
        while rest:
            groups.insert(0, rest[-size:])
            rest = rest[:-size]
        return self.thousands.join(groups)


@dataclass(frozen=True)
class Days:
    """How days are written."""

    order: str
    mark: str
    is_padded: bool
    is_short: bool
    months: str
    weekday: str
    clock: str

    def written(self, moment: dt.datetime) -> str:
        day, month, year = f"{moment.day}", f"{moment.month}", f"{moment.year}"
        if self.is_padded:
            day, month = day.zfill(2), month.zfill(2)
        if self.is_short:
            year = year[2:]
        mark = self.mark
        if self.months:
            month, mark = _MONTHS[self.months].split()[moment.month - 1], " "
        parts = {"d": day, "m": month, "y": year}
        text = mark.join(parts[part] for part in self.order)
        if self.months and self.order == "mdy":
            text = f"{month} {day}, {year}"
        if self.weekday:
            text = f"{_WEEKDAYS[self.weekday].split()[moment.weekday()]}, {text}"
        return text + moment.strftime(self.clock)


@dataclass(frozen=True)
class Table:
    """One statement, what it means and how it is written."""

    numbers: Numbers
    days: Days
    amounts: tuple[int, ...]
    moments: tuple[dt.datetime, ...]
    names: tuple[str, ...]
    currency: str
    convention: str
    pair: tuple[str, str]
    word: tuple[str, str, str]
    code_in: str
    encoding: str
    delimiter: str
    format: str
    is_native: bool
    noise: frozenset[str]
    has_balance: bool
    is_newest_first: bool
    has_reference: bool


def _days(
    order: str, mark: str, months: str, weekdays: str, *clocks: str
) -> st.SearchStrategy[Days]:
    """Ways to write days; the parts of each argument are drawn from."""
    choice, is_iso = st.sampled_from, order == "ymd"
    return st.builds(
        Days, choice(order.split()), choice(mark), st.booleans().map(lambda said: said or is_iso),
        st.booleans().map(lambda said: said and not is_iso), choice(months.split() or [""]),
        choice(["", "", *weekdays.split()]), choice(["", "", "", *clocks]),
    )  # fmt: skip


DAYS = st.one_of(
    _days("dmy mdy", "/.-", "", "en de", " %H:%M", " %H:%M:%S", " %I:%M %p"),
    _days("ymd", "-/.", "", "", "T%H:%M:%S", " %H:%M:%S.000", "T%H:%M:%SZ", "T%H:%M:%S+11:00"),
    _days("dmy dmy mdy", " ", " ".join(_MONTHS), " ".join(_WEEKDAYS), " %H:%M"),
)
MARKS = (
    (".", ""), (".", ","), (".", " "), (".", "'"), (".", "’"), (",", ""), (",", "."), (",", " "),
    (",", "\u00a0"), (",", "\u202f"),
)  # fmt: skip
AMOUNTS = st.one_of(
    st.integers(1, 99_999),
    st.integers(1, 20).map(lambda n: n * 100_000),
    st.integers(100_000, 5_000_000_00),
    st.integers(1, 999).map(lambda n: n * 100),
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Statements in every mix of spellings; what a spelling cannot write is not drawn."""
    n = draw(st.integers(2, 12))
    currency = draw(st.sampled_from(sorted(SIGNS)))
    code_in = draw(st.sampled_from(("column", "header", "cells", "cells", "wish", "nowhere")))
    decimal, thousands = draw(st.sampled_from(MARKS))
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    format = draw(st.sampled_from(("csv", "csv", "csv", "xlsx", "json", "parquet")))
    style = draw(st.sampled_from(("minus", "minus", "true minus", "parentheses", "behind", "DR")))
    numbers = Numbers(
        decimal,
        thousands,
        decimal == "." and thousands == "," and draw(st.booleans()),
        style,
        draw(
            st.sampled_from(
                ("two", "two", "two", "dropped", "three", *["dash"][style == "behind" :])
            )
        ),
        draw(st.sampled_from(SIGNS[currency])) if code_in == "cells" else "",
        draw(st.booleans()),
        draw(st.sampled_from(("", " "))),
    )
    sizes = AMOUNTS if draw(st.integers(0, 9)) else st.just(draw(AMOUNTS))  # a standing order
    side = st.just(-1) if draw(st.integers(0, 9)) == 0 else st.sampled_from((-1, -1, 1))
    signed = draw(st.lists(st.tuples(sizes, side), min_size=n, max_size=n))
    day = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2026, 5, 30))
    newest_first = draw(st.booleans())
    moments = sorted(draw(st.lists(day, min_size=n, max_size=n)), reverse=newest_first)
    places = ENCODINGS[encoding]
    names = []
    for number, (_, side) in enumerate(signed):
        word = draw(st.sampled_from(_IN if side > 0 else _OUT))
        suffix = "qx" + "abcdefghijkl"[number]
        names.append(" ".join(filter(None, (word, draw(st.sampled_from(places)), suffix))))
    return Table(
        numbers,
        draw(DAYS),
        tuple(size * side for size, side in signed),
        tuple(moment.replace(microsecond=0) for moment in moments),
        tuple(names),
        currency,
        draw(st.sampled_from(("signed", "signed", "reversed", "pair", "word", "unsigned"))),
        draw(st.sampled_from(_PAIRS)),
        draw(st.sampled_from(_WORDS)),
        code_in,
        encoding,
        draw(st.sampled_from(",;\t|")),
        format,
        format != "csv" and code_in != "cells" and draw(st.booleans()),
        draw(st.frozensets(st.sampled_from(("title", "again", "total", "opening", "blank")))),
        draw(st.booleans()),
        newest_first,
        draw(st.booleans()),
    )


def files(table: Table) -> dict[str, bytes]:
    """The statement as one file in its format."""
    header, rows = _cells(table)
    if table.format == "csv":
        text = io.StringIO()
        writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\r\n")
        writer.writerows(_with_noise(table, header, rows))
        try:
            return {"transactions.csv": text.getvalue().encode(table.encoding)}
        except UnicodeEncodeError:  # such as a true minus, which code pages do not have
            return {"transactions.csv": text.getvalue().encode("utf-8")}
    if table.format == "xlsx":
        book = io.BytesIO()
        with xlsxwriter.Workbook(book) as workbook:
            sheet = workbook.add_worksheet("transactions")
            day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for number, cells in enumerate(_with_noise(table, header, rows)):
                for column, cell in enumerate(cells):
                    sheet.write(number, column, cell, *[day] * isinstance(cell, dt.datetime))
        return {"bank.xlsx": book.getvalue()}
    frame = pd.DataFrame(rows, columns=header)
    if table.format == "json":
        rows = frame.to_dict("records")
        text = json.dumps({"transactions": rows}, ensure_ascii=False, default=str)
        return {"bank.json": text.encode("utf-8")}
    parquet = io.BytesIO()
    frame.to_parquet(parquet)
    return {"transactions.parquet": parquet.getvalue()}


def _cells(table: Table) -> tuple[list[str], list[list[Any]]]:
    unit = f" ({table.currency})" if table.code_in == "header" else ""
    write, nothing = (_number, None) if table.is_native else (table.numbers.written, "")
    balances = _balances(table)
    header = ["Customer", "Date", "Description"]
    into, out = (f"{name}{unit}" for name in table.pair)
    header += [into, out] if table.convention == "pair" else [f"Amount{unit}"]
    header += [table.word[0]] if table.convention == "word" else []
    header += [f"Balance{unit}"] if balances else []
    header += ["Currency"] if table.code_in == "column" else []
    header += ["Reference"] if table.has_reference else []
    rows = []
    for number, (cents, moment, name) in enumerate(
        zip(table.amounts, table.moments, table.names, strict=True)
    ):
        day = moment if table.is_native else table.days.written(moment)
        row = [f"C{number % 3}", day, name]
        if table.convention == "pair":
            row += [write(cents), nothing] if cents > 0 else [nothing, write(-cents, "minus")]
        elif table.convention == "reversed":
            row += [write(-cents, _plain(table))]
        elif table.convention in ("word", "unsigned"):
            row += [write(abs(cents), "minus")]
        else:
            row += [write(cents)]
        row += [table.word[1 if cents > 0 else 2]] if table.convention == "word" else []
        row += [write(balances[number], _plain(table))] if balances else []
        row += [table.currency] if table.code_in == "column" else []
        row += [f"REF{number:05d}"] if table.has_reference else []
        rows.append(row)
    return header, rows


def _number(cents: int, _: str = "") -> float:
    return cents / 100


def _plain(table: Table) -> str:
    """How a column whose sign is no direction is written."""
    return "minus" if table.numbers.negative == "DR" else ""


def _balances(table: Table) -> list[int]:
    """The balance of each customer after each row; empty where the table has none."""
    if not table.has_balance:
        return []
    order = range(len(table.amounts))
    left, after = {}, {}
    for number in reversed(order) if table.is_newest_first else order:
        whose = number % 3
        left[whose] = left.get(whose, _OPENING) + table.amounts[number]
        after[number] = left[whose]
    return [after[number] for number in order]


def _with_noise(table: Table, header: list[str], rows: list[list[Any]]) -> list[list[Any]]:
    """Header and rows with a title above, the header again, and rows that are no payment."""
    written = [header, *rows]
    width = len(header)
    money = header.index(
        next(name for name in header if name.startswith(("Amount", "Paid in", "Credit", "Deposit")))
    )
    if "again" in table.noise and len(rows) > 3:
        written.insert(3, header)
    if "blank" in table.noise:
        written.insert(2, [""] * width)
    if "opening" in table.noise:
        line = ["", rows[0][1], "Opening balance"]
        written.insert(1, line + [""] * (width - 3))
    if "total" in table.noise:
        write = _number if table.is_native else table.numbers.written
        line = ["Total"] + [""] * (width - 1)
        said = sum(table.amounts) * (-1 if table.convention == "reversed" else 1)
        if table.convention in ("word", "unsigned"):
            said = sum(map(abs, table.amounts))
        if table.convention == "pair":
            said = sum(cents for cents in table.amounts if cents > 0)
            line[money + 1] = write(said - sum(table.amounts))
        line[money] = write(said)
        written.append(line)
    if "title" in table.noise:
        written[:0] = [["Statement of account"], ["Printed on 1 June 2026"]]
    return written


_ABOUT = {
    "amount": {"decimal sign", "unit"},
    "side": {"direction", "sign"},
    "booked_at": {"date order", "century", "time zone"},
    "currency": {"currency"},
}


def judged(table: Table) -> tuple[str, str]:
    """How one table was read, and the first difference that nothing was said of.

    "Asked" where a guess is listed about just that, "likely" where a likely one names the other.
    """
    try:
        said = table.currency if table.code_in == "wish" else ""
        frames, findings = as_read(files(table), said)
    except BadInput as error:
        return "refused", str(error)
    return _compared(table, frames.get("transactions", pd.DataFrame()), findings)


def as_read(files: Mapping[str, bytes], currency: str = "") -> tuple[mapping.Frames, Findings]:
    """A stranger's files in our columns, and what was found; nothing is written."""
    source = read_files("test", files)
    findings = Findings(notes=source.notes)
    wish = own_tables.Wish(currency=currency, latest=NOW)
    raws = layouts.with_full_names(source.tables)
    prepared = own_tables.prepare(raws, wish, findings, lambda: bytes(32))
    return mapping.apply(prepared.layout, prepared.tables, findings), findings


def _compared(table: Table, rows: pd.DataFrame, findings: Findings) -> tuple[str, str]:
    report = findings.report({"transactions": len(rows)})
    n_apart = int(report.apart["n"].sum())
    by_name = (
        {} if "description" not in rows else dict(zip(rows["description"], rows.index, strict=True))
    )
    unsure = {d.about for d in findings.decisions if d.certainty is Certainty.GUESS}
    likely = {d.about for d in findings.decisions if d.certainty is Certainty.LIKELY and d.others}
    asked, other = set(), set()
    n_gone = 0
    for number, name in enumerate(table.names):
        if name not in by_name:
            n_gone += 1
            continue
        for what, got, meant in _differences(table, rows.loc[by_name[name]], number):
            warned = pd.isna(got) and report.warnings["problem"].str.contains("understood").any()
            if warned or not _ABOUT[what].isdisjoint(unsure):
                asked.add(what)
            elif not _ABOUT[what].isdisjoint(likely):
                other.add(what)
            else:
                return "silent", f"{what} of {name} is {got}, meant {meant}"
    if len(rows) > len(table.names):
        return "silent", f"{len(rows)} rows of {len(table.names)}: {rows.iloc[-1].to_dict()}"
    if n_gone:
        told = report.n_rejected + n_apart + sum("guess" in note for note in report.notes)
        if told < n_gone:
            return "silent", f"{n_gone} rows are gone or called otherwise: {sorted(by_name)[:3]}"
        asked.add("rows")
    if other:
        return "likely", ", ".join(sorted(other))
    return ("asked", ", ".join(sorted(asked))) if asked else ("same", "")


def _differences(table: Table, row: pd.Series, number: int) -> list[tuple[str, object, object]]:
    meant, moment = table.amounts[number] / 100, table.moments[number]
    differing = []
    got = row["amount"]
    if pd.isna(got) or abs(abs(got) - abs(meant)) > 0.001:
        differing.append(("amount", got, meant))
    elif abs(got - meant) > 0.001:
        differing.append(("side", got, meant))
    booked = row["booked_at"]
    has_clock, minute = bool(table.days.clock), f"{moment:%H:%M}"
    is_wrong_time = has_clock and not pd.isna(booked) and f"{booked:%H:%M}" != minute
    if pd.isna(booked) or booked.date() != moment.date() or is_wrong_time:
        differing.append(("booked_at", booked, moment))
    code = row.get("currency")
    if table.code_in != "wish" and code != table.currency:
        differing.append(("currency", code, table.currency))
    return differing


def outcomes(n: int, start: int | None = None) -> tuple[Counter[str], list[tuple[str, Table]]]:
    """How so many drawn tables were read, and those with a silent difference."""
    counted: Counter[str] = Counter()
    silent = []

    @settings(
        max_examples=n, derandomize=start is None, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(tables())
    def read(table: Table) -> None:
        outcome, difference = judged(table)
        counted[outcome] += 1
        if outcome == "silent":
            silent.append((difference, table))
            print(difference, repr(table), *_cells(table)[1][:5], sep="\n  ", flush=True)

    (read if start is None else seed(start)(read))()
    return counted, silent


def main(drawn: Callable[[int, int], tuple[Counter[str], list]], what: str, n: int) -> None:
    """Draw and read `n` of what, or as the command line says; exit 1 if one is silently wrong."""
    n, start = [*map(int, sys.argv[1:]), *[n, 0][len(sys.argv) - 1 :]]
    began = time.perf_counter()
    counted, silent = drawn(n, start)
    print(f"{n:,} {what}: {dict(counted)}; {time.perf_counter() - began:.0f} s")
    sys.exit(bool(silent))


if __name__ == "__main__":
    main(outcomes, "tables", 2000)
