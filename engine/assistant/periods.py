"""Words of time in; the days that they mean, counted from the day of the bank's data, out."""

import re
from typing import Any, Final, NamedTuple

import pandas as pd

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_SHORT: Final = {name[:3]: n for n, name in enumerate(MONTHS, 1)} | {"sept": 9}
_BY_NAME: Final = {name: n for n, name in enumerate(MONTHS, 1)} | _SHORT
_UNITS: Final = ("day", "week", "month", "quarter", "year")
_LAST: Final = frozenset({"last", "previous", "past"})
_NEXT: Final = frozenset({"next", "coming", "following"})
_WORDS: Final = {"two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12, "few": 3, "couple": 2}
_WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
WORDS: Final = frozenset(
    {
        *MONTHS,
        *_WEEKDAYS,
        *_UNITS,
        *(f"{unit}s" for unit in _UNITS),
        *_LAST,
        *_NEXT,
        "today",
        "yesterday",
    }
    | {"since", "during", "this", "tomorrow", *_WORDS}
)


class Period(NamedTuple):
    """Days, both inside.

    Attributes
    ----------
    label : str
        What it is called: "last month (May 2026)".
    ahead : bool
        It lies after the day of the data.
    """

    label: str
    first: pd.Timestamp
    last: pd.Timestamp
    ahead: bool = False


def patterns() -> dict[str, list[list[dict[str, Any]]]]:
    """Patterns of spaCy's Matcher by the kind of period that they find, over small letters."""
    unit = {"LOWER": {"IN": [form for one in _UNITS for form in (one, f"{one}s")]}}
    side = {"LOWER": {"IN": [*sorted(_LAST), *sorted(_NEXT), "this", "current"]}}
    number = {"LOWER": {"REGEX": rf"^(\d{{1,3}}|{'|'.join(_WORDS)})$"}}
    return {
        "side": [[side, unit], [{"LOWER": "the"}, side, unit]],
        "many": [
            [side, number, unit],
            [side, {"LOWER": "a", "OP": "?"}, {"LOWER": "few"}, unit],
            [side, {"LOWER": "couple"}, {"LOWER": "of"}, unit],
            [{"LOWER": "in"}, number, unit],
        ],
        "day": [[{"LOWER": {"IN": ["yesterday", "today", "tomorrow"]}}]],
        "weekday": [
            [{"LOWER": {"IN": list(_WEEKDAYS)}}],
            [{"LOWER": {"IN": ["next", "on", "this", "last"]}}, {"LOWER": {"IN": list(_WEEKDAYS)}}],
        ],
    }


def read(kind: str, words: list[str], as_of: pd.Timestamp, today: pd.Timestamp) -> Period | None:
    """The period of a match; days of the week and what lies ahead are counted from `today`."""
    day = as_of.normalize()
    if kind == "side":
        return _side(words[-2], _unit(words[-1]), day)
    if kind == "many":
        return _many(words, day)
    if kind == "dates":
        return _dates(" ".join(words), day)
    if kind == "weekday" and words[0] == "last":
        back = (day.day_of_week - _WEEKDAYS.index(words[-1]) - 1) % 7 + 1
        on = day - pd.Timedelta(days=back)
        return Period(f"last {on:%A} ({on.day} {on:%b %Y})", on, on)
    if kind == "weekday":
        ahead = (_WEEKDAYS.index(words[-1]) - today.day_of_week - 1) % 7 + 1
        on = today + pd.Timedelta(days=ahead)
        return Period(f"{on:%A} ({on.day} {on:%b %Y})", on, on, True)
    moved = {"yesterday": -1, "today": 0, "tomorrow": 1}[words[-1]]
    on = (today if moved == 1 else day) + pd.Timedelta(days=moved)
    return Period(f"{words[-1]} ({on.day} {on:%b %Y})", on, on, moved == 1)


def _unit(word: str) -> str:
    return word.removesuffix("s")


def _span(unit: str, day: pd.Timestamp, steps: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The whole calendar unit so many steps away."""
    if unit == "day":
        on = day + pd.Timedelta(days=steps)
        return on, on
    letter = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}[unit]
    period = day.to_period(letter) + steps
    return period.start_time.normalize(), period.end_time.normalize()


def _side(side: str, unit: str, day: pd.Timestamp) -> Period:
    steps = -1 if side in _LAST else 1 if side in _NEXT else 0
    first, last = _span(unit, day, steps)
    word = {-1: "last", 0: "this", 1: "next"}[steps]
    return Period(f"{word} {unit} ({_days(first, last)})", first, last, steps > 0)


def _many(words: list[str], day: pd.Timestamp) -> Period | None:
    unit = _unit(words[-1])
    numbers = [
        int(w) if w.isdecimal() else _WORDS[w] for w in words if w.isdecimal() or w in _WORDS
    ]
    n = numbers[0] if numbers else 3
    if n < 1 or (unit == "year" and n > 50):
        return None
    if words[0] in _NEXT or words[0] == "in":
        last = day + pd.DateOffset(**{f"{'month' if unit == 'quarter' else unit}s": n})
        return Period(f"next {n} {unit}s", day + pd.Timedelta(days=1), last, True)
    if unit in ("day", "week"):
        first = day - pd.Timedelta(days=n * (7 if unit == "week" else 1) - 1)
        return Period(f"last {n} {unit}s ({_days(first, day)})", first, day)
    first, _ = _span(unit, day, -n)
    _, last = _span(unit, day, -1)
    return Period(f"last {n} whole {unit}s ({_days(first, last)})", first, last)


# --- months, days, quarters and years by name, and from one to another

_MONTH: Final = f"(?:{'|'.join(sorted(_BY_NAME, key=len, reverse=True))})"
_CERTAIN: Final = (
    "(?:"
    + "|".join(sorted(set(_BY_NAME) - {"may", "march", "mar", "jan", "jun", "sept"}, reverse=True))
    + ")"
)
_YEAR: Final = r"(?:19|20)\d\d"
_LEADS: Final = ("in", "since", "from", "during", "for", "of", "on", "last")
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_NTH: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_POINT: Final = "|".join(
    [
        rf"{_YEAR}_\d\d_\d\d",
        rf"(?:the )?{_DAY}(?: of)? {_MONTH}(?:(?: ,)? {_YEAR})?",
        rf"{_MONTH} (?:the )?{_DAY}(?:(?: ,)? {_YEAR})?",
        rf"(?:the )?(?:{'|'.join(_NTH)}|last) week (?:of|in) {_MONTH}(?: {_YEAR})?",
        rf"(?:the )?(?:{'|'.join(_NTH)}) quarter(?: (?:of )?{_YEAR})?",
        rf"(?:the )?(?:first|second) half (?:of )?{_YEAR}",
        rf"[qh][1-4](?: (?:of )?{_YEAR})?",
        rf"{_MONTH} {_YEAR}",
        _MONTH,
        _YEAR,
    ]
)
_POINTS: Final = [
    rf"(?:between (?:{_POINT}) and|(?:from )?(?:{_POINT}) (?:to|until|till|through)) (?:{_POINT})",
    rf"(?:(?:{'|'.join(_LEADS)}) )?(?:{_POINT})",
]
_FINDS: Final = [re.compile(rf"(?<!\S)(?:{one})(?!\S)") for one in _POINTS]
_BARE: Final = re.compile(rf"^(?:{_CERTAIN}|(?!{_MONTH}$).*)$")
"""Not "may" or "march" alone, which are words too."""
_SPENT: Final = frozenset({"spend", "spends", "spent", "spending", "expenses", "year"})


def found_dates(told: list[str]) -> list[tuple[int, int]]:
    """First token and the one after the last of all that may be dates; longer ones may overlap."""
    starts, at = {}, 0
    for n, word in enumerate(told):
        starts[at] = n
        at += len(word) + 1
    text = " ".join(told)
    spans = []
    for pattern in _FINDS:
        for start in starts:
            match = pattern.match(text, start)
            if match is None:
                continue
            first = starts[start]
            words = match[0].split(" ")
            year = len(words) == 1 and re.fullmatch(_YEAR, words[0])
            if year and (not first or told[first - 1] not in _SPENT):
                continue
            if len(words) == 1 and not _BARE.match(words[0]):
                continue
            spans.append((first, first + len(words)))
    return spans


def coming(said: str, today: pd.Timestamp) -> Period | None:
    """Words of time again, as of what lies ahead; None where they mean nothing that does.

    Notes
    -----
    "In two weeks" is the day two weeks from today; a day or month without a year the next one.
    """
    words = said.split(" ")
    if words[0] == "in" and _unit(words[-1]) in _UNITS:
        period = _many(words, today)
        return None if period is None else period._replace(first=period.last)
    if words[-1] in ("today", "tomorrow"):
        on = today + pd.Timedelta(days=int(words[-1] == "tomorrow"))
        return Period(f"{words[-1]} ({on.day} {on:%b %Y})", on, on, True)
    if words[-1] == "yesterday" or words[0] in _LAST:
        return None
    if words[-1] in _WEEKDAYS:
        return read("weekday", words, today, today)
    if _unit(words[-1]) in _UNITS and not set(words) & set(_NTH):
        words = words[1:] if words[0] == "the" else words
        period = _many(words, today) if len(words) > 2 else _side(words[0], _unit(words[-1]), today)
        if period is not None and not period.ahead:
            period = period._replace(first=max(period.first, today))
        return period if period is not None and period.last >= today else None
    period = _dates(said, today, ahead=True)
    return period if period is not None and period.last >= today else None


def _dates(text: str, day: pd.Timestamp, ahead: bool = False) -> Period | None:
    """The days from one date to another, since one, or of one."""
    both = re.match(
        rf"^(?:between ({_POINT}) and|(?:from )?({_POINT}) (?:to|until|till|through)) ({_POINT})$",
        text,
    )
    if both:
        end = _point(both[3], day, ahead=ahead)
        if end is None:
            return None
        start = _point(both[1] or both[2], end[1])
        if start is None or start[0] > end[0]:
            return None
        label = _days(start[0], end[1])
        return Period(label, start[0], end[1], start[0] > day)
    words = text.split(" ")
    lead = (
        words[0] if words[0] in ("in", "since", "from", "during", "for", "of", "on", "last") else ""
    )
    if lead == "last" and len(words) > 2:
        lead = ""
    point = _point(text.removeprefix(lead).strip(), day, ahead=ahead)
    if point is None:
        return None
    first, last = point
    if lead in ("since", "from"):
        told = (
            f"{first:%b %Y}" if first.day == 1 and last != first else f"{first.day} {first:%b %Y}"
        )
        told = str(first.year) if (last - first).days > 360 else told
        return Period(f"since {told}", first, max(day, first), first > day)
    year = (last - first).days > 360
    return Period(str(first.year) if year else _days(first, last), first, last, first > day)


def _point(
    text: str, day: pd.Timestamp, ahead: bool = False
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of one date; without a year the newest that has begun by `day`, or the
    next that has not ended where it lies ahead."""
    words = [w for w in text.split(" ") if w not in ("the", "of", "in", ",")]
    if re.fullmatch(rf"{_YEAR}_\d\d_\d\d", text):
        on = pd.to_datetime(text, format="%Y_%m_%d", errors="coerce")
        return None if pd.isna(on) else (on, on)
    said = int(words[-1]) if re.fullmatch(_YEAR, words[-1]) else None
    rest = words if said is None else words[:-1]
    if said is not None:
        return _of_year(rest, said)
    for year in range(day.year - 8, day.year + 9)[:: 1 if ahead else -1]:
        found = _of_year(rest, year)
        if found is not None and (found[1] >= day if ahead else found[0] <= day):
            return found
    return None


def _of_year(words: list[str], year: int) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    if not words:
        return pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    part = re.fullmatch(r"([qh])([1-4])", words[0])
    if part or words[-1] in ("quarter", "half"):
        letter = part[1] if part else words[-1][0]
        n = int(part[2]) if part else _NTH[words[0]]
        months = 3 if letter == "q" else 6
        if n * months > 12:
            return None
        first = pd.Timestamp(year, (n - 1) * months + 1, 1)
        return first, first + pd.offsets.MonthEnd(months)
    number = next((_BY_NAME[word] for word in words if word in _BY_NAME), 0)
    if not number:
        return None
    first = pd.Timestamp(year, number, 1)
    last = first + pd.offsets.MonthEnd(0)
    if "week" in words:
        if words[0] == "last":
            return last - pd.Timedelta(days=6), last
        first += pd.Timedelta(days=7 * (_NTH[words[0]] - 1))
        return first, first + pd.Timedelta(days=6)
    of = next((int(re.sub(r"\D", "", w)) for w in words if w[0].isdigit()), 0)
    if not of:
        return first, last
    on = first + pd.Timedelta(days=of - 1)
    return (on, on) if on <= last else None


def _days(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if first == last:
        return f"{first.day} {first:%b %Y}"
    if first.day == 1 and last == last + pd.offsets.MonthEnd(0):
        if first.to_period("M") == last.to_period("M"):
            return f"{first:%b %Y}"
        return f"{first:%b %Y} to {last:%b %Y}"
    return f"{first.day} {first:%b} to {last.day} {last:%b %Y}"
