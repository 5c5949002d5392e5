"""Pages of a long answer: a cursor says after which row the next one begins.

A cursor names the last row that was given, not its place, so that rows which come and go meanwhile
neither repeat nor hide another.
"""

import base64
import binascii
from typing import Any, Final

import pandas as pd

from api.problems import Problem

_LONGEST: Final = 400


def cursor_of(last: str) -> str:
    """What a client sends to get the rows after this one."""
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def last_of(cursor: str) -> str:
    """The row that a cursor names; a problem for one that was not given here."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        if len(cursor) > _LONGEST or not cursor.isascii():
            raise ValueError
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise Problem(422, "That is no cursor of this API; leave it away to begin.") from error


def page(
    table: pd.DataFrame, key: str, cursor: str | None, limit: int
) -> tuple[pd.DataFrame, str | None]:
    """Rows after a cursor, in the order of a unique text column.

    Parameters
    ----------
    table : DataFrame
    key : str
        Column with a text of its own in each row.

    Returns
    -------
    tuple
        At most `limit` rows, and the cursor of the next page, None after the last.
    """
    ordered = table.sort_values(key, kind="stable", ignore_index=True)
    begin = 0
    if cursor is not None:
        begin = int(ordered[key].searchsorted(last_of(cursor), side="right"))
    return _cut(ordered, begin, limit, lambda rows: str(rows[key].iloc[-1]))


def page_of_stream(
    table: pd.DataFrame, cursor: str | None, limit: int
) -> tuple[pd.DataFrame, str | None]:
    """Rows of a table that grows at its top, newest first: a cursor counts from the bottom."""
    left = len(table)
    if cursor is not None:
        told = last_of(cursor)
        if not (told.isascii() and told.isdigit() and len(told) < 12):
            raise Problem(422, "That is no cursor of this API; leave it away to begin.")
        left = min(int(told), len(table))
    begin = len(table) - left
    return _cut(table, begin, limit, lambda rows: str(left - len(rows)))


def _cut(table: pd.DataFrame, begin: int, limit: int, last: Any) -> tuple[pd.DataFrame, str | None]:
    rows = table.iloc[begin : begin + limit]
    more = begin + limit < len(table)
    return rows, cursor_of(last(rows)) if more else None
