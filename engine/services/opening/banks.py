"""Banks that can be opened, and how one's own files become one more of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from engine.bank import bank_folders, editions
from engine.bank.bank import MANIFEST
from engine.errors import NotFound
from engine.services.opening import backup, bank_removal
from engine.services.opening.backup import Backup, Restored

if TYPE_CHECKING:
    from engine.bank.bank import Bank
    from engine.bank.importing.update import Mode
    from engine.bank.importing.uploads import Uploads
    from engine.bank.reading.files import Forms, SourceFiles
    from engine.models.text_versions import TextVersions
    from engine.results import Drift
    from engine.results.imports import ImportReview, Key, Replies, Reply


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
        bank_removal.finish(Path(state))
        return bank_folders.available([Path(folder) for folder in folders], Path(state))

    @staticmethod
    def unreadable(
        state: Path | str = "data/state", folders: Sequence[Path | str] = ("data/demo",)
    ) -> pd.DataFrame:
        """Banks that are there and cannot be opened: path, problem."""
        return bank_folders.unreadable([Path(folder) for folder in folders], Path(state))

    @staticmethod
    def own(state: Path | str) -> pd.DataFrame:
        """Banks of the state folder, which may be brought up to date; columns as `available`."""
        return bank_folders.available((), Path(state))

    @staticmethod
    def doubt_about_book(
        book: str, state: Path | str, folders: Sequence[Path | str] = ("data/demo",)
    ) -> str:
        """A sentence where no bank has customers of such a relationship manager; else empty."""
        if not book:
            return ""
        managers = set[str]()
        for path in Banks.available(state, folders)["path"]:
            named = editions.load(path)["customers"]["relationship_manager"]
            managers.update(named.dropna().unique().tolist())
        if book in managers:
            return ""
        near = ", ".join(get_close_matches(book, sorted(managers), n=3, cutoff=0.5))
        told = f"the nearest are {near}" if near else f"there are {len(managers):,} others"
        return f"No bank here has customers of {book!r}; {told if managers else 'none has any'}."

    @staticmethod
    def remove(
        state: Path | str, bank_id: str, typed: str, served: Sequence[Path | str] = ()
    ) -> str:
        """Take a bank of the state folder away with all that was written about it; its name.

        Raises
        ------
        NotFound, BadInput or Busy
            For no such bank; one whose folder is among those `served`, or another name than was
            typed; an import into it that runs.
        """
        return bank_removal.remove(Path(state), bank_id, typed, [Path(one) for one in served])

    @staticmethod
    def back_up(
        state: Path | str, out: Path | str, *, now: Callable[[], datetime] = utc_now
    ) -> Backup:
        """Write a state folder into one archive, also while it serves; see `backup.back_up`."""
        return backup.back_up(Path(state), Path(out), now=now())

    @staticmethod
    def restore(file: Path | str, state: Path | str, *, force: bool = False) -> Restored:
        """Bring a state folder back from an archive; see `backup.restore`."""
        return backup.restore(Path(file), Path(state), force=force)

    @staticmethod
    def upload_kinds() -> list[str]:
        """Endings of files that can be read, without the dot."""
        from engine.bank.reading.files import READABLE

        return sorted(ending.removeprefix(".") for ending in READABLE)

    @staticmethod
    def check_uploads(files: Sequence[tuple[str, int]], elsewhere: int = 0) -> None:
        """BadInput if files, given as name and bytes, are too much beside what other forms of a
        session hold, or two have one name."""
        from engine.bank.importing.uploads import check

        check(files, elsewhere)

    @staticmethod
    def read_uploads(uploads: Mapping[str, bytes], forms: "Forms | None" = None) -> "SourceFiles":
        """Read uploaded files once, in a process of its own with limits of time and memory.

        Parameters
        ----------
        forms : mapping, optional
            Those of `forms`: an answer about encoding, delimiter or header needs another reading.
        """
        from engine.bank.importing.uploads import read

        return read(uploads, forms)

    @staticmethod
    def forms(
        replies: "Replies", plan: bytes | None = None, update_of: Path | str | None = None
    ) -> "Forms":
        """How the cells of files are told apart, as a person and an earlier plan said: the one
        that is given, else that of the bank to be brought up to date.

        Raises
        ------
        BadInput
            If the plan is none.
        """
        from engine.bank.reviewing.replies import forms_of

        return forms_of(replies, Banks._earlier_plan(plan, update_of))

    @staticmethod
    def _earlier_plan(plan: bytes | None, update_of: Path | str | None) -> Any:
        from engine.bank.importing import import_plan, kept_plan

        if plan is not None:
            return import_plan.parse(plan, "The plan")
        return None if update_of is None else kept_plan.load(Path(update_of))

    @staticmethod
    def review(
        uploads: "Uploads",
        replies: "Replies",
        *,
        plan: bytes | None = None,
        update_of: Path | str | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> "ImportReview":
        """How uploaded files would be read: every reading with its first rows, and what to ask.

        Parameters
        ----------
        replies : mapping of Key to Reply
            What a person said so far (`with_reply` adds one).
        plan : bytes, optional
            The content of a plan that was saved earlier.
        update_of : Path, optional
            Folder of the bank that the files bring up to date: they come beside what it holds, in
            its currency where they say none, and are read by its plan where none is given.

        Raises
        ------
        BadInput
            If the plan is none, or two layouts fit the files.
        """
        from engine.bank.importing import kept_plan
        from engine.bank.importing.uploads import as_read
        from engine.bank.reviewing.replies import forms_of
        from engine.bank.reviewing.review import review

        given = Banks._earlier_plan(plan, update_of)
        source = as_read(uploads, forms_of(replies, given))
        if given is not None and given.is_kept:
            source, given = kept_plan.planned(source, None, given, Path(update_of))
        earlier = None if update_of is None else bank_folders.manifest_in(Path(update_of))
        return review(
            source,
            replies,
            given=given,
            earlier=earlier,
            customers=bank_folders.made_customers(Path(update_of)) if update_of else frozenset(),
            latest=pd.Timestamp(now()),
        )

    @staticmethod
    def with_reply(replies: "Replies", key: "Key", reply: "Reply") -> "Replies":
        """Replies with one more, without those that it makes void."""
        from engine.bank.reviewing.replies import with_reply

        return with_reply(replies, key, reply)

    @staticmethod
    def text_versions(folder: Path, state: Path | str) -> "TextVersions":
        """The text models that were fitted on the labels of the bank in a folder."""
        from engine.models.text_versions import TextVersions
        from engine.state.state import State

        if not (folder / MANIFEST).is_file():
            raise NotFound(f"{folder} holds no imported bank; expected --data FOLDER of one.")
        manifest = bank_folders.manifest_in(folder)
        return TextVersions(State(state, manifest.bank_id).folder("texts"))

    @staticmethod
    def template() -> bytes:
        """A workbook to fill in: a sheet a table, with our columns and an example line."""
        from engine.bank.reviewing.template import workbook

        return workbook()

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
        plan: Any = None,
        now: Callable[[], datetime] = utc_now,
    ) -> tuple[str, dict[str, Any]]:
        """Import uploaded files as a bank of the state folder; all of it or nothing.

        Parameters
        ----------
        plan : ImportPlan, optional
            That of a review; without it the files alone say how they are read.

        Returns
        -------
        tuple of str and dict
            The bank's id, and the quality report in its JSON shape.
        """
        from engine.bank.importing.import_source import import_uploads

        with bank_folders.claimed(Path(state), name) as folder:
            bank, report = import_uploads(
                uploads,
                folder,
                now=now(),
                plan=plan,
                consent=consent,
                name=name,
            )
        return bank.bank_id, report.to_json()

    @staticmethod
    def update_upload(
        uploads: "Uploads",
        path: Path | str,
        state: Path | str,
        *,
        plan: Any = None,
        mode: "Mode" = "auto",
        preview: bool = False,
        now: Callable[[], datetime] = utc_now,
    ) -> dict[str, Any]:
        """Make the next edition of a bank from uploaded files, or only say what would change.

        Returns
        -------
        dict
            bank_id, edition (the one before, or the new number), changes, what becomes of consents
            (sentences), drift of the version that serves, quality report; all in their JSON shapes.
        """
        from engine.bank.importing.import_source import update_bank
        from engine.bank.importing.uploads import as_read

        bank, report, changes = update_bank(
            as_read(uploads, plan and plan.forms),
            path,
            now=now(),
            plan=plan,
            mode=mode,
            preview=preview,
        )
        return {
            "bank_id": bank.bank_id,
            "edition": bank.manifest.edition,
            "changes": changes.to_json(),
            "consents": Banks.consents_after(bank, state),
            "drift": Banks.drift_after(bank, state).to_json(),
            "report": report.to_json(),
        }

    @staticmethod
    def drift_after(bank: "Bank", state: Path | str) -> "Drift":
        """How far an edition moves from what the version that serves its bank was trained on."""
        from engine.services.versions.models import drift_after

        return drift_after(bank, Path(state))

    @staticmethod
    def consents_after(bank: "Bank", state: Path | str) -> list[str]:
        """Where an edition and what was recorded here say opposite things, and what holds."""
        from engine.snapshot.laid_over import said_of_consents
        from engine.state.state import State

        return said_of_consents(bank, State(Path(state), bank.bank_id))

    @staticmethod
    def make_demo(state: Path | str, *, customers: int = 1000, seed: int = 7) -> str:
        """Generate the demo bank in the state folder, where none came along; returns its id."""
        from engine.demo import generate

        bank = generate(customers, seed)
        with bank_folders.claimed(Path(state), "demo") as folder:
            editions.put(bank, folder)
        return bank.bank_id
