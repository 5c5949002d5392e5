"""Rows that people added beside a bank in; rows of its own tables, marked, out."""

import json
from typing import Final

import pandas as pd

from engine.bank.tables import coerce
from engine.vocabulary import KEYS

ADDED_BY: Final = "added_by"
"""Key in `attributes` that marks a row as added here, with who added it."""


def of_bank(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Added rows in the columns of their table.

    They stand in the order of their content, not of their adding, so that every figure made of
    them is the same bytes whoever was first.
    """
    columns = [c for c in rows.columns if c not in (KEYS[table][0], "actor")]
    ordered = rows.sort_values(columns, kind="stable", ignore_index=True)
    marks = [json.dumps({ADDED_BY: actor}) for actor in ordered["actor"].fillna("")]
    return coerce(
        table, ordered.drop(columns="actor").assign(attributes=pd.Series(marks, dtype="str"))
    )


def was_added(attributes: pd.Series) -> pd.Series:
    """Which rows were added by hand, by their `attributes` cell."""
    return attributes.str.startswith(f'{{"{ADDED_BY}"', na=False)
