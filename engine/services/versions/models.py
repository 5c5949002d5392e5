"""The versions of a bank's models: fitted, judged against the champion, rolled back."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from engine.audit import drift as _drift
from engine.bank.bank import Bank
from engine.customers.finances.transaction_figures import transaction_figures
from engine.customers.protected_traits import without_protected_traits
from engine.customers.words.texts import load_categoriser
from engine.errors import BadInput, Busy, EngineError
from engine.feedback.answer_learning import PersonsAnswers
from engine.feedback.quality_history import quality_history
from engine.feedback.retrain import HELD_BACK, retrain
from engine.models.inventory import inventory
from engine.progress import Progress, quiet
from engine.ranking.alignment import aligned, customer_keys, places_in
from engine.ranking.ranker import Model
from engine.receipts.trail import Trail
from engine.results import Drift, ListChanges, TrainingReport
from engine.scoring import asking, list_changes
from engine.scoring.current import CurrentScores
from engine.scoring.score_table import ScoreTable
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import PROGRAM, ROLLED_BACK, TRAINED


class Models:
    """Versions of one bank, and the models that they are made of.

    Parameters
    ----------
    wider : callable
        (the lists of today, other lists) -> the gap between groups that those widen, in words.
    agreed : callable
        `Levers.agreed`: raises until a second person wants a version to serve all the same.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        scores: CurrentScores,
        wider: Callable[[ScoreTable, ScoreTable], str],
        agreed: Callable[..., None],
        now: Callable[[], datetime],
    ):
        self._snapshots = snapshots
        self._scores = scores
        self._wider, self._agreed = wider, agreed
        self._now = now
        self._lock = threading.RLock()
        self._results = LastResults()
        self._trail = Trail(snapshots.state)

    def warm_up(self, progress: Progress = quiet) -> None:
        """Make sure that a version serves: a bank's first start, or a new release, fits one."""
        with self._lock:
            registry = self._snapshots.registry
            if not registry.serves:
                try:
                    self.retrain(progress)
                except Busy:  # another process opened the bank first: its version serves us too
                    progress(0.0, "Another process fits the first version")
                    registry.settle()
                    if not registry.serves:
                        self.retrain(progress)
        self._snapshots.current()

    def retrain(self, progress: Progress = quiet, *, actor: str = PROGRAM) -> TrainingReport:
        """Fit a challenger on holdings and events; the better on held-out data serves, unless its
        lists widen a gap between groups."""
        bank, answers = self._snapshots.to_train_on()
        report = retrain(
            bank,
            self._snapshots.registry,
            signals_of=self._snapshots.signals_of,
            interest_of=self._snapshots.interest_of,
            settings=self._snapshots.settings,
            now=self._now(),
            progress=progress,
            answers=answers,
            lists_of=self._lists_of,
            author=actor,
        )
        what = {"version": report.version_id, "promoted": report.promoted}
        self._trail.add(TRAINED, actor=actor, at=self._now(), what=what)
        return report

    def _lists_of(
        self, model: Model, by_person: Mapping[str, PersonsAnswers], version_id: str
    ) -> tuple[str, ListChanges]:
        """Why the lists of a new version may not be served, and what is new in them."""
        old = self._scores.get()
        new = list_changes.with_model(old, aligned(model, old.bank))
        found = list_changes.changes(old, new)
        places = places_in(model, old.bank)
        theirs = {
            actor: one._replace(alone=one.alone and one.alone.aligned(*places))
            for actor, one in by_person.items()
        }
        before = old.snapshot.signals.learned.answers
        people = list_changes.counted_by_person(new, before, theirs)
        found = replace(found, before=old.version, after=version_id, by_person=people)
        return self._wider(old, new), replace(found, says=list_changes.said(found))

    def agree(self, version_id: str, *, actor: str, why: str = "") -> str:
        """Let a version serve that a wider gap between groups alone kept back: one person proposes
        it by asking, and another lets it serve by asking too. Returns what was done.

        Raises
        ------
        NeedsAgreement
            For the first of the two, and for whoever gives no name.
        BadInput
            If the version was kept back by something else, or was fitted against another version
            than the one that serves.
        """
        registry = self._snapshots.registry
        version, serves = registry.version(version_id), registry.champion()
        if serves is None or not version.facts.details.get(HELD_BACK):
            raise BadInput(f"{version_id} was not kept back by a gap between groups alone.")
        if version.status == "champion" or version.parent != serves.version_id:
            raise BadInput(
                f"{version_id} was compared with {version.parent}, and {serves.version_id} serves "
                "now. Retrain, and agree to what comes of it."
            )
        old = self._scores.get()
        model = aligned(Model.load(registry.verified(version_id)), old.bank)
        gap = self._wider(old, list_changes.with_model(old, model))
        if gap:
            self._agreed(version_id, gap, actor=actor, why=why)
        done = f"{version_id} serves in place of {serves.version_id}: " + (
            f"two people agreed, although {gap}." if gap else "its lists widen no gap any more."
        )
        now = self._now()
        with self._trail.together():
            if not registry.promote(version_id, now=now, note=done, over=serves.version_id):
                raise BadInput(f"{serves.version_id} no longer serves; look again.")
            what = {"version": version_id, "promoted": True, "agreed": bool(gap)}
            self._trail.add(TRAINED, actor=actor, at=now, what=what)
        return done

    def kept_back(self) -> pd.DataFrame:
        """Versions that `agree` is for: version_id, gap, author."""
        registry = self._snapshots.registry
        serves = registry.champion()
        rows = []
        for name in registry.history().loc[lambda t: t["status"] == "rejected", "version_id"]:
            version = registry.version(str(name))
            gap = version.facts.details.get(HELD_BACK)
            if gap and serves is not None and version.parent == serves.version_id:
                rows.append((version.version_id, str(gap), version.facts.author))
        return pd.DataFrame(rows, columns=["version_id", "gap", "author"])

    def compare(self, before: str, after: str) -> ListChanges:
        """Whose first offers would differ between two versions, and why, on the bank of now.

        Raises
        ------
        NotFound, OtherFormat, StateError
            If a version is not there, or cannot be read.
        """
        registry, table = self._snapshots.registry, self._scores.get()
        tables = []
        for version_id in (before, after):
            model = Model.load(registry.verified(version_id))
            aligned_model = aligned(model, table.bank)
            tables.append(list_changes.with_model(table, aligned_model))
        found = replace(list_changes.changes(*tables), before=before, after=after)
        return replace(found, says=list_changes.said(found))

    def whom_to_ask(self) -> pd.DataFrame:
        """Whose answers to their first offer would teach most: customer_id, customer, product_id,
        product, worth (share of what is not known), reach, asked, why; in the order to ask."""
        table = self._scores.get()
        return asking.whom_to_ask(
            table, table.snapshot.signals.learned.answers, table.settings.answers
        )

    def age_hours(self) -> float | None:
        """Age of the serving version; None before the first, and before the first of a release."""
        registry = self._snapshots.registry
        champion = registry.champion() if registry.serves else None
        if champion is None:
            return None
        return (self._now() - datetime.fromisoformat(champion.created_at)).total_seconds() / 3600

    def roll_back(self, *, actor: str = PROGRAM) -> str:
        """Let the version serve that served before; returns its id."""
        now = self._now()
        with self._trail.together():
            serves = self._snapshots.registry.roll_back(now=now, note="Rolled back by hand.")
            self._trail.add(ROLLED_BACK, actor=actor, at=now, what={"version": serves})
        return serves

    def served_before(self) -> str | None:
        """The version that `roll_back` would let serve; None where no earlier one has served."""
        return self._snapshots.registry.served_before()

    def versions(self) -> pd.DataFrame:
        """Every version, newest first: version_id, created_at, status, grade, n_events,
        n_adoptions, serving, note and its metrics."""
        return self._snapshots.registry.history()

    def quality_history(self) -> pd.DataFrame:
        """MAP@7 of each version on adoptions it had not seen, oldest first: version_id,
        created_at, kind, value, low, high, n, rival, rival_value."""
        return quality_history(self._snapshots.registry)

    def drift(self) -> Drift:
        """How far the bank has moved from what the version that serves it was trained on."""
        with self._lock:
            own = self._snapshots
            written = (own.state.records_revision, own.events.revision, own.registry.revision)
            key = (own.base.fingerprint, own.settings, written)
            return self._results.get("drift", key, lambda: drift_of(own))

    def doctor(self) -> pd.DataFrame:
        """part, real_model, used, found, source, version, sha256, note."""
        own = self._snapshots
        cache = own.state.folder("cache")
        return inventory(own.settings, cache=cache, versions=own.text_versions)


def drift_of(snapshots: Snapshots) -> Drift:
    """Drift of a bank against its champion's training data.

    No text model is asked, unless a classifier of spending reads vectors. Where drift
    cannot be said, the only sentence says why.
    """
    registry = snapshots.registry
    if not registry.serves:
        return Drift(says=("No version serves this bank yet, so there is nothing to drift from.",))
    champion = registry.champion()
    version_id = champion.version_id
    try:
        folder = registry.verified(version_id)
        before, keys = _drift.load(folder), Model.load(folder).customer_keys
        learned = load_categoriser(snapshots.settings, snapshots.texts)
    except EngineError as error:
        return Drift(version_id, says=(str(error),))
    settings = snapshots.settings
    proxies = tuple(sorted(settings.fairness.proxies))
    if before is None or keys is None:
        return Drift(version_id, says=(_drift.NO_RECORD,), retrain=True)
    if before.proxies != proxies:
        return Drift(version_id, says=(_drift.OTHER_PROXIES,), retrain=True)
    bank = without_protected_traits(snapshots.teaching_bank(), proxies)
    _, months, spending = transaction_figures(bank, learned)
    return _drift.drift(
        before,
        np.isin(customer_keys(bank), keys),
        bank,
        months,
        spending,
        settings.governance,
        version_id=version_id,
        retrained=_not_better(registry.history(), version_id, bank.manifest.as_of),
    )


def drift_after(bank: Bank, state: Path) -> Drift:
    """Drift that an edition would bring or has brought, with what is recorded about the bank."""
    return drift_of(Snapshots(bank, state))


def _not_better(versions: pd.DataFrame, champion: str, as_of: str) -> str:
    """A version after the champion that was fitted on the bank of this day; "" without one."""
    later = versions[: versions["version_id"].eq(champion).to_numpy().argmax()]
    found = later.loc[later["as_of"] == as_of, "version_id"]
    return str(found.iloc[0]) if len(found) else ""
