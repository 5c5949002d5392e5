"""A bank's tables and an earlier day in; what the bank knew at the end of that day out."""

from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.stored_rows import HeldRows, StoredRows, Tables
from engine.vocabulary import FOREIGN

_DATED: Final = {
    "accounts": "opened_on",
    "holdings": "opened_on",
    "transactions": "booked_at",
    FOREIGN: "booked_at",
    "messages": "sent_at",
    "events": "recorded_at",
    "labels": "known_on",
    "contacts": "contacted_at",
}
UNDATED: Final = ("satisfaction", "status")
"""Facts about a customer that have no date, and that what happened later writes: somebody who has
left is no longer satisfied, nor active."""
SETTLED: Final = pd.Timedelta(days=30)
"""A complaint that is resolved today was so on an earlier day if it was this old (own choice)."""


def known_on(
    tables: Tables, day: pd.Timestamp, as_of: pd.Timestamp
) -> dict[str, pd.DataFrame | StoredRows]:
    """The tables that differ from today's, as they were at the end of a day.

    Dated rows after `day` are dropped, closings after it are undone, a month that was still
    running is dropped, and a balance that was read later is emptied. Facts without a date are
    today's: those of `UNDATED` are emptied, and so is the resolution of a recent complaint. One
    that is open today was open then.
    """
    end = day.normalize() + pd.Timedelta(days=1)
    kept: dict[str, Any] = {
        name: _until(rows, column, end)
        for name, column in _DATED.items()
        if len(rows := tables.rows(name))
    }
    if "holdings" in kept:
        closed = kept["holdings"]["closed_on"]
        kept["holdings"] = kept["holdings"].assign(closed_on=closed.where(closed < end))
    if "accounts" in kept:
        later = kept["accounts"]["as_of"] >= end
        kept["accounts"] = kept["accounts"].assign(balance=kept["accounts"]["balance"].mask(later))
    if end > as_of:
        return kept
    if len(months := tables["months"]):
        # The figures of a month are those of its last day: half of one shows what came next.
        over = months["month"].isna() | (months["month"] + pd.offsets.MonthBegin(1) <= end)
        kept["months"] = months.loc[over].reset_index(drop=True)
    if "messages" in kept:
        messages = kept["messages"]
        recent = messages["sent_at"].isna() | (messages["sent_at"] > end - SETTLED)
        unsure = recent & messages["resolved"].fillna(False)
        kept["messages"] = messages.assign(resolved=messages["resolved"].mask(unsure))
    if len(customers := tables["customers"]):
        unknown = {
            column: pd.Series(None, index=customers.index, dtype=customers[column].dtype)
            for column in UNDATED
        }
        kept["customers"] = customers.assign(**unknown)
    return kept


def _until(
    rows: HeldRows | StoredRows, column: str, end: pd.Timestamp
) -> pd.DataFrame | StoredRows:
    """Rows that are dated before a moment or not at all."""
    dates = (part[column] for part in rows.parts([column]))
    return rows.where(np.concatenate([(day.isna() | (day < end)).to_numpy() for day in dates]))
