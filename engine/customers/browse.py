"""The customer table and what is asked of its columns in; the rows that answer, in order, out."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from engine.errors import BadInput

Bounds = tuple[float | date | None, float | date | None]
"""Lowest and highest value that passes, both inclusive; None leaves a side open."""

TEXTS: Final = (
    "name",
    "customer_id",
    "email",
    "phone",
    "segment",
    "relationship_manager",
    "next_offer",
)
"""Columns that may be searched for a text, each on its own."""
SEARCHED: Final = ("name", "customer_id", "email", "phone")
"""Columns that one search looks through together."""
RANGES: Final = (
    "value_a_year",
    "churn",
    "mood",
    "next_offer_confidence",
    "n_holdings",
    "n_alerts",
    "last_contact",
)
"""Columns that may be held within bounds; a missing value is within none."""


def select(
    table: pd.DataFrame,
    people: pd.DataFrame,
    *,
    search: str = "",
    equal: Mapping[str, str | None] | None = None,
    contains: Mapping[str, str] | None = None,
    between: Mapping[str, Bounds] | None = None,
) -> pd.DataFrame:
    """Rows that pass every condition, in the table's order.

    Parameters
    ----------
    table : DataFrame
        One row a customer.
    people : DataFrame
        email and phone among its columns, in the same order.
    search : str
        Each word is in one of SEARCHED.
    equal : mapping, optional
        Column -> value; None asks for nothing.
    contains : mapping, optional
        Column of TEXTS -> text that it holds, whatever the case; an empty text asks for nothing.
    between : mapping, optional
        Column of RANGES -> bounds. An upper day counts to its end.

    Raises
    ------
    BadInput
        If a column cannot be asked for that.
    """
    kept = np.ones(len(table), dtype=bool)
    for column, value in (equal or {}).items():
        if value is not None:
            kept &= (table[column] == value).to_numpy(dtype=bool)
    for column, bounds in (between or {}).items():
        _expect(column, RANGES, "held within bounds")
        kept &= _within(table[column], bounds)
    texts = {c: people[c] if c in ("email", "phone") else table[c] for c in TEXTS}
    for column, text in (contains or {}).items():
        _expect(column, TEXTS, "searched for a text")
        kept &= _holds(texts[column], text.strip(), kept)
    for word in search.split():
        kept &= np.logical_or.reduce([_holds(texts[c], word, kept) for c in SEARCHED])
    return table.loc[kept]


def _holds(texts: pd.Series, wanted: str, among: np.ndarray) -> np.ndarray:
    """Which of the rows `among` hold a text; the others are not looked at."""
    holds = among.copy()
    left = texts[among].str.contains(wanted, case=False, regex=False, na=False)
    holds[among] = left.to_numpy(dtype=bool) if wanted else True
    return holds


def _within(values: pd.Series, bounds: Bounds) -> np.ndarray:
    low, high = bounds
    if low is None and high is None:
        return np.ones(len(values), dtype=bool)
    passes = values.notna()
    dated = pd.api.types.is_datetime64_any_dtype(values)
    if low is not None:
        passes &= values >= (pd.Timestamp(low) if dated else low)
    if high is not None:
        passes &= (values < pd.Timestamp(high) + pd.Timedelta(days=1)) if dated else values <= high
    return passes.to_numpy(dtype=bool)


def _expect(column: str, known: tuple[str, ...], what: str) -> None:
    if column not in known:
        raise BadInput(f"The column {column!r} cannot be {what}; expected {', '.join(known)}.")
