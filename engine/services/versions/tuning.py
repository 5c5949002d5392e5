"""A bank's history in; trials of model settings on folds in time, logged, and the best kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from engine.audit import evaluation, metrics
from engine.bank import disk
from engine.bank.bank import Bank
from engine.errors import BadInput, NeedsAgreement, TrainingError
from engine.progress import Progress
from engine.ranking import blend as blending
from engine.ranking import temporal_split, training
from engine.ranking.adopters import Adopters
from engine.ranking.signals import Signals
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.temporal_split import TemporalSplit
from engine.receipts.trail import Trail
from engine.results import Tuning
from engine.scoring.levers.adjustable import Path, changed, nested, read
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshots
from engine.state.named_settings import NamedSettings

LIGHTFM: Final[Mapping[Path, tuple[float, ...]]] = {
    ("models", "factors"): (4, 8, 16, 32),
    ("models", "epochs"): (5, 10, 20, 30, 60),
    ("models", "learning_rate"): (0.01, 0.02, 0.03, 0.05, 0.1),
    ("models", "l2"): (0.0, 1e-6, 1e-5, 1e-4, 1e-3),
    ("models", "customer_features"): (0.0, 0.5, 1.0, 2.0),
}
"""LightFM's own settings (own choice: ranges within which a trial was worth its time)."""
GRID: Final[Mapping[Path, tuple[float, ...]]] = {
    ("ranking", "l2_weights"): (1.0, 3.0, 10.0),
    ("ranking", "l2_newcomers"): (1.0, 3.0, 10.0, 30.0),
    ("ranking", "popularity_half_life_days"): (60.0, 90.0, 180.0, 365.0),
    ("ranking", "popularity_prior"): (10.0, 30.0, 100.0),
    ("ranking", "popularity_group_prior"): (30.0, 100.0, 300.0, 1000.0, 10000.0),
    ("models", "transitions_inverse_ridge"): (0.001, 0.003, 0.01, 0.03, 0.1),
    ("models", "ease_l2"): (20.0, 50.0, 200.0, 500.0),
    **LIGHTFM,
}
"""What is tried: settings on either side of the defaults (own choice)."""
BLEND: Final = "blend"
JUDGED: Final[Mapping[str, tuple[str, Mapping[Path, tuple[float, ...]]]]] = {
    BLEND: ("tuned", GRID),
    "lightfm": ("tuned-lightfm", LIGHTFM),
}
"""Whose ranking decides -> the name under which the best is saved and put in force, and the grid.
LightFM alone is tuned where its weight in the blend is too small for the blend to tell."""
N_FOLDS = 2
METRIC = evaluation.GATE_METRIC


@dataclass(frozen=True, eq=False)
class _Fold:
    """A stretch that teaches the blend and the one after it that tests it, before the hold-out.

    `before` holds the signals as of the eve of each, without what is learned.
    """

    split: TemporalSplit
    before: tuple[Signals, Signals]


class Tuner:
    """Looks for the settings of a bank's own models."""

    def __init__(
        self,
        snapshots: Snapshots,
        now: Callable[[], datetime],
        put_in_force: Callable[..., tuple[str, ...]],
    ):
        """`put_in_force` is `Levers.apply`."""
        self._snapshots = snapshots
        self._now = now
        self._put_in_force = put_in_force
        self._store = NamedSettings(snapshots.state, Trail(snapshots.state).note_setting)

    def tune(
        self,
        progress: Progress,
        *,
        trials: int,
        seed: int,
        actor: str,
        until: pd.Timestamp | None = None,
        judged: str = BLEND,
    ) -> Tuning:
        """Try settings on folds in time; put the best in force where it surely beats today's.

        Every trial is in the result. The next retraining uses what is in force.

        Parameters
        ----------
        trials : int
            Beside today's settings, which are the first trial.
        seed : int
            Of the draws; the same seed tries the same settings.
        actor : str
            Who stands in the log of settings.
        until : Timestamp, optional
            Last day that may be looked at, so that a test of later days stays one.
        judged : str
            Key of `JUDGED`: by whose ranking, and over which settings.

        Raises
        ------
        BadInput
            If the bank has too few dated adoptions for a fold, or nobody is judged by that name.

        Notes
        -----
        The folds end where the hold-out of the next retraining begins, so that its grade stays
        that of adoptions on which nothing was chosen. Random search (Bergstra and Bengio 2012).
        The best of many trials is ahead by chance alone, so a trial counts only where the 95 %
        interval of its lead, paired by adopter, lies above 0.
        """
        if judged not in JUDGED:
            raise BadInput(f"Got {judged!r} to judge by; expected {' or '.join(JUDGED)}.")
        name, grid = JUDGED[judged]
        settings = self._snapshots.settings
        bank = self._snapshots.teaching_bank()
        bank = bank if until is None else bank.until(until)
        adoptions = temporal_split.dated_adoptions(bank)
        folds = self._folds(bank, adoptions, settings)
        drawn = [{}, *_drawn(grid, trials, seed)]
        rows, measured = [], []
        for trial, changes in enumerate(drawn):
            progress(trial / len(drawn), f"Trial {trial} of {len(drawn) - 1}")
            tried = changed(settings, changes)
            values = [self._measured(fold, adoptions, tried, judged) for fold in folds]
            measured.append(np.concatenate(values))
            rows += [
                {
                    "trial": trial,
                    "seed": seed,
                    "judged": judged,
                    "fold": number,
                    "from": fold.split.holdout_from,
                    "until": fold.split.holdout_until,
                    "n": len(one),
                    METRIC: one.mean(),
                    **{".".join(path): read(tried, path) for path in grid},
                }
                for number, (fold, one) in enumerate(zip(folds, values, strict=True))
            ]
        table = pd.DataFrame(rows).join(_ahead(measured, seed), on="trial")
        log = self._snapshots.state.folder("tuning") / f"{self._now():%Y%m%dT%H%M%S}-{seed}.csv"
        disk.write_whole(log, table.to_csv(index=False).encode())
        return self._kept(name, table, drawn, str(log), actor)

    def _kept(
        self,
        name: str,
        table: pd.DataFrame,
        drawn: Sequence[Mapping[Path, float]],
        log: str,
        actor: str,
    ) -> Tuning:
        mean, best, now = mean_of(table), best_of(table), self._now()
        why = f"{METRIC} {mean[best]:.4f} on folds, {mean[0]:.4f} before; log {log}"
        waits = ""
        if best:
            self._store.save(name, nested(drawn[best]), now=now, actor=actor, why=why)
            try:
                self._put_in_force(name, actor=actor, why=why)
            except (BadInput, NeedsAgreement) as error:
                waits = str(error)
        return Tuning(
            name=name,
            table=table,
            mean=mean,
            best=best,
            changes={".".join(path): value for path, value in drawn[best].items()},
            log=log,
            waits=waits,
        )

    def _folds(self, bank: Bank, adoptions: pd.DataFrame, settings: Settings) -> list[_Fold]:
        needed = settings.ranking.min_dated_adoptions
        split = TemporalSplit.latest(adoptions, needed=needed)
        folds: list[_Fold] = []
        while split is not None and len(folds) < N_FOLDS:
            split = split.earlier(adoptions, needed=needed // 2)
            if split is not None and split.n_history >= temporal_split.MIN_HISTORY:
                eves = (split.fit_state, split.holdout_state)
                early, late = (
                    self._snapshots.signals_of(bank.until(d), LearnedModels()) for d in eves
                )
                folds.append(_Fold(split, (early, late)))
        if not folds:
            raise BadInput(
                f"Got {len(adoptions):,} dated adoptions; tuning needs about {4 * needed:,}, so "
                "that folds can be cut before the hold-out."
            )
        return folds[::-1]

    def _measured(
        self, fold: _Fold, adoptions: pd.DataFrame, settings: Settings, judged: str
    ) -> np.ndarray:
        """The metric of each adopter of the fold; NaN where these settings cannot be fitted."""
        split, (early, late) = fold.split, fold.before
        tested = Adopters.between(late, adoptions, split.holdout_from, split.holdout_until)
        try:
            raw = self._learned(late, settings).raw(tested.rows)
            if judged == BLEND:
                known = self._learned(early, settings)
                taught = Adopters.between(known, adoptions, split.fit_from, split.fit_until)
                start = blending.fixed(taught.raw, taught.candidates, settings.ranking.weights, "")
                blend = taught.fitted(start, settings.ranking)
                scores = blend.scores(raw, tested.newcomers)
            else:
                scores = raw.get("collaborative", np.zeros(tested.adopted.shape))
        except TrainingError:  # a step so large that LightFM diverges
            return np.full(len(tested.rows), np.nan)
        each = metrics.per_customer(scores, tested.adopted, tested.candidates)
        return each[METRIC].to_numpy()

    def _learned(self, signals: Signals, settings: Settings) -> Signals:
        return training.with_learned(signals, self._snapshots.interest_of, settings)


def is_tuned(changes: Mapping[Path, float]) -> bool:
    """Are these settings that a search chose? They are no levers, and each has a value it tries."""
    return all(value in GRID.get(path, ()) for path, value in changes.items())


def mean_of(table: pd.DataFrame) -> pd.Series:
    """Trial -> the metric over the adopters of all folds, from the log."""
    total = (table[METRIC] * table["n"]).groupby(table["trial"]).sum(min_count=1)
    return total / table.groupby("trial")["n"].sum()


def best_of(table: pd.DataFrame) -> int:
    """The best trial that is surely ahead of today's settings, from the log; 0 where none is."""
    sure = table.groupby("trial")["ahead_low"].first() > 0
    return int(mean_of(table)[sure].idxmax()) if sure.any() else 0


def _ahead(measured: Sequence[np.ndarray], seed: int) -> pd.DataFrame:
    """By how much each trial leads today's settings, adopter by adopter."""
    lead = np.column_stack(measured) - measured[0][:, None]
    value, low, high = evaluation.bootstrap(lead, seed=seed)
    return pd.DataFrame({"ahead": value, "ahead_low": low, "ahead_high": high})


def _drawn(
    grid: Mapping[Path, tuple[float, ...]], trials: int, seed: int
) -> list[dict[Path, float]]:
    rng = np.random.default_rng(seed)
    return [
        {path: values[rng.integers(len(values))] for path, values in grid.items()}
        for _ in range(trials)
    ]
