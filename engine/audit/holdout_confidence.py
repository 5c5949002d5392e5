"""A model and its held-out adopters in; their confidences, and the bar for an offer, out."""

from dataclasses import dataclass

import numpy as np

from engine.audit import metrics
from engine.audit.reliability import ConfidenceWords
from engine.bank.consents import effective_consents
from engine.guard.hidden_products import hidden_products
from engine.guard.list_selection import TopK
from engine.guard.preconditions import CustomerChoices
from engine.guard.verdicts import Rulebook
from engine.ranking.adopters import Adopters
from engine.ranking.calibration import softmax
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals import Signals
from engine.ranking.temporal_split import sample_rows
from engine.settings import Settings
from engine.vocabulary import GROWTH

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
    top: np.ndarray
    """Shape (n_sampled,). The surest confidence on the list of each customer of the bank, adopters
    or not."""
    seed: int

    @classmethod
    def of(
        cls, model: Model, holdout: Adopters, temperature: float, settings: Settings
    ) -> "HeldOutConfidence":
        """Confidences of a model on its held-out adopters, at the temperature that was fitted."""
        confidence = softmax(holdout.scores(model.blend) / temperature, holdout.candidates)
        return cls(
            confidence,
            holdout.candidates,
            holdout.adopted / holdout.adopted.sum(axis=1, keepdims=True),
            holdout.measured,
            _surest(model, holdout.signals, temperature, settings),
            settings.models.seed,
        )

    @property
    def adopted(self) -> np.ndarray:
        return self.share > 0

    def offers(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Confidence of the first offers of some adopters, and whether each was taken."""
        return metrics.top(
            self.confidence[rows], self.adopted[rows], self.candidates[rows], k=N_OFFERS
        )


def _surest(model: Model, signals: Signals, temperature: float, settings: Settings) -> np.ndarray:
    """The surest confidence on the growth list of each customer who might be sold to then, 1-D."""
    bank, consents = signals.bank, effective_consents(signals.bank, settings)
    rows = sample_rows(bank.n_customers)
    rows = rows[consents["marketing_allowed"].to_numpy(dtype=bool)[rows]]
    blended = model.blend.scores(signals.raw(rows), signals.newcomers(rows))
    confidence = softmax(blended / temperature, signals.candidates[rows])
    choices = CustomerChoices(
        consents, hidden_products(bank, bank["events"], bank["consents"], settings.guard)
    )
    rulebook = Rulebook(bank, signals.profiles, settings)
    allowed = rulebook.judge(choices, rows, bank.as_of.to_pydatetime()).allowed
    scores = blended + Ranker(signals, model).objectives[GROWTH]
    chosen = TopK.of(bank, settings.guard).positions(scores, allowed, LIST_LENGTH)
    shown = np.take_along_axis(confidence, np.maximum(chosen, 0), axis=1)
    return np.where(chosen >= 0, shown, 0.0).max(axis=1)[(chosen >= 0).any(axis=1)]


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
