"""Answers in time in; do those before foretell those after better than the overall rate, out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from engine.json_values import JsonRecord
from engine.models.mixed_logit import log_likelihood
from engine.ranking.signals import answers as learning
from engine.ranking.signals.answers import AnswerModel, Groups
from engine.settings import AnswerSettings

_LATER = 0.4
"""Share of the answers that is judged, the latest."""
_BLOCKS = 4
"""In so many steps; each is foretold by all answers before it."""


@dataclass(frozen=True)
class LaterAnswers(JsonRecord):
    """How well answers foretell later ones of other customers; gains in nats an answer."""

    n: int = 0
    """Later answers that were judged; 0 where there are too few."""
    n_customers: int = 0
    gain: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    """Over the overall rate of the answers before, with the 95 % interval over customers."""
    baseline: float = float("nan")
    """Log-likelihood of the overall rate, nats an answer."""
    n_new: int = 0
    """Of them, answers that the version before had not seen."""
    ahead: float = float("nan")
    ahead_low: float = float("nan")
    ahead_high: float = float("nan")
    """Gain over what the version before learned, on those."""

    @property
    def helps(self) -> bool:
        """May answers act? They surely foretell later ones better than the overall rate does, or
        too few could judge it, and then their shrinkage alone keeps them small."""
        return not self.n or self.low > 0

    @property
    def worse(self) -> bool:
        """Surely behind what the version before learned?"""
        return bool(self.ahead_high < 0)


def judged(
    answers: pd.DataFrame, groups: Groups, settings: AnswerSettings, before: AnswerModel | None
) -> LaterAnswers:
    """Judge in time and by customer.

    Notes
    -----
    The latest answers, in steps, are each foretold by a model of all answers before the step that
    other customers gave: neither the future nor the same customer's answers are in it. The
    interval is over customers, whose answers are not independent.
    """
    n_judged = max(settings.judged, int(_LATER * len(answers)))
    if len(answers) < n_judged + settings.least:
        return LaterAnswers()
    start = len(answers) - n_judged
    log_odds, rate = np.zeros(n_judged), np.zeros(n_judged)
    for block in np.array_split(np.arange(start, len(answers)), _BLOCKS):
        theirs = answers["row"].to_numpy()[block]
        known = answers.iloc[: block[0]]
        known = known[~known["row"].isin(theirs)].reset_index(drop=True)
        model = learning.fit(known, groups, settings)
        log_odds[block - start] = _log_odds(model, groups, answers.iloc[block])
        yes = float((known["yes"] * known["weight"]).sum()) + 0.5
        no = float(((1 - known["yes"]) * known["weight"]).sum()) + 0.5
        rate[block - start] = np.log(yes / no)
    late = answers.iloc[start:]
    yes, weight = late["yes"].to_numpy(), late["weight"].to_numpy()
    found, plain = log_likelihood(yes, log_odds), log_likelihood(yes, rate)
    customers = late["row"].to_numpy()
    gain, low, high = _mean(found - plain, weight, customers)
    new = np.zeros(len(late), dtype=bool)
    if before is not None:
        new = (late["recorded_at"] > pd.Timestamp(before.until or 0)).to_numpy(dtype=bool)
    ahead = (float("nan"),) * 3
    if before is not None and new.any():
        then = log_likelihood(yes[new], _log_odds(before, groups, late[new]))
        ahead = _mean(found[new] - then, weight[new], customers[new])
    baseline = float(np.average(plain, weights=weight))
    n = len(np.unique(customers))
    return LaterAnswers(n_judged, n, gain, low, high, baseline, int(new.sum()), *ahead)


def _log_odds(model: AnswerModel, groups: Groups, asked: pd.DataFrame) -> np.ndarray:
    rows, place = np.unique(asked["row"].to_numpy(), return_inverse=True)
    found = model.intercept + model.unbounded(groups, rows)
    picked: np.ndarray = found[place, asked["product"].to_numpy()]
    return picked


def _mean(
    values: np.ndarray, weight: np.ndarray, customers: np.ndarray
) -> tuple[float, float, float]:
    """Weighted mean with its 95 % interval, the customers drawn, not their answers."""
    mean = float(np.average(values, weights=weight))
    _, place = np.unique(customers, return_inverse=True)
    apart = np.bincount(place, weight * (values - mean))
    n = len(apart)
    if n < 2:
        return mean, float("nan"), float("nan")
    error = float(np.sqrt((apart**2).sum() * n / (n - 1)) / weight.sum())
    width = float(stdtrit(n - 1, 0.975)) * error
    return mean, mean - width, mean + width
