"""The lists of a bank and one product in; what every customer's score says of it, out."""

from dataclasses import dataclass

import numpy as np

from engine.scoring.lists import CHUNK, Lists
from engine.vocabulary import GROWTH, RETENTION


@dataclass(frozen=True, eq=False)
class Table:
    """Everybody's figures for every product, shape (n_customers, n_products) each.

    Attributes
    ----------
    score : ndarray of float64
        Within the list that opens first for the customer.
    confidence, propensity : ndarray of float64, or None without history
    fit : ndarray of float32
        0-1.
    codes : ndarray of int8
        Of the first rule against the pair, 0 where it may be offered.
    which : ndarray of str, shape (n_customers,)
        The list that opens first.
    """

    score: np.ndarray
    confidence: np.ndarray | None
    propensity: np.ndarray | None
    fit: np.ndarray
    codes: np.ndarray
    which: np.ndarray


def table(lists: Lists) -> Table:
    """Score everybody once; a product is then one column."""
    view, ranker = lists.view, lists.ranker
    shape = (lists.bank.n_customers, lists.bank.n_products)
    score, fit = np.zeros(shape), np.zeros(shape, dtype=np.float32)
    codes = np.zeros(shape, dtype=np.int8)
    calibration = ranker.model.calibration
    confidence = None if calibration.temperature is None else np.zeros(shape)
    which = lists.which(view.all_rows)
    for start in range(0, shape[0], CHUNK):
        rows = view.all_rows[start : start + CHUNK]
        found = ranker.scores(rows)
        leaving = (which[rows] == RETENTION)[:, None]
        score[rows] = np.where(leaving, found.total(RETENTION), found.total(GROWTH))
        fit[rows] = found.fit
        codes[rows] = view.rulebook.judge(view.wishes, rows, lists.now).codes
        if confidence is not None:
            confidence[rows] = found.confidence
    propensity = calibration.propensity_of(confidence)
    return Table(score, confidence, propensity, fit, codes, np.asarray(which, dtype=str))
