"""Everything that is written about one bank at run time, beside a base that is never written."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Literal

import pandas as pd

from engine.bank import disk
from engine.errors import StateError
from engine.state import migration
from engine.state.added_records import AddedRecords, EvidenceLog, ScanLog
from engine.state.alerts import AlertLog
from engine.state.consents import Consents
from engine.state.contacts import ContactLog
from engine.state.opening import FILE, UNREADABLE
from engine.state.receipts import ReceiptStore
from engine.state.rows import Damage, Log, Texts
from engine.state.store import Store
from engine.state.tables import DECISIONS, EDITS, PERSONAS, RETENTION, SETTINGS_LOG
from engine.state.trail import TrailStore

Folder = Literal["events", "versions", "settings", "cache", "tuning", "texts", "segments"]

_ASIDE = ".aside"
_RESET_WAIT_SECONDS = 5.0


class State:
    """The written side of one bank: the folder of its id in that of everything that is written.

    `until` says how many rows of each table to read at most: the state as it was when `known_rows`
    was this.

    Rows are only added, so who changed what and when stays on record. Any number of threads and
    processes may write and read; each part has a `revision` that tells when there is something
    new. Beside the one file lie the events (CSV), versions of the models (sealed arrays), the
    bank's own settings.toml, which people edit, and the cache.
    """

    def __init__(self, folder: Path | str, bank_id: str, *, until: Mapping[str, int] | None = None):
        self.parent = Path(folder)
        self.bank_id = bank_id
        self.root = self.parent / bank_id
        first = (until or {}).get
        self.store = Store(
            self.root,
            bring_in=migration.bring_in,
            put_by=migration.put_by,
            hold=migration.held,
        )
        self._old_consents = self.root / migration.CONSENTS
        self.consents = Consents(self.store, first("consents"), unread=self._has_unread_consents)
        self.edits = Log(self.store, "edits", EDITS, until=first("edits"))
        self.added = AddedRecords(self.store, until)
        self.alerts = AlertLog(self.store)
        self.contacts = ContactLog(self.store)
        self.scans = ScanLog(self.store)
        self.evidence = EvidenceLog(self.store, until=first("evidence"))
        self.personas = Log(self.store, "personas", PERSONAS)
        n_runs = None if until is None else until.get("retention", 0)
        self.retention = Log(self.store, "retention", RETENTION, until=n_runs)
        self.settings_log = Log(self.store, "settings_log", SETTINGS_LOG)
        self.settings_saved = Texts(self.store, "settings_saved")
        self.campaigns_saved = Texts(self.store, "campaigns_saved")  # name -> TOML
        self.views_saved = Texts(self.store, "views_saved")  # page and name -> JSON
        self.views_opened = Texts(self.store, "views_opened")  # page and person -> name
        self.notes_pinned = Texts(self.store, "notes_pinned")  # id -> JSON
        self.learned_metrics = Texts(self.store, "learned_metrics")  # metric -> model, as JSON
        self.decisions = Log(self.store, "version_decisions", DECISIONS)
        self.receipts = ReceiptStore(self.store)
        self.trail = TrailStore(self.store)

    def folder(self, name: Folder) -> Path:
        """One of the bank's folders, whether or not it exists yet."""
        return self.root / name

    @property
    def settings_file(self) -> Path:
        """The bank's own settings, in the layout of settings.toml."""
        return self.folder("settings") / "settings.toml"

    @property
    def revision(self) -> str:
        """Changes when a consent, an edit, a record, evidence, a period's end or the settings file
        is written by anyone."""
        tables = ("consents", "edits", "transactions", "messages", "retention", "evidence")
        files = disk.revision_of(self.settings_file, self._old_consents)
        return f"{self.store.revision(*tables)}-{files}"

    @property
    def whole_revision(self) -> str:
        """Changes when anything is written to any table or to a file beside them."""
        with suppress(*UNREADABLE), self.store.reading() as connection:
            query = "SELECT name, changes FROM subjects ORDER BY name"
            return f"{self.store.identity}.{connection.execute(query).fetchall()}-{self.revision}"
        return self.revision

    @property
    def answers_revision(self) -> str:
        """Changes when anything is written but what was shown and who did what."""
        with suppress(*UNREADABLE), self.store.reading() as connection:
            query = (
                "SELECT name, changes FROM subjects WHERE name NOT GLOB 'receipt*' "
                "AND name NOT GLOB 'trail*' ORDER BY name"
            )
            changes = connection.execute(query).fetchall()
            return f"{self.store.identity}.{changes}-{self.revision}"
        return self.revision

    @property
    def records_revision(self) -> str:
        """Changes when an edit or a record is written by anyone."""
        return self.store.revision("edits", "transactions", "messages", "retention")

    @property
    def known_rows(self) -> dict[str, int]:
        """How many rows the edits and each table of added records have, and the retention runs
        and the evidence where there was some; see `until`."""
        later = {"retention": self.retention.known_rows, "evidence": self.evidence.known_rows}
        known = {"edits": self.edits.known_rows, **self.added.known_rows}
        return known | {name: n for name, n in later.items() if n}

    def damage(self, thorough: bool = False) -> pd.DataFrame:
        """What is not what was written: file, table, row, problem.

        `thorough` looks through the whole file too, which takes longer.
        """
        parts = (
            self.edits,
            self.added,
            self.alerts,
            self.contacts,
            self.scans,
            self.scans.pictures,
            self.evidence,
            self.personas,
            self.retention,
            self.settings_log,
            self.settings_saved,
            self.campaigns_saved,
            self.views_saved,
            self.views_opened,
            self.notes_pinned,
            self.learned_metrics,
            self.decisions,
            self.receipts,
        )
        damage = self.consents.damage(thorough)
        damage += [one for part in parts for one in part.damage()]
        damage += migration.damage(self.store)
        if thorough or self.store.problem:
            damage += [Damage(FILE, "", "", problem) for problem in self.store.damage()]
        return pd.DataFrame(damage, columns=list(Damage._fields))

    def _has_unread_consents(self) -> bool:
        return migration.written_later(self.store, self._old_consents)

    def put_aside(self) -> list["State"]:
        """The states of this bank that a reset moved aside and nobody deleted."""
        aside = self.parent / _ASIDE
        return [State(aside, path.name) for path in sorted(aside.glob(f"{self.bank_id}.*/"))]

    def scrub(self) -> None:
        """Have nothing of what was erased stay in a file, also not in those before the move.

        Raises
        ------
        Busy or StateError
            If traces may have stayed.
        """
        for folder in (self.root / migration.MIGRATED, self.root):
            old = folder / "receipts"
            try:
                shutil.rmtree(old, onerror=_unless_gone)
            except OSError as error:
                raise StateError(
                    f"Cannot remove {old} ({error.strerror or error}), which names whom was "
                    "erased; erase again when it can be removed."
                ) from error
        self.store.scrub()

    def reset(self, *, delete: bool = False, keep: tuple[Folder, ...] = ("cache",)) -> Path | None:
        """Start afresh: move everything written about this bank aside, in one step.

        `delete` removes what was moved aside. The folders to `keep` stay: the cache holds only
        what can be computed again.

        Returns
        -------
        Path or None
            Where the old state lies now; None when it was deleted or there was none.

        Raises
        ------
        StateError
            If a retraining or another writer does not end within some seconds.
        """
        with disk.held(self.parent / ".reset.lock"), ExitStack() as writers:
            if not self.root.is_dir():
                return None
            busy = f"{self.bank_id} is being written (a retraining?); reset it when that has ended."
            # In the order in which a retraining takes them: versions, then events, then the file.
            for lock in sorted(self.root.glob("*/*.lock"), reverse=True):
                writers.enter_context(disk.held(lock, wait=_RESET_WAIT_SECONDS, busy=busy))
            writers.enter_context(self.store.still(_RESET_WAIT_SECONDS, busy))
            aside = self._move_aside()
            for name in keep:
                if (aside / name).is_dir() and not (self.root / name).exists():
                    self.root.mkdir(exist_ok=True)
                    (aside / name).rename(self.root / name)
        if delete:
            shutil.rmtree(aside)
            return None
        return aside

    def _move_aside(self) -> Path:
        folder = self.parent / _ASIDE
        folder.mkdir(exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
        number = next(n for n in range(1, len(taken) + 2) if f"{self.bank_id}.{n}" not in taken)
        aside = folder / f"{self.bank_id}.{number}"
        try:
            self.root.rename(aside)
        except OSError as error:
            raise StateError(f"Cannot move {self.root} aside: {error.strerror}.") from error
        disk.sync_folder(folder)
        disk.sync_folder(self.parent)
        return aside


def _unless_gone(
    _remove: object, _path: str, problem: tuple[object, BaseException, object]
) -> None:
    """Another process may remove the same files."""
    if not isinstance(problem[1], FileNotFoundError):
        raise problem[1]
