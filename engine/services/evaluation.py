"""A bank and a day in; how well the lists foresaw what was taken from that day on, out."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.audit import campaign_response, evaluation, grading
from engine.audit.evaluation_window import Protocol, protocol
from engine.audit.rivals import rivals
from engine.bank.bank import Bank
from engine.errors import StateError
from engine.lab import needs_ablation
from engine.ranking import training
from engine.ranking.blend import Blend
from engine.ranking.learned_signals import Learned
from engine.ranking.signals import Signals
from engine.ranking.training import Trained
from engine.results import Evaluation, NeedsAblation, ResponseEvaluation
from engine.settings import Settings
from engine.snapshot.snapshot import Views

Progress = Callable[[float, str], None]
APART = {
    "came later": "first seen after the file begins",
    "returning": "held something before, nothing on that day (re-activation)",
    "new": "never held anything (cold)",
}


@dataclass(frozen=True, eq=False)
class _Test:
    """A trained model on the day before the test."""

    plan: Protocol
    trained: Trained
    signals: Signals
    settings: Settings

    def scored(
        self, rows: np.ndarray, blends: Mapping[str, Blend]
    ) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        """Scores of all systems, what was taken, and candidates, for some customers."""
        raw, newcomers = self.signals.raw(rows), self.signals.newcomers(rows)
        found = {name: blend.scores(raw, newcomers) for name, blend in blends.items()}
        found |= rivals(self.signals, raw, rows, self.settings.models.seed)
        candidates = self.signals.candidates[rows]
        return found, self.plan.adopted[rows] & candidates, candidates


class Evaluations:
    """Judges what a bank's history can teach, on what came after it.

    Parameters
    ----------
    views : Views
    """

    def __init__(self, views: Views):
        self._views = views

    def evaluate(
        self, progress: Progress, *, since: pd.Timestamp | None = None, ablate: bool = False
    ) -> Evaluation | ResponseEvaluation:
        """Train on what was known before a day, and compare with what was taken from it on.

        Parameters
        ----------
        progress : callable
        since : Timestamp, optional
            First day of the test; by default that of the latest quarter of the adoptions.
        ablate : bool
            Fit the blend again without each signal (F196).

        Returns
        -------
        Evaluation or ResponseEvaluation
            The latter for a bank without dated adoptions that has outcomes of a campaign.

        Raises
        ------
        BadInput
            If `since` lies outside the adoptions, or leaves too few before it.
        """
        bank, settings = self._views.bank(), self._views.settings
        simulated = bank.manifest.simulated
        plan = self._plan(bank, since)
        if plan is None:
            found = campaign_response.evaluate_response(bank, settings)
            return grading.not_gradable(simulated=simulated) if found is None else found
        trained = training.train(
            plan.then, self._views.signals_of, self._views.interest_of, settings, progress
        )
        signals = self._views.signals_of(plan.then, trained.model.learned)
        test = _Test(plan, trained, signals, settings)
        progress(0.9, "Every system on the test")
        return _evaluated(test, simulated=simulated, ablate=ablate)

    def needs(
        self,
        progress: Progress,
        *,
        since: pd.Timestamp | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> NeedsAblation:
        """Needs by phrases beside one embedding of each customer's whole text.

        Parameters
        ----------
        progress : callable
        since : Timestamp, optional
            First day of the test, as of `evaluate`.
        clock : callable
            Seconds; both ways are timed one after the other, without the cache of texts.

        Raises
        ------
        StateError
            If nothing is known of what any customer wants.
        """
        views, settings = self._views, self._views.settings
        bank, seed = views.bank(), settings.models.seed
        plan = self._plan(bank, since)
        progress(0.1, "What customers want")
        signals = views.signals_of(bank if plan is None else plan.then, Learned())
        known = np.flatnonzero(np.diff(signals.needs.weights.indptr))
        if not len(known):
            raise StateError("Nothing is known of what customers want: there is nothing to embed.")
        rows = _spread(known, settings.evaluation.whole_texts)
        progress(0.3, f"{len(rows):,} customers, phrase by phrase and as one text each")
        encoder = views.encoder.encoder
        found = needs_ablation.compared(signals, encoder, rows, clock)
        tables = [needs_ablation.likeness(found.scores, signals.candidates[rows], seed)]
        took = np.zeros(0, dtype=np.int64)
        if plan is not None:
            took = np.intersect1d(known, plan.rows("cohort", signals.candidates))
            took = _spread(took, settings.evaluation.whole_texts)
        if plan is not None and len(took):
            progress(0.7, f"{len(took):,} later adopters")
            tables.append(
                needs_ablation.foresight(signals, encoder, plan.adopted, rows, took, seed)
            )
        return NeedsAblation(
            n=len(rows),
            n_known=len(known),
            n_adopters=len(took),
            as_of=signals.bank.as_of,
            encoder=encoder.name,
            table=pd.concat(tables, ignore_index=True),
            speed=found.speed,
            notes=() if len(took) else ("No dated adoptions by which the ways could be judged.",),
            simulated=bank.manifest.simulated,
        )

    def _plan(self, bank: Bank, since: pd.Timestamp | None) -> Protocol | None:
        settings = self._views.settings
        return protocol(
            bank,
            since,
            needed=settings.ranking.min_dated_adoptions,
            stock_share=settings.evaluation.stock_share,
        )

    def stored(self) -> Evaluation | None:
        """What the training of the serving version measured; None where it was not kept.

        Raises
        ------
        StateError
            If no version serves yet, or its files are damaged.
        """
        registry = self._views.registry
        version = registry.champion()
        if version is None:
            raise StateError("No version serves yet. Run: python -m engine retrain")
        return grading.load(registry.verified(version.version_id))


def _spread(rows: np.ndarray, most: int) -> np.ndarray:
    """So many of them at most, spread evenly."""
    return rows[:: max(1, -(-len(rows) // most))]


def _evaluated(test: _Test, *, simulated: bool, ablate: bool) -> Evaluation:
    plan, seed = test.plan, test.settings.models.seed
    rows = plan.rows("cohort", test.signals.candidates)
    systems, adopted, candidates = test.scored(rows, {"blend": test.trained.model.blend})
    mixed = evaluation.with_random_ties(systems, adopted, candidates, seed)
    table, graded = grading.compared(systems, adopted, candidates, seed)
    blend = test.trained.model.blend
    return Evaluation(
        n=len(rows),
        since=plan.since,
        until=plan.until,
        cohort=plan.cohort,
        grade=grading.letter(graded, simulated=simulated),
        sentence=graded.sentence if graded else "Nobody took a product that could be listed.",
        systems=table,
        paired=evaluation.paired(*mixed, seed),
        breadth=evaluation.breadth(systems, adopted, candidates, test.signals.bank.held),
        apart=_apart(test),
        ablation=_ablation(test, rows) if ablate else _no_ablation(),
        notes=(
            blend.note,
            f"Weights: {_listed(blend.weights)}.",
            *(f"Weights for those who hold nothing: {_listed(w)}." for w in [blend.newcomers] if w),
            f"Every product not held is ranked; ties are broken by chance (seed {seed}).",
            *(("Simulated bank: these figures describe generated customers.",) * simulated),
        ),
        rival=graded.rival if graded else "",
        simulated=simulated,
    )


def _listed(weights: Mapping[str, float]) -> str:
    return ", ".join(
        f"{signal} {weight:.2f}" for signal, weight in weights.items() if weight >= 0.005
    )


def _apart(test: _Test) -> pd.DataFrame:
    """Blend beside the popular ones for adopters outside the cohort."""
    seed, frames = test.settings.models.seed, []
    for group, words in APART.items():
        rows = test.plan.rows(group, test.signals.candidates)
        if not len(rows):
            continue
        systems, adopted, candidates = test.scored(rows, {"blend": test.trained.model.blend})
        named = {s: systems[s] for s in ("blend", "popular_owned", "popular_adopted", "random")}
        table = evaluation.evaluate_systems(
            *evaluation.with_random_ties(named, adopted, candidates, seed), seed
        )
        wide = table.pivot(index="system", columns="metric", values="value").loc[list(named)]
        interval = table[table["metric"] == "map@7"].set_index("system")[["low", "high", "n"]]
        frames.append(
            wide[["map@7", "hit@1", "mrr"]].join(interval).reset_index().assign(group=words)
        )
    columns = ["group", "system", "n", "map@7", "low", "high", "hit@1", "mrr"]
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames, ignore_index=True)[columns]


def _ablation(test: _Test, rows: np.ndarray) -> pd.DataFrame:
    """The blend minus the blend that was fitted without one signal, on map@7."""
    fold, trained = test.trained.fold, test.trained
    blends = {"blend": trained.model.blend}
    for signal in trained.model.blend.weights if fold is not None else ():
        blends[signal] = fold.fitted(trained.fixed.without(signal), test.settings.ranking)
    raw, newcomers = test.signals.raw(rows), test.signals.newcomers(rows)
    scores = {name: blend.scores(raw, newcomers) for name, blend in blends.items()}
    seed, candidates = test.settings.models.seed, test.signals.candidates[rows]
    adopted = test.plan.adopted[rows] & candidates
    table = evaluation.paired(*evaluation.with_random_ties(scores, adopted, candidates, seed), seed)
    return table.rename(columns={"system": "signal"}).drop(columns="metric")


def _no_ablation() -> pd.DataFrame:
    return pd.DataFrame(columns=["signal", "value", "low", "high", "n"])
