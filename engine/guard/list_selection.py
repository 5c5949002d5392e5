"""Scores and permissions in, each customer's list out: at most so many of a category on top."""

import re
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
    levels: np.ndarray | None = None
    """Int, shape (n_products,). Levels of one product have the same number, see `levels_of`; None
    where there are none."""

    @classmethod
    def of(
        cls, bank: Bank, settings: GuardSettings, widened: Mapping[str, int] | None = None
    ) -> "TopK":
        """Lists of a bank's products; `widened` as a version measured it (`Blend.widened`)."""
        limit = (widened or {}).get(str(settings.max_per_category), settings.max_per_category)
        window = settings.diversity_window
        products = bank["products"]
        levels = levels_of(products) if settings.one_level_a_list else None
        return cls(bank.product_ids, products["category"], limit, window, levels)

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
        the limit. Of the levels of one product ("Standard Travel Card", "Premium Travel Card") the
        best stands for all.
        """
        return self._taken(scores, allowed, k, self.limit, self.levels)

    def pushed_out(
        self, scores: np.ndarray, allowed: np.ndarray, positions: np.ndarray
    ) -> np.ndarray:
        """What would be on these lists but for the limit, bool of shape (n_rows, n_products).

        Another level of a product that is listed is pushed out too.
        """
        without_limit = self._taken(scores, allowed, positions.shape[1], self.window, None)
        out = np.zeros((len(scores), scores.shape[1] + 1), dtype=bool)  # the last is for NONE
        np.put_along_axis(out, without_limit, values=True, axis=1)
        np.put_along_axis(out, positions, values=False, axis=1)
        return out[:, :-1]

    def other_level(self, product: int, listed: np.ndarray) -> int | None:
        """The level of a product that stands on a list in its place; None for none."""
        if self.levels is None:
            return None
        mine = self.levels[product]
        same = [p for p in listed if p not in (product, NONE) and self.levels[p] == mine]
        return int(same[0]) if same else None

    def _taken(
        self,
        scores: np.ndarray,
        allowed: np.ndarray,
        k: int,
        limit: int,
        levels: np.ndarray | None,
    ) -> np.ndarray:
        rows, columns = np.arange(len(scores)), self._by_id
        taken = np.full((len(scores), k), NONE, dtype=np.int64)
        left = self._by_ids(_usable(scores, allowed))
        limited = limit < min(k, self.window)
        counts = np.zeros((len(scores), len(columns) if limited else 0), dtype=np.int16)
        for place in range(min(k, len(columns))):
            if limited and place == self.window:
                left = self._after_window(scores, allowed, taken)
                if levels is not None:
                    left[_any_level(levels, taken[:, :place])[:, columns]] = -np.inf
            best = left.argmax(axis=1)
            there = left[rows, best] > -np.inf
            if not there.any():
                break
            taken[there, place] = columns[best[there]]
            left[rows, best] = -np.inf
            if levels is not None:
                left[levels[columns] == levels[columns[best]][:, None]] = -np.inf
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


def levels_of(products: pd.DataFrame) -> np.ndarray | None:
    """Number of each product without its tier; None where no product has several levels.

    Levels of one product are alike in audience and category, and in their name once the word of
    the tier is taken out of it.
    """
    parts = products[["name", "tier", "audience", "category"]].fillna("").astype("str")
    plain = [
        (" ".join(re.sub(rf"\b{re.escape(tier)}\b", " ", name, flags=re.I).split()), *rest)
        if tier and name
        else (place,)
        for place, (name, tier, *rest) in enumerate(parts.itertuples(index=False, name=None))
    ]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(plain))}
    return None if len(numbers) == len(plain) else np.array([numbers[one] for one in plain])


def _any_level(levels: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Which products are a level of one that was taken, bool of shape (n_rows, n_products)."""
    found = np.zeros((len(taken), len(levels)), dtype=bool)
    for place in taken.T:
        there = place != NONE
        found[there] |= levels == levels[place[there]][:, None]
    return found


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
