"""Scores and what was adopted in, how well each customer's ranking foresaw it out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

METRICS = ("map@7", "ndcg@5", "hit@1", "hit@3", "mrr")

_DISCOUNT = 1 / np.log2(np.arange(2, 7))


def per_customer(scores: np.ndarray, adopted: np.ndarray, candidates: np.ndarray) -> pd.DataFrame:
    """Every metric for every customer who adopted a candidate.

    Parameters
    ----------
    scores : ndarray of shape (n_customers, n_products)
        Higher is better. NaN means "not ranked": such a product comes last and never hits.
    adopted : ndarray of bool, shape (n_customers, n_products)
        What was taken in the test window.
    candidates : ndarray of bool, shape (n_customers, n_products)
        What could have been recommended (not held before).

    Returns
    -------
    DataFrame
        One row per adopter, indexed by position; columns METRICS, each 0-1.

    Notes
    -----
    - map@7: mean over the adopted of the precision at their rank, ranks above 7 counting nothing,
      divided by min(n_adopted, 7): the measure of the Santander product recommendation contest.
    - ndcg@5: sum of 1 / log2(rank + 1) over adopted in the top 5, over its best possible value
      (Järvelin & Kekäläinen, TOIS 20, 2002, binary gains).
    - hit@k: 1 if anything adopted stands in the top k.
    - mrr: 1 / rank of the first adopted product in the full ranking.

    Ties go to the earlier column.
    """
    if not scores.shape == adopted.shape == candidates.shape:
        raise ValueError(
            f"Scores, adopted and candidates differ in shape: {scores.shape}, {adopted.shape}, "
            f"{candidates.shape}."
        )
    relevant = adopted & candidates
    rows = np.flatnonzero(relevant.any(axis=1))
    order, ranked = _order(scores[rows], candidates[rows])
    hit = np.take_along_axis(relevant[rows] & ranked, order, axis=1)
    n_adopted = relevant[rows].sum(axis=1)
    values = {
        "map@7": _average_precision(hit[:, :7], n_adopted),
        "ndcg@5": _ndcg(hit[:, :5], n_adopted),
        "hit@1": hit[:, :1].any(axis=1).astype(float),
        "hit@3": hit[:, :3].any(axis=1).astype(float),
        "mrr": np.where(hit.any(axis=1), 1 / (1 + hit.argmax(axis=1)), 0.0),
    }
    return pd.DataFrame(values, index=pd.Index(rows, name="customer"), columns=list(METRICS))


def firsts(scores: np.ndarray, candidates: np.ndarray, k: int) -> np.ndarray:
    """Which products stand in each customer's first k places; ties go to the earlier column."""
    order = np.argsort(np.where(candidates, -scores, np.inf), axis=1, kind="stable")[:, :k]
    first = np.zeros(candidates.shape, dtype=bool)
    np.put_along_axis(first, order, values=True, axis=1)
    return first & candidates


def breadth(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    popularity: np.ndarray,
    k: int = 5,
) -> pd.DataFrame:
    """How wide each system recommends, and how much it leans on what everybody has.

    Parameters
    ----------
    systems : mapping of str to ndarray of shape (n_customers, n_products)
    adopted, candidates : ndarray of bool, shape (n_customers, n_products)
    popularity : ndarray of shape (n_products,)
        Share of customers who hold each product.

    Returns
    -------
    DataFrame
        system, coverage, novelty, popularity_bias, gini, n. coverage: share of products in
        anyone's top k. novelty: mean of -log2(popularity) over the top k, in bits (Vargas &
        Castells, RecSys 2011). popularity_bias: mean popularity of the top k over that of what
        was really adopted; 1 is as popular as people's own choices (after Abdollahpouri et al.,
        RMSE workshop 2019). gini: inequality of how often products are recommended, 0 is even.
    """
    n, n_products = candidates.shape
    taken = adopted & candidates
    own_choice = popularity[np.nonzero(taken)[1]].mean() if taken.any() else np.nan
    bits = -np.log2((popularity * n + 1) / (n + 2))  # a product that nobody holds yet stays finite
    rows = []
    for system, scores in systems.items():
        order, ranked = _order(scores, candidates)
        first = order[:, :k]
        shown = first[np.take_along_axis(ranked, first, axis=1)]
        times = np.sort(np.bincount(shown, minlength=n_products))
        rows.append(
            {
                "system": system,
                "coverage": float((times > 0).mean()),
                "novelty": float(bits[shown].mean()) if shown.size else np.nan,
                "popularity_bias": float(popularity[shown].mean() / own_choice)
                if shown.size and own_choice > 0
                else np.nan,
                "gini": _gini(times),
                "n": n,
            }
        )
    return pd.DataFrame(rows)


def _order(scores: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns from best to worst, and which columns are ranked at all."""
    ranked = candidates & np.isfinite(scores)
    falling = np.where(ranked, np.negative(scores, dtype=float), np.inf)
    return np.argsort(falling, axis=1, kind="stable"), ranked


def _average_precision(hit: np.ndarray, n_adopted: np.ndarray) -> np.ndarray:
    precision = np.cumsum(hit, axis=1) / np.arange(1, hit.shape[1] + 1)
    return (precision * hit).sum(axis=1) / np.minimum(n_adopted, 7)


def _ndcg(hit: np.ndarray, n_adopted: np.ndarray) -> np.ndarray:
    gain = hit @ _DISCOUNT[: hit.shape[1]]
    best = np.cumsum(_DISCOUNT)[np.minimum(n_adopted, 5) - 1]
    return gain / best


def _gini(sorted_times: np.ndarray) -> float:
    total, n = sorted_times.sum(), len(sorted_times)
    if total == 0:
        return float("nan")
    return float(((2 * np.arange(1, n + 1) - n - 1) * sorted_times).sum() / (n * total))
