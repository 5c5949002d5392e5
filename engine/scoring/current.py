"""Snapshots and a clock in; the score table of this moment, made once for all that ask, out."""

import threading
from collections.abc import Callable
from datetime import datetime

from engine.scoring.score_table import ScoreTable
from engine.snapshot.kept_results import Kept, RecentResults
from engine.snapshot.snapshot import Snapshots


class CurrentScores(Kept):
    """The score table of the current snapshot; what "Not now" hides is looked at anew every hour.

    `now` gives the moment, in UTC without a zone.
    """

    def __init__(self, snapshots: Snapshots, now: Callable[[], datetime]):
        super().__init__()
        self._snapshots = snapshots
        self._now = now
        self._lock = threading.RLock()
        self._table: ScoreTable | None = None
        self._hour: datetime | None = None

    def get(self) -> ScoreTable:
        """The score table of this moment; StateError where no version serves yet."""
        snapshot, now = self._snapshots.current(), self._now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            table = self._table
            if table is None or table.snapshot is not snapshot or self._hour != hour:
                self._table = table = ScoreTable(snapshot, now, table)
                self._hour = hour
            return table

    def recent(self, most: int) -> RecentResults:
        """A keeper of the last lists, see `Snapshots.recent`."""
        return self._snapshots.recent(most)

    def forget(self) -> None:
        self._table = None
