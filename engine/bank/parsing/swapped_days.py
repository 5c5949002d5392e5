"""A column of typed dates and texts in; the same where a spreadsheet took the month for the day."""

import re

import pandas as pd

SWAPPED = ("day and month changed places", "as they are")
"""What a person says of the typed dates of a column: a spreadsheet of another country took the
month for the day wherever it could."""

_TYPED = r"(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}.*|)"
_LEAST_TYPED = 2
"""Different typed dates, and dates as text, from which both are compared (own choice)."""
_LEAST_SURE, _LEAST_DAYS = 4, 3
"""Different typed dates, and days of the month among them, from which they are changed before a
person says so: dates of the first of a month say nothing (own choice)."""
_TEXT = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{2}|\d{4})(?:[T ]\d{1,2}:\d{2}.*)?")


def with_typed_swapped(cells: pd.Series) -> tuple[pd.Series, int, int, bool] | None:
    """A column with day and month of its typed dates changed, how many those are, how many dates
    are text, and whether the typed ones are many and varied; None where nothing speaks for it.

    A spreadsheet that reads "13/01/2026" month first leaves it as text, and makes another day of
    "02/01/2026": then no typed date has a day after the 12th, and all that are text have.
    """
    distinct = pd.Series(cells.dropna().unique(), dtype="str")
    typed = distinct[distinct.str.fullmatch(_TYPED)]
    texts = [_TEXT.fullmatch(cell.strip()) for cell in distinct.drop(typed.index)]
    pairs = [(int(found[1]), int(found[2])) for found in texts if found]
    is_late = all(first > 12 >= second for first, second in pairs)
    is_late |= all(second > 12 >= first for first, second in pairs)
    if min(len(typed), len(pairs)) < _LEAST_TYPED or not is_late:
        return None
    parts = typed.str.extract(_TYPED)
    if (pd.to_numeric(parts[2]) > 12).any():
        return None
    changed = parts[0] + "-" + parts[2] + "-" + parts[1] + parts[3]
    swapped = cells.astype("object").map(dict(zip(typed, changed, strict=True)))
    is_varied = len(typed) >= _LEAST_SURE and parts[2].nunique() >= _LEAST_DAYS
    return swapped.fillna(cells).astype("str"), len(typed), len(pairs), is_varied
