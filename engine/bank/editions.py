"""A bank's folder: the edition that serves, the earlier ones, and how the next takes its place."""

import dataclasses
import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pandas as pd

from engine.bank import erased
from engine.bank.bank import MANIFEST, Bank, Format, manifest_of
from engine.bank.disk import held, sync_file, sync_folder, write_whole
from engine.bank.erased import ErasedCustomers
from engine.bank.manifest import PLAN
from engine.bank.quality import QUALITY, QualityReport, read_report, scrubbed
from engine.errors import BadInput, Busy, NotFound

LOCK = ".lock"
"""Held while a folder's edition is exchanged."""
_STAGED, _READY, _ARRIVING, _LEAVING = ".staged", ".ready", ".arriving", ".leaving"
EARLIER = "editions"
"""Where earlier editions lie, one folder a number."""

OWN = frozenset({LOCK, _STAGED, _READY, _ARRIVING, _LEAVING, erased.FILE})
"""Names in a bank's folder that are none of a person's files."""

_BUSY = "{} is being written by another import; try again later."

_MOST_LOOKS = 5
"""Times that a reader starts again before it has the exchanges wait for it (own choice)."""


def load(folder: Path | str, number: int | None = None) -> Bank:
    """The bank of a folder, in the edition that serves or in an earlier one that is kept.

    Raises
    ------
    NotFound
        If the folder holds no bank, or not this edition of it.
    BadInput
        If a table's file was changed since it was written.
    Busy
        If another process exchanges the edition for longer than a lock is waited for.
    """
    folder = Path(folder)
    for _ in range(_MOST_LOOKS):
        finish(folder)
        before = _manifest_text(folder)
        try:
            bank = _read(folder, number)
        except (BadInput, NotFound, FileNotFoundError):
            if not is_moving(folder) and _manifest_text(folder) == before:
                raise
        else:
            # A table may be of the next edition although its hash was that of the one before.
            if not is_moving(folder) and _manifest_text(folder) == before:
                return bank
    with held(folder / LOCK, busy=f"{folder} is being exchanged; try again in a moment."):
        _finish(folder)
        return _read(folder, number)


def _read(folder: Path, number: int | None) -> Bank:
    bank = Bank.load(folder)
    if number not in (None, bank.manifest.edition):
        bank = _earlier(folder, number)
    gone = erased_from(folder)
    return gone.without(bank) if gone.is_unfinished else bank


def _earlier(folder: Path, number: int | None) -> Bank:
    kept = folder / EARLIER / str(number)
    if not (kept / MANIFEST).is_file():
        raise NotFound(
            f"{folder} no longer holds edition {number}. The setting bank.editions_kept says how "
            "many earlier editions stay."
        )
    finish(kept)
    return Bank.load(kept)


def earlier(folder: Path | str) -> pd.DataFrame:
    """The earlier editions of a bank that are still there, latest first.

    Returns
    -------
    DataFrame
        edition, fingerprint, as_of, imported_at.
    """
    rows = []
    for path in Path(folder).glob(f"{EARLIER}/*/{MANIFEST}"):
        stored = json.loads(path.read_text("utf-8"))
        manifest = manifest_of(stored)
        rows.append((manifest.edition, stored["fingerprint"], manifest.as_of, manifest.imported_at))
    table = pd.DataFrame(rows, columns=["edition", "fingerprint", "as_of", "imported_at"])
    return table.sort_values("edition", ascending=False, ignore_index=True)


def drop(folder: Path, numbers: Sequence[int]) -> None:
    """Remove some earlier editions; the one that serves is none of them."""
    with held(folder / LOCK, busy=_BUSY.format(folder)):
        _finish(folder)
        for number in numbers:
            shutil.rmtree(folder / EARLIER / str(number))


def erased_from(folder: Path) -> ErasedCustomers:
    """The customers who were erased from the bank of a folder."""
    return ErasedCustomers(folder / erased.FILE)


def purge(folder: Path) -> int:
    """Take the rows of erased customers out of every edition; how many editions had any.

    Each goes on under its number and says in its manifest which content it had before.
    """
    gone = erased_from(folder)
    begun = gone.unfinished()
    with held(folder / LOCK, busy=_BUSY.format(folder)):
        _finish(folder)
        shutil.rmtree(folder / _STAGED, ignore_errors=True)
        n, places = 0, [folder / EARLIER / str(number) for number in earlier(folder)["edition"]]
        with ExitStack() as locks:
            for place in places:
                locks.enter_context(held(place / LOCK))
                _finish(place)
            _purge_beside([*places, folder], gone)
            for place in (*places, folder):
                n += _purge(place, gone)
    gone.finish(begun)
    return n


def _purge_beside(places: Sequence[Path], gone: ErasedCustomers) -> None:
    """Take them out of what lies beside the tables of every edition.

    The plan, the report or a file's name of one may name whom only another has rows of.
    """
    ids: set[str] = set()
    texts: set[str] = set()
    for place in places:
        bank = Bank.load(place)
        of_place = gone.ids_in(bank)
        ids |= set(of_place)
        texts |= erased.texts_of(bank, of_place)
    manifests = {place: json.loads((place / MANIFEST).read_text("utf-8")) for place in places}
    sources = {name for stored in manifests.values() for name in stored["manifest"]["sources"]}
    files = erased.files_naming(sources, texts, gone)
    for place, stored in manifests.items():
        plan = plan_text(place)
        if (left := erased.plan_without(plan, texts, gone)) != plan:
            _rewrite(place / PLAN, left)
        manifest = stored["manifest"]
        if files & set(manifest["sources"]):
            kept = {name: of for name, of in manifest["sources"].items() if name not in files}
            notes = [n for n in manifest["notes"] if not any(name in n for name in files)]
            stored["manifest"] = {**manifest, "sources": kept, "notes": notes}
            text = json.dumps(stored, indent=2, sort_keys=True, ensure_ascii=False)
            _rewrite(place / MANIFEST, text + "\n")
        if (files or ids) and (report := read_report(place)) is not None:
            _rewrite(place / QUALITY, scrubbed(report, {*files, *ids}))


def _rewrite(path: Path, text: str) -> None:
    """Exchange a file whole, or remove it where nothing is left of it."""
    if text:
        write_whole(path, text.encode())
    else:
        path.unlink()


def _purge(place: Path, gone: ErasedCustomers) -> bool:
    """Take them out of the edition of a folder whose lock is held; had it any?"""
    _finish(place)
    bank = Bank.load(place)
    ids = gone.ids_in(bank)
    if not ids:
        return False
    report, plan = read_report(place), plan_text(place)
    texts = erased.texts_of(bank, ids)
    text = scrubbed(report, texts) if report is not None else None
    if bank.n_customers == len(ids):
        plan = ""
    _replace(_without(bank, ids), place, format_of(place), text, plan)
    return True


def plan_text(place: Path) -> str:
    """The plan beside an edition, as TOML; empty where there is none."""
    path = place / PLAN
    return path.read_text("utf-8") if path.is_file() else ""


def _without(bank: Bank, ids: list[str]) -> Bank:
    """An edition without the rows of some customers, under the fingerprint of what is left."""
    if not ids:
        return bank
    cut = erased.without_customers(bank, ids)
    before = (*bank.manifest.before_erasures, bank.base_fingerprint)
    manifest = dataclasses.replace(bank.manifest, before_erasures=before)
    return Bank(manifest, cut.tables, cut.fingerprint)


def every(folder: Path) -> list[Path]:
    """Folders of all editions that are kept, the one that serves last."""
    finish(folder)
    numbers = earlier(folder)["edition"]
    return [*(folder / EARLIER / str(number) for number in numbers), folder]


def format_of(folder: Path) -> Format:
    """How the tables of a folder's bank are written."""
    return "parquet" if any(folder.glob("*.parquet")) else "csv"


def put(
    bank: Bank,
    into: Path,
    *,
    format: Format = "csv",
    report: QualityReport | None = None,
    plan: str = "",
    keep: int = 0,
    instead_of: str | None = None,
) -> None:
    """Let a bank serve from a folder; a reader sees the one before or this one, whole.

    Parameters
    ----------
    bank : Bank
    into : Path
        A new or empty folder, or one that holds a bank.
    format : {"csv", "parquet"}
    report : QualityReport, optional
    plan : str
        How its files were read, as TOML; empty where there is nothing to say.
    keep : int
        Earlier editions of the same bank that stay; nothing of another bank does.
    instead_of : str, optional
        Fingerprint of the edition that this one was made from; another one there is refused.

    Raises
    ------
    Busy
        If another process exchanges the edition, or has exchanged it since.

    Notes
    -----
    The files are written and synced beside the old ones; one rename decides. What is left to move
    after that is done by whoever opens the folder next, so a crash at any point loses no bank. What
    a crash left before it is removed by the next import or look at the list of banks.
    """
    is_new = not into.exists()
    into.mkdir(parents=True, exist_ok=True)
    try:
        with held(into / LOCK, busy=_BUSY.format(into)):
            _finish(into)
            _expect_edition(into, instead_of)
            left = _without(bank, erased_from(into).ids_in(bank))
            _replace(left, into, format, report.text if report is not None else None, plan)
            for number in earlier(into)["edition"].iloc[keep:]:
                shutil.rmtree(into / EARLIER / str(number))
    except BaseException:
        if is_new:
            shutil.rmtree(into, ignore_errors=True)
        raise


def _expect_edition(into: Path, fingerprint: str | None) -> None:
    if fingerprint is not None and _fingerprint(into) != fingerprint:
        raise Busy(
            f"{into} was changed by another import in the meantime. Nothing was written; "
            "start the update again."
        )


def _replace(bank: Bank, into: Path, format: Format, report: str | None, plan: str) -> None:
    """Write an edition beside the one of a folder whose lock is held, and exchange the two."""
    staged = into / _STAGED
    shutil.rmtree(staged, ignore_errors=True)
    try:
        bank.save(staged, format)
        if report is not None:
            (staged / QUALITY).write_text(report, "utf-8")
        if plan:
            (staged / PLAN).write_text(plan, "utf-8")
        for path in _beside(into, bank.bank_id):
            shutil.copy2(path, staged / path.name)
        for path in staged.iterdir():
            sync_file(path)
        sync_folder(staged)
        staged.rename(into / _READY)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    sync_folder(into)
    _finish(into)


def _beside(folder: Path, bank_id: str) -> list[Path]:
    """Files that came along with a bank and are none of an edition's own, such as text results."""
    if not (text := _manifest_text(folder)):
        return []
    stored = json.loads(text)
    own = {MANIFEST, QUALITY, PLAN, *stored["files"]}
    same = manifest_of(stored).bank_id == bank_id
    return [path for path in _files(folder) if same and path.name not in own]


def is_moving(folder: Path) -> bool:
    """Is an exchange of editions decided and not yet done?"""
    return any((folder / name).is_dir() for name in (_READY, _ARRIVING, _LEAVING))


def finish(folder: Path) -> None:
    """Do what is left of an exchange that was interrupted."""
    for place in (folder, *folder.glob(f"{EARLIER}/*/")):
        if is_moving(place):
            with held(place / LOCK):
                _finish(place)


def sweep(folder: Path) -> None:
    """Remove what an import that died left behind; one that still runs is left alone."""
    for place in (folder, *folder.glob(f"{EARLIER}/*/")):
        if (place / _STAGED).is_dir():
            with suppress(Busy), held(place / LOCK, wait=0):
                shutil.rmtree(place / _STAGED, ignore_errors=True)


def _finish(folder: Path) -> None:
    """Each step can be repeated, and each begins only when the one before is done."""
    ready, arriving, leaving = (folder / name for name in (_READY, _ARRIVING, _LEAVING))
    if ready.is_dir():
        leaving.mkdir(exist_ok=True)
        for path in _files(folder):
            path.rename(leaving / path.name)
        ready.rename(arriving)
    if arriving.is_dir():
        for path in sorted(_files(arriving), key=lambda path: path.name == MANIFEST):
            path.rename(folder / path.name)
        arriving.rmdir()
    if leaving.is_dir():
        _put_aside(leaving, folder)
    sync_folder(folder)


def _put_aside(leaving: Path, folder: Path) -> None:
    """Keep the edition that left among the earlier ones of its bank, if it is one of them."""
    if not (leaving / MANIFEST).is_file():
        shutil.rmtree(leaving)
        return
    old, new = (json.loads((place / MANIFEST).read_text("utf-8")) for place in (leaving, folder))
    before, now = manifest_of(old), manifest_of(new)
    if before.bank_id != now.bank_id:
        shutil.rmtree(folder / EARLIER, ignore_errors=True)
    if before.bank_id != now.bank_id or before.edition >= now.edition:
        shutil.rmtree(leaving)
        return
    target = folder / EARLIER / str(before.edition)
    target.parent.mkdir(exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    leaving.rename(target)


def _files(folder: Path) -> list[Path]:
    apart = (LOCK, erased.FILE)
    return [path for path in folder.iterdir() if path.is_file() and path.name not in apart]


def _manifest_text(folder: Path) -> str:
    try:
        return (folder / MANIFEST).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _fingerprint(folder: Path) -> str:
    text = _manifest_text(folder)
    return str(json.loads(text)["fingerprint"]) if text else ""
