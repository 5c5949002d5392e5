"""History in, a model out: signals at two earlier days, a fitted blend, calibrated chances."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.progress import Progress
from engine.ranking import blend as blending
from engine.ranking import calibration as chances
from engine.ranking import temporal_split
from engine.ranking.blend import Blend
from engine.ranking.calibration import Calibration
from engine.ranking.ranker import Model
from engine.ranking.signals import Signals, learned
from engine.ranking.signals.learned import Learned
from engine.ranking.temporal_split import Split, sample_rows
from engine.settings import RankingSettings, Settings
from engine.threads import one_thread

_NOTHING_NEW = "no later adoptions that a list could have held (same audience, not held before)"

SignalsOf = Callable[[Bank, Learned], Signals]
"""Builds profiles and needs of a bank as known on some day."""
InterestOf = Callable[[Bank], pd.DataFrame]
"""Events of a bank as customer_id, product_id, weight."""


class Choice(Protocol):
    """What is to serve: the fitted blend, or what it could not beat."""

    def blend(self, signals: Signals) -> Blend:
        """The blend that serves on the day of these signals."""


Choose = Callable[[Blend, Blend, "Holdout"], Choice]
"""Fixed weights, fitted weights and later adopters -> what is to serve."""


@dataclass(frozen=True, eq=False)
class Holdout:
    """Adopters after the fit fold, as they looked on the day before it ended.

    Attributes
    ----------
    split : Split
    raw : mapping of str to ndarray of shape (n_adopters, n_products)
    newcomers : ndarray of bool, shape (n_adopters,)
        Who held nothing then.
    candidates, adopted : ndarray of bool, shape (n_adopters, n_products)
    rows : ndarray of int
        Positions of the adopters in the bank.
    signals : Signals
        Of the whole bank on that day.
    """

    split: Split
    raw: Mapping[str, np.ndarray]
    newcomers: np.ndarray
    candidates: np.ndarray
    adopted: np.ndarray
    rows: np.ndarray
    signals: Signals

    def scores(self, blend: Blend) -> np.ndarray:
        """Blended scores of the adopters, shape (n_adopters, n_products)."""
        return blend.scores(self.raw, self.newcomers)

    def fitted(self, start: Blend, ranking: RankingSettings) -> Blend:
        """The blend that these adopters teach, from fixed weights; `start` says which signals."""
        return blending.fit(
            start,
            self.raw,
            self.newcomers,
            self.candidates,
            self.adopted,
            l2_weights=ranking.l2_weights,
            l2_newcomers=ranking.l2_newcomers,
            l2_intercepts=ranking.l2_intercepts,
        )

    @property
    def measured(self) -> np.ndarray:
        """The half of the adopters that no calibration sees, bool of shape (n_adopters,)."""
        return self.rows % 2 == 1


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training run found.

    `model` serves; `holdout` is what judges it; `fold` is what its weights were fitted on, from
    the fixed ones. Both folds are None without history, and so is `choice`, which is also None
    where nobody chose: then the fitted blend serves.
    """

    model: Model
    fixed: Blend
    holdout: Holdout | None
    n_adoptions: int
    fold: Holdout | None = None
    choice: Choice | None = None


@one_thread()
def train(
    bank: Bank,
    signals_of: SignalsOf,
    interest_of: InterestOf,
    settings: Settings,
    progress: Progress,
    *,
    choose: Choose | None = None,
) -> Trained:
    """Fit a model on everything that is dated, or fall back to fixed weights.

    Parameters
    ----------
    bank : Bank
        Base and overlay, purchases included.
    signals_of, interest_of : callable
    settings : Settings
    progress : callable
        Told the share done and the step.
    choose : callable, optional
        Says what is to serve, see `Choose`; the fitted blend by default.

    Notes
    -----
    Signals as of the day before each fit fold teach the blend what was taken within it; signals
    as of the day after the last fold calibrate and grade it on what was taken until today. The
    models that serve are then fitted on all that is known today.
    """
    adoptions = temporal_split.dated_adoptions(bank)
    needed = settings.ranking.min_dated_adoptions
    split = temporal_split.split(adoptions, min_dated_adoptions=needed)
    if split is None:
        progress(0.5, "Too few dated adoptions to learn from: fixed weights")
        why = f"{len(adoptions):,} dated adoptions, {needed:,} needed to learn"
        return _without_history(bank, signals_of, settings, len(adoptions), why)

    def fitted_on(day: pd.Timestamp) -> Signals:
        return with_learned(signals_of(bank.until(day), Learned()), interest_of, settings)

    folds = []
    stretches = temporal_split.stretches(adoptions, split)
    for i, (first, last) in enumerate(stretches):
        eve = first - pd.Timedelta(days=1)
        progress(0.05 + 0.25 * i / len(stretches), f"Signals as of {eve:%d %b %Y}")
        folds.append(fold_between(fitted_on(eve), adoptions, first, last, split))
    fold = _pooled(folds)
    if not len(fold.rows):
        return _without_history(bank, signals_of, settings, len(adoptions), _NOTHING_NEW)
    progress(0.3, f"Weights from {int(fold.adopted.sum()):,} adoptions")
    fixed = _fixed(fold.signals, settings, "Fixed weights from the settings.")
    fitted = fold.fitted(fixed, settings.ranking)
    progress(0.4, f"Signals as of {split.holdout_state:%d %b %Y}")
    late = fitted_on(split.holdout_state)
    holdout = fold_between(late, adoptions, split.holdout_from, split.holdout_until, split)
    if holdout.measured.all() or not holdout.measured.any():
        return _without_history(bank, signals_of, settings, len(adoptions), _NOTHING_NEW)
    choice = None if choose is None else choose(fixed, fitted, holdout)
    progress(0.7, f"Calibration on {len(holdout.rows):,} later adopters")
    tested = fitted if choice is None else choice.blend(holdout.signals)
    calibrated = _calibrate(holdout, tested, adoptions, settings)
    progress(0.8, "Models on all that is known today")
    signals = with_learned(signals_of(bank, Learned()), interest_of, settings)
    serving = fitted if choice is None else choice.blend(signals)
    model = _model(signals, serving, calibrated, signals.learned)
    return Trained(model, fixed, holdout, len(adoptions), fold, choice)


def with_learned(signals: Signals, interest_of: InterestOf, settings: Settings) -> Signals:
    """Signals of one day with the models that are fitted on what was known on it."""
    then = signals.bank
    fitted = learned.fit(then, interest_of(then), settings, wants=signals.needs.weights)
    return dataclasses.replace(signals, learned=fitted, settings=settings)


def _without_history(
    bank: Bank, signals_of: SignalsOf, settings: Settings, n_adoptions: int, why: str
) -> Trained:
    signals = signals_of(bank, Learned())
    fixed = _fixed(signals, settings, f"Fixed weights: {why}.")
    return Trained(_model(signals, fixed, {}, Learned()), fixed, None, n_adoptions)


def _fixed(signals: Signals, settings: Settings, note: str) -> Blend:
    rows = sample_rows(signals.bank.n_customers)
    weights = settings.ranking.weights
    return blending.fixed(signals.raw(rows), signals.candidates[rows], weights, note)


def fold_between(
    signals: Signals,
    adoptions: pd.DataFrame,
    first: pd.Timestamp,
    last: pd.Timestamp,
    split: Split,
) -> Holdout:
    """Who took what between two days, and the signals of those customers on the day before."""
    shape = (signals.bank.n_customers, signals.bank.n_products)
    adopted = temporal_split.window(adoptions, first, last, shape) & signals.candidates
    rows = np.flatnonzero(adopted.any(axis=1))
    raw = signals.raw(rows)
    candidates, newcomers = signals.candidates[rows], signals.newcomers(rows)
    return Holdout(split, raw, newcomers, candidates, adopted[rows], rows, signals)


def _pooled(folds: Sequence[Holdout]) -> Holdout:
    """Several fit folds as one; a signal that an early one lacks is 0 there: nothing is known."""
    last = folds[-1]
    return Holdout(
        last.split,
        {
            name: np.concatenate(
                [fold.raw.get(name, np.zeros(fold.adopted.shape)) for fold in folds]
            )
            for name in last.raw
        },
        np.concatenate([fold.newcomers for fold in folds]),
        np.concatenate([fold.candidates for fold in folds]),
        np.concatenate([fold.adopted for fold in folds]),
        np.concatenate([fold.rows for fold in folds]),
        last.signals,
    )


def _calibrate(
    holdout: Holdout, blend: Blend, adoptions: pd.DataFrame, settings: Settings
) -> dict[str, object]:
    seen = ~holdout.measured
    score = holdout.scores(blend)
    t = chances.temperature(score[seen], holdout.candidates[seen], holdout.adopted[seen])
    split = holdout.split
    horizon = min(settings.ranking.horizon_days, split.holdout_days)
    until = split.holdout_from + pd.Timedelta(days=horizon - 1)
    bank, rows = holdout.signals.bank, sample_rows(holdout.signals.bank.n_customers)
    taken = temporal_split.window(
        adoptions, split.holdout_from, until, (bank.n_customers, bank.n_products)
    )[rows]
    candidates = holdout.signals.candidates[rows]
    everyone = blend.scores(holdout.signals.raw(rows), holdout.signals.newcomers(rows))
    confidence = chances.softmax(everyone / t, candidates)
    line = chances.propensity(confidence, candidates, taken & candidates)
    return {"temperature": t, "propensity": line, "horizon_days": horizon}


def _model(
    signals: Signals, blend: Blend, calibrated: Mapping[str, object], fitted: Learned
) -> Model:
    rows = sample_rows(signals.bank.n_customers)
    score = blend.scores(signals.raw(rows), signals.newcomers(rows))
    quantiles = chances.quantiles(score, signals.candidates[rows])
    calibration = Calibration(quantiles=quantiles, **calibrated)  # type: ignore[arg-type]
    return Model(blend, calibration, fitted, tuple(signals.bank.product_ids))
