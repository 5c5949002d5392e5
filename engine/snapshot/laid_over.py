"""A bank and what was written beside it in; its edits, added records and consents laid over it."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from engine.bank import added_rows, edits
from engine.bank.bank import TRANSACTIONS, Bank
from engine.bank.consents import latest
from engine.bank.stored_rows import StoredRows
from engine.bank.tables import concat
from engine.state.retention import out_of_use
from engine.state.state import State
from engine.vocabulary import GRANTED, REFUSED

_PAIR = ["customer_id", "purpose"]
_MESSAGES = "messages"


def with_records(
    bank: Bank, state: State, seen: Callable[[pd.DataFrame], pd.DataFrame] | None = None
) -> Bank:
    """The bank with its edits and added records; the same object if there are none.

    `seen` is what is done with added transactions before anybody sees them.
    """
    edited = state.edits.read()
    changed = {}
    for table in edits.EDITABLE:
        mine = edited[edited["table"] == table]
        if len(mine):
            changed[table] = edits.applied(table, bank[table], mine)
    added = {
        table: added_rows.of_bank(table, rows)
        for table, rows in _of_known(bank, _in_use(state)).items()
    }
    if seen is not None and TRANSACTIONS in added:
        added[TRANSACTIONS] = seen(added[TRANSACTIONS])
    added = {table: _with_more(bank, table, rows) for table, rows in added.items()}
    return bank.with_tables(**changed).with_checked(**added) if changed or added else bank


def _in_use(state: State) -> dict[str, pd.DataFrame]:
    """Added records without messages whose period has ended."""
    added, ended = state.added.tables(), out_of_use(state.retention, _MESSAGES)
    if ended is not None and _MESSAGES in added:
        rows = added[_MESSAGES]
        added[_MESSAGES] = rows[~(rows["sent_at"] < ended)]
    return added


def _of_known(bank: Bank, added: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Without rows about customers who are gone since."""
    kept = {t: rows[rows["customer_id"].isin(bank.customer_ids)] for t, rows in added.items()}
    return {table: rows for table, rows in kept.items() if len(rows)}


def _with_more(bank: Bank, table: str, more: pd.DataFrame) -> pd.DataFrame | StoredRows:
    rows = bank.rows(table)
    if isinstance(rows, StoredRows):
        return rows.plus(more)
    return concat(table, [rows.frame, more])


def consents_of(bank: Bank, state: State) -> pd.DataFrame:
    """The consents table with what was recorded in place of the base's.

    A consent that was recorded replaces the base's for that customer and purpose, but where that
    is an objection of a later day: newer files brought it.
    """
    recorded, base = state.consents.latest(bank.customer_ids), bank["consents"]
    if recorded.empty:
        return base
    objections = objections_since(base, recorded)
    recorded = recorded[~_pairs(recorded).isin(_pairs(objections))]
    theirs = np.flatnonzero(base["customer_id"].isin(recorded["customer_id"]))
    replaced = theirs[_pairs(base.iloc[theirs]).isin(_pairs(recorded))]
    return concat("consents", [base.drop(index=replaced), recorded])


def objections_since(base: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    """Objections of a base that are later than what was recorded here of customer and purpose.

    A day without a time is the whole of it: on the same day the objection is the later one.
    """
    base = base[base["customer_id"].isin(recorded["customer_id"])]
    stands = latest(base[base["recorded_at"].notna() | (base["status"] != REFUSED)])
    both = stands[stands["status"] == REFUSED].merge(recorded, on=_PAIR, suffixes=("", "_here"))
    day = both["recorded_at"]
    until = day.where(day != day.dt.normalize(), day + pd.Timedelta(days=1))
    return both[(both["status_here"] != REFUSED) & (until > both["recorded_at_here"])]


def said_of_consents(bank: Bank, state: State) -> list[str]:
    """Where the files and what was recorded here say opposite things, and that objections hold."""
    recorded, base = state.consents.latest(bank.customer_ids), bank["consents"]
    n_files = len(objections_since(base, recorded))
    here = recorded[recorded["status"] == REFUSED]
    stands = latest(base)
    granted = stands[stands["status"] == GRANTED]
    n_here = int(_pairs(here).isin(_pairs(granted)).sum())
    said = []
    if n_files:
        said.append(
            f"{_objections(n_files)} of the files against an older consent recorded here: the "
            "objection holds."
        )
    if n_here:
        said.append(
            f"{_objections(n_here)} recorded here against a consent of the files: the objection "
            "holds."
        )
    return said


def _objections(n: int) -> str:
    return f"{n:,} objection{'' if n == 1 else 's'}"


def _pairs(consents: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(consents[_PAIR])


def laid_over(bank: Bank, state: State) -> Bank:
    """The bank with all of it; the same object if there is nothing."""
    changed, consents = with_records(bank, state), consents_of(bank, state)
    return changed if consents is bank["consents"] else changed.with_checked(consents=consents)
