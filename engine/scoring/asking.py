"""First offers and what was learned from answers in; whose answer would teach most, out."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit

from engine.customers.claims import kind
from engine.figures import count, percent
from engine.ranking.signals import answers as learning
from engine.ranking.signals.answers import AnswerModel
from engine.scoring.score_table import ScoreTable
from engine.settings import AnswerSettings

COLUMNS = ("customer_id", "customer", "product_id", "product", "worth", "reach", "asked", "why")


@kind
def unsure(product_kind: str, segment: str, asked: int, reach: int, worth: float) -> str:
    """How many were asked of those whom an answer would tell of, and what it is worth."""
    asked_so_far = "nobody was asked" if not asked else f"{count(asked, 'answer')} so far"
    have = "has" if reach == 1 else "have"
    return (
        f"{count(reach, 'customer')} of the segment “{segment}” {have} a first offer of the kind "
        f"{product_kind}; {asked_so_far} from there. One more takes away {percent(worth)} of what "
        f"is not known of all first offers"
    )


def whom_to_ask(
    table: ScoreTable, learned: AnswerModel | None, settings: AnswerSettings
) -> pd.DataFrame:
    """The customers whose answer to their first offer would teach most of everybody's.

    Parameters
    ----------
    learned : AnswerModel, optional
        What the version that serves learned; None where nothing was, and all is unsure.

    Returns
    -------
    DataFrame
        customer_id, customer, product_id, product, worth (share, 0-1, of the variance of all first
        offers that one answer is expected to take away), reach (customers of the segment with a
        first offer of this kind), asked (answers from there so far), why: in the order in which to
        ask, each worth most once those before have answered.

    Notes
    -----
    An answer to pair i lowers the variance of pair j by cov(i, j)^2 / (var(i) + 1 / w), where w is
    p (1 - p) of the logistic model (Laplace approximation); summed over everybody's first offer
    that is uncertainty times reach, in closed form from the covariance of the shared effects.
    """
    groups, first = table.snapshot.signals.groups, table.first_offers.products
    rows = np.flatnonzero(first >= 0)
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS))
    model = learned or learning.fit(learning.answers_none(), groups, settings)
    rows = rows[(groups.kind[first[rows]] >= 0) & (groups.of["segment"][rows] >= 0)]
    x, _ = learning.design(groups, rows, first[rows])
    covariance = model.covariance_for(groups)[1:, 1:]
    log_odds = model.intercept + model.unbounded(groups, rows)[np.arange(len(rows)), first[rows]]
    chance = expit(log_odds)
    noise = 1 / (chance * (1 - chance))
    cell = groups.of["segment"][rows] * len(groups.kinds) + groups.kind[first[rows]]
    chosen = _in_turn(x, covariance, noise, cell, settings.asked)
    return _listed(table, model, rows, first[rows], chosen)


def _in_turn(
    x: sparse.csr_array, covariance: np.ndarray, noise: np.ndarray, cell: np.ndarray, n: int
) -> list[tuple[int, float]]:
    """Who to ask first, second ...: each worth most once those before have answered, and one of
    each segment and kind."""
    gram = (x.T @ x).toarray()
    whole = float((gram * covariance).sum())
    left, chosen = covariance.copy(), []
    done = np.zeros(x.shape[0], dtype=bool)
    while len(chosen) < n and not done.all():
        own = np.asarray(x.multiply(x @ left).sum(axis=1)).ravel()
        told = np.asarray(x.multiply(x @ (left @ gram @ left)).sum(axis=1)).ravel()
        worth = told / (own + noise) / whole
        worth[done] = -1.0
        best = int(worth.argmax())
        chosen.append((best, float(worth[best])))
        done |= cell == cell[best]
        column = left @ x[[best]].toarray()[0]
        left -= np.outer(column, column) / (own[best] + noise[best])
    return chosen


def _listed(
    table: ScoreTable,
    model: AnswerModel,
    rows: np.ndarray,
    products: np.ndarray,
    chosen: list[tuple[int, float]],
) -> pd.DataFrame:
    groups, bank = table.snapshot.signals.groups, table.bank
    kinds, segments = groups.kind[products], groups.of["segment"][rows]
    cell = segments * len(groups.kinds) + kinds
    found = []
    for at, worth in chosen:
        row, product = int(rows[at]), int(products[at])
        told = model.counts(groups, row, product).get("segment")
        asked = told.answered if told else 0
        reach = int((cell == cell[at]).sum())
        claim = unsure(
            product_kind=groups.kinds[kinds[at]],
            segment=groups.names["segment"][segments[at]],
            asked=asked,
            reach=reach,
            worth=worth,
        )
        person, item = bank["customers"].iloc[row], bank["products"].iloc[product]
        name = person["name"] if pd.notna(person["name"]) else ""
        ids = str(person["customer_id"]), str(name), str(item["product_id"]), str(item["name"])
        found.append((*ids, worth, reach, asked, f"{claim.text}."))
    return pd.DataFrame(found, columns=list(COLUMNS))
