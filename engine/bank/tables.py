"""Tables in the vocabulary's columns and kinds: making them, coercing them, joining list cells."""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from engine import patterns
from engine.errors import BadInput
from engine.vocabulary import DTYPES, LIST_SEPARATOR, TABLES, Kind

patterns.remember()

_TEXTS = ("id", "text", "list", "json")
_DTYPES = {kind: pd.api.types.pandas_dtype(dtype) for kind, dtype in DTYPES.items()}
_FLAGS = {"true": True, "false": False, "1": True, "0": False, "True": True, "False": False}


def empty(table: str) -> pd.DataFrame:
    """An empty table with the columns and dtypes of the vocabulary."""
    return _empty(table).copy(deep=False)


@cache
def _empty(table: str) -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype=DTYPES[k]) for c, k in TABLES[table].items()})


def coerce(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame the columns, order and dtypes of its table.

    Parameters
    ----------
    table : str
        Name of a table of the vocabulary.
    frame : DataFrame
        Any subset of the table's columns. A missing column becomes a column of missing values.

    Returns
    -------
    DataFrame
        Exactly the vocabulary's columns in its order; times in UTC without a zone.

    Raises
    ------
    BadInput
        If the frame has a column that the table has not.
    """
    kinds = TABLES[table]
    if stray := [c for c in frame.columns if c not in kinds]:
        raise BadInput(f"Table {table} has no column {stray[0]!r}; it has {', '.join(kinds)}.")
    n = len(frame)
    cells = {
        column: _as_kind(frame[column], kind).array if column in frame else _unsaid(kind, n)
        for column, kind in kinds.items()
    }
    return pd.DataFrame(cells, index=pd.RangeIndex(n))


def _unsaid(kind: Kind, n: int) -> Any:
    """Missing values of a kind, shape (n,)."""
    return _nothing(kind).repeat(n)


@cache
def _nothing(kind: Kind) -> Any:
    return pd.array([None], dtype=DTYPES[kind])


def _as_kind(values: pd.Series, kind: Kind) -> pd.Series:
    if values.dtype != _DTYPES[kind]:
        values = _converted(values, kind)
    if kind in _TEXTS:
        return _in_one_piece(values)
    if kind == "number":
        return values + 0.0  # -0.0 becomes 0.0: equal tables hash alike
    return values


def _converted(values: pd.Series, kind: Kind) -> pd.Series:
    if kind == "flag" and pd.api.types.is_string_dtype(values):
        return values.map(_FLAGS).astype("boolean")
    if kind == "time":
        times = pd.to_datetime(values, utc=True, format="ISO8601") if values.size else values
        if getattr(times.dtype, "tz", None) is not None:
            times = times.dt.tz_localize(None)
        return times.astype("datetime64[us]")
    if kind in _TEXTS and not pd.api.types.is_string_dtype(values):
        values = values.astype("object").where(values.notna(), None)
    return values.astype(DTYPES[kind])


def _in_one_piece(texts: pd.Series) -> pd.Series:
    """The same texts in one Arrow chunk: to take a row out of several copies all of them first."""
    if texts.dtype.storage != "pyarrow":
        return texts
    import pyarrow

    pieces = texts.array.__arrow_array__()
    if pieces.num_chunks <= 1:
        return texts
    whole = pyarrow.chunked_array([pieces.combine_chunks()])
    return pd.Series(texts.dtype.__from_arrow__(whole), index=texts.index, name=texts.name)


def concat(table: str, frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Stack coerced frames of one table; an empty list gives an empty table."""
    kept = [f for f in frames if len(f)]
    if not kept:
        return empty(table)
    if len(kept) == 1:
        return kept[0].reset_index(drop=True)
    whole = pd.concat(kept, ignore_index=True)
    texts = whole.select_dtypes("str").columns
    return whole.assign(**{c: _in_one_piece(whole[c]) for c in texts})


def join_list(items: Iterable[Any]) -> str | None:
    """One `list` cell from items; None when nothing is left after stripping."""
    kept = [str(i).strip() for i in items if i is not None and str(i).strip()]
    return LIST_SEPARATOR.join(kept) if kept else None


def explode_list(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per item of a `list` column; rows with no item are left out.

    The index of the result repeats the index of `frame`, so positions survive.
    """
    kept = frame.loc[frame[column].notna()]
    items = kept.assign(**{column: kept[column].str.split(LIST_SEPARATOR.strip(), regex=False)})
    items = items.explode(column)
    items[column] = items[column].astype("str").str.strip()
    return items.loc[items[column] != ""]


def attributes(row: Mapping[str, Any] | pd.Series) -> dict[str, Any]:
    """The unknown source columns kept with a row, parsed from its `attributes` cell."""
    cell = row.get("attributes")
    return json.loads(cell) if isinstance(cell, str) and cell else {}


def attribute_texts(cells: pd.Series, name: str) -> pd.Series:
    """What one unknown source column says, of all rows.

    Parameters
    ----------
    cells : Series of str
        `attributes` cells; a missing one says nothing.
    name : str
        Source columns are alike but for case, spaces and marks: "Income Level" is "income_level".

    Returns
    -------
    Series of str, the index of `cells`
        "" where nothing is said; the items of a list with "; " between.
    """
    wanted = _plain(name)
    spelled = "[^A-Za-z0-9]*".join(wanted)
    asked = cells.fillna("").astype("str")
    codes, distinct = pd.factorize(asked.where(asked.str.contains(f"(?i:{spelled})"), ""))
    found = np.array([_said(cell, wanted) for cell in distinct], dtype=object)
    return pd.Series(found[codes], index=cells.index, dtype="str")


def _said(cell: str, wanted: str) -> str:
    stored = json.loads(cell) if cell else {}
    values = (v for k, v in stored.items() if _plain(k) == wanted and v is not None)
    value = next(values, "")
    return join_list(value if isinstance(value, list) else [value]) or ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def content_hash(table: pd.DataFrame) -> bytes:
    """Bytes that depend on every cell of a table and on the order of its rows.

    Notes
    -----
    Each distinct text is hashed once. pandas hashes a missing text as "nan" where it takes the
    cells one by one, and otherwise as a number of its own; the filling keeps to the former, which
    the ids of all banks rest on.
    """
    texts = table.select_dtypes("str").columns
    filled = table.assign(**{name: table[name].fillna("nan") for name in texts})
    for name in table.select_dtypes("category"):
        coded = table[name].cat
        known = coded if "nan" in coded.categories else coded.add_categories("nan").cat
        filled[name] = known.set_categories(known.categories).fillna("nan")
    hashed = pd.util.hash_pandas_object(filled, index=False, categorize=True)
    return np.ascontiguousarray(hashed.to_numpy()).tobytes()
