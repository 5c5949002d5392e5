"""A model and its held-out adopters in; their confidences, and the bar for an offer, out."""

from dataclasses import dataclass

import numpy as np

from engine.audit.reliability import ConfidenceWords
from engine.audit.shown_lists import ShownLists
from engine.ranking.adopters import Adopters
from engine.ranking.ranker import Model
from engine.ranking.temporal_split import sample_rows

LIST_LENGTH = 5
"""Offers of a list as it opens on the page."""
N_OFFERS = 3
"""Offers of each customer that the words are about: those at the top of a list (own choice)."""


@dataclass(frozen=True, eq=False)
class HeldOutConfidence:
    """Confidences of the held-out adopters, and what they took."""

    confidence: np.ndarray
    candidates: np.ndarray
    share: np.ndarray
    """All three of shape (n_adopters, n_products). `share` is each product's share of what a
    customer took: any one of it may have been the next."""
    measured: np.ndarray
    """Bool, shape (n_adopters,). The half that no calibration sees."""
    places: np.ndarray
    """Int, shape (n_adopters, N_OFFERS). What stood first on each one's growth list, -1 pads."""
    top: np.ndarray
    """Shape (n_sampled,). The surest confidence on the list of each customer of the bank, adopters
    or not."""
    seed: int

    @classmethod
    def of(cls, model: Model, holdout: Adopters, seed: int) -> "HeldOutConfidence":
        """Confidences of a model on its held-out adopters, as they were calibrated."""
        confidence = model.calibration.confidence(
            holdout.scores(model.blend), holdout.candidates, holdout.signals.n_held(holdout.rows)
        )
        lists = ShownLists(holdout.signals)
        scores = lists.scores(model.blend, holdout.raw, holdout.newcomers)
        return cls(
            confidence,
            holdout.candidates,
            holdout.adopted / holdout.adopted.sum(axis=1, keepdims=True),
            holdout.measured,
            lists.top_k(model.blend).positions(scores, lists.allowed(holdout.rows), N_OFFERS),
            _surest(lists, model),
            seed,
        )

    @property
    def adopted(self) -> np.ndarray:
        return self.share > 0

    @property
    def first(self) -> np.ndarray:
        """Each adopter's first offer, bool of shape (n_adopters, n_products)."""
        first = np.zeros((len(self.places), self.candidates.shape[1] + 1), dtype=bool)
        np.put_along_axis(first, self.places[:, :1], values=True, axis=1)
        return first[:, :-1]

    def offers(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Confidence of the first offers of some adopters, and whether each was taken."""
        places = self.places[rows]
        there, at = places >= 0, np.maximum(places, 0)
        sure = np.take_along_axis(self.confidence[rows], at, axis=1)
        return sure[there], np.take_along_axis(self.adopted[rows], at, axis=1)[there]


def _surest(lists: ShownLists, model: Model) -> np.ndarray:
    """The surest confidence on the growth list of each customer who might be sold to then, 1-D."""
    signals = lists.signals
    rows = sample_rows(signals.bank.n_customers)
    allowed = lists.allowed(rows)
    rows, allowed = rows[allowed.any(axis=1)], allowed[allowed.any(axis=1)]
    raw, newcomers = signals.raw(rows), signals.newcomers(rows)
    blended = model.blend.scores(raw, newcomers)
    candidates, n_held = signals.candidates[rows], signals.n_held(rows)
    confidence = model.calibration.confidence(blended, candidates, n_held)
    scores = lists.scores(model.blend, raw, newcomers)
    places = lists.top_k(model.blend).positions(scores, allowed, LIST_LENGTH)
    return _on_lists(places, confidence).max(axis=1)


def _on_lists(places: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Confidence of what stands at some places, 0 where a list is shorter."""
    shown = np.take_along_axis(confidence, np.maximum(places, 0), axis=1)
    return np.where(places >= 0, shown, 0.0)


def abstaining_bar(words: ConfidenceWords, top: np.ndarray, most: float) -> float | None:
    """Confidence that the surest offer needs, or else there is no confident offer.

    Parameters
    ----------
    top : ndarray of shape (n_customers,)
        The surest confidence of each customer.
    most : float
        Share of customers who may be left without a confident offer.

    Returns
    -------
    float or None
        Where offers begin to be fair, but no higher than leaves `most` of the customers without;
        None where no confidence tells a fair offer from a poor one.
    """
    starts = [start for start in (words.fair, words.high) if start is not None]
    if not starts or not len(top):
        return None
    return float(min(min(starts), np.quantile(top, most, method="lower")))
