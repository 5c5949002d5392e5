"""A bank and what was written beside it in; its edits, added records and consents laid over it."""

import numpy as np
import pandas as pd

from engine.bank import added_rows, edits
from engine.bank.bank import Bank
from engine.bank.stored_rows import StoredRows
from engine.bank.tables import concat
from engine.state.state import State


def with_records(bank: Bank, state: State) -> Bank:
    """The bank with its edits and added records; the same object if there are none."""
    edited = state.edits.read()
    changed = {}
    for table in edits.EDITABLE:
        mine = edited[edited["table"] == table]
        if len(mine):
            changed[table] = edits.applied(table, bank[table], mine)
    added = {
        table: _with_more(bank, table, added_rows.of_bank(table, rows))
        for table, rows in _of_known(bank, state.added.tables()).items()
    }
    return bank.with_tables(**changed).with_checked(**added) if changed or added else bank


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

    A consent that was recorded replaces the base's for that customer and purpose, whatever the
    times say: it was recorded after the import.
    """
    recorded, base = state.consents.latest(bank.customer_ids), bank["consents"]
    if recorded.empty:
        return base
    key = ["customer_id", "purpose"]
    theirs = np.flatnonzero(base["customer_id"].isin(recorded["customer_id"]))
    pairs = pd.MultiIndex.from_frame(base[key].iloc[theirs])
    replaced = theirs[pairs.isin(pd.MultiIndex.from_frame(recorded[key]))]
    return concat("consents", [base.drop(index=replaced), recorded])


def laid_over(bank: Bank, state: State) -> Bank:
    """The bank with all of it; the same object if there is nothing."""
    changed, consents = with_records(bank, state), consents_of(bank, state)
    return changed if consents is bank["consents"] else changed.with_checked(consents=consents)
