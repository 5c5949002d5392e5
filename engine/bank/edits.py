"""Changed cells of a bank in, checked rows of the state out; and the table as it then is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank import preferences
from engine.errors import BadInput
from engine.vocabulary import KEYS, PRODUCT_SCORES, TABLES, Kind

EDITABLE: Final[dict[str, tuple[str, ...]]] = {
    "customers": ("relationship_manager", *preferences.EDITED),
    "products": (*PRODUCT_SCORES, "sensitive"),
}
"""Table -> columns that may be edited by hand; all else comes from the import.
Preferences without a column of their own are fields of `attributes`."""


def rows(
    table: str, row_id: str, values: Mapping[str, Any], *, now: datetime, actor: str
) -> list[dict[str, Any]]:
    """One row an edited cell.

    Raises
    ------
    BadInput
        If a column may not be edited or a value does not suit it.
    """
    _expect("table", table, tuple(EDITABLE))
    found = []
    for column, value in values.items():
        _expect(f"column of {table}", column, EDITABLE[table])
        row = {
            "table": table,
            "row_id": row_id,
            "column": column,
            "value": _as_text(column, value, _kind(table, column)),
            "recorded_at": now,
            "actor": actor,
        }
        found.append(row)
    return found


def applied(table: str, base: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """A table of the bank with its cells as they were edited last."""
    last = edits.drop_duplicates(["row_id", "column"], keep="last")
    ids = pd.Index(base[KEYS[table][0]], dtype="str")
    columns = {}
    edited_scores = np.zeros(len(base), dtype=int)
    stated = last["column"].isin(preferences.STATED) & (table == "customers")
    if stated.any():
        columns["attributes"] = _with_stated(base["attributes"], ids, last[stated])
    for column, group in last[~stated].groupby("column"):
        rows = ids.get_indexer(pd.Index(group["row_id"], dtype="str"))
        known = rows >= 0
        values = base[column].astype("object").to_numpy(copy=True)
        values[rows[known]] = group["value"].to_numpy(dtype=object)[known]
        columns[column] = _of_kind(pd.Series(values), TABLES[table][str(column)])
        edited_scores[rows[known]] += column in PRODUCT_SCORES
    if table == "products":
        own = edited_scores == len(PRODUCT_SCORES)
        columns["scores_estimated"] = base["scores_estimated"].mask(own, False)
    return base.assign(**columns)


def _with_stated(cells: pd.Series, ids: pd.Index, edits: pd.DataFrame) -> pd.Series:
    """Fields of `attributes`, changed where somebody edited them."""
    values = cells.astype("object").to_numpy(copy=True)
    for row_id, mine in edits.groupby("row_id"):
        at = ids.get_indexer([str(row_id)])[0]
        if at >= 0:
            fields = dict(zip(mine["column"], mine["value"], strict=True))
            values[at] = preferences.merged(values[at], fields)
    return pd.Series(values, index=cells.index, dtype="str")


def _kind(table: str, column: str) -> Kind:
    return TABLES[table].get(column) or preferences.STATED[column]


def _of_kind(values: pd.Series, kind: Kind) -> pd.Series:
    if kind == "number":
        return pd.to_numeric(values).astype("float64")
    if kind == "flag":
        return values.map({"true": True, "false": False, True: True, False: False}).astype(
            "boolean"
        )
    return values.where(values.notna(), None).astype("str")


def _as_text(column: str, value: Any, kind: Kind) -> str | None:
    if value is None or value == "":
        return None
    if kind == "flag":
        return "true" if value else "false"
    if kind != "number":
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{column} got {value!r}, expected a number of 0-10.") from error
    if not 0 <= number <= 10:
        raise BadInput(f"{column} got {number:g}, expected a number of 0-10.")
    return repr(number)


def _expect(what: str, got: str, expected: tuple[str, ...]) -> None:
    if got not in expected:
        raise BadInput(f"There is no {what} {got!r}; expected one of {', '.join(expected)}.")
