"""An engine and what is asked in; a folder of parts with a manifest out, made once however often
it is broken off."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from engine.bank import disk
from engine.engine import Engine
from engine.errors import BadInput, EngineError, StateError
from engine.feedback.registry import settings_hash
from engine.parted import part as parts
from engine.parted.frozen import freeze
from engine.parted.plan import CUSTOMERS, PART_SIZE, WORKING, Plan, code_hash
from engine.progress import Progress, quiet

MANIFEST: Final = "manifest.json"
_PLAN: Final = "plan.json"
_MADE: Final = "made"
"""Folder of what is known of each part that is whole."""
_LOCK: Final = ".lock"
_ROUNDS: Final = 3
"""How often a part is asked for whose answer never came (own choice)."""
_GOES_ON: Final = timedelta(days=1)
"""A run that was broken off longer ago begins anew, since its lists are of then (own choice)."""
Workers = Callable[[Sequence[str]], Iterator[str]]
"""Requests in, answers out in whichever order, as `engine.parted.part.make` gives them."""


def in_process(requests: Sequence[str]) -> Iterator[str]:
    """One part after the other, here."""
    return map(parts.make, requests)


@dataclass
class Parted:
    """What a run came to."""

    plan: Plan
    rows: int = 0
    n_made: int = 0
    n_kept: int = 0
    """Parts that a run before this one had left whole."""
    opening: dict[str, float] = field(default_factory=dict)
    """Worker -> processor seconds in which it opened the bank."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Worker -> processor seconds of its parts."""
    peak_memory: dict[str, int] = field(default_factory=dict)
    """Worker -> largest resident size, bytes."""


def write_parts(
    engine: Engine,
    folder: Path,
    lists: Sequence[str],
    k: int,
    *,
    customers: Sequence[str] | None = None,
    pilot: str = "",
    pseudonyms: bool = False,
    part_size: int = PART_SIZE,
    workers: Workers = in_process,
    progress: Progress = quiet,
    noted: Callable[[str, int | None], object] = lambda *_: None,
) -> Parted:
    """Score all customers, or some, into a folder of Parquet parts with a manifest.

    Parameters
    ----------
    engine : Engine
        With a version that serves.
    folder : Path
        New, empty, or of a run that was broken off: a part of it that is whole by its checksum,
        and was made from the same bank, version, settings, records and code, is not made again.
    customers, pilot : as for `engine.batch.write_scores`.
    pseudonyms : bool
        Keyed pseudonyms in place of numbers; parts and rows then stand in their order.
    part_size : int
        Customers of a part, from 1. It decides what the parts are; workers do not.
    workers : callable
        Who makes the parts.
    noted : callable
        Called before the first part with what is written, and before the manifest with its rows:
        nothing is written without its note.

    Raises
    ------
    BadInput
        For a folder of something else, or options out of range.
    EngineError
        What a worker said. What was made stays, and the same call again goes on.
    """
    folder = _folder(folder)
    engine.offers.score(lists=lists, k=k, customers=[])  # its words for lists and k out of range
    if part_size < 1:
        raise BadInput(f"Got parts of {part_size} customers; expected 1 or more.")
    working = folder / WORKING
    busy = f"Another run writes into {folder}; wait for it, or name another folder."
    with disk.held(working / _LOCK, wait=0.0, busy=busy):
        working.chmod(0o700)  # it holds a copy of records and of the key
        erased_at = engine.snapshots.erased.revision
        chosen = _ordered(engine, customers, pseudonyms)
        fresh = _plan(engine, folder, chosen, freeze(engine, working))
        fresh = replace(
            fresh,
            lists=tuple(dict.fromkeys(lists)),
            k=k,
            pilot=pilot,
            pseudonyms=pseudonyms,
            part_size=part_size,
        )
        run = Parted(_gone_on_with(fresh))
        noted("score parts, begun", None)
        _begin(run.plan, chosen)
        try:
            parts.opened(run.plan, engine.snapshots.base)  # what does not fit is said at once
            made = _all_made(run, workers, progress)
        finally:
            parts.forget()
        if engine.snapshots.erased.revision != erased_at:
            raise StateError("A customer was erased while the run went on; run it again.")
        run.rows = sum(int(one["rows"]) for one in made.values())
        noted("score parts", run.rows)
        disk.write_whole(folder / MANIFEST, _manifest(run, made))
        shutil.rmtree(working, ignore_errors=True)
    return run


def _folder(folder: Path) -> Path:
    """The folder of a run, made if need be; BadInput where other things lie in it."""
    if not folder.parent.is_dir():
        raise BadInput(f"The folder {folder.parent} does not exist; make it first.")
    folder = folder.resolve()
    with _said(folder):
        folder.mkdir(exist_ok=True)
        names = sorted(path.name for path in folder.iterdir())
    if names and MANIFEST not in names and WORKING not in names:
        raise BadInput(
            f"{folder} holds {names[0]}, which no run has written; name a new or an empty folder."
        )
    return folder


def _ordered(engine: Engine, customers: Sequence[str] | None, pseudonyms: bool) -> list[str]:
    """Who is in the run, each once, in the order of the number that parts tell."""
    bank = engine.bank
    chosen = set(map(str, bank.customer_ids if customers is None else customers))
    for one in () if customers is None else chosen:
        bank.customer_position(one)
    # In the order of their numbers, pseudonyms would tell whose number is the lower one.
    return sorted(chosen, key=engine.pseudonyms.of) if pseudonyms else sorted(chosen)


def _plan(engine: Engine, folder: Path, chosen: Sequence[str], state: str) -> Plan:
    snapshot = engine.snapshots.current()
    manifest = engine.snapshots.base.manifest
    return Plan(
        data=str(engine.folder.resolve()),
        folder=str(folder),
        bank=manifest.name,
        bank_id=engine.snapshots.base.bank_id,
        edition=manifest.edition,
        fingerprint=engine.snapshots.base.base_fingerprint,
        data_date=f"{engine.bank.as_of:%Y-%m-%d}",
        version=snapshot.version.version_id if snapshot.version else "",
        settings=settings_hash(engine.snapshots.settings),
        state=state,
        code=code_hash(),
        at=engine.now().isoformat(),
        lists=(),
        k=0,
        pilot="",
        pseudonyms=False,
        part_size=0,
        n_customers=len(chosen),
        customers=hashlib.sha256(_text(chosen)).hexdigest(),
    )


def _text(value: Any) -> bytes:
    return (json.dumps(value, indent=1) + "\n").encode()


def _gone_on_with(fresh: Plan) -> Plan:
    """The plan of the run that lies there, where only the moment is another; else the fresh one.

    BadInput where a run has ended there that was another.
    """
    folder = Path(fresh.folder)
    for file in (fresh.working / _PLAN, folder / MANIFEST):
        told = _read(file)
        if file.name == MANIFEST:
            told = told.get("plan", {}) | {"data": fresh.data, "folder": fresh.folder}
        with suppress(EngineError, ValueError, TypeError):
            earlier = Plan.of(told)
            age = datetime.fromisoformat(fresh.at) - datetime.fromisoformat(earlier.at)
            if replace(fresh, at=earlier.at).key == earlier.key and age < _GOES_ON:
                return replace(fresh, at=earlier.at)
    if (folder / MANIFEST).exists():
        raise BadInput(
            f"{folder} holds the lists of another run, which has ended; name a new folder, or "
            "remove that one."
        )
    return fresh


def _read(file: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none, or what lies there is none."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _begin(plan: Plan, chosen: Sequence[str]) -> None:
    """Lay out what workers read, and clear away what an earlier run left that is none of this."""
    folder, working = Path(plan.folder), plan.working
    known = {plan.part(number) for number in range(plan.n_parts)}
    with _said(folder):
        for path in folder.glob(".part-*.draft"):
            path.unlink()
        for path in folder.glob("part-*.parquet"):
            if path not in known:
                path.unlink()
    disk.write_whole(working / CUSTOMERS, _text(list(chosen)))
    disk.write_whole(working / _PLAN, _text(asdict(plan)))


def _all_made(run: Parted, workers: Workers, progress: Progress) -> dict[int, dict[str, Any]]:
    """Number of each part -> its rows and checksum; those that are not whole are made."""
    plan = run.plan
    made = _whole(plan)
    run.n_kept = len(made)

    def report() -> None:
        done = min(len(made) * plan.part_size, plan.n_customers)
        progress(len(made) / max(plan.n_parts, 1), f"{done:,} of {plan.n_customers:,} customers")

    report()
    for _ in range(_ROUNDS):
        missing = [number for number in range(plan.n_parts) if number not in made]
        if not missing:
            break
        for answer in workers([plan.request(number) for number in missing]):
            told = json.loads(answer)
            if told["number"] not in made:
                made[told["number"]] = _taken(run, told)
                report()
    if missing := [number for number in range(plan.n_parts) if number not in made]:
        raise StateError(
            f"{len(missing):,} of {plan.n_parts:,} parts were asked for {_ROUNDS} times and never "
            "came. What was made stays: run it again."
        )
    return dict(sorted(made.items()))


def _whole(plan: Plan) -> dict[int, dict[str, Any]]:
    """The parts that an earlier run with the same key left as it had told of them."""
    told = {
        number: one
        for number, one in enumerate(_read(Path(plan.folder, MANIFEST)).get("parts", []))
    }
    for number in range(plan.n_parts):
        if one := _read(plan.working / _MADE / f"{number}.json"):
            told[number] = one
    return {
        number: one
        for number, one in told.items()
        if number < plan.n_parts and one.get("key") == plan.key and _is_whole(plan, number, one)
    }


def _is_whole(plan: Plan, number: int, told: dict[str, Any]) -> bool:
    try:
        return disk.sha256_of(plan.part(number)) == told.get("sha256")
    except OSError:
        return False


def _taken(run: Parted, told: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an answer, after its part was looked at."""
    plan, number, worker = run.plan, told["number"], str(told["worker"])
    if problem := told.get("problem"):
        raise StateError(f"Part {number} was not made ({worker}): {problem}")
    if not _is_whole(plan, number, told):
        raise StateError(
            f"{plan.part(number)} is not what {worker} says to have written: {plan.folder} must "
            "lie where every worker writes it under the same path. What was made stays."
        )
    run.n_made += 1
    run.opening[worker] = run.opening.get(worker, 0.0) + told["opening"]
    run.seconds[worker] = run.seconds.get(worker, 0.0) + told["seconds"]
    run.peak_memory[worker] = max(run.peak_memory.get(worker, 0), told["peak_memory"])
    kept = {"rows": told["rows"], "sha256": told["sha256"], "key": plan.key}
    disk.write_whole(plan.working / _MADE / f"{number}.json", _text(kept))
    return kept


def _manifest(run: Parted, made: dict[int, dict[str, Any]]) -> bytes:
    plan = run.plan
    told = asdict(plan)
    for place in ("data", "folder"):
        del told[place]
    return _text(
        {
            "bank": plan.bank,
            "edition": plan.edition,
            "version": plan.version,
            "settings": plan.settings,
            "data_date": plan.data_date,
            "at": plan.at,
            "n_customers": plan.n_customers,
            "n_pairs": run.rows,
            "parts": [{"file": plan.part(number).name, **one} for number, one in made.items()],
            "plan": told,
        }
    )


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """An error of the disk in words."""
    try:
        yield
    except OSError as error:
        raise StateError(
            f"Cannot write {error.filename or folder}: {error.strerror or error}."
        ) from error
