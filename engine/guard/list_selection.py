"""Scores and permissions in, each customer's list out: at most so many of a category on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.settings import GuardSettings

NONE = -1


@dataclass(frozen=True, eq=False)
class TopK:
    """The one way in which lists are put together from one catalogue."""

    product_ids: pd.Index | np.ndarray
    """Shape (n_products,). Ties go to the smaller id."""
    categories: pd.Series | np.ndarray
    """Shape (n_products,). A product without a category counts as one of its own."""
    limit: int
    """Products of a category, at least 1, among the first `window` of a list."""
    window: int

    @classmethod
    def of(
        cls, bank: Bank, settings: GuardSettings, widened: Mapping[str, int] | None = None
    ) -> "TopK":
        """Lists of a bank's products; `widened` as a version measured it (`Blend.widened`)."""
        limit = (widened or {}).get(str(settings.max_per_category), settings.max_per_category)
        window = settings.diversity_window
        return cls(bank.product_ids, bank["products"]["category"], limit, window)

    def positions(self, scores: np.ndarray, allowed: np.ndarray, k: int) -> np.ndarray:
        """Keep the k best allowed products of each customer.

        Parameters
        ----------
        scores : ndarray of shape (n_rows, n_products)
            Higher is better; NaN means "not offered".
        allowed : ndarray of bool, same shape
        k : int
            At least 1.

        Returns
        -------
        ndarray of int64, shape (n_rows, k)
            Product positions, best first; -1 pads a list that is shorter.

        Notes
        -----
        The best is taken, and once a category is full, so is the rest of it put aside until the
        window is over; then what remains follows by score. A list ends early rather than break
        the limit.
        """
        return self._taken(scores, allowed, k, self.limit)

    def pushed_out(
        self, scores: np.ndarray, allowed: np.ndarray, positions: np.ndarray
    ) -> np.ndarray:
        """What would be on these lists but for the limit, bool of shape (n_rows, n_products)."""
        without_limit = self._taken(scores, allowed, positions.shape[1], self.window)
        out = np.zeros((len(scores), scores.shape[1] + 1), dtype=bool)  # the last is for NONE
        np.put_along_axis(out, without_limit, values=True, axis=1)
        np.put_along_axis(out, positions, values=False, axis=1)
        return out[:, :-1]

    def _taken(self, scores: np.ndarray, allowed: np.ndarray, k: int, limit: int) -> np.ndarray:
        rows, columns = np.arange(len(scores)), self._by_id
        taken = np.full((len(scores), k), NONE, dtype=np.int64)
        left = self._by_ids(_usable(scores, allowed))
        limited = limit < min(k, self.window)
        counts = np.zeros((len(scores), len(columns) if limited else 0), dtype=np.int16)
        for place in range(min(k, len(columns))):
            if limited and place == self.window:
                left = self._after_window(scores, allowed, taken)
            best = left.argmax(axis=1)
            there = left[rows, best] > -np.inf
            if not there.any():
                break
            taken[there, place] = columns[best[there]]
            left[rows, best] = -np.inf
            if limited and place < self.window:
                category = self._codes[best]
                counts[rows, category] += there
                full = np.flatnonzero(there & (counts[rows, category] == limit))
                same = self._codes[None, :] == category[full, None]
                left[full] = np.where(same, -np.inf, left[full])
        return taken

    def _by_ids(self, scores: np.ndarray) -> np.ndarray:
        """The same in the order of the products' ids."""
        return scores if self._in_order else scores[:, self._by_id]

    def _after_window(
        self, scores: np.ndarray, allowed: np.ndarray, taken: np.ndarray
    ) -> np.ndarray:
        """What may follow a window that is full: whatever was not taken."""
        left = _usable(scores, allowed)
        full = taken[:, self.window - 1] != NONE
        left[~full] = -np.inf
        np.put_along_axis(
            left, np.where(full[:, None], taken[:, : self.window], 0), -np.inf, axis=1
        )
        return self._by_ids(left)

    @cached_property
    def _by_id(self) -> np.ndarray:
        """Positions of the products in the order of their ids."""
        return np.argsort(np.asarray(self.product_ids, dtype="str"), kind="stable")

    @cached_property
    def _in_order(self) -> bool:
        return bool((np.diff(self._by_id) > 0).all())

    @cached_property
    def _codes(self) -> np.ndarray:
        """Category as a number, in the order of the ids; a missing one as a number of its own."""
        codes = pd.factorize(pd.Series(self.categories).reset_index(drop=True))[0]
        missing = codes < 0
        alone = codes.max(initial=-1) + np.cumsum(missing)
        return np.where(missing, alone, codes)[self._by_id]


def _usable(scores: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The scores, minus infinity for what may not be offered; a copy."""
    return np.where(allowed & ~np.isnan(scores), scores, -np.inf)


def caps(bank: Bank, settings: GuardSettings) -> np.ndarray:
    """Cap on each product's displayed confidence, shape (n_products,); NaN where there is none.

    Notes
    -----
    A category in the settings caps all its products, so a loan is never above its cap,
    whatever its flag says; a product marked sensitive elsewhere gets the general cap.
    """
    by_category = {_singular(name): cap for name, cap in settings.sensitive_categories.items()}
    products = bank["products"]
    stated = products["category"].map(
        lambda name: by_category.get(_singular(name), np.nan), na_action="ignore"
    )
    marked = products["sensitive"].fillna(False).to_numpy(dtype=bool)
    general = np.where(marked, settings.sensitive_cap, np.nan)
    stated = stated.to_numpy(dtype=float)
    return np.where(np.isnan(stated), general, stated)


def _singular(category: str) -> str:
    return category.strip().casefold().removesuffix("s")
