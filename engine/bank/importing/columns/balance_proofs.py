"""Amounts and a running balance in; how far they add up, in which order of the rows, out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

CENT = 0.006
"""Difference below which two amounts are the same."""
_PROOF = 0.9
"""Share of the rows that have to add up (own choice: some rows of an export may be lost)."""


@dataclass(frozen=True)
class Proof:
    """How far a running balance adds up.

    Attributes
    ----------
    n_fit, n_tested : int
        Rows whose balance is the one before plus the amount, of the rows that have one before.
    order : ndarray of int64, shape (n_rows,)
        Positions of the rows, oldest first.
    """

    n_fit: int
    n_tested: int
    order: np.ndarray

    @property
    def holds(self) -> bool:
        return self.n_tested > 0 and self.n_fit >= _PROOF * self.n_tested

    @property
    def words(self) -> str:
        return f"{self.n_fit:,} of {self.n_tested:,} rows add up to the running balance"


def steps_of(balance: pd.Series, groups: pd.Series, order: np.ndarray) -> pd.Series:
    """What each row adds to the balance before it, in an order; NaN for the first of a group."""
    placed = balance.iloc[order]
    return placed.groupby(groups.iloc[order], sort=False).diff().reindex(balance.index)


def proof_of(steps: pd.Series, values: pd.Series, order: np.ndarray) -> Proof:
    known = steps.notna() & values.notna()
    fits = (steps - values).abs()[known] <= CENT
    return Proof(int(fits.sum()), int(known.sum()), order)


def prove(
    values: pd.Series, balance: pd.Series, groups: pd.Series, orders: Sequence[np.ndarray]
) -> Proof:
    """The best proof that amounts have among some orders of the rows."""
    proofs = [proof_of(steps_of(balance, groups, order), values, order) for order in orders]
    return max(proofs, key=lambda proof: proof.n_fit)
