"""Scores and permissions in, everybody's first offers out: the guard's list in its fast form."""

import numpy as np

NONE = -1


def first_offers(
    scores: np.ndarray, allowed: np.ndarray, category: np.ndarray, k: int, limit: int
) -> np.ndarray:
    """The k best allowed products of each customer, at most `limit` of a category.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows, n_products)
        Columns in the order of their product_id; it is overwritten.
    allowed : ndarray of bool, same shape
    category : ndarray of int, shape (n_products,)
    k : int
        At most the window in which the category limit holds.
    limit : int

    Returns
    -------
    ndarray of int16, shape (n_rows, k)
        Columns, best first; -1 pads a list that is shorter.

    Notes
    -----
    The best is taken, then whatever it rules out is removed; within the window that is the list
    of `engine.guard.list_selection.select`, of which the tests take it. Ties go to the smaller
    column.
    """
    np.putmask(scores, ~allowed, -np.inf)
    rows = np.arange(len(scores))
    taken = np.full((len(scores), k), NONE, dtype=np.int16)
    counts = np.zeros((len(scores), int(category.max(initial=0)) + 1), dtype=np.int8)
    for place in range(min(k, scores.shape[1])):
        best = scores.argmax(axis=1)
        there = scores[rows, best] > -np.inf
        taken[there, place] = best[there]
        scores[rows, best] = -np.inf
        if limit >= k:
            continue
        mine = category[best]
        counts[rows, mine] += 1
        full = np.flatnonzero(counts[rows, mine] == limit)
        same = category[None, :] == mine[full, None]
        scores[full] = np.where(same, -np.inf, scores[full])
    return taken
