"""Tables in, their rows with addresses and numbers masked out: for who looks after the data."""

import re
from typing import Final

import pandas as pd

from engine.bank.bank import Bank
from engine.errors import BadInput

TABLES_SHOWN: Final = ("customers", "events")
HIDDEN: Final = "…"
"""Stands for what is masked."""

_EMAIL = re.compile(r"([^\s@<>()\",;:])[^\s@<>()\",;:]*@([^\s@<>()\",;:]+)")
_NUMBER = re.compile(
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{8,30}\b|(?<![\d-])(?!\d{4}-\d{2}-\d{2}\b)\+?\d[\d \-/().]{5,}\d"
)
_ADDRESSES = ("email", "phone")
_TEXTS = ("comment", "reason", "attributes")


def raw_rows(bank: Bank, events: pd.DataFrame, table: str, n: int) -> pd.DataFrame:
    """The first rows of the customers, or the newest events, as they are stored.

    Parameters
    ----------
    events : DataFrame
        Imported and recorded ones.
    table : str
        One of TABLES_SHOWN.
    n : int
        At most so many rows.

    Returns
    -------
    DataFrame
        Columns that hold nothing are left out. An e-mail keeps its first letter and its domain, a
        phone number its last two digits, also inside free text.

    Raises
    ------
    BadInput
        For another table.
    """
    if table not in TABLES_SHOWN:
        raise BadInput(f"Got the table {table!r}, expected one of {', '.join(TABLES_SHOWN)}.")
    if table == "customers":
        rows = bank["customers"].head(n)
    else:
        order = events["recorded_at"].sort_values(
            ascending=False, kind="stable", na_position="last"
        )
        rows = events.loc[order.index].head(n).drop(columns="checksum", errors="ignore")
    rows = rows.dropna(axis="columns", how="all").reset_index(drop=True)
    masked = {
        name: rows[name].map(masked_text, na_action="ignore")
        for name in (*_ADDRESSES, *_TEXTS)
        if name in rows
    }
    return rows.assign(**masked)


def masked_text(text: str) -> str:
    """A text whose e-mail addresses and long numbers cannot be read any more."""
    return _NUMBER.sub(
        lambda found: HIDDEN + found[0][-2:], _EMAIL.sub(rf"\1{HIDDEN}@\2", str(text))
    )
