"""Versions of the model bundle: written whole, checked by hash, swapped in one step."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from engine.bank import disk
from engine.errors import BadInput, NotFound, OtherFormat, StateError
from engine.feedback import versions
from engine.feedback.version_history import Action, Decision, VersionHistory
from engine.feedback.versions import Draft, Version, VersionFacts
from engine.settings import Settings
from engine.state.state import State

__all__ = ["Registry", "Version", "VersionFacts", "settings_hash"]

_STAGING = ".staging-"
_SHOWN_FACTS = ("grade", "n_events", "n_adoptions", "seed", "as_of")
_NO_FIGURE = frozenset(("writing", "speech", "governance", "retention", "pilot", "access", "api"))
_VERSION_ID = re.compile(r"v\d{4,}")


class Registry:
    """All versions of one bank's models, and which of them serves.

    Every decision ever made is kept in the state file. The versions themselves lie in the folder
    `versions`, which the first retraining makes; that of one is never written after its commit.
    """

    def __init__(self, state: State):
        self.folder = state.folder("versions")
        self._log = state.decisions
        self._read_at: str | None = None
        self._history = VersionHistory()
        self._looked_at: dict[str, tuple[str, str]] = {}

    @property
    def revision(self) -> str:
        """Changes as soon as anyone commits, promotes, rejects or rolls back."""
        return self._log.revision

    def champion(self) -> Version | None:
        """The version that serves; None before the first promotion.

        It is the one that was promoted last, or, where a file of that is damaged, the last before
        it that is whole: `problems` says so. Its files are hashed again when one was written.

        Raises
        ------
        OtherFormat
            If another release wrote it; retraining is the remedy.
        """
        champion = self._whole_of(self._known())
        return self.version(champion) if champion else None

    @property
    def promoted_last(self) -> str | None:
        """The version that should serve, whether or not its files are whole."""
        return self._known().champion

    def problems(self) -> tuple[str, ...]:
        """What is damaged of the versions that should serve, what serves in their place, and what
        helps: a sentence each; none where the one promoted last is whole."""
        known = self._known()
        serves = self._whole_of(known)
        if serves == known.champion:
            return ()
        damaged = known.served[known.served.index(serves) + 1 :] if serves else known.served
        stands = f"{serves} serves in its place" if serves else "No version serves"
        return tuple(
            f"{self._problem_of(one).replace(f'{self.folder.parent}/', '')} {stands}."
            for one in reversed(damaged)
        )

    def damaged(self) -> tuple[str, ...]:
        """What is damaged of any version that ever served, whether or not another serves now."""
        served = dict.fromkeys(
            one.version_id for one in self._known().decisions if one.action == "promoted"
        )
        found = map(self._problem_of, served)
        return tuple(one.replace(f"{self.folder.parent}/", "") for one in found if one)

    def _whole_of(self, known: VersionHistory) -> str | None:
        """The version promoted last whose files are what was committed."""
        return next((one for one in reversed(known.served) if not self._problem_of(one)), None)

    def _problem_of(self, version_id: str) -> str:
        """What is damaged of a version; "" where nothing is. Costs a `stat` a file, and hashes
        where one of them was written since."""
        folder = self.folder / version_id
        try:
            paths = [folder, *sorted(folder.rglob("*"))]
        except OSError as error:
            return f"{folder} cannot be read ({error.strerror or error}). {versions.REMEDY}"
        stamp = disk.revision_of(*paths)
        known = self._looked_at.get(version_id)
        if known is None or known[0] != stamp:
            problem = ""
            try:
                self.verified(version_id)
            except OtherFormat:  # retraining is the remedy, not an older version
                problem = ""
            except StateError as error:
                problem = str(error)
            except OSError as error:
                problem = f"{folder} cannot be read ({error.strerror or error}). {versions.REMEDY}"
            self._looked_at[version_id] = known = (stamp, problem)
        return known[1]

    @property
    def serves(self) -> bool:
        """Is there a champion, of a format that this release reads?"""
        try:
            champion = self.champion()
        except OtherFormat:
            return False
        return champion is not None and champion.readable

    def version(self, version_id: str) -> Version:
        """One version's record, without its arrays.

        Raises
        ------
        NotFound
            If no such version was committed.
        StateError
            If its record was changed or removed.
        """
        known = self._known()
        if version_id not in known.statuses:
            raise NotFound(f"There is no version {version_id!r}; see the list of versions.")
        record_sha256 = known.commits[version_id].sha256
        return versions.read(self.folder / version_id, record_sha256, known.statuses[version_id])

    def verified(self, version_id: str) -> Path:
        """Folder of a version whose every file is the one that was committed.

        Raises
        ------
        OtherFormat
            If another release wrote it; retraining is the remedy.
        StateError
            Names the first file that was changed, removed or added.
        """
        version = self.version(version_id)
        versions.verify(version)
        return version.folder

    def history(self) -> pd.DataFrame:
        """All versions, newest first.

        Returns
        -------
        DataFrame
            version_id, created_at, status, serving, grade, n_events, n_adoptions, seed, as_of,
            parent, note (of the last decision), and one column per metric. A version whose
            record was changed has the status "damaged" and the reason as its note.
        """
        columns = ["version_id", "created_at", "status", "serving", *_SHOWN_FACTS]
        columns += ["parent", "note"]
        rows = [self._row(version_id) for version_id in self._known().statuses]
        table = pd.DataFrame(rows[::-1], columns=None if rows else columns)
        metrics = [c for c in table.columns if c not in columns]
        return table.reindex(columns=columns + metrics)

    def _row(self, version_id: str) -> dict[str, Any]:
        known = self._known()
        row: dict[str, Any] = {
            "version_id": version_id,
            "created_at": pd.Timestamp(known.commits[version_id].at),
            "serving": version_id == self._whole_of(known),
        }
        try:
            version = self.version(version_id)
        except StateError as error:
            return row | {"status": "damaged", "grade": "", "note": str(error)}
        return row | {
            "status": version.status,
            **{name: getattr(version.facts, name) for name in _SHOWN_FACTS},
            "parent": version.parent,
            "note": known.last_notes[version_id],
            **version.facts.metrics,
        }

    def bring_back(self, earlier: "Registry", version: Version) -> None:
        """Let a version that another registry holds serve here too, with its number and moment."""
        earlier.verified(version.version_id)
        commit = earlier._known().commits[version.version_id]
        self.folder.mkdir(parents=True, exist_ok=True)
        staged = self.folder / f"{_STAGING}{version.version_id}"
        shutil.copytree(version.folder, staged)
        for name in versions.files_of(staged):
            disk.sync_file(staged / name)
        staged.rename(self.folder / version.version_id)
        disk.sync_folder(self.folder)
        promoted = replace(commit, action="promoted", sha256="")
        self._log.append([asdict(commit), asdict(promoted)])

    @contextmanager
    def retraining(self) -> Iterator[Draft]:
        """Make a new version, one at a time over all processes.

        Write into the folder of the draft, then `commit`, then `promote` or `reject`. Whatever
        goes wrong inside, the serving version stays as it was and what was half made is removed:
        at once, or by the next retraining where the process was killed.

        Raises
        ------
        Busy
            If another retraining is running.
        StateError
            If the disk refuses a write.
        """
        busy = "Another retraining of this bank is running; try again when it has ended."
        with disk.held(self.folder / "retrain.lock", wait=0.0, busy=busy):
            folder = None
            try:
                self._clean()
                version_id = self._next_id()
                folder = self.folder / f"{_STAGING}{version_id}"
                folder.mkdir()
                yield Draft(version_id, self._whole_of(self._known()), folder)
            except OSError as error:
                raise StateError(
                    f"The new version could not be written ({error.strerror or error}); the "
                    f"serving version stays. Is there space in {self.folder}?"
                ) from error
            finally:
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)

    def settle(self) -> None:
        """Wait until no retraining runs; Busy if it does not end in ten minutes."""
        with disk.held(self.folder / "retrain.lock", wait=600.0):
            return

    def commit(self, draft: Draft, facts: VersionFacts, *, now: datetime) -> Version:
        """Seal a draft: hash its files, have them reach the disk, give them their place.

        The new version is a challenger; it serves only after `promote`.
        """
        record_sha256 = versions.seal(draft, facts, now)
        place = self.folder / draft.version_id
        draft.folder.rename(place)
        disk.sync_folder(self.folder)
        self._decide("committed", draft.version_id, now, sha256=record_sha256)
        return self.version(draft.version_id)

    def promote(
        self, version_id: str, *, now: datetime, note: str = "", over: str | None = None
    ) -> bool:
        """Let a version serve, from this moment, in every process; its files are checked first.

        Parameters
        ----------
        over : str, optional
            The version that it was found better than. Where another serves by now, because a
            person rolled back in the meantime, their decision stands: nothing is promoted, and
            the answer is False.
        """
        self.verified(version_id)
        return self._decide("promoted", version_id, now, note=note, over=over)

    def reject(self, version_id: str, *, now: datetime, note: str = "") -> None:
        """Keep a challenger for the record; it does not serve."""
        if self.version(version_id).status == "champion":
            raise BadInput(f"{version_id} serves; promote another version or roll back instead.")
        self._decide("rejected", version_id, now, note=note)

    def served_before(self) -> str | None:
        """The version that served before the present one; None where there is none."""
        return served[-2] if len(served := self._known().served) > 1 else None

    def roll_back(self, *, now: datetime, note: str = "") -> str:
        """Let the version serve that served before the present one; returns its id.

        Raises
        ------
        StateError
            If no other version has served before, or its files are damaged.
        """
        served = self._known().served
        if self.served_before() is None:
            raise StateError("No earlier version has served: there is nothing to roll back to.")
        self.verified(served[-2])
        self._decide("rolled back", served[-1], now, note=note, expected=served)
        return served[-2]

    def _known(self) -> VersionHistory:
        if (revision := self.revision) != self._read_at:
            self._history = self._history_of(self._log.read())
            self._read_at = revision
        return self._history

    def _history_of(self, rows: pd.DataFrame) -> VersionHistory:
        numbers, lost = self._log.places
        texts = rows.astype(object).where(rows.notna(), "").to_dict("records")
        told: dict[int, Decision | None] = dict.fromkeys(lost)
        told |= zip(numbers, (Decision(**row) for row in texts), strict=False)
        return VersionHistory.of([told[n] for n in sorted(told)])

    def _decide(
        self,
        action: Action,
        version_id: str,
        now: datetime,
        *,
        note: str = "",
        sha256: str = "",
        expected: tuple[str, ...] | None = None,
        over: str | None = None,
    ) -> bool:
        decision = Decision(action, version_id, now.isoformat(), note, sha256)

        def derive(rows: pd.DataFrame) -> list[dict[str, Any]]:
            known = self._history_of(rows)
            if over is not None and self._whole_of(known) != over:
                return []
            if expected is not None and known.served != expected:
                raise StateError("Another version was promoted meanwhile; look again.")
            return [asdict(decision)]

        return bool(self._log.append_after(derive))

    def _next_id(self) -> str:
        """One above all numbers ever given, also to a version whose commit was interrupted."""
        names = [*self._known().statuses, *(path.name for path in self.folder.iterdir())]
        numbers = [int(name[1:]) for name in names if _VERSION_ID.fullmatch(name)]
        return f"v{max(numbers, default=0) + 1:04d}"

    def _clean(self) -> None:
        """Remove what a killed retraining left; its lock is ours, so nobody is writing there."""
        for path in self.folder.glob(f"{_STAGING}*"):
            shutil.rmtree(path)


def settings_hash(settings: Settings) -> str:
    """SHA-256 of all settings in effect but those that no figure rests on: who writes texts, who
    writes down what is said, who answers for what, how long data are kept, whose lists a file
    holds, who sees names."""
    told = settings.model_dump(mode="json", exclude=_NO_FIGURE)
    return hashlib.sha256(versions.as_json(told)).hexdigest()
