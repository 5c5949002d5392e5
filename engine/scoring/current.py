"""Snapshots and a clock in; the lists of this moment, made once for all that ask, out."""

import threading
from collections.abc import Callable
from datetime import datetime

from engine.errors import NoVersion
from engine.scoring.lists import Lists
from engine.snapshot.snapshot import Views


class CurrentLists:
    """The lists of the current snapshot; what "Not now" hides is looked at anew every hour.

    Parameters
    ----------
    views : Views
    now : callable
        The moment, in UTC without a zone.
    """

    def __init__(self, views: Views, now: Callable[[], datetime]):
        self._views = views
        self._now = now
        self._lock = threading.RLock()
        self._lists: Lists | None = None
        self._hour: datetime | None = None

    def get(self) -> Lists:
        """The lists of this moment.

        Raises
        ------
        StateError
            If no version serves yet.
        """
        view = self._views.current()
        if view.ranker is None:
            raise NoVersion
        now = self._now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            before = self._lists
            if before is None or before.view is not view or self._hour != hour:
                self._lists = Lists(view, view.ranker, view.settings, now, before)
                self._hour = hour
            assert self._lists is not None
            return self._lists
