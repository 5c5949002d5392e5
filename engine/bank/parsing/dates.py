"""Dates in, moments out: one column may mix several spellings."""

import pandas as pd

TIME = "datetime64[us]"

_LONGEST = 64
"""Characters of the longest cell that is matched as a moment."""

_MONTH = r"(?:[A-Za-z]{3,9})\.?"
_SPELLINGS: tuple[tuple[str, str, str | None], ...] = (
    (r"\d{4}[/.-]\d{1,2}[/.-]\d{1,2}", "%Y/%m/%d", None),
    (r"\d{4}-\d{2}", "%Y/%m", None),
    (r"(?:19|20)\d{6}", "%Y%m%d", None),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", "%d/%m/%Y", "%m/%d/%Y"),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", "%d/%m/%y", "%m/%d/%y"),
    (rf"{_MONTH} \d{{4}}", "%b/%Y", "%B/%Y"),
    (rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}", "%d/%b/%Y", "%d/%B/%Y"),
    (rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{2}}", "%d/%b/%y", "%d/%B/%y"),
    (rf"{_MONTH} \d{{1,2}},? \d{{4}}", "%b/%d/%Y", "%B/%d/%Y"),
)
"""Pattern of a day, its format with slashes, second format (month first, or full month names)."""
_ISO = r"\d{4}-\d{2}-\d{2}.*"
_WEEKDAY = r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+"
_CLOCK = r"[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:\s*([ap])\.?m\.?)?$"
_EXCEL_DAYS = (20_000, 73_050)
"""Excel counts days from 30 December 1899; these are 1954 to 2099 (own choice)."""


def parse(cells: pd.Series) -> pd.Series:
    """Moments from ISO, DD/MM/YYYY, DD/MM/YY, "Jan 2024", YYYYMMDD, unix seconds, Excel's days.

    A time of day may follow, with seconds or am / pm. A slashed date is day first, unless the
    column has a date that can only be month first and none that can only be day first.
    """
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    distinct = distinct[distinct.str.len() <= _LONGEST].reset_index(drop=True)
    times = pd.Series(pd.NaT, index=distinct.index, dtype=TIME)
    iso = distinct.str.fullmatch(_ISO)
    times = times.mask(iso, _read(distinct[iso], "ISO8601"))
    days, clock = _split(distinct[times.isna()])
    for pattern, form, other in _SPELLINGS if len(days) else ():
        matching = days.index[times[days.index].isna() & days.str.fullmatch(pattern)]
        if len(matching):
            part = _plain(days[matching])
            if other is not None and form.startswith("%d/%m") and _is_month_first(part):
                form = other
            parsed = _read(part, form)
            if other is not None and "%B" in other:
                parsed = parsed.fillna(_read(part, other))
            times[matching] = parsed + clock[matching]
    return _spread(cells, distinct, _counted(distinct, times))


def _split(distinct: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Days without weekday and time, and the time of day as a span from midnight."""
    parts = distinct.str.extract(f"(?i){_CLOCK}")
    hour = pd.to_numeric(parts[0]).fillna(0)
    half = parts[3].str.lower()
    hour = hour.mask(half.notna(), hour % 12).add(12 * (half == "p"))
    seconds = (hour * 60 + pd.to_numeric(parts[1]).fillna(0)) * 60
    seconds += pd.to_numeric(parts[2]).fillna(0)
    days = distinct.str.replace(f"(?i){_CLOCK}", "", regex=True)
    days = days.str.replace(f"(?i){_WEEKDAY}", "", regex=True).str.strip()
    clock = pd.to_timedelta(seconds.where(seconds < 86_400), unit="s").astype("timedelta64[us]")
    return days, clock


def _plain(days: pd.Series) -> pd.Series:
    """The same days with slashes alone between their parts."""
    return days.str.replace(r"[\s.,/-]+", "/", regex=True)


def _is_month_first(part: pd.Series) -> bool:
    numbers = part.str.split("/", expand=True).iloc[:, :2].astype("int64")
    return bool((numbers[1] > 12).any() and not (numbers[0] > 12).any())


def _read(part: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(part, format=form, errors="coerce", utc=True)
    return times.dt.tz_localize(None).astype(TIME)


def _counted(distinct: pd.Series, times: pd.Series) -> pd.Series:
    """Unix seconds and milliseconds, and days as Excel counts them, where nothing else fits."""
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
