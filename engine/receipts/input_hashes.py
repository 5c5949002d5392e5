"""One view in; short hashes of what a list was worked out from, for one customer, out."""

import hashlib
import weakref
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.stored_rows import StoredRows
from engine.customers.row_index import CustomerRows, rows_of
from engine.receipts.canonical import DIGITS
from engine.snapshot.snapshot import Snapshot
from engine.vocabulary import TABLES

_T = TypeVar("_T")

DIGEST_CHARACTERS = 32
"""Of an input's SHA-256: 128 bits (own choice; the chain itself keeps all 256)."""

_OF_CUSTOMERS = tuple(
    name
    for name, columns in TABLES.items()
    if "customer_id" in columns and name not in ("customers", "consents", "labels")
)
"""Consents are stored as they are; labels are read where arrears keep credit back."""


class InputHasher:
    """Hashes the rows of single customers; what it needs of a table is worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[weakref.ref[pd.DataFrame], Any]] = {}

    def hashes(
        self, snapshot: Snapshot, row: int, parts: Mapping[str, np.ndarray]
    ) -> dict[str, dict[str, str]]:
        """Hashes of everything behind one customer's scores.

        Parameters
        ----------
        row : int
            Position of the customer.
        parts : mapping of str to ndarray of shape (1, n_products)
            The blend's parts of the customer's scores.

        Returns
        -------
        dict of dict
            records: the customer's rows of each table that has some, and the catalogue;
            signals: the raw signals; parts: what the version made of them.
        """
        raw = snapshot.signals.raw(np.array([row]))
        return {
            "records": dict(self._records(snapshot, row)),
            "signals": {name: _of_numbers(values) for name, values in sorted(raw.items())},
            "parts": {name: _of_numbers(values) for name, values in sorted(parts.items())},
        }

    def _records(self, snapshot: Snapshot, row: int) -> Iterable[tuple[str, str]]:
        bank = snapshot.bank
        yield "customers", self._of_rows(bank, "customers", np.array([row]))
        yield "products", self._catalogue(bank)
        for table in _OF_CUSTOMERS:
            mine = self._index(snapshot, table).of(row)
            if table == "events":
                mine = np.concatenate([mine, self._recorded(snapshot, row)])
            if len(mine):
                yield table, self._of_rows(bank, table, mine)
        if snapshot.signals.settings.guard.no_credit_arrears:
            mine = self._index(snapshot, "labels").of(row)
            if len(mine):
                yield "labels", self._of_rows(bank, "labels", mine)

    def _catalogue(self, bank: Bank) -> str:
        everything = np.arange(bank.n_products)
        make = partial(self._of_rows, bank, "products", everything)
        return self._once("hash", bank["products"], "products", make)

    @staticmethod
    def _recorded(snapshot: Snapshot, row: int) -> np.ndarray:
        """Rows of the bank's events that were recorded after the import, of one customer."""
        n = len(snapshot.recorded_bank.stable_bank["events"])
        ids = snapshot.bank["events"]["customer_id"].iloc[n:]
        return n + np.flatnonzero((ids == snapshot.bank.customer_ids[row]).to_numpy(dtype=bool))

    def _of_rows(self, bank: Bank, table: str, rows: np.ndarray) -> str:
        digest = hashlib.sha256()
        for taken in self._cells(bank, table, rows):
            cells = taken.tobytes() if isinstance(taken, np.ndarray) else repr(taken.to_pylist())
            digest.update(cells if isinstance(cells, bytes) else cells.encode())
        return digest.hexdigest()[:DIGEST_CHARACTERS]

    def _cells(self, bank: Bank, table: str, rows: np.ndarray) -> Iterable[Any]:
        """Some rows, column by column."""
        given = bank.rows(table)
        if isinstance(given, StoredRows):
            return [*map(_raw, _columns(given.take(rows)))]
        frame = given.frame
        columns = self._once("columns", frame, table, lambda: [*map(_raw, _columns(frame))])
        return [column.take(rows) for column in columns]

    def _index(self, snapshot: Snapshot, table: str) -> CustomerRows:
        if table == "transactions":
            return snapshot.profiles.data.transaction_rows
        bank = snapshot.recorded_bank.stable_bank
        return self._once("rows", bank[table], table, partial(rows_of, bank, table))

    def _once(self, what: str, frame: pd.DataFrame, table: str, make: Callable[[], _T]) -> _T:
        """What belongs to a table, until there is another in its place."""
        known = self._known.get((what, table))
        if known is None or known[0]() is not frame:
            known = self._known[what, table] = (weakref.ref(frame), make())
        result: _T = known[1]
        return result


def _columns(frame: pd.DataFrame) -> Iterable[pd.Series]:
    return (frame[name] for name in frame.columns)


def _raw(column: pd.Series) -> Any:
    """A column's own memory, without pandas around it; something to `take` from."""
    if column.dtype == "boolean":
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_string_dtype(column.dtype):
        if column.dtype.storage == "pyarrow":
            return column.array.__arrow_array__()
        import pyarrow

        return pyarrow.array(column.array, type=pyarrow.large_string())
    return column.to_numpy()


def _of_numbers(values: np.ndarray) -> str:
    """Of an array, rounded as the receipt rounds, so that the last bit does not decide."""
    rounded = np.round(np.asarray(values, dtype=np.float64), DIGITS) + 0.0
    return hashlib.sha256(rounded.tobytes()).hexdigest()[:DIGEST_CHARACTERS]
