"""What people add to a bank: consents, edits and records, beside a base that is never written."""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from engine.bank import disk
from engine.bank import edits as _edits
from engine.bank.acknowledged import Acknowledgements
from engine.bank.additions import Additions
from engine.bank.bank import Bank
from engine.bank.consents import effective_consents
from engine.bank.durable import LineFile
from engine.bank.tables import concat
from engine.errors import BadInput, StateError
from engine.vocabulary import (
    CONSENT_STATUSES,
    PURPOSES,
    TABLES,
)

__all__ = ["Overlay", "effective_consents"]

Folder = Literal[
    "records", "consents", "events", "versions", "receipts", "settings", "metrics", "cache"
]

CATEGORY_PURPOSE: Final = "category:"
"""A purpose "category:NAME" that is refused switches a category off for the customer (F151)."""

_RESET_WAIT_SECONDS = 5.0


class Overlay:
    """The written side of one bank: STATE/<bank_id> and its folders (decision 15).

    Parameters
    ----------
    state : Path or str
        Folder of everything that is written at run time.
    bank_id : str
        `Bank.bank_id`.
    until : mapping of str to int, optional
        Read only so many rows of each file: the overlay as it was when `extent` was this.

    Notes
    -----
    Consents and edits are append-only lines, so who changed what and when stays on record. Any
    number of processes may write and read; `revision` tells when there is something new.
    """

    def __init__(self, state: Path | str, bank_id: str, *, until: Mapping[str, int] | None = None):
        self.state = Path(state)
        self.bank_id = bank_id
        self.root = self.state / bank_id
        first = (until or {}).get
        self._consents = LineFile(
            self.folder("consents") / "consents.csv", TABLES["consents"], first=first("consents")
        )
        self._edits = LineFile(
            self.folder("records") / "edits.csv", _edits.EDITS, first=first("edits")
        )
        self.alerts = Acknowledgements(self.folder("records"))
        self.additions = Additions(self.folder("records"), until)

    def folder(self, name: Folder) -> Path:
        """One of the bank's folders, whether or not it exists yet."""
        return self.root / name

    @property
    def settings_file(self) -> Path:
        """The bank's own settings, in the layout of settings.toml."""
        return self.folder("settings") / "settings.toml"

    @property
    def revision(self) -> str:
        """Changes when a consent, an edit, a record or the settings file is written by anyone."""
        own = disk.revision_of(self._consents.path, self.settings_file)
        return f"{own}-{self.records_revision}"

    @property
    def records_revision(self) -> str:
        """Changes when an edit or a record is written by anyone."""
        return f"{disk.revision_of(self._edits.path)}-{self.additions.revision}"

    @property
    def extent(self) -> dict[str, int]:
        """How many rows the edits and each table of added records have; see `until`."""
        return {"edits": len(self._edits.read()), **self.additions.extent}

    def set_consent(
        self, customer_id: str, purpose: str, status: str, *, now: datetime, source: str
    ) -> None:
        """Record what a customer allows or objects to; it holds at once, in every process.

        Raises
        ------
        BadInput
            If the purpose is neither one of the vocabulary's nor a category, or the status is
            unknown.
        """
        if not purpose.startswith(CATEGORY_PURPOSE):
            _expect("purpose", purpose, PURPOSES)
        _expect("status", status, CONSENT_STATUSES)
        if not customer_id:
            raise BadInput("The customer_id is empty; name the customer.")
        row = {
            "customer_id": customer_id,
            "purpose": purpose,
            "status": status,
            "recorded_at": now,
            "source": source,
        }
        self._consents.append([row])

    def consents(self) -> pd.DataFrame:
        """The consent recorded last per customer and purpose, in the consents table's columns."""
        rows = self._consents.read()[list(TABLES["consents"])]
        return rows.drop_duplicates(["customer_id", "purpose"], keep="last", ignore_index=True)

    def consent_history(self) -> pd.DataFrame:
        """Every consent ever recorded here, oldest first."""
        return self._consents.read()[list(TABLES["consents"])]

    def edit(
        self, table: str, row_id: str, column: str, value: Any, *, now: datetime, actor: str
    ) -> None:
        """Change one cell of the bank as it is seen; None empties it.

        Raises
        ------
        BadInput
            If the column may not be edited or the value does not suit it.
        """
        self.edit_row(table, row_id, {column: value}, now=now, actor=actor)

    def edit_row(
        self, table: str, row_id: str, values: Mapping[str, Any], *, now: datetime, actor: str
    ) -> None:
        """Change several cells of one row in one write; see `edit`."""
        self._edits.append(_edits.rows(table, row_id, values, now=now, actor=actor))

    def edits(self) -> pd.DataFrame:
        """Every edit, oldest first: table, row_id, column, value, recorded_at, actor."""
        return self._edits.read()[list(_edits.EDITS)]

    def damage(self) -> pd.DataFrame:
        """Damaged lines of the overlay's files: file, line, offset, n_bytes."""
        found = [
            file.damage().assign(file=file.path.name)
            for file in (self._consents, self._edits, *self.alerts.files, *self.additions.files)
        ]
        return pd.concat(found, ignore_index=True)[["file", "line", "offset", "n_bytes"]]

    def apply(self, bank: Bank) -> Bank:
        """The bank with its consents, edits and added records; the same object if there are none.

        A consent recorded here replaces the base's for that customer and purpose, whatever the
        times say: it was recorded after the import.
        """
        changed, consents = self.apply_records(bank), self.consents_of(bank)
        return changed if consents is bank["consents"] else changed.with_checked(consents=consents)

    def consents_of(self, bank: Bank) -> pd.DataFrame:
        """The consents table with what was recorded here in place of the base's."""
        recorded = self.consents()
        return _with_consents(bank["consents"], recorded) if len(recorded) else bank["consents"]

    def apply_records(self, bank: Bank) -> Bank:
        """The bank with its edits and added records; the same object if there are none."""
        edits = self.edits()
        changed = {}
        for table in _edits.EDITABLE:
            mine = edits[edits["table"] == table]
            if len(mine):
                changed[table] = _edits.applied(table, bank[table], mine)
        added = {
            table: concat(table, [bank[table], rows])
            for table, rows in self.additions.tables().items()
        }
        return bank.with_tables(**changed).with_checked(**added) if changed or added else bank

    def reset(self, *, delete: bool = False, keep: tuple[Folder, ...] = ("cache",)) -> Path | None:
        """Start afresh: move everything written about this bank aside, in one step.

        Parameters
        ----------
        delete : bool
            Remove what was moved aside.
        keep : tuple of str
            Folders that stay. The cache holds only what can be computed again.

        Returns
        -------
        Path or None
            Where the old state lies now; None when it was deleted or there was none.

        Raises
        ------
        StateError
            If a retraining or another writer does not end within some seconds.
        """
        with disk.held(self.state / ".reset.lock"), ExitStack() as writers:
            if not self.root.is_dir():
                return None
            busy = f"{self.bank_id} is being written (a retraining?); reset it when that has ended."
            # In the order in which a retraining takes them: versions, then events.
            for lock in sorted(self.root.glob("*/*.lock"), reverse=True):
                writers.enter_context(disk.held(lock, wait=_RESET_WAIT_SECONDS, busy=busy))
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
        folder = self.state / ".aside"
        folder.mkdir(exist_ok=True)
        taken = {path.name for path in folder.iterdir()}
        number = next(n for n in range(1, len(taken) + 2) if f"{self.bank_id}.{n}" not in taken)
        aside = folder / f"{self.bank_id}.{number}"
        try:
            self.root.rename(aside)
        except OSError as error:
            raise StateError(f"Cannot move {self.root} aside: {error.strerror}.") from error
        disk.sync_folder(folder)
        disk.sync_folder(self.state)
        return aside


def _expect(what: str, got: str, expected: tuple[str, ...]) -> None:
    if got not in expected:
        raise BadInput(f"There is no {what} {got!r}; expected one of {', '.join(expected)}.")


def _with_consents(base: pd.DataFrame, recorded: pd.DataFrame) -> pd.DataFrame:
    key = ["customer_id", "purpose"]
    theirs = np.flatnonzero(base["customer_id"].isin(recorded["customer_id"]))
    pairs = pd.MultiIndex.from_frame(base[key].iloc[theirs])
    replaced = theirs[pairs.isin(pd.MultiIndex.from_frame(recorded[key]))]
    return concat("consents", [base.drop(index=replaced), recorded])
