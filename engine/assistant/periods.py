"""Words of time in; the days that they mean, counted from the day of the bank's data, out."""

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
    certain = sorted(set(_BY_NAME) - {"may", "march", "mar", "jan", "jun", "sept"})
    month = {"LOWER": {"IN": sorted(_BY_NAME)}}
    before = {"LOWER": {"IN": ["in", "since", "from", "during", "for", "of", "until"]}}
    year = {"LOWER": {"REGEX": r"^(19|20)\d\d$"}}
    return {
        "side": [[side, unit], [{"LOWER": "the"}, side, unit]],
        "many": [
            [side, number, unit],
            [side, {"LOWER": "a", "OP": "?"}, {"LOWER": "few"}, unit],
            [side, {"LOWER": "couple"}, {"LOWER": "of"}, unit],
            [{"LOWER": "in"}, number, unit],
        ],
        "month": [
            [{"LOWER": {"IN": certain}}],
            [before, month],
            [before, month, year],
            [month, year],
            [{"LOWER": "last"}, month],
        ],
        "year": [[before, year], [year]],
        "day": [[{"LOWER": {"IN": ["yesterday", "tomorrow"]}}]],
        "weekday": [
            [{"LOWER": {"IN": list(_WEEKDAYS)}}],
            [{"LOWER": {"IN": ["next", "on", "this"]}}, {"LOWER": {"IN": list(_WEEKDAYS)}}],
        ],
    }


def read(kind: str, words: list[str], as_of: pd.Timestamp, today: pd.Timestamp) -> Period | None:
    """The period of a match; days of the week and what lies ahead are counted from `today`."""
    day = as_of.normalize()
    if kind == "side":
        return _side(words[-2], _unit(words[-1]), day)
    if kind == "many":
        return _many(words, day)
    if kind == "month":
        return _month(words, day)
    if kind == "year":
        year = int(words[-1])
        first = pd.Timestamp(year, 1, 1)
        since = words[0] in ("since", "from")
        last = day if since else pd.Timestamp(year, 12, 31)
        return Period(f"{'since ' if since else ''}{year}", first, last, first > day)
    if kind == "weekday":
        ahead = (_WEEKDAYS.index(words[-1]) - today.day_of_week - 1) % 7 + 1
        on = today + pd.Timedelta(days=ahead)
        return Period(f"{on:%A} ({on.day} {on:%b %Y})", on, on, True)
    moved = {"yesterday": -1, "tomorrow": 1}[words[-1]]
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


def _month(words: list[str], day: pd.Timestamp) -> Period:
    """The newest such month that has begun by the day of the data, unless a year is said."""
    year = int(words[-1]) if words[-1].isdecimal() else None
    number = next(_BY_NAME[word] for word in words if word in _BY_NAME)
    at = year or (day.year if number <= day.month else day.year - 1)
    first = pd.Timestamp(at, number, 1)
    last = first + pd.offsets.MonthEnd(0)
    if words[0] in ("since", "from"):
        return Period(f"since {first:%b %Y}", first, max(day, last), False)
    return Period(f"{first:%b %Y}", first, last, first > day)


def _days(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if first == last:
        return f"{first.day} {first:%b %Y}"
    if first.day == 1 and last == last + pd.offsets.MonthEnd(0):
        if first.to_period("M") == last.to_period("M"):
            return f"{first:%b %Y}"
        return f"{first:%b %Y} to {last:%b %Y}"
    return f"{first.day} {first:%b} to {last.day} {last:%b %Y}"
