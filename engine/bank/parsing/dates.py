"""The cells of one column in; how its dates are written, how sure that is, and moments out.

Days are kept as they are written: an offset from UTC moves no booking to another day.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from engine.bank.decision import Certainty, Decision
from engine.bank.parsing import letters
from engine.bank.parsing.written_day import PIVOT, Written

TIME = "datetime64[us]"

READINGS: Mapping[str, str] = {
    "day before month": "dmy",
    "month before day": "mdy",
    "year before month": "ymd",
}
"""What a person says of a column -> the order of dates such as 03/04/26."""

CENTURIES = ("20yy up to today, else 19yy", "19yy")
"""What a person says of two-digit years of birth."""

Kind = Literal["day", "birth", "month"]

_GIVEN = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
MONTHS = {name: n for n, names in enumerate(_GIVEN["months"], start=1) for name in names.split()}
"""Name in any of the languages that are known -> number of the month."""
_WEEKDAYS = {name: n for n, names in enumerate(_GIVEN["days"]) for name in names.split()}
"""Name -> day of the week from Monday on; 7 where a name does not tell."""
_BETWEEN = frozenset(_GIVEN["between"].split())
_LONGEST = 64
"""Characters of the longest cell that is matched as a moment."""
_YOUNGEST = 10
"""The last two-digit year of birth of this century where nobody says what today is (own choice)."""
_ROWS = 20_000
"""Rows whose order is looked at (own choice)."""
_STEPS = 8
"""Different days in a row whose order speaks for one reading (own choice)."""

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ].*)?"
_OFFSET = r"^(\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}[\d:.,]*)\s*(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)$"
_CLOCK = (
    r"[ T,]+(\d{1,2}):([0-5]\d)(?::([0-5]\d(?:[.,]\d+)?))?(?:\s?([ap])\.? ?m\.?)?"
    r"(?: ?(?:Uhr|h))?( ?(?:Z|UTC|GMT|CET|CEST|E[SD]T|P[SD]T)| ?[+-]\d{2}:?\d{2})?$"
)
_CLOCK_AT_END = re.compile(_CLOCK, re.IGNORECASE)
_TRIPLE = re.compile(r"(\d{1,4})([/.-]) ?(\d{1,2})([/.-]) ?(\d{1,4})\.?")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_ERA = re.compile(r"(令和|平成|昭和|[RHS])(元|\d{1,2})[./-](\d{1,2})[./-](\d{1,2})")
_SPACED = re.compile(r"(\d{1,2}) (\d{1,2}) (\d{4})|(\d{4}) (\d{1,2}) (\d{1,2})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[/ -](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[/ -](\d{1,2})")
_SHORT_MONTH = re.compile(r"(\d{1,2})[/-](\d{2})")
_EXCEL_DAYS = (20_000, 73_050)
"""Excel counts days from 30 December 1899; these are 1954 to 2099 (own choice)."""


@dataclass(frozen=True)
class DateForm:
    """How the dates of one column are written.

    Attributes
    ----------
    order : str
        "dmy", "mdy" or "ymd": what 03/04/26 is read by.
    kind : str
        "day", "birth" (nobody is born in the future) or "month" (202601 and 01/26 are months).
    pivot : int
        Two-digit years up to this are 20yy, others 19yy.
    certainty, evidence, others
        Of the order; `others` are keys of `READINGS`. Proved where no date depends on it.
    n_open, n_cells, n_read : int
        Different cells that depend on the order, that say something, and that are dates.
    years : tuple of int
        Two-digit years that a century more or less could be meant by.
    zones : tuple of str
        Offsets and zones seen; days stay as they are written.
    """

    order: str = "dmy"
    kind: Kind = "day"
    pivot: int = PIVOT
    certainty: Certainty = Certainty.PROVED
    evidence: str = "given"
    others: tuple[str, ...] = ()
    n_open: int = 0
    n_cells: int = 0
    n_read: int = 0
    years: tuple[int, ...] = ()
    zones: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        """The order in words."""
        return next(name for name, order in READINGS.items() if order == self.order)

    def decisions(self, file: str, column: str) -> list[Decision]:
        """What was decided of the column: date order, century, time zone."""
        made = []
        if self.n_open:
            made.append(
                Decision(
                    file, column, "date order", self.reading, self.certainty, self.evidence,
                    self.others,
                )
            )  # fmt: skip
        if self.years:
            years = ", ".join(f"{year:02d}" for year in self.years[:5])
            reading, other = CENTURIES
            evidence = f"nobody is born after 20{self.pivot:02d}; two-digit years up to it: {years}"
            made.append(
                Decision(file, column, "century", reading, Certainty.LIKELY, evidence, (other,))
            )
        if len(self.zones) > 1:
            reading, evidence = "local days as written", f"offsets {', '.join(self.zones[:5])}"
            others = ("all in UTC",)
            made.append(
                Decision(file, column, "time zone", reading, Certainty.LIKELY, evidence, others)
            )
        return made


def form_named(reading: str, kind: Kind = "day", latest: pd.Timestamp | None = None) -> DateForm:
    """The form that a person chose by a key of `READINGS`; KeyError for any other."""
    return DateForm(READINGS[reading], kind, _pivot_of(kind, latest))


def _pivot_of(kind: Kind, latest: pd.Timestamp | None) -> int:
    if kind != "birth":
        return PIVOT
    return _YOUNGEST if latest is None else latest.year % 100


def form_of(cells: pd.Series, kind: Kind = "day", latest: pd.Timestamp | None = None) -> DateForm:
    """How the dates of a column are written.

    Parameters
    ----------
    cells : Series of str
        In the order of the rows, which speaks for a reading in which the days follow each other.
    kind : str
        "day", "birth" or "month".
    latest : Timestamp, optional
        The day of import: nobody is born after it.

    Returns
    -------
    DateForm
        Proved where the data admit one order ("13" is no month) or do not depend on it; likely
        where dots part the numbers, where only one reading has the days of eight or more rows in
        order, or where a month's column has every first of the month; else a guess.
    """
    pieces = _pieces(cells)
    written = {day: _written(day, kind) for day in pieces["day"].dropna().unique()}
    pivot = _pivot_of(kind, latest)
    form = replace(_order(cells, pieces, written, kind), kind=kind, pivot=pivot)
    moments = _moments(pieces, written, form)
    short = {
        w.numbers[(w.order or form.order).index("y")] for w in written.values() if w and w.is_short
    }
    return replace(
        form,
        n_cells=len(pieces),
        n_read=int(moments.notna().sum()),
        years=tuple(sorted(year for year in short if year <= pivot)) if kind == "birth" else (),
        zones=tuple(sorted(pieces["zone"].dropna().unique())),
    )


def forms_of(
    frame: pd.DataFrame, kinds: Mapping[str, Kind], latest: pd.Timestamp | None = None
) -> dict[str, DateForm]:
    """The form of every column of dates in a file; a proved order makes others' guesses likely."""
    forms = {name: form_of(frame[name], kind, latest) for name, kind in kinds.items()}
    proved = {
        name: form.order
        for name, form in forms.items()
        if form.n_open and form.certainty is Certainty.PROVED
    }
    if len(set(proved.values())) != 1:
        return forms
    order = next(iter(proved.values()))
    names = {order: name for name, order in READINGS.items()}
    for column, form in forms.items():
        admitted = (form.reading, *form.others)
        if form.certainty is Certainty.GUESS and names[order] in admitted:
            others = tuple(name for name in admitted if name != names[order])
            evidence = f"{', '.join(proved)} can only be read so"
            forms[column] = replace(
                form, order=order, certainty=Certainty.LIKELY, evidence=evidence, others=others
            )
    return forms


def read(cells: pd.Series, form: DateForm) -> pd.Series:
    """Moments of a column that is written in this form; what is no date in it is missing."""
    pieces = _pieces(cells)
    written = {day: _written(day, form.kind) for day in pieces["day"].dropna().unique()}
    return _spread(cells, pieces["cell"], _moments(pieces, written, form))


def parse(cells: pd.Series) -> pd.Series:
    """Moments in any of the spellings known here, in the form that the column itself speaks for."""
    pieces = _pieces(cells)
    written = {day: _written(day, "day") for day in pieces["day"].dropna().unique()}
    form = _order(cells, pieces, written, "day")
    return _spread(cells, pieces["cell"], _moments(pieces, written, form))


def _pieces(cells: pd.Series) -> pd.DataFrame:
    """Different cells: moment where they are ISO; else the day as written, clock and zone."""
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    distinct = distinct[distinct.str.len() <= _LONGEST].reset_index(drop=True)
    plain = distinct.str.strip()
    hard = ~plain.str.fullmatch(r"[\x20-\x7e]*")
    if hard.any():
        plain = plain.mask(hard, plain[hard].map(_plain).astype("str"))
    moments, zones = _iso(plain)
    pieces = pd.DataFrame({"cell": distinct, "moment": moments})
    rest = plain[moments.isna()]
    clocks = rest.str.extract(_CLOCK_AT_END)
    days = rest.str.replace(_CLOCK_AT_END, "", regex=True).str.strip()
    return pieces.assign(
        day=days.reindex(distinct.index),
        clock=_clock(clocks).reindex(distinct.index),
        zone=zones.fillna(clocks[4].str.strip()),
    )


def _iso(plain: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Moments of the cells that are ISO, and the offset or zone behind those that name one."""
    moments = pd.Series(pd.NaT, index=plain.index, dtype=TIME)
    zones = pd.Series(None, index=plain.index, dtype="str")
    iso = plain.str.fullmatch(_ISO)
    if not iso.any():
        return moments, zones
    local = plain[iso]
    zoned = local.str.contains(r":\d.*[ZC+-]")
    if zoned.any():
        parted = local[zoned].str.extract(_OFFSET).dropna()
        local = local.where(~local.index.isin(parted.index), parted[0].reindex(local.index))
        zones = parted[1].reindex(plain.index)
    return moments.mask(iso, _from_text(local, "ISO8601")), zones


_DASHES = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "\u2212": "-",
        "‑": "-",
        "⁄": "/",
        "’": "'",
        "年": "-",
        "月": "-",
        "日": "",
    }
)


def _plain(cell: str) -> str:
    return letters.plain(cell).translate(_DASHES)


def _clock(parts: pd.DataFrame) -> pd.Series:
    """The time of day as a span from midnight; missing where there is no such time."""
    if parts[0].isna().all():
        return pd.Series(pd.Timedelta(0), index=parts.index, dtype="timedelta64[us]")
    hour = pd.to_numeric(parts[0]).fillna(0)
    half = parts[3].str.lower()
    hour = hour.mask(half.notna(), hour % 12).add(12 * (half == "p"))
    seconds = (hour * 60 + pd.to_numeric(parts[1]).fillna(0)) * 60
    seconds += pd.to_numeric(parts[2].str.replace(",", ".", regex=False)).fillna(0)
    return pd.to_timedelta(seconds.where(seconds < 86_400), unit="s").astype("timedelta64[us]")


def _written(day: str, kind: Kind) -> Written | None:
    """What the numbers and words of a day are; None where it is none."""
    first, _, rest = day.partition(" ")
    weekday = _WEEKDAYS.get(first.casefold().rstrip(".,"))
    if weekday is not None and rest[:1].isdigit():
        said = _written(rest, kind)
        return said and replace(said, weekday=weekday)
    if match := _ERA.fullmatch(day):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        return Written((year, int(match[3]), int(match[4])))
    if match := _TRIPLE.fullmatch(day):
        return _triple(match[1], match[3], match[5], match[2])
    if match := _SPACED.fullmatch(day):
        return _triple(*(part for part in match.groups() if part), " ")
    if match := _YEAR_FIRST.fullmatch(day):
        return Written((int(match[1]), int(match[2]), 1))
    if match := _MONTH_FIRST.fullmatch(day):
        return Written((int(match[2]), int(match[1]), 1))
    if kind == "month" and (match := _SHORT_MONTH.fullmatch(day)):
        return Written((int(match[2]), int(match[1]), 1), is_short=True)
    if day.isdigit():
        return _digits(day, kind)
    return _with_month_name(day, kind)


def _triple(first: str, second: str, third: str, mark: str) -> Written | None:
    numbers = (int(first), int(second), int(third))
    if len(first) == 4:
        return Written(numbers) if len(third) <= 2 else None
    if len(first) > 2 or len(third) not in (2, 4):
        return None
    return Written(numbers, "", len(third) == 2, mark)


def _digits(day: str, kind: Kind) -> Written | None:
    if len(day) == 8 and day[:2] in ("19", "20"):
        return Written((int(day[:4]), int(day[4:6]), int(day[6:])))
    if len(day) == 6 and day[:2] in ("19", "20") and (kind == "month" or int(day[2:4]) > 12):
        return Written((int(day[:4]), int(day[4:]), 1))
    return None


def _with_month_name(day: str, kind: Kind) -> Written | None:
    """A day with the name of its month: "3rd Dec 2015", "Dec 3, 15", "15 de septiembre de 2026"."""
    if re.search(r"[^\w .,/'-]|_", day):
        return None
    parts = re.findall(r"\d+|[^\W\d]+", day.casefold())
    parts = [part for part in parts if part in MONTHS or part not in _BETWEEN | _WEEKDAYS.keys()]
    names = [place for place, part in enumerate(parts) if part in MONTHS]
    if len(names) == 2 and parts[names[0]] == "mar":  # Tuesday in four languages
        parts.pop(names[0])
        names = [names[1] - 1]
    if len(names) != 1 or not all(part.isdigit() for part in parts if part not in MONTHS):
        return None
    month = MONTHS[parts.pop(names[0])]
    if len(parts) == 1 and len(parts[0]) == 4:
        return Written((int(parts[0]), month, 1))
    if len(parts) == 1 and len(parts[0]) == 2 and names[0] == 0 and kind == "month":
        return Written((int(parts[0]), month, 1), is_short=True)
    if len(parts) != 2:
        return None
    first, second = parts
    if len(first) == 4 and len(second) <= 2:
        return Written((int(first), month, int(second)))
    if len(first) <= 2 and len(second) in (2, 4):
        return Written((int(second), month, int(first)), is_short=len(second) == 2)
    return None


def _order(
    cells: pd.Series, pieces: pd.DataFrame, written: Mapping[str, Written | None], kind: Kind
) -> DateForm:
    """The order of a column's numbers; that of its rows, repetitions left out, speaks for it."""
    opened = {day: said for day, said in written.items() if said is not None and not said.order}
    if not opened:
        return DateForm(evidence="no date depends on it")
    days = pieces.set_index("cell")["day"]
    in_rows = cells.head(_ROWS).astype("object").map(days.to_dict()).dropna()
    in_rows = in_rows[in_rows.isin(list(opened))]
    rows = in_rows[in_rows != in_rows.shift()].tolist()
    return replace(_order_of(opened, rows, kind), n_open=len(opened))


def _order_of(opened: Mapping[str, Written], rows: list[str], kind: Kind) -> DateForm:
    """The order of a column's numbers, with what speaks for it."""
    orders = list(READINGS.values())
    able = [said for said in opened.values() if any(said.admits(order) for order in orders)]
    n = len(able)
    counts = Counter({order: sum(said.admits(order) for said in able) for order in orders})
    if not able:
        return DateForm(evidence="no date depends on it")
    names = {order: name for name, order in READINGS.items()}
    full = [order for order in orders if counts[order] == n]
    if not full:
        best = max(orders, key=lambda order: counts[order])
        others = tuple(names[order] for order in orders if order != best and counts[order])
        evidence = f"{counts[best]:,} of {n:,} different dates can be read so, none of them all"
        return DateForm(best, certainty=Certainty.GUESS, evidence=evidence, others=others)
    same = all(len({said.in_order(order, PIVOT) for order in full}) == 1 for said in able)
    if len(full) == 1 or same:
        best = max(counts[order] for order in orders if order not in full) if len(full) == 1 else 0
        evidence = f"{n - best:,} of {n:,} different dates have no other reading"
        return DateForm(full[0], evidence=evidence if len(full) == 1 else "all readings are equal")
    return _weighed(opened, rows, full, kind)


def _weighed(
    opened: Mapping[str, Written], rows: list[str], full: list[str], kind: Kind
) -> DateForm:
    """The likeliest of several orders that all dates admit."""
    names = {order: name for name, order in READINGS.items()}
    votes: list[tuple[str, str]] = []
    if all(said.mark == "." for said in opened.values()) and "dmy" in full:
        votes.append(("dmy", "dots part the numbers"))
    days = {
        order: np.array([opened[day].in_order(order, PIVOT) for day in rows], dtype="datetime64[D]")
        for order in full
    }
    steps = {order: np.diff(moments).astype("int64") for order, moments in days.items()}
    sorted_ones = [o for o in full if (steps[o] >= 0).all() or (steps[o] <= 0).all()]
    if len(rows) >= _STEPS and len(sorted_ones) == 1:
        votes.append((sorted_ones[0], f"only so are {len(rows):,} rows in the order of time"))
    following = [o for o in full if (np.abs(steps[o]) == 1).mean() >= 0.8] if len(rows) > 1 else []
    if len(rows) >= _STEPS and len(following) == 1:
        votes.append((following[0], "only so are the rows days that follow each other"))
    firsts = [o for o in full if all(text.endswith("-01") for text in map(str, days[o]))]
    if kind == "month" and len(set(rows)) > 1 and len(firsts) == 1:
        votes.append((firsts[0], "only so is every date the first of a month"))
    chosen = {order for order, _ in votes}
    if len(chosen) != 1:
        others = tuple(names[order] for order in full[1:])
        evidence = f"all {len(opened):,} different dates can be read in {len(full)} ways"
        return DateForm(full[0], certainty=Certainty.GUESS, evidence=evidence, others=others)
    (order,) = chosen
    evidence = "; ".join(why for _, why in votes)
    others = tuple(names[other] for other in full if other != order)
    return DateForm(order, certainty=Certainty.LIKELY, evidence=evidence, others=others)


def _moments(
    pieces: pd.DataFrame, written: Mapping[str, Written | None], form: DateForm
) -> pd.Series:
    """The moment of each different cell."""
    texts = {
        day: said.in_order(form.order, form.pivot)
        for day, said in written.items()
        if said is not None
    }
    known = {day: text for day, text in texts.items() if text is not None}
    if not known:
        return _counted(pieces["cell"].str.strip(), pieces["moment"])
    days = _from_text(pieces["day"].astype("object").map(known).astype("str"), "%Y-%m-%d")
    return _counted(pieces["cell"].str.strip(), pieces["moment"].fillna(days + pieces["clock"]))


def _from_text(part: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(part, format=form, errors="coerce", utc=True)
    return times.dt.tz_localize(None).astype(TIME)


def _counted(distinct: pd.Series, times: pd.Series) -> pd.Series:
    """Stamps, unix seconds and milliseconds, and Excel's days, where nothing else fits."""
    if not times.isna().any():
        return times
    stamps = times.isna() & distinct.str.fullmatch(r"(?:19|20)\d{12}")
    if stamps.any():
        times = times.mask(stamps, _from_text(distinct.where(stamps), "%Y%m%d%H%M%S"))
    for pattern, unit in ((r"\d{9,10}(?:\.\d+)?", "s"), (r"\d{13}", "ms")):
        matching = times.isna() & distinct.str.fullmatch(pattern)
        if matching.any():
            seconds = pd.to_numeric(distinct[matching])
            times = times.mask(matching, pd.to_datetime(seconds, unit=unit).astype(TIME))
    excel = times.isna() & distinct.str.fullmatch(r"\d{5}(?:\.\d+)?")
    if excel.any():
        counts = pd.to_numeric(distinct[excel])
        days = pd.to_datetime(counts, unit="D", origin="1899-12-30").dt.round("s").astype(TIME)
        times = times.mask(excel, days.where(counts.between(*_EXCEL_DAYS)))
    return times


def yymmdd(cells: pd.Series) -> pd.Series:
    """Days written YYMMDD, all of them in 19YY, with or without a time of day after them."""
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    days = "19" + distinct.str.slice(0, 6)
    times = pd.to_datetime(days, format="%Y%m%d", errors="coerce").astype(TIME)
    return _spread(cells, distinct, times)


def _spread(cells: pd.Series, distinct: pd.Series, times: pd.Series) -> pd.Series:
    positions = pd.Index(distinct).get_indexer(pd.Index(cells))
    return pd.Series(times.reindex(positions).to_numpy(), index=cells.index, dtype=TIME)


def month_start(times: pd.Series) -> pd.Series:
    """The first day of each moment's month."""
    return times.astype("datetime64[s]").dt.to_period("M").dt.to_timestamp().astype(TIME)
