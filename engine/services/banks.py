"""Banks that can be opened, and how one's own files become one more of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.bank import bank_folders, editions

if TYPE_CHECKING:
    from engine.bank.importing.update import Mode
    from engine.bank.importing.uploads import Survey, Uploads
    from engine.bank.reading.files import SourceFiles


def utc_now() -> datetime:
    """The moment, in UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Banks:
    """What may be asked before a bank is open."""

    @staticmethod
    def available(
        state: Path | str = "data/state", folders: Sequence[Path | str] = ("data/demo",)
    ) -> pd.DataFrame:
        """Banks that can be opened: bank_id, name, path, edition, as_of, n_customers,
        simulated."""
        return bank_folders.available([Path(folder) for folder in folders], Path(state))

    @staticmethod
    def unreadable(
        state: Path | str = "data/state", folders: Sequence[Path | str] = ("data/demo",)
    ) -> pd.DataFrame:
        """Banks that are there and cannot be opened: path, problem."""
        return bank_folders.unreadable([Path(folder) for folder in folders], Path(state))

    @staticmethod
    def check_uploads(files: Sequence[tuple[str, int]]) -> None:
        """BadInput if files, given as name and bytes, are too much or two have one name."""
        from engine.bank.importing.uploads import check

        check(files)

    @staticmethod
    def read_uploads(uploads: Mapping[str, bytes]) -> "SourceFiles":
        """Read uploaded files once, in a process of its own with limits of time and memory."""
        from engine.bank.importing.uploads import read

        return read(uploads)

    @staticmethod
    def survey(uploads: "Uploads") -> "Survey":
        """What uploaded files seem to be, for a person to confirm."""
        from engine.bank.importing.uploads import survey

        return survey(uploads)

    @staticmethod
    def columns(uploads: "Uploads", source: str, table: str) -> pd.DataFrame:
        """Which columns of one uploaded file are which of ours, when it is `table`."""
        from engine.bank.importing.uploads import columns_for

        return columns_for(uploads, source, table)

    @staticmethod
    def explain(uploads: "Uploads") -> dict[str, Any]:
        """How an import would read uploaded files, the doubtful decisions first; plain JSON."""
        from engine.bank.importing.import_source import explain
        from engine.bank.importing.uploads import as_read

        return explain(as_read(uploads)).to_json()

    @staticmethod
    def import_upload(
        uploads: "Uploads",
        state: Path | str,
        *,
        name: str,
        consent: Mapping[str, str] | None = None,
        matches: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
        layout: str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> tuple[str, dict[str, Any]]:
        """Import uploaded files as a bank of the state folder; all of it or nothing.

        Parameters
        ----------
        matches : mapping, optional
            Uploaded file or sheet -> (our table, its column -> our column), as a person confirmed.

        Returns
        -------
        tuple of str and dict
            The bank's id, and the quality report in its JSON shape.
        """
        from engine.bank.importing import import_plan
        from engine.bank.importing.column_matching import Match
        from engine.bank.importing.import_source import import_uploads

        plan = None
        if matches is not None:
            plan = import_plan.of_matches({f: Match(*match) for f, match in matches.items()})
        with bank_folders.claimed(Path(state), name) as folder:
            bank, report = import_uploads(
                uploads,
                folder,
                now=now(),
                plan=plan,
                layout=layout,
                consent=consent,
                name=name,
            )
        return bank.bank_id, report.to_json()

    @staticmethod
    def update_upload(
        uploads: Mapping[str, bytes],
        path: Path | str,
        *,
        mode: "Mode" = "auto",
        preview: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> dict[str, Any]:
        """Make the next edition of a bank from uploaded files, or only say what would change.

        Returns
        -------
        dict
            bank_id, edition (the one before, or the new number), changes, quality report; all in
            their JSON shapes.
        """
        from engine.bank.importing.import_source import update_bank
        from engine.bank.reading.files import read_files

        source = read_files("Upload", uploads)
        bank, report, changes = update_bank(source, path, now=now(), mode=mode, preview=preview)
        return {
            "bank_id": bank.bank_id,
            "edition": bank.manifest.edition,
            "changes": changes.to_json(),
            "report": report.to_json(),
        }

    @staticmethod
    def make_demo(state: Path | str, *, customers: int = 1000, seed: int = 7) -> str:
        """Generate the demo bank in the state folder, where none came along; returns its id."""
        from engine.demo import generate

        bank = generate(customers, seed)
        with bank_folders.claimed(Path(state), "demo") as folder:
            editions.put(bank, folder)
        return bank.bank_id
