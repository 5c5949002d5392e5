"""History in, a model out: signals at two earlier days, a fitted blend, calibrated chances."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.consents import without_objectors
from engine.progress import Progress
from engine.ranking import blend as blending
from engine.ranking import calibration as chances
from engine.ranking import cross_section, temporal_split
from engine.ranking.adopters import Adopters
from engine.ranking.alignment import customer_keys
from engine.ranking.blend import Blend
from engine.ranking.calibration import Calibration, Scaling
from engine.ranking.ranker import Model
from engine.ranking.signals import Signals, learned
from engine.ranking.signals.all_signals import NOT_FITTED
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.temporal_split import TemporalSplit, sample_rows
from engine.settings import Settings
from engine.threads import one_thread

_NOTHING_NEW = "no later adoptions that a list could have held (same audience, not held before)"

SignalsOf = Callable[[Bank, LearnedModels], Signals]
"""Builds profiles and needs of a bank as known on some day."""
InterestOf = Callable[[Bank], pd.DataFrame]
"""Events of a bank as customer_id, product_id, weight."""


class ServingChoice(Protocol):
    """What is to serve: the fitted blend, or what it could not beat."""

    def blend(self, signals: Signals) -> Blend:
        """The blend that serves on the day of these signals."""


@dataclass(frozen=True, eq=False)
class Scored:
    """Adopters with scores of weights that they did not teach."""

    score: np.ndarray
    candidates: np.ndarray
    adopted: np.ndarray
    """All of shape (n_adopters, n_products)."""
    n_held: np.ndarray

    @classmethod
    def of(cls, fold: Adopters, blend: Blend, kept: np.ndarray | slice = slice(None)) -> "Scored":
        """Those of a fold that are `kept`."""
        held = fold.signals.n_held(fold.rows)
        arrays = (fold.scores(blend), fold.candidates, fold.adopted, held)
        return cls(*(values[kept] for values in arrays))

    def scaling(self, *, by_product: bool) -> Scaling:
        """What they teach of how sure a score is."""
        arrays = (self.score, self.candidates, self.adopted, self.n_held)
        return chances.scaling(*arrays, by_product=by_product)


class Judge(Protocol):
    """Decides what is fitted and what is to serve."""

    def offsets_help(self, trials: list[tuple[Scored, Scored]], seed: int) -> bool:
        """Do chances need an offset of each product, by who teaches it and later adopters?"""

    def prepared(self, fixed: Blend, trials: list[tuple[Adopters, Adopters]]) -> Blend:
        """Fixed weights that say which signals are fitted, from who fits and who judges."""

    def verdict(self, fixed: Blend, fitted: Blend, later: Adopters) -> ServingChoice:
        """What is to serve, by later adopters."""

    def crossed(self, fixed: Blend, fitted: Blend, folds: list[Adopters]) -> ServingChoice:
        """What is to serve, by hidden holdings, each judged by weights of the other folds."""


@dataclass(frozen=True, eq=False)
class Trained:
    """What a training run found.

    `model` serves; `holdout` is what judges it; `fold` is what its weights were fitted on, from
    the fixed ones. Both folds are None without history, and so is `choice`, which is also None
    where nobody chose: then the fitted blend serves.
    """

    model: Model
    fixed: Blend
    holdout: Adopters | None
    n_adoptions: int
    signals: Signals
    """Of the day of the training."""
    fold: Adopters | None = None
    choice: ServingChoice | None = None
    split: TemporalSplit | None = None


@one_thread()
def train(
    bank: Bank,
    signals_of: SignalsOf,
    interest_of: InterestOf,
    settings: Settings,
    progress: Progress,
    *,
    judge: Judge | None = None,
) -> Trained:
    """Fit a model on everything that is dated, or fall back to fixed weights.

    Parameters
    ----------
    judge : Judge, optional
        Says which signals are fitted and what is to serve; all of them, and the fitted blend, by
        default.

    Notes
    -----
    Signals as of the day before each fit fold teach the blend what was taken within it; signals
    as of the day after the last fold calibrate and grade it on what was taken until today. The
    models that serve are then fitted on all that is known today. Who objects teaches nothing, and
    has no row in what comes back (`engine.bank.consents.without_objectors`).
    """
    bank = without_objectors(bank, settings)
    adoptions = temporal_split.dated_adoptions(bank)
    needed = settings.ranking.min_dated_adoptions
    split = TemporalSplit.latest(adoptions, needed=needed)
    if split is None:
        progress(0.5, "Too few dated adoptions to learn from: fixed weights")
        why = f"{len(adoptions):,} holdings with a day, {needed:,} needed to learn"
        return without_history(bank, signals_of, interest_of, settings, progress, why, judge)

    def fitted_on(day: pd.Timestamp) -> Signals:
        return with_learned(signals_of(bank.until(day), LearnedModels()), interest_of, settings)

    folds = []
    windows = split.fit_windows(adoptions)
    for i, (first, last) in enumerate(windows):
        eve = first - pd.Timedelta(days=1)
        progress(0.05 + 0.25 * i / len(windows), f"Signals as of {eve:%d %b %Y}")
        folds.append(Adopters.between(fitted_on(eve), adoptions, first, last))
    fold = Adopters.pooled(folds)
    if not len(fold.rows):
        return without_history(
            bank, signals_of, interest_of, settings, progress, _NOTHING_NEW, judge
        )
    progress(0.3, f"Weights from {int(fold.adopted.sum()):,} adoptions")
    fixed = _fixed(fold.signals, settings, "Fixed weights from the settings.")
    fixed = fixed if judge is None else judge.prepared(fixed, _trials(folds))
    fitted = fold.fitted(fixed, settings.ranking)
    progress(0.4, f"Signals as of {split.holdout_state:%d %b %Y}")
    late = fitted_on(split.holdout_state)
    holdout = Adopters.between(late, adoptions, split.holdout_from, split.holdout_until)
    if holdout.measured.all() or not holdout.measured.any():
        return without_history(
            bank, signals_of, interest_of, settings, progress, _NOTHING_NEW, judge
        )
    choice = None if judge is None else judge.verdict(fixed, fitted, holdout)
    progress(0.7, f"Calibration on {len(holdout.rows):,} later adopters")
    tested = fitted if choice is None else choice.blend(holdout.signals)
    by_product = False
    if judge is not None:
        trials = _scored(folds, holdout, fixed, choice, settings)
        by_product = judge.offsets_help(trials, settings.models.seed)
    calibrated = _calibrate(holdout, tested, adoptions, settings, by_product=by_product)
    progress(0.8, "Models on all that is known today")
    signals = with_learned(signals_of(bank, LearnedModels()), interest_of, settings)
    serving = fitted if choice is None else choice.blend(signals)
    model = _model(signals, serving, calibrated, signals.learned)
    return Trained(model, fixed, holdout, len(adoptions), signals, fold, choice, split)


def _trials(folds: list[Adopters]) -> list[tuple[Adopters, Adopters]]:
    """Each fold judged by weights of those before it; the halves of a single one by each other."""
    if len(folds) > 1:
        return [(Adopters.pooled(folds[:i]), folds[i]) for i in range(1, len(folds))]
    odd = np.arange(len(folds[0].rows)) % 2 == 1
    halves = folds[0].take(odd), folds[0].take(~odd)
    return [halves, halves[::-1]] if all(len(half.rows) for half in halves) else []


def _scored(
    folds: list[Adopters],
    holdout: Adopters,
    fixed: Blend,
    choice: ServingChoice | None,
    settings: Settings,
) -> list[tuple[Scored, Scored]]:
    """Each fold with the next, the last with the half of the hold-out that calibrates; by weights
    of the folds before both, or by what serves in the blend's place."""
    pairs = []
    for i in range(1, len(folds)):
        later = folds[i + 1] if i + 1 < len(folds) else holdout
        weights = Adopters.pooled(folds[:i]).fitted(fixed, settings.ranking)
        pair = []
        for fold in (folds[i], later):
            serving = None if choice is None else choice.blend(fold.signals)
            stand_in = serving is not None and serving.fallback
            kept = ~fold.measured if fold is holdout else slice(None)
            pair.append(Scored.of(fold, serving if stand_in else weights, kept))
        pairs.append(tuple(pair))
    return [pair for pair in pairs if all(len(one.score) for one in pair)]


def with_learned(signals: Signals, interest_of: InterestOf, settings: Settings) -> Signals:
    """Signals of one day with the models that are fitted on what was known on it."""
    then = signals.bank
    fitted = learned.fit(then, interest_of(then), settings, wants=signals.needs.weights)
    return dataclasses.replace(signals, learned=fitted, settings=settings)


@one_thread()
def without_history(
    bank: Bank,
    signals_of: SignalsOf,
    interest_of: InterestOf,
    settings: Settings,
    progress: Progress,
    why: str = "",
    judge: Judge | None = None,
) -> Trained:
    """Fit a model on what is held, by hiding one holding of each customer; see `cross_section`.

    Notes
    -----
    The weights are drawn to those of needs and suitability from the settings, so that a bank of
    five customers has nearly those, and one of a thousand what its holdings say. There is no
    confidence: what is held is not what comes next.
    """
    bank = without_objectors(bank, settings)
    n_adoptions = len(temporal_split.dated_adoptions(bank))
    progress(0.1, "What goes with what is held")
    folds = cross_section.folds(bank, signals_of, interest_of, settings)
    progress(0.6, "Models on all that is held")
    signals = signals_of(bank, LearnedModels())
    fitted_models = learned.fit_stock(
        bank,
        interest_of(bank),
        settings,
        wants=signals.needs.weights,
        segment=folds[0].signals.profiles.table["segment"] if folds else None,
    )
    signals = dataclasses.replace(signals, learned=fitted_models, settings=settings)
    fixed = _fixed(signals, settings, f"Fixed weights: {why}." if why else "Fixed weights.")
    if not folds:
        return Trained(_model(signals, fixed, {}, fitted_models), fixed, None, n_adoptions, signals)
    fixed = _little_known(fixed, folds)
    if judge is not None:
        fixed = judge.prepared(fixed, crossed(folds))
    fold = Adopters.pooled(folds)
    blend = dataclasses.replace(
        fold.fitted(fixed, settings.ranking),
        note=f"Weights fitted on {len(fold.rows):,} hidden holdings, one a customer"
        + (f" ({why})." if why else "."),
    )
    choice = None if judge is None else judge.crossed(fixed, blend, folds)
    serving = blend if choice is None else choice.blend(signals)
    model = _model(signals, serving, {}, fitted_models)
    return Trained(model, fixed, None, n_adoptions, signals, fold, choice)


def crossed(folds: list[Adopters]) -> list[tuple[Adopters, Adopters]]:
    """Each fold, judged by weights of all the others."""
    return [(Adopters.pooled([*folds[:i], *folds[i + 1 :]]), folds[i]) for i in range(len(folds))]


def _little_known(fixed: Blend, folds: list[Adopters]) -> Blend:
    """Weights that hold where little is known: those of needs, suitability and what is not fitted.

    Standardised on customers with one holding hidden, as they are seen when it is fitted.
    """
    kept = {*NOT_FITTED, "needs", "suitability"}
    seen = Adopters.pooled(folds)
    start = blending.fixed(seen.raw, seen.candidates, fixed.weights, fixed.note)
    weights = {s: w if s in kept else 0.0 for s, w in start.weights.items()}
    return dataclasses.replace(start, weights=weights, drawn=True)


def _fixed(signals: Signals, settings: Settings, note: str) -> Blend:
    rows = sample_rows(signals.bank.n_customers)
    trust = signals.score_trust(settings.ranking)
    weights = dict(settings.ranking.weights)
    weights["suitability"] *= float(trust.mean()) if len(trust) else 1.0
    return blending.fixed(signals.raw(rows), signals.candidates[rows], weights, note)


def _calibrate(
    holdout: Adopters,
    blend: Blend,
    adoptions: pd.DataFrame,
    settings: Settings,
    *,
    by_product: bool,
) -> dict[str, object]:
    scaling = Scored.of(holdout, blend, ~holdout.measured).scaling(by_product=by_product)
    n_days = (holdout.until - holdout.since).days + 1
    horizon = min(settings.ranking.horizon_days, n_days)
    until = holdout.since + pd.Timedelta(days=horizon - 1)
    bank, rows = holdout.signals.bank, sample_rows(holdout.signals.bank.n_customers)
    taken = temporal_split.window(
        adoptions, holdout.since, until, (bank.n_customers, bank.n_products)
    )[rows]
    candidates = holdout.signals.candidates[rows]
    everyone = blend.scores(holdout.signals.raw(rows), holdout.signals.newcomers(rows))
    n_held = holdout.signals.n_held(rows)
    confidence = chances.softmax(scaling.utility(everyone, n_held), candidates)
    line = chances.propensity(confidence, candidates, taken & candidates)
    return scaling._asdict() | {"propensity": line, "horizon_days": horizon}


def _model(
    signals: Signals, blend: Blend, calibrated: Mapping[str, object], fitted: LearnedModels
) -> Model:
    rows = sample_rows(signals.bank.n_customers)
    score = blend.scores(signals.raw(rows), signals.newcomers(rows))
    quantiles = chances.quantiles(score, signals.candidates[rows])
    calibration = Calibration(quantiles=quantiles, **calibrated)  # type: ignore[arg-type]
    bank = signals.bank
    return Model(blend, calibration, fitted, tuple(bank.product_ids), customer_keys(bank))
