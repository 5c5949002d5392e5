"""Scores and permissions in, each customer's list out: at most so many of a category on top."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.settings import GuardSettings


@dataclass(frozen=True, eq=False)
class Selection:
    """The lists of n_rows customers.

    Attributes
    ----------
    positions : ndarray of int64, shape (n_rows, k)
        Product positions, best first; -1 pads a list that is shorter.
    pushed_out : ndarray of bool, shape (n_rows, n_products)
        Would be on the list but for the category limit.
    """

    positions: np.ndarray
    pushed_out: np.ndarray


def select(
    scores: np.ndarray,
    allowed: np.ndarray,
    categories: pd.Series | np.ndarray,
    product_ids: pd.Index | np.ndarray,
    k: int,
    settings: GuardSettings,
) -> Selection:
    """Keep the k best allowed products of each customer, at most 3 of a category in the first 7.

    Parameters
    ----------
    scores : ndarray of shape (n_rows, n_products)
        Higher is better; NaN means "not offered".
    allowed : ndarray of bool, same shape
    categories : array-like of shape (n_products,)
        A product without a category counts as one of its own.
    product_ids : array-like of shape (n_products,)
        Ties go to the smaller id.
    k : int
        At least 1.
    settings : GuardSettings
        `max_per_category` and `diversity_window` (3 and 7).

    Returns
    -------
    Selection

    Notes
    -----
    Taking greedily by score, a product is refused within the window exactly when its category
    already has its full number of better products. So the window is the first 7 products whose
    place within their category is below 3; what remains follows by score. A list ends early
    rather than break the limit.
    """
    by_id = np.argsort(np.asarray(product_ids, dtype="str"), kind="stable")
    usable = (allowed & ~np.isnan(scores))[:, by_id]
    keys = np.where(usable, -scores[:, by_id], np.inf)
    order = np.argsort(keys, axis=1, kind="stable")
    offered = np.take_along_axis(usable, order, axis=1)
    first = offered & ~_full(order, offered, _codes(categories)[by_id], settings.max_per_category)
    place = np.cumsum(first, axis=1, dtype=np.int32)
    in_window = first & (place <= settings.diversity_window)
    taken = _ranked(offered, in_window, k, settings.diversity_window)
    columns = by_id[order]
    positions = np.full((len(scores), k), -1, dtype=np.int64)
    row, where = np.nonzero(taken >= 0)
    positions[row, taken[row, where]] = columns[row, where]
    plain = offered & (np.cumsum(offered, axis=1, dtype=np.int32) <= k)
    pushed_out = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(pushed_out, columns, plain & (taken < 0), axis=1)
    return Selection(positions, pushed_out)


def _codes(categories: pd.Series | np.ndarray) -> np.ndarray:
    """Category as a number; a missing one as a number of its own."""
    codes = pd.factorize(pd.Series(categories).reset_index(drop=True))[0]
    missing = codes < 0
    return np.where(missing, codes.max(initial=-1) + 1 + np.cumsum(missing), codes)


def _full(order: np.ndarray, offered: np.ndarray, codes: np.ndarray, limit: int) -> np.ndarray:
    """Is the category full of better products? In the order of the scores."""
    full = np.zeros(order.shape, dtype=bool)
    sorted_codes = codes.astype(np.int32)[order]
    for code, n in enumerate(np.bincount(codes)):
        if n > limit:
            mine = offered & (sorted_codes == code)
            full |= mine & (np.cumsum(mine, axis=1, dtype=np.int32) > limit)
    return full


def _ranked(offered: np.ndarray, in_window: np.ndarray, k: int, window: int) -> np.ndarray:
    """Rank from 0 of each taken product in the order of the scores; -1 where it is not taken."""
    n_window = in_window.sum(axis=1, dtype=np.int32, keepdims=True)
    after = offered & ~in_window & (n_window == window)
    rank = np.where(
        in_window,
        np.cumsum(in_window, axis=1, dtype=np.int32) - 1,
        np.where(after, n_window + np.cumsum(after, axis=1, dtype=np.int32) - 1, k),
    )
    return np.where(rank < k, rank, -1)


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
