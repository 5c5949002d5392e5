"""The versions of a bank's models: fitted, judged against the champion, rolled back."""

import threading
from collections.abc import Callable
from datetime import datetime

import pandas as pd

from engine.errors import Busy
from engine.feedback.retrain import retrain
from engine.models.inventory import inventory
from engine.progress import Progress, quiet
from engine.results import TrainingReport
from engine.snapshot.snapshot import Snapshots


class Models:
    """Versions of one bank, and the models that they are made of."""

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._now = now
        self._lock = threading.RLock()

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

    def retrain(self, progress: Progress = quiet) -> TrainingReport:
        """Fit a challenger on holdings and events; the better on held-out data serves."""
        return retrain(
            self._snapshots.bank(),
            self._snapshots.registry,
            signals_of=self._snapshots.signals_of,
            interest_of=self._snapshots.interest_of,
            settings=self._snapshots.settings,
            now=self._now(),
            progress=progress,
        )

    def age_hours(self) -> float | None:
        """Age of the serving version; None before the first, and before the first of a release."""
        registry = self._snapshots.registry
        champion = registry.champion() if registry.serves else None
        if champion is None:
            return None
        return (self._now() - datetime.fromisoformat(champion.created_at)).total_seconds() / 3600

    def roll_back(self) -> str:
        """Let the version serve that served before; returns its id."""
        return self._snapshots.registry.roll_back(now=self._now(), note="Rolled back by hand.")

    def versions(self) -> pd.DataFrame:
        """Every version, newest first: version_id, created_at, status, grade, n_events,
        n_adoptions, serving, note and its metrics."""
        return self._snapshots.registry.history()

    def doctor(self) -> pd.DataFrame:
        """part, real_model, used, found, source, version, sha256, note."""
        return inventory(self._snapshots.settings, cache=self._snapshots.state.folder("cache"))
