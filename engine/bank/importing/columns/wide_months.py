"""A file with one column a month in; its figures as one row a month out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from engine.bank.decision import SAID, Answer, Certainty, Decision, counted
from engine.bank.importing.columns import synonyms
from engine.bank.importing.columns.layout import PARSERS
from engine.bank.parsing import dates
from engine.bank.reading.raw_table import RawTable
from engine.errors import BadInput

_LEAST = 2
"""Columns of different months that make a file one of months (own choice)."""
_LONGEST = 60
_WORDS: Mapping[str, frozenset[str]] = {
    figure: frozenset(words.split())
    for figure, words in (
        (
            "spending",
            "spend spending spent expense expenses outflow ausgaben depenses gastos spese",
        ),
        ("income", "income salary inflow earnings einnahmen revenus ingresos entrate"),
        ("balance", "balance balances bal saldo kontostand solde zustatek"),
    )
}
"""Our column of a month -> words that say it in the name of a column or of a file."""
LEFT = "left with the other columns"
"""What a person may say of columns of months, beside one of those figures."""
_NEUTRAL = frozenset(
    {"total", "sum", "amount", "monthly", "month", "per", "of", "in", "a", "by", "the", "customer",
     "customers", "eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk"}
)  # fmt: skip
"""Words that add nothing to them; any other, "number", "planned" or "card", may say that the
figures are no money, none that was paid, or a part of it."""
_STANDING = frozenset({"account", "closing", "current", "end"})
"""The same beside a balance."""
_NO_MONEY = re.compile(r"[%‰#№]")
_PLAIN = r"-?\d{1,15}(?:\.\d\d)?|-?\d{1,15}\.\d"
"""Figures that can be read in one way only."""
_NUMBERED = (
    re.compile(r"(?:^|_)(?P<year>20\d\d)_?(?P<month>0[1-9]|1[0-2])(?=_|$)"),
    re.compile(r"(?:^|_)(?P<month>0?[1-9]|1[0-2])_(?P<year>20\d\d)(?=_|$)"),
)
_NAMED = (
    re.compile(r"(?:^|_)(?P<month>[a-z]{3,10})_?(?P<year>(?:20)?\d\d)(?=_|$)"),
    re.compile(r"(?:^|_)(?P<year>20\d\d)_?(?P<month>[a-z]{3,10})(?=_|$)"),
)
"""202601, 01/2026, Jan-26 and 2026 Jan, in the spelling of `synonyms.normal`."""


@dataclass(frozen=True)
class Wide:
    """Columns of one figure, one a month.

    Attributes
    ----------
    figure : str
        "spending", "income" or "balance"; empty where no name says it.
    months : mapping of str to str
        Column -> first day of its month, in the file's order.
    doubt : str
        Why it is not read though its name says a figure; empty where nothing speaks against it.
    name : str
        What the names say beside the month, or "months"; next month's columns have it too.
    is_said : bool
        A person said what they hold.
    """

    figure: str
    months: Mapping[str, str]
    doubt: str = ""
    name: str = ""
    is_said: bool = False

    @property
    def is_read(self) -> bool:
        """Whether rows are made of it."""
        return bool(self.figure) and not self.doubt


def columns_of(
    frame: pd.DataFrame, name: str = "", latest: pd.Timestamp | None = None
) -> list[Wide]:
    """Columns that are called like months, by what else their names say.

    Parameters
    ----------
    frame : DataFrame
        Text cells.
    name : str
        Of the file, which may say what the figures are.
    latest : Timestamp, optional
        Today: no later month has figures.
    """
    groups: dict[str, dict[str, str]] = {}
    for column in frame.columns:
        if found := _month_of(str(column)):
            said, month = found
            groups.setdefault(said, {})[str(column)] = month
    wide = []
    for said, months in groups.items():
        cells = pd.concat([PARSERS["text"](frame[column].head(200)) for column in months]).dropna()
        called = _figure(said) or ("" if said else _figure(synonyms.without_noise(_stem(name))))
        is_money = len(cells) and PARSERS["number"](cells).notna().mean() >= 0.9
        if is_money and (called or len(months) >= _LEAST):
            doubt = _doubt(called, months, latest) if called else ""
            wide.append(Wide(called, months, doubt, said or "months"))
    return _once_each(wide)


def as_said(wide: Sequence[Wide], said: Mapping[str, str]) -> list[Wide]:
    """The same with what a person said of columns by their name: a figure, or `LEFT`.

    Raises
    ------
    BadInput
        If it is neither.
    """
    known = (*_WORDS, LEFT)
    if wrong := sorted(set(said.values()) - set(known)):
        raise BadInput(f"Columns of months cannot be {wrong[0]!r}; choose {' or '.join(known)}.")
    figures = {name: "" if figure == LEFT else figure for name, figure in said.items()}
    told = [
        replace(w, figure=figures[w.name], doubt="", is_said=True) if w.name in figures else w
        for w in wide
    ]
    return _once_each(told)


def _once_each(wide: Sequence[Wide]) -> list[Wide]:
    """The same, in doubt where several groups of columns hold one figure."""
    figures = [w.figure for w in wide]
    several = "several groups of columns hold {}: which counts, or whether they add up, is not said"
    return [
        replace(w, doubt=several.format(w.figure), is_said=False)
        if figures.count(w.figure) > 1 and w.figure
        else w
        for w in wide
    ]


def _doubt(figure: str, months: Mapping[str, str], latest: pd.Timestamp | None) -> str:
    """Why columns that are called like months of a figure may be none."""
    days = [pd.Timestamp(day) for day in months.values()]
    if len(days) < _LEAST:
        return f"one column alone is called like a month of {figure}"
    if len(set(days)) < len(days):
        return "two columns are called like the same month"
    if any(_NO_MONEY.search(column) for column in months):
        return "a sign in their names says that they are no money"
    has_years = all(re.search(r"20\d\d", column) for column in months)
    if not has_years and len({day.month for day in days}) == 1:
        return "the numbers beside the month may be its days"
    if latest is not None and max(days).tz_localize(None) > latest.tz_localize(None):
        return "a month lies in the future, or the number beside it is a day"
    return ""


def _month_of(column: str) -> tuple[str, str] | None:
    """What else the name of a column says, and its month; None where it names none."""
    plain = synonyms.normal(column[:_LONGEST])
    for pattern in (*_NUMBERED, *_NAMED):
        for found in pattern.finditer(plain):
            month = dates.MONTHS.get(found["month"]) or _number(found["month"])
            if month:
                said = f"{plain[: found.start()]}_{plain[found.end() :]}".strip("_")
                return said, f"20{found['year'][-2:]}-{month:02d}-01"
    return None


def _number(month: str) -> int:
    return int(month) if month.isdigit() else 0


def _stem(name: str) -> str:
    return synonyms.normal(name.rsplit("/", 1)[-1])


def _figure(name: str) -> str:
    """The figure that a normal name says where its other words are neutral; else empty."""
    words = {word for word in name.split("_") if not word.isdigit()} - _NEUTRAL
    for ours, known in _WORDS.items():
        rest = words - known - (_STANDING if ours == "balance" else frozenset())
        if words & known and not rest:
            return ours
    return ""


def decisions(
    file: str, table: str, wide: Sequence[Wide], *, is_read: bool, source: str = ""
) -> list[Decision]:
    """What became of columns of months: a row a month, or a question what they hold.

    `source` is the file as a plan calls it, so that a person can say it otherwise.
    """
    made = []
    for each in wide:
        columns = list(each.months)
        shown = f"{columns[0]} to {columns[-1]}" if len(columns) > 1 else columns[0]
        n = counted(len(columns), "month")
        is_kept = each.is_read and is_read
        now = each.figure if is_kept else LEFT
        choices = (now, *(figure for figure in (*_WORDS, LEFT) if figure != now))
        answer = Answer(source, "months", each.name, choices) if is_read and source else None
        said = f"{n} of {each.figure}, a row each" if is_kept else f"{n} {LEFT}"
        certainty, evidence = _why(each, table, is_kept=is_kept)
        made.append(Decision(file, shown, "months", said, certainty, evidence, (), answer))
    return made


def _why(each: Wide, table: str, *, is_kept: bool) -> tuple[Certainty, str]:
    """How sure it is what columns of months hold, and what speaks for it."""
    if each.is_said:
        return Certainty.PROVED, SAID
    if is_kept:
        evidence = "the columns are called like months, and a name says what they hold"
        return Certainty.LIKELY, evidence
    evidence = (
        "the columns are called like months, and no name says what they hold, or it says more: "
        "call them, or the file, spending, income or balance"
    )
    if each.doubt:
        evidence = each.doubt
    elif each.figure:
        evidence = f"months of {each.figure} are read of customers only, not of {table}"
    return Certainty.GUESS if len(each.months) > 1 else Certainty.LIKELY, evidence


def of_rows(raw: RawTable, customer: str, wide: Sequence[Wide]) -> list[Wide]:
    """The same, in doubt where a customer stands in several rows whose figures cannot be added."""
    if not _repeats(raw, customer):
        return list(wide)
    doubt = "customers stand in several rows, and not every figure can be added up as it is written"
    return [
        w
        if not w.is_read or _is_plain(raw.frame[list(w.months)])
        else replace(w, doubt=doubt, is_said=False)
        for w in wide
    ]


def added_up(raw: RawTable, customer: str, wide: Sequence[Wide]) -> list[Decision]:
    """What is asked where the figures of several rows of a customer are added up."""
    if not any(w.is_read for w in wide) or not _repeats(raw, customer):
        return []
    said = "the rows of a customer added up"
    evidence = "customers stand in several rows: accounts, or the same twice"
    return [Decision(raw.file, customer, "months", said, Certainty.GUESS, evidence)]


def _repeats(raw: RawTable, customer: str) -> bool:
    return bool(PARSERS["identity"](raw.frame[customer]).dropna().duplicated().any())


def _is_plain(frame: pd.DataFrame) -> bool:
    told = (PARSERS["text"](frame[column]).dropna().str.fullmatch(_PLAIN) for column in frame)
    return all(bool(each.all()) for each in told)


def long(raw: RawTable, customer: str, wide: Sequence[Wide]) -> RawTable:
    """The figures of a file that are known, one row for each customer and month with any."""
    known = {w.figure: w for w in wide if w.is_read}
    raw = _added(raw, customer, [c for w in known.values() for c in w.months])
    is_minus = {figure: _is_minus(raw.frame, w) for figure, w in known.items()}
    months = sorted({month for w in known.values() for month in w.months.values()})
    parts, lines = [], []
    for month in months:
        part = pd.DataFrame({"customer_id": raw.frame[customer], "month": month})
        for figure, w in known.items():
            column = next((c for c, m in w.months.items() if m == month), None)
            cells = PARSERS["text"](raw.frame[column]) if column else np.nan
            part[figure] = cells.str.lstrip("-") if column and is_minus[figure] else cells
        has_any = part[list(known)].notna().any(axis="columns").to_numpy()
        parts.append(part[has_any])
        lines.append(raw.lines[has_any])
    frame = pd.concat(parts, ignore_index=True).astype("str")
    return replace(
        raw, name=f"{raw.name} by month", frame=frame, lines=np.concatenate(lines),
        bad_lines=(), n_bad_lines=0, notes=(),
    )  # fmt: skip


def _is_minus(frame: pd.DataFrame, wide: Wide) -> bool:
    """Whether all that was spent has a minus sign: it says that money went out."""
    cells = pd.concat([PARSERS["text"](frame[column]).dropna() for column in wide.months])
    is_out = cells.str.startswith("-") | ~cells.str.contains("[1-9]")
    return wide.figure == "spending" and bool(is_out.all())


def _added(raw: RawTable, customer: str, columns: Sequence[str]) -> RawTable:
    """One row a customer, with the sums of its rows; the same where customers stand once each."""
    if not _repeats(raw, customer):
        return raw
    whose = PARSERS["identity"](raw.frame[customer])
    first = (~whose.duplicated() & whose.notna()).to_numpy()
    frame = raw.frame.loc[first].copy()
    for column in columns:
        sums = PARSERS["number"](raw.frame[column]).groupby(whose).sum(min_count=1).round(2)
        sums = whose[first].map(sums)
        frame[column] = sums.map("{:.2f}".format).where(sums.notna()).astype("str")
    return replace(raw, frame=frame, lines=raw.lines[first])
