"""Dates in, moments out: one column may mix several spellings."""

import pandas as pd

TIME = "datetime64[us]"

_MONTH = r"(?:[A-Za-z]{3,9})\.?"
_SPELLINGS: tuple[tuple[str, str | None, str | None], ...] = (
    (r"\d{4}-\d{2}-\d{2}.*", "ISO8601", None),
    (r"\d{4}/\d{2}/\d{2}", "%Y/%m/%d", None),
    (r"\d{4}-\d{2}", "%Y-%m", None),
    (r"(?:19|20)\d{6}", "%Y%m%d", None),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?: \d{1,2}:\d{2})?", "%d/%m/%Y", "%m/%d/%Y"),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", "%d/%m/%y", "%m/%d/%y"),
    (rf"{_MONTH} \d{{4}}", "%b %Y", "%B %Y"),
    (rf"\d{{1,2}}[ -]{_MONTH}[ -]\d{{4}}", "%d %b %Y", "%d %B %Y"),
    (rf"{_MONTH} \d{{1,2}},? \d{{4}}", "%b %d %Y", "%B %d %Y"),
)
"""Pattern, format, second format (month first, or full month names)."""


def parse(cells: pd.Series) -> pd.Series:
    """Moments from ISO, DD/MM/YYYY, DD/MM/YY, "Jan 2024", YYYYMMDD and unix seconds.

    A slashed date is day first, unless the column has a date that can only be month first and
    none that can only be day first.
    """
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    times = pd.Series(pd.NaT, index=distinct.index, dtype=TIME)
    for pattern, form, other in _SPELLINGS:
        matching = times.isna() & distinct.str.fullmatch(pattern)
        if matching.any():
            part = _plain(distinct[matching], form)
            if other is not None and "m/" in other and _is_month_first(part):
                form = other
            parsed = _read(part, form)
            if other is not None and "%B" in other:
                parsed = parsed.fillna(_read(part, other))
            times = times.mask(matching, parsed)
    return _spread(cells, distinct, _unix(distinct, times))


def _plain(part: pd.Series, form: str) -> pd.Series:
    if form == "ISO8601":
        return part
    if form.startswith("%d/"):
        return part.str.replace(r"[.-]", "/", regex=True).str.replace(r" .*", "", regex=True)
    return part.str.replace(r"[.,]", "", regex=True).str.replace("-", " " if "b" in form else "-")


def _is_month_first(part: pd.Series) -> bool:
    numbers = part.str.split("/", expand=True).iloc[:, :2].astype("int64")
    return bool((numbers[1] > 12).any() and not (numbers[0] > 12).any())


def _read(part: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(part, format=form, errors="coerce", utc=True)
    return times.dt.tz_localize(None).astype(TIME)


def _unix(distinct: pd.Series, times: pd.Series) -> pd.Series:
    for pattern, unit in ((r"\d{9,10}(?:\.\d+)?", "s"), (r"\d{13}", "ms")):
        matching = times.isna() & distinct.str.fullmatch(pattern)
        if matching.any():
            seconds = pd.to_numeric(distinct[matching])
            times = times.mask(matching, pd.to_datetime(seconds, unit=unit).astype(TIME))
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
