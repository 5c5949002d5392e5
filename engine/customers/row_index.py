"""A table's customer column in; which rows belong to which customer out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank


@dataclass(frozen=True, eq=False)
class CustomerRows:
    """Rows of one table, grouped by customer.

    Attributes
    ----------
    positions : ndarray of int32, shape (n_rows,)
        Customer of each row; -1 where the bank has no such customer.
    order : ndarray of int32, shape (n_rows,)
        Row numbers, customer by customer, in table order within each; before the first customer
        those of unknown ones.
    starts : ndarray of int64, shape (n_customers + 1,)
        Where each customer's rows start in `order`.
    """

    positions: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def by(cls, positions: np.ndarray, n_customers: int) -> "CustomerRows":
        """Group rows by the customer of each."""
        positions = positions.astype(np.int32, copy=False)
        in_order = positions
        if (positions[1:] >= positions[:-1]).all():
            order = np.arange(len(positions), dtype=np.int32)
        else:
            order = np.argsort(positions, kind="stable").astype(np.int32)
            in_order = positions[order]
        starts = np.searchsorted(in_order, np.arange(n_customers + 1, dtype=np.int32))
        return cls(positions, order, starts)

    def of(self, position: int) -> np.ndarray:
        """Row numbers of one customer."""
        return self.order[self.starts[position] : self.starts[position + 1]]

    @property
    def counts(self) -> np.ndarray:
        """Rows per customer, shape (n_customers,)."""
        return np.diff(self.starts)


def rows_of(bank: Bank, table: str) -> CustomerRows:
    """Group the rows of a table of the bank by customer."""
    ids = (part["customer_id"] for part in bank.rows(table).parts(["customer_id"]))
    parts = [customer_positions(bank, some).astype(np.int32) for some in ids]
    return CustomerRows.by(np.concatenate([np.zeros(0, dtype=np.int32), *parts]), bank.n_customers)


def customer_positions(bank: Bank, ids: pd.Series) -> np.ndarray:
    """Row numbers of customers in the bank, -1 if unknown; each distinct id is looked up once."""
    codes, distinct = pd.factorize(ids)
    positions = bank.customer_positions(distinct)
    return np.append(positions, -1)[codes] if len(distinct) else np.full(len(ids), -1)


def total(positions: np.ndarray, n: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Sum of weights (or count of rows) per customer, shape (n,); unknown customers fall away."""
    known = positions >= 0
    kept = None if weights is None else np.asarray(weights, dtype=float)[known]
    return np.bincount(positions[known], kept, minlength=n).astype(float)
