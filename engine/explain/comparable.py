"""Holdings of everybody in; how many comparable customers hold or took a product, out."""

from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from engine.bank.bank import Bank
from engine.rates import newcombe

OFTEN: Final = 0.2
"""Share of a group from which something is said to be done often (own choice)."""
_ALIKE: Final = 100
"""Customers whose products are most alike, at least so many (own choice)."""
_NEVER: Final = np.int32(np.iinfo(np.int32).max)


class Counts(NamedTuple):
    """How many of a group do something, beside all others whom the product is meant for.

    `k` of the `n` customers of the group, `other_k` of the `other_n` others. The customer whom it
    is said to is in neither.
    """

    n: int
    k: int
    other_n: int
    other_k: int

    @property
    def often(self) -> bool:
        """At least a fifth of the group, and surely (95 %) a larger share than of the others."""
        if not self.n or not self.other_n or self.k < OFTEN * self.n:
            return False
        return bool(newcombe(self.k, self.n, self.other_k, self.other_n).low > 0)


class Comparable:
    """Counts of what the customers of a product's audience hold and took.

    Parameters
    ----------
    bank : Bank
    audience : ndarray of bool, shape (n_customers, n_products)
        For whom each product is meant.
    """

    def __init__(self, bank: Bank, audience: np.ndarray):
        self.bank = bank
        self.audience = audience
        self._after: dict[int, np.ndarray] = {}

    def together(self, given: int, product: int, but: int) -> Counts:
        """Who holds both products, of those who hold the one and of those who do not.

        Parameters
        ----------
        given, product : int
            Positions of the product that is held and of the one that is asked about.
        but : int
            Position of the customer who does not count.
        """
        both, of_given, holders, everybody = self._together
        counts = np.array([of_given[given, product], both[given, product]])
        whole = np.array([everybody[product], holders[product]])
        held = self.bank.held[but]
        if self.audience[but, product]:
            mine = np.array([1, held[product]])
            counts = counts - held[given] * mine
            whole = whole - mine
        return Counts(*map(int, (*counts, *(whole - counts))))

    def after(self, given: int, product: int, but: int) -> Counts:
        """Who took a product while they held another, of those who lacked it when they took that.

        The others never had the first. Holdings whose day is not known count on neither side.
        """
        if given not in self._after:
            self._after[given] = self._taken_after(given, slice(None)).sum(axis=1)
        mine = self._taken_after(given, slice(but, but + 1))[:, 0, product]
        return Counts(*map(int, self._after[given][:, product] - mine))

    def alike(self, position: int, product: int) -> Counts:
        """Who holds a product, of the hundred customers whose other products are most alike.

        Alike is the Jaccard index of what is held, the product itself left out; all who are as
        alike as the hundredth count.
        """
        held, n_held, meant, sizes, own = self._patterns
        mine = np.flatnonzero(held[own[position]])
        mine = mine[mine != product]
        shared = held[:, mine].sum(axis=1)
        either = n_held - held[:, product] + len(mine) - shared
        likeness = shared / np.maximum(either, 1)
        weight = sizes * meant[:, product]
        weight[own[position]] -= meant[own[position], product]
        order = np.argsort(-likeness, kind="stable")
        enough = np.searchsorted(np.cumsum(weight[order]), min(_ALIKE, weight.sum()))
        least = likeness[order[min(enough, len(order) - 1)]]
        near = (likeness >= least) & (likeness > 0)
        n, k = int(weight[near].sum()), int(weight[near & held[:, product]].sum())
        whole, holders = int(weight.sum()), int(weight[held[:, product]].sum())
        return Counts(n, k, whole - n, holders - k)

    @cached_property
    def _together(self) -> tuple[np.ndarray, ...]:
        """Holders of both and of the first, (n_products, n_products); of one, and everybody."""
        held = self.bank.held.astype(np.float64)
        meant = self.audience.astype(np.float64)
        owned = held * meant
        return held.T @ owned, held.T @ meant, owned.sum(axis=0), meant.sum(axis=0)

    @cached_property
    def _days(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """First day and last day of each holding, and whether a day is missing; all by position.

        Days are counted from 1970; what was never taken, or never ended, has the largest number.
        """
        table = self.bank["holdings"]
        rows = self.bank.customer_positions(table["customer_id"])
        columns = self.bank.product_positions(table["product_id"])
        known = (rows >= 0) & (columns >= 0)
        table, at = table[known], (rows[known], columns[known])
        opened, closed = (
            table[column].to_numpy("datetime64[D]") for column in ("opened_on", "closed_on")
        )
        shape = self.bank.held.shape
        first, last = np.full(shape, _NEVER), np.full(shape, np.iinfo(np.int32).min)
        undated = np.zeros(shape, dtype=bool)
        np.minimum.at(first, at, np.where(np.isnat(opened), _NEVER, opened.astype(np.int32)))
        np.maximum.at(last, at, np.where(np.isnat(closed), _NEVER, closed.astype(np.int32)))
        np.logical_or.at(undated, at, np.isnat(opened))
        return first, last, undated

    def _taken_after(self, given: int, rows: slice) -> np.ndarray:
        """Who could take each product after one and who did, and the same of who never had it.

        Shape (4, n_rows, n_products), bool.
        """
        first, last, undated = (table[rows] for table in self._days)
        start, end, unsure = first[:, [given]], last[:, [given]], undated[:, [given]]
        could = self.audience[rows] & ~undated
        took = could & (first < _NEVER)
        lacked = could & (start < _NEVER) & ~unsure & (first > start)
        never = could & (start == _NEVER) & ~unsure
        return np.stack([lacked, lacked & took & (first <= end), never, never & took])

    @cached_property
    def _patterns(self) -> tuple[np.ndarray, ...]:
        """Distinct sets of products, their sizes, audiences and customers; and whose is which."""
        bits = np.packbits(np.hstack([self.bank.held, self.audience]), axis=1)
        keys = np.ascontiguousarray(bits).view(np.dtype((np.void, bits.shape[1]))).ravel()
        _, where, own, sizes = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        held = self.bank.held[where]
        return held, held.sum(axis=1), self.audience[where], sizes, own
