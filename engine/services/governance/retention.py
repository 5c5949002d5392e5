"""How long each kind of data is kept in; what is older out of use, and out of the files."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank import editions
from engine.governance.inventory import RETENTION, owner_of
from engine.labels import RETENTION_LABELS
from engine.receipts.chain import Chain
from engine.receipts.reading import edition_of
from engine.receipts.trail import Trail
from engine.results import Retention
from engine.snapshot.snapshot import Snapshots
from engine.state import retention as of_state
from engine.state.added_records import SAID
from engine.state.cells import encode
from engine.state.receipts import ReceiptRow
from engine.state.tables import RETENTION as RUNS
from engine.state.trail import TrailRow
from engine.vocabulary import RETAINED

EVENTS, RECEIPTS, NOTES, MESSAGES, EVIDENCE, SCANS, EDITIONS, TRAIL = RETENTION_LABELS
_TEXTS: Final = ("customer_id", "text", "topics")
"""Of a message: what goes, so that its row keeps its place."""


@dataclass
class _Found:
    """Of one kind: everything that is kept, and what of it is past its period."""

    moments: pd.Series
    """Of all that is kept."""
    due: list[Any] = field(default_factory=list)
    """Numbers or ids past the period; a run deletes those that are not held."""
    held: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=bool))

    @property
    def going(self) -> list[Any]:
        """What a run deletes."""
        return [one for one, stays in zip(self.due, self.held, strict=True) if not stays]


class Retaining:
    """Deletes what of one bank is past its retention period.

    Notes
    -----
    A list that was shown rests on everything that was known then, and its receipt promises that it
    can be rebuilt. So events, messages and evidence leave in two steps: from the run on that finds
    them past their period nothing reads them but replays of lists that were shown before it, and
    they leave the files with the last receipt of those. That is after the period of receipts at the
    latest.
    A purchase is what makes a holding and stays.
    """

    def __init__(self, folder: Path, snapshots: Snapshots, now: Callable[[], datetime]):
        self._folder = folder
        self._snapshots = snapshots
        self._now = now

    def due(self) -> Retention:
        """What is past its period now; nothing is deleted."""
        now = self._now()
        return self._report(self._all(now), now, deleted=False)

    def run(self, *, actor: str) -> Retention:
        """Delete what is past its period, and note in the audit trail what that was.

        What was interrupted is finished by the next run.

        Raises
        ------
        Busy or StateError
            If the disk refuses a write, or traces may have stayed in a file.
        """
        now, state = self._now(), self._snapshots.state
        found = self._all(now)
        entries: list[TrailRow] = found[TRAIL].due
        counts: dict[str, Any] = {kind: len(one.going) for kind, one in found.items() if one.going}
        with Trail(state).together() as connection:
            Chain(state.receipts).retain(self._day(RECEIPTS, now), at=now.isoformat(), actor=actor)
            with state.store.writing("contacts", "messages", rewrites=True):
                of_state.empty_rows(connection, "contacts", found[NOTES].due, ("note",))
                of_state.empty_rows(connection, "messages", found[MESSAGES].going, _TEXTS)
            of_state.empty_evidence(state, found[EVIDENCE].going)
            of_state.remove_scans(state, found[SCANS].due)
            with state.store.writing("retention"):
                state.retention.insert(connection, self._ended(found, now, actor))
            Trail(state).retain(entries, counts, at=now, actor=actor)
        self._snapshots.events.empty(found[EVENTS].going, of_state.NOBODY)
        if found[EDITIONS].going:
            editions.drop(self._folder, found[EDITIONS].going)
        if counts:
            state.scrub()
        return self._report(found, now, deleted=True)

    def _ended(self, found: dict[str, _Found], now: datetime, actor: str) -> list[tuple[Any, ...]]:
        """Rows that put out of use what is past its period and was still in use."""
        rows = []
        for kind in (EVENTS, MESSAGES, EVIDENCE):
            before = self._before(kind, now)
            ended = of_state.out_of_use(self._snapshots.state.retention, kind)
            if found[kind].due and (ended is None or ended < before):
                row = {"recorded_at": now, "actor": actor, "kind": kind, "before": before}
                rows.append(encode(RUNS, row))
        return rows

    # --- what is past its period

    def _all(self, now: datetime) -> dict[str, _Found]:
        state = self._snapshots.state
        chain = Chain(state.receipts)
        gone = {row.n for row in chain.before(self._day(RECEIPTS, now))}
        rows = chain.shown()
        kept = [row for row in rows if row.n not in gone]
        shown = _moments([_at(row) for row in kept])
        return {
            EVENTS: self._events(now, shown),
            RECEIPTS: _Found(
                _moments([row.day for row in rows]), [*gone], np.zeros(len(gone), dtype=bool)
            ),
            NOTES: self._notes(now),
            MESSAGES: self._messages(now, shown),
            EVIDENCE: self._evidence(now, shown),
            SCANS: self._scans(now),
            EDITIONS: self._editions(now, kept),
            TRAIL: self._entries(now),
        }

    def _events(self, now: datetime, shown: pd.Series) -> _Found:
        events = self._snapshots.events.read()
        events = events[
            (events["customer_id"] != of_state.NOBODY) & (events["action"] != "purchased")
        ]
        return self._resting(EVENTS, events["event_id"], events["recorded_at"], now, shown)

    def _messages(self, now: datetime, shown: pd.Series) -> _Found:
        rows = of_state.numbered(self._snapshots.state, "messages", ["customer_id", "sent_at"])
        rows = rows[rows["customer_id"] != of_state.NOBODY]
        return self._resting(MESSAGES, rows["n"], _moments(rows["sent_at"]), now, shown)

    def _evidence(self, now: datetime, shown: pd.Series) -> _Found:
        rows = self._snapshots.state.evidence.read()
        rows = rows[rows["topic"].notna() & (rows["action"] == SAID)]
        return self._resting(EVIDENCE, rows["evidence_id"], rows["recorded_at"], now, shown)

    def _scans(self, now: datetime) -> _Found:
        """Pictures of receipts; no list rests on one."""
        rows = self._snapshots.state.scans.read()
        rows = rows[rows["scan_id"].notna()]
        old = (rows["recorded_at"] < self._before(SCANS, now)).to_numpy(dtype=bool)
        due = rows.loc[old, "scan_id"].tolist()
        return _Found(rows["recorded_at"], due, np.zeros(len(due), dtype=bool))

    def _resting(
        self, kind: str, keys: pd.Series, moments: pd.Series, now: datetime, shown: pd.Series
    ) -> _Found:
        """Rows on which lists rest."""
        old = (moments < self._before(kind, now)).to_numpy(dtype=bool)
        log = self._snapshots.state.retention
        stays = of_state.held(log, kind, moments.reset_index(drop=True)[old], shown)
        return _Found(moments, keys.reset_index(drop=True)[old].tolist(), stays)

    def _notes(self, now: datetime) -> _Found:
        rows = of_state.numbered(self._snapshots.state, "contacts", ["recorded_at", "note"])
        rows = rows[rows["note"].notna() & (rows["note"] != "")]
        moments = _moments(rows["recorded_at"])
        old = rows.loc[(moments < self._before(NOTES, now)).to_numpy(dtype=bool), "n"].tolist()
        return _Found(moments, old, np.zeros(len(old), dtype=bool))

    def _editions(self, now: datetime, kept: list[ReceiptRow]) -> _Found:
        """Earlier editions; the day of one is that on which the next took its place."""
        table = editions.earlier(self._folder).sort_values("edition", ignore_index=True)
        serves_since = pd.Timestamp(self._snapshots.base.manifest.imported_at)
        ended = _moments([*table["imported_at"].iloc[1:], serves_since][: len(table)])
        old = table[(ended < self._before(EDITIONS, now)).to_numpy(dtype=bool)]
        named = {_edition(row) for row in kept} if len(old) else set()
        stays = old["edition"].isin(named).to_numpy(dtype=bool)
        return _Found(ended, old["edition"].tolist(), stays)

    def _entries(self, now: datetime) -> _Found:
        trail = Trail(self._snapshots.state)
        old = trail.old(f"{self._before(TRAIL, now):%Y-%m-%dT%H:%M:%S}")
        every = trail.old("9999")
        return _Found(
            _moments([row.noted_at for row in every]), old, np.zeros(len(old), dtype=bool)
        )

    def _days(self, kind: str) -> int:
        return int(self._snapshots.settings.retention.days[kind])

    def _before(self, kind: str, now: datetime) -> pd.Timestamp:
        """The moment before which a kind is past its period."""
        days = self._days(kind)
        return pd.Timestamp(now - timedelta(days=days)) if days else pd.Timestamp("1678-01-01")

    def _day(self, kind: str, now: datetime) -> str:
        return f"{self._before(kind, now):%Y-%m-%d}"

    def _report(self, found: dict[str, _Found], now: datetime, *, deleted: bool) -> Retention:
        owner = owner_of(RETENTION, self._snapshots.settings.governance.owners)
        runs = Trail(self._snapshots.state).rows(action=RETAINED)
        last = (pd.Timestamp(runs[-1].noted_at), runs[-1].actor) if runs else (pd.NaT, "")
        rows = [
            {
                "kind": kind,
                "what": RETENTION_LABELS[kind],
                "days": self._days(kind),
                "before": self._before(kind, now) if self._days(kind) else pd.NaT,
                "n": len(one.moments),
                "oldest": one.moments.min() if len(one.moments) else pd.NaT,
                "due": len(one.due),
                "held": int(one.held.sum()),
                "owner": owner,
                "last_run": last[0],
                "last_by": last[1],
            }
            for kind, one in found.items()
        ]
        return Retention(pd.DataFrame(rows), deleted)


def _moments(stored: Any) -> pd.Series:
    """Stored moments in UTC without a zone; missing where one was edited and is none."""
    values = pd.Series(list(stored), dtype="object")
    found = pd.to_datetime(values, format="ISO8601", utc=True, errors="coerce")
    return found.dt.tz_localize(None).astype("datetime64[us]")


def _at(row: ReceiptRow) -> str | None:
    try:
        return str(json.loads(row.about or "")["at"])
    except (ValueError, TypeError, KeyError):
        return row.day


def _edition(row: ReceiptRow) -> int | None:
    """Number of the edition that a list rests on."""
    try:
        return int(edition_of(json.loads(row.decision or ""))["edition"])
    except (ValueError, TypeError, KeyError):
        return None
