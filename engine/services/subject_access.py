"""A customer in; everything that is kept about them, and what was worked out of it, as one file."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.bank import editions
from engine.bank.bank import Bank
from engine.customers.clusters.store import SegmentStore
from engine.errors import NotFound
from engine.json_values import json_value
from engine.labels import TRAIL_LABELS
from engine.receipts.chain import Chain, stored
from engine.receipts.trail import Trail, read
from engine.services.customers import Customers
from engine.services.exports.sheets import safe
from engine.snapshot.snapshot import Snapshots
from engine.state import erasure as of_state
from engine.state.event_log import EventLog
from engine.state.state import State
from engine.state.trail import TrailRow
from engine.vocabulary import TABLES

ABOUT = "about.txt"
_TABLES = tuple(name for name, columns in TABLES.items() if "customer_id" in columns)


class SubjectAccess:
    """Gives a customer what is kept of them: the same places that `Erasing` takes them out of.

    Notes
    -----
    For requests under articles 15 and 20 of Regulation (EU) 2016/679. Rows of anybody else are
    never in it; what was fitted on everybody holds no row of anybody.
    """

    def __init__(
        self,
        folder: Path,
        snapshots: Snapshots,
        customers: Customers,
        now: Callable[[], datetime],
    ):
        self._folder = folder
        self._snapshots = snapshots
        self._customers = customers
        self._now = now

    def export(self, customer_id: str) -> bytes:
        """A ZIP of CSV and JSON files, and `about.txt` that says what each of them is.

        Raises
        ------
        NotFound
            If nothing is kept of such a customer.
        """
        files = dict(self._files(customer_id))
        if not files:
            self._snapshots.base.customer_position(customer_id)
            raise NotFound(f"Nothing is kept of customer {customer_id!r}.")
        files[ABOUT] = self._about(files).encode()
        made = io.BytesIO()
        moment = self._now().timetuple()[:6]
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                archive.writestr(zipfile.ZipInfo(name, moment), files[name])
        return made.getvalue()

    def _files(self, customer_id: str) -> Iterator[tuple[str, bytes]]:
        if self._snapshots.erased.among([customer_id])[0]:
            return
        for path in editions.every(self._folder):
            bank = Bank.load(path)
            for table, rows in _in_bank(bank, customer_id):
                yield f"imported/edition {bank.manifest.edition}/{table}.csv", _csv(rows)
        states = [self._snapshots.state, *self._snapshots.state.put_aside()]
        for n, state in enumerate(states):
            place = "recorded" if n == 0 else f"recorded before reset {n}"
            for table, rows in _in_state(state, customer_id):
                yield f"{place}/{table}.csv", _csv(rows)
            segments = SegmentStore(state.folder("segments")).of_customer(customer_id)
            if len(segments):
                yield f"{'worked out' if n == 0 else place}/segments.csv", _csv(segments)
            for name in state.scans.of(customer_id)["scan_id"]:
                yield f"{place}/pictures/{name}.jpg", state.scans.picture(name)
            for number, shown in _shown(state, customer_id):
                yield f"{place}/shown/list {number:06d}.json", _json(shown)
        if customer_id in self._snapshots.bank().customer_ids:
            profile = self._customers.profile(customer_id).to_json()
            yield "worked out/profile.json", _json(profile)

    def _about(self, files: dict[str, bytes]) -> str:
        bank = self._snapshots.base
        lines = [
            f"Everything that {bank.manifest.name} keeps about one customer in Attune.",
            f"Made on {self._now():%d %B %Y, %H:%M}; data as of {bank.as_of:%d %B %Y}.",
            "",
            "imported     rows of the bank's own files, one folder an edition that is kept",
            "recorded     what was written down here: consents, changes, messages, purchases,",
            "             contacts, answers to offers, lists of offers as they were shown, and",
            "             what was done with the record and when (trail), pictures of receipts",
            "worked out   metrics, segment, needs and forecasts of today, from the rows above",
            "",
            "A text that a spreadsheet could take for a formula has an apostrophe before it.",
            "",
            "Files:",
            *(f"  {name}" for name in sorted(files)),
        ]
        return "\n".join(lines) + "\n"


def _in_bank(bank: Bank, customer_id: str) -> Iterator[tuple[str, pd.DataFrame]]:
    for table in _TABLES:
        rows = bank.rows(table)
        numbers = np.flatnonzero((rows.column("customer_id") == customer_id).to_numpy())
        if len(numbers):
            yield table, rows.take(numbers)


def _in_state(state: State, customer_id: str) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from of_state.rows_of(state, customer_id).items()
    events = EventLog(state.folder("events")).logged()
    mine = events.loc[events["customer_id"] == customer_id]
    if len(mine):
        yield "events", mine
    # What was done and when; by whom is about the bank's people (Court of Justice, C-579/21).
    done = [
        {"at": row.noted_at, "done": TRAIL_LABELS.get(row.action, row.action), **_told(row)}
        for row in Trail(state).of(customer_id)
    ]
    if done:
        yield "trail", pd.DataFrame(done)


def _told(row: TrailRow) -> dict[str, Any]:
    what = read(row)
    return {"entry": "was edited and cannot be read"} if what is None else what


def _shown(state: State, customer_id: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number and content of the lists that were shown; of a damaged one, what its row holds."""
    key = state.receipts.keys.get(customer_id)
    for row in Chain(state.receipts).of(key) if key else ():
        try:
            yield row.n, stored(row)
        except ValueError:
            yield row.n, {"damaged": True, "about": row.about, "decision": row.decision}


def _csv(rows: pd.DataFrame) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    filled = rows.dropna(axis=1, how="all").astype(object)
    filled = filled.where(filled.notna(), None)
    writer.writerow(filled.columns)
    for row in filled.itertuples(index=False):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _json(content: object) -> bytes:
    return json.dumps(json_value(content), indent=1, sort_keys=True, ensure_ascii=False).encode()
