"""How far the lists can be trusted: foresight on later adoptions, confidence kept, stability."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from engine.audit import (
    campaign_response,
    confidence_words,
    evaluation,
    grading,
    stability,
    weak_spots,
)
from engine.audit.evaluation_window import EvaluationWindow
from engine.audit.rivals import rivals
from engine.audit.shown_lists import ShownLists
from engine.bank.bank import Bank
from engine.customers.words.texts import TextModels
from engine.errors import BadInput, NoVersion
from engine.guard.verdicts import Rulebook
from engine.progress import Progress, quiet
from engine.ranking import training
from engine.ranking.adopters import Adopters
from engine.ranking.alignment import aligned
from engine.ranking.blend import Blend
from engine.ranking.ranker import Model, Ranker
from engine.ranking.signals import Signals
from engine.ranking.training import Trained
from engine.results import (
    ConfidenceReport,
    Counted,
    Evaluation,
    ResponseEvaluation,
    StabilityReport,
    WeakSpots,
)
from engine.scoring.lists import lists_of
from engine.scoring.score_table import ScoreTable
from engine.services.exports import weak_spot_files
from engine.services.offers import check_list
from engine.services.portfolio.selections import Selections
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshot, Snapshots
from engine.vocabulary import GROWTH

FIRST = 3
"""First offers whose overlap tells how stable lists are."""
ABLATION_COLUMNS = ["signal", "value", "low", "high", "n"]
APART = {
    "came later": "first seen after the file begins",
    "returning": "held something before, nothing on that day (re-activation)",
    "new": "never held anything (cold)",
}


@dataclass(frozen=True, eq=False)
class _Test:
    """A trained model on the day before the test."""

    window: EvaluationWindow
    trained: Trained
    signals: Signals

    @property
    def seed(self) -> int:
        return self.signals.settings.models.seed

    def fold(self, group: str) -> Adopters:
        """A group's adopters."""
        candidates = self.signals.candidates
        rows = self.window.rows(group, candidates)
        return Adopters(
            self.window.since,
            self.window.until,
            self.signals.raw(rows),
            self.signals.newcomers(rows),
            candidates[rows],
            self.window.adopted[rows] & candidates[rows],
            rows,
            self.signals,
        )

    @property
    def fitted(self) -> Blend:
        """The fitted blend, whatever serves in its place."""
        choice = self.trained.choice
        return choice.fitted if isinstance(choice, grading.Verdict) else self.trained.model.blend

    def systems(self, fold: Adopters) -> dict[str, np.ndarray]:
        """Scores of all systems; candidates are what might be offered."""
        serving = self.trained.model.blend
        judged = grading.Judged(ShownLists(self.signals), fold, serving)
        return (
            judged.shown(serving)
            | {"blend": fold.scores(self.fitted)}
            | rivals(self.signals, fold.raw, fold.rows, self.seed)
        )


class Evaluations:
    """Judges what a bank's history can teach, and the version that serves."""

    def __init__(self, snapshots: Snapshots, selections: Selections, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._selections = selections
        self._now = now

    def evaluate(
        self, progress: Progress, *, since: pd.Timestamp | None = None, ablate: bool = False
    ) -> Evaluation | ResponseEvaluation:
        """Train on what was known before a day, and compare with what was taken from it on.

        The second kind of result is for a bank without dated adoptions that has outcomes of a
        campaign.

        Parameters
        ----------
        since : Timestamp, optional
            First day of the test; by default that of the latest quarter of the adoptions.
        ablate : bool
            Fit the blend again without each signal.

        Raises
        ------
        BadInput
            If `since` lies outside the adoptions, or leaves too few before it.
        """
        bank, settings = self._snapshots.teaching_bank(), self._snapshots.settings
        simulated = bank.manifest.simulated
        window = EvaluationWindow.of(
            bank,
            since,
            needed=settings.ranking.min_dated_adoptions,
            stock_share=settings.evaluation.stock_share,
        )
        if window is None:
            response = campaign_response.evaluate_response(bank, settings)
            return response or self._cross_section(bank, progress)
        trained = training.train(
            window.then,
            self._snapshots.signals_of,
            self._snapshots.interest_of,
            settings,
            progress,
            judge=grading.Judge(simulated),
        )
        signals = self._snapshots.signals_of(window.then, trained.model.learned)
        progress(0.8, "Every system on the test")
        found = _evaluated(_Test(window, trained, signals), simulated=simulated, ablate=ablate)
        progress(0.9, "One holding of each customer hidden")
        beside = dataclasses.replace(self._cross_section(bank, quiet), alone=False)
        return dataclasses.replace(found, beside=beside)

    def _cross_section(self, bank: Bank, progress: Progress) -> Evaluation:
        """How well what is held tells one holding that is hidden."""
        judge = grading.Judge(bank.manifest.simulated)
        snapshots = self._snapshots
        of = (bank, snapshots.signals_of, snapshots.interest_of, snapshots.settings)
        choice = training.without_history(*of, progress, judge=judge).choice
        if not isinstance(choice, grading.Verdict):
            return grading.not_gradable(simulated=bank.manifest.simulated)
        return choice.evaluation

    # --- the version that serves

    def stored(self) -> Evaluation | None:
        """What the training of the serving version measured; None where it was not kept."""
        return grading.load(self._champion())

    def confidence(self) -> ConfidenceReport:
        """Promises against outcomes of the serving version, as its training measured them."""
        return confidence_words.load(self._champion())

    def weak_spots(self) -> WeakSpots:
        """For whom the lists of the serving version fail, as its training measured them.

        The table has n_today too: customers who are in each group now; missing where it opens none.
        """
        found = weak_spots.load(self._champion())
        behind = self.behind_weak_spots(found)
        n_today = pd.array([counted.n if counted else None for counted in behind], dtype="Int64")
        return dataclasses.replace(found, table=found.table.assign(n_today=n_today))

    def behind_weak_spots(self, found: WeakSpots) -> list[Counted | None]:
        """What opens the customers of each group, row by row; nobody is chosen by gender or age."""
        return [
            None if row["protected"] else self._selections.weak_spot(row["conditions"])
            for row in found.table.to_dict("records")
        ]

    def export_weak_spots(self, kind: str) -> bytes:
        """The groups as a file: "csv" or "xlsx"."""
        return weak_spot_files.exported(self.weak_spots(), kind)

    def _champion(self) -> Path:
        """Folder of the serving version; StateError if none serves, or its files are damaged."""
        version = self._snapshots.registry.champion()
        if version is None:
            raise NoVersion
        return self._snapshots.registry.verified(version.version_id)

    def stability(
        self, progress: Progress, *, list: str = GROWTH, seed: int | None = None
    ) -> StabilityReport:
        """Make the lists again under another seed and with small noise, and compare.

        Parameters
        ----------
        list : str
            Growth or retention.
        seed : int, optional
            The other seed, also that of the noise; the one after the setting by default.

        Raises
        ------
        BadInput
            If there is no such list, or the seed is negative.
        StateError
            If no version serves yet.

        Notes
        -----
        The seed is compared between two models that are fitted anew on the same history, the
        noise between two lists of the model that serves.
        """
        snapshots, snapshot = self._snapshots, self._snapshots.current()
        settings = snapshots.settings
        if snapshot.ranker is None:
            raise NoVersion
        audit, usual = settings.stability, settings.models.seed
        other = usual + 1 if seed is None else seed
        check_list(list)
        if other < 0:
            raise BadInput(f"Got the seed {other}; a seed is 0 or more.")
        segments = snapshot.profiles.table["segment"]
        progress(0.05, f"Fitting with seed {usual}")
        first = self._lists_of(snapshot, snapshot.signals, self._fitted(settings, usual), list)
        progress(0.35, f"Fitting with seed {other}")
        second = self._lists_of(snapshot, snapshot.signals, self._fitted(settings, other), list)
        progress(0.65, "Small noise on balances, spending and sentiment")
        model = snapshot.ranker.model
        calm = self._lists_of(snapshot, snapshot.signals, model, list)
        noisy = self._lists_of(snapshot, self._noisy(snapshot, model, other), model, list)
        tables = [
            stability.overlap(before, after, segments, k=FIRST).assign(change=change)
            for change, before, after in (
                (stability.ANOTHER_SEED, first, second),
                (stability.INPUT_NOISE, calm, noisy),
            )
        ]
        table = pd.concat(tables, ignore_index=True)
        progress(1.0, "Done")
        return StabilityReport(
            table=table[["change", *table.columns.drop("change")]],
            k=FIRST,
            list=list,
            seed=usual,
            other_seed=other,
            balance_noise=audit.balance_noise,
            sentiment_noise=audit.sentiment_noise,
            model_version=snapshot.version.version_id if snapshot.version else "",
            simulated=snapshot.bank.manifest.simulated,
            sentence=stability.sentence(table, FIRST),
        )

    def _fitted(self, settings: Settings, seed: int) -> Model:
        models = settings.models.model_copy(update={"seed": seed})
        changed = settings.model_copy(update={"models": models})
        snapshots = self._snapshots
        judge = grading.Judge(snapshots.base.manifest.simulated)
        of = (snapshots.teaching_bank(), snapshots.signals_of, snapshots.interest_of)
        model = training.train(*of, changed, quiet, judge=judge).model
        return aligned(model, snapshots.bank())

    def _noisy(self, snapshot: Snapshot, model: Model, seed: int) -> Signals:
        audit, texts = self._snapshots.settings.stability, self._snapshots.texts
        reader = stability.ShakenSentiment(texts.sentiment, audit.sentiment_noise, seed)
        bank = stability.shaken(snapshot.bank, share=audit.balance_noise, seed=seed)
        return self._snapshots.signals_of(bank, model.learned, TextModels(reader, texts.keywords))

    def _lists_of(
        self, snapshot: Snapshot, signals: Signals, model: Model, which: str
    ) -> pd.DataFrame:
        """First offers of everybody, guard included, as that model and those signals give them."""
        settings = self._snapshots.settings
        signals = dataclasses.replace(signals, learned=model.learned)
        ranker = Ranker(signals, model)
        rulebook = Rulebook(signals.bank, signals.profiles, settings)
        seen = dataclasses.replace(snapshot, signals=signals, rulebook=rulebook, ranker=ranker)
        return lists_of(ScoreTable(seen, self._now()), seen.all_rows, [which], FIRST)


def _evaluated(test: _Test, *, simulated: bool, ablate: bool) -> Evaluation:
    everybody = test.fold("cohort")
    fold = ShownLists(test.signals).offerable(everybody)
    systems = test.systems(fold)
    _, graded = grading.compared(systems, fold.adopted, fold.candidates, test.seed)
    blend, serving = test.fitted, test.trained.model.blend
    return grading.evaluated(
        systems,
        fold,
        graded,
        simulated=simulated,
        cohort=test.window.cohort,
        fallback=serving.fallback,
        apart=_apart(test),
        ablation=_ablation(test, fold) if ablate else pd.DataFrame(columns=ABLATION_COLUMNS),
        notes=(
            blend.note,
            blend.left_out,
            f"Weights: {_listed(blend.weights)}.",
            *(f"Weights for those who hold nothing: {_listed(w)}." for w in [blend.newcomers] if w),
            *(f"Weight of the growth list's own aim: {w:.2f}." for w in blend.aims.values()),
            serving.note if serving.fallback else "",
            grading.unreachable(int(everybody.adopted.sum()), fold),
            f"Every product that might be offered is ranked; ties are broken by chance (seed "
            f"{test.seed}).",
            "Simulated bank: these figures describe generated customers." if simulated else "",
        ),
    )


def _listed(weights: Mapping[str, float]) -> str:
    return ", ".join(
        f"{signal} {weight:.2f}" for signal, weight in weights.items() if weight >= 0.005
    )


def _apart(test: _Test) -> pd.DataFrame:
    """The list as it is shown beside the popular ones for adopters outside the cohort."""
    seed, frames = test.seed, []
    for group, words in APART.items():
        fold = ShownLists(test.signals).offerable(test.fold(group))
        if not len(fold.rows):
            continue
        systems = test.systems(fold)
        named = {
            s: systems[s] for s in ("served", "blend", "popular_owned", "popular_adopted", "random")
        }
        table = evaluation.evaluate_systems(
            *evaluation.with_random_ties(named, fold.adopted, fold.candidates, seed), seed
        )
        wide = table.pivot(index="system", columns="metric", values="value").loc[list(named)]
        interval = table[table["metric"] == "map@7"].set_index("system")[["low", "high", "n"]]
        frames.append(
            wide[["map@7", "hit@1", "mrr"]].join(interval).reset_index().assign(group=words)
        )
    columns = ["group", "system", "n", "map@7", "low", "high", "hit@1", "mrr"]
    return (
        pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    )


def _ablation(test: _Test, fold: Adopters) -> pd.DataFrame:
    """The blend minus the blend that was fitted without one signal, on map@7."""
    taught, trained = test.trained.fold, test.trained
    blends = {"blend": test.fitted}
    for signal in test.fitted.weights if taught is not None else ():
        blends[signal] = taught.fitted(trained.fixed.without(signal), test.signals.settings.ranking)
    scores = {name: fold.scores(blend) for name, blend in blends.items()}
    mixed = evaluation.with_random_ties(scores, fold.adopted, fold.candidates, test.seed)
    table = evaluation.paired(*mixed, test.seed, champion="blend")
    return table.rename(columns={"system": "signal"}).drop(columns=["metric", "standing"])
