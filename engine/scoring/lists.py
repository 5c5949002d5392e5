"""A score table in; the lists of many customers as one table out."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from engine.audit.parity import move_claims
from engine.experiments import arm_claims
from engine.guard.list_selection import TopK
from engine.labels import CREDIT_NOTICE
from engine.progress import Progress
from engine.scoring.score_table import CHUNK, ScoreTable
from engine.vocabulary import LISTS


def lists_of(
    table: ScoreTable,
    rows: np.ndarray,
    names: Sequence[str],
    k: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Lists of some customers.

    Parameters
    ----------
    names : sequence of str
        The lists, of k products each.

    Returns
    -------
    DataFrame
        customer_id, product_id, rank, score, confidence, fit, list, model_version, value_if_taken,
        expected_value (bank's currency a year, NaN where no margin is set; the latter also without
        history); in the order of rows,
        lists and ranks.
    """
    pairs, everyone = table.of(rows, progress), np.arange(len(rows))
    chosen = [table.top(pairs, everyone, name, k) for name in names]
    at, place, rank = np.nonzero(np.stack(chosen, axis=1) >= 0)
    product = np.stack(chosen, axis=1)[at, place, rank]
    objective = np.stack([table.ranker.objectives[name] for name in names])
    confidence, fit = pairs.confidence(at, product), pairs.fit(at, product)
    propensity = table.ranker.model.calibration.propensity_of(confidence)
    margin = table.margins[product]
    return pd.DataFrame(
        {
            "customer_id": table.bank.customer_ids[rows[at]],
            "product_id": table.bank.product_ids[product],
            "rank": rank + 1,
            "score": pairs.weighed[at, product] + objective[place, product],
            "confidence": np.nan if confidence is None else confidence,
            "fit": fit,
            "list": pd.Index(list(names)).take(place),
            "model_version": table.version,
            "value_if_taken": margin,
            "expected_value": margin * (np.nan if propensity is None else propensity),
        }
    )


def with_notices(table: ScoreTable, lists: pd.DataFrame) -> pd.DataFrame:
    """`lists_of` some customers with a column `notice`: what has to stand beside an offer of credit
    (Directive (EU) 2023/2225, article 13), "" beside any other."""
    product = table.bank.product_positions(lists["product_id"])
    return lists.assign(notice=notices_of(table, product))


def notices_of(table: ScoreTable, product: np.ndarray) -> pd.Series:
    """The notice of each offer by its product's position, shape (n_offers,)."""
    return pd.Series(np.where(table.lends[product], CREDIT_NOTICE, ""), dtype="str")


def with_moves(table: ScoreTable, rows: np.ndarray, lists: pd.DataFrame) -> pd.DataFrame:
    """`lists_of` some customers with a column `moved`: what prices on groups or an experiment did
    to the place of each offer, as its card says it; "" for nothing. While an experiment runs also
    with a column `arm`. Without prices in force and an experiment nothing is added."""
    if not table.group_prices.by_list and table.arms is None:
        return lists
    bank, rank = table.bank, lists["rank"].to_numpy()
    at = pd.Index(rows).get_indexer(bank.customer_positions(lists["customer_id"]))
    product = bank.product_positions(lists["product_id"])
    before = rank.copy()
    for start in range(0, len(rows), CHUNK):
        pairs = table.of(rows[start : start + CHUNK])
        here = (at >= start) & (at < start + CHUNK)
        for which in LISTS if table.arms is not None else table.group_prices.by_list:
            mine = np.flatnonzero(here & (lists["list"] == which).to_numpy())
            places = places_of(table.top_k, pairs.total(which), pairs.allowed)
            before[mine] = places[at[mine] - start, product[mine]]
    said = np.full(len(lists), "", dtype=object)
    changed = np.flatnonzero(before != rank)
    keys = [
        (was, now, _by_arm(table, row) or tuple(table.group_prices.reasons(which, row)))
        for which, was, now, row in zip(
            lists["list"].iloc[changed], before[changed], rank[changed], rows[at[changed]],
            strict=True,
        )
    ]  # fmt: skip
    texts = {key: _moved(*key) for key in set(keys)}
    said[changed] = [texts[key] for key in keys]
    told = lists.assign(moved=pd.Series(said, index=lists.index, dtype="str"))
    if table.arms is None:
        return told
    arm = table.arms.named(rows)[at]
    return told.assign(arm=pd.Series(arm, index=lists.index, dtype="str"))


def _by_arm(table: ScoreTable, row: int) -> tuple[str, str] | None:
    """Arm and experiment of a customer whose arm orders the list."""
    arms = table.arms
    if arms is None or not arms.is_ordered(np.array([row]))[0]:
        return None
    return arms.arm(row), arms.name


def _moved(before: int, now: int, why: Any) -> str:
    """`why` is `_by_arm`, or the reasons of prices on groups."""
    if why and isinstance(why[0], str):
        arm, name = why
        told = arm_claims.moved_by_arm(now=int(now), before=int(before), arm=arm, experiment=name)
    else:
        told = move_claims.moved(before=int(before), now=int(now), reasons=why)
    return f"{told.text}."


def places_of(lists: TopK, scores: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Place of each product on whole lists, from 1, shape (n_rows, n_products); 0 for no place."""
    n = scores.shape[1]
    places = np.zeros((len(scores), n + 1), dtype=np.int64)  # the last is for what pads
    picks = lists.positions(scores, allowed, n)
    np.put_along_axis(places, picks, np.arange(1, n + 1)[None, :], axis=1)
    return places[:, :-1]
