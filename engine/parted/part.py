"""One part of a run: asked for in JSON, made by whichever process is asked, told of in JSON.

Nothing but text goes in and comes out, so that only the name of `make` travels to a worker.
"""

import json
import os
import resource
import socket
import sys
import threading
import time
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from engine.bank import disk, editions
from engine.bank.bank import Bank
from engine.batch import in_pilot
from engine.engine import Engine
from engine.errors import BadInput, EngineError, NotFound, StateError
from engine.feedback.registry import settings_hash
from engine.parted.plan import CUSTOMERS, STATE, Plan, code_hash
from engine.threads import one_thread

_TURN: Final = threading.Lock()
"""A process makes one part at a time: what holds the library of sums to one thread is the
process's, and two parts at once would take the memory of two."""
_OPEN: Final[dict[str, tuple[Engine, list[str]]]] = {}
"""The bank of the run that this process works on, with the run's customers."""
_SHARED: Final = "Bank and folder must lie where every worker reads them under the same path."


def make(request: str) -> str:
    """Make one part, or say in a sentence why not.

    Parameters
    ----------
    request : str
        `Plan.request` of the part.

    Returns
    -------
    str
        JSON: number and worker, with rows, sha256, opening and seconds (processor time of opening
        the bank and of the part), peak_memory (bytes) of this process; or with problem, a sentence.
    """
    asked = json.loads(request)
    told: dict[str, Any] = {
        "number": asked["number"],
        "worker": f"{socket.gethostname()}:{os.getpid()}",
    }
    try:
        with _TURN, one_thread():
            told |= _made(Plan.of(asked["plan"]), asked["number"])
    except EngineError as error:
        told["problem"] = str(error)
    except OSError as error:
        told["problem"] = f"Cannot read or write {error.filename}: {error.strerror}. {_SHARED}"
    return json.dumps(told)


def opened(plan: Plan, base: Bank | None = None) -> Engine:
    """The bank as it was when the run began; kept for the next part.

    Parameters
    ----------
    base : Bank, optional
        Where this process has read the bank already.

    Raises
    ------
    NotFound, BadInput, StateError
        Where this process does not see, or does not run, what the run was planned with.
    """
    place = f"{plan.folder} {plan.key}"
    if place not in _OPEN:
        _OPEN.clear()
        _OPEN[place] = (_opened(plan, base), _customers(plan))
    return _OPEN[place][0]


def forget() -> None:
    """Let go of the bank of the last run."""
    _OPEN.clear()


def _opened(plan: Plan, base: Bank | None) -> Engine:
    if plan.code != code_hash():
        raise BadInput(
            "This process runs another Attune, or other versions of its libraries, than whoever "
            "began the run: install the same release with the same requirements on every machine."
        )
    if not Path(plan.data).is_dir():
        raise NotFound(f"There is no folder {plan.data} here. {_SHARED}")
    bank = editions.load(plan.data) if base is None else base
    if (bank.bank_id, bank.manifest.edition) != (plan.bank_id, plan.edition):
        raise BadInput(
            f"{plan.data} holds edition {bank.manifest.edition} of {bank.manifest.name} here; the "
            f"run began with edition {plan.edition} of {plan.bank}. Run it again."
        )
    # Two folders may say the same edition and have been made from other files.
    if bank.base_fingerprint != plan.fingerprint:
        raise BadInput(
            f"{plan.data} holds other rows here than edition {plan.edition} of {plan.bank} had "
            f"when the run began. {_SHARED}"
        )
    at = datetime.fromisoformat(plan.at)
    # Not `Engine.open`: that would finish an erasure, and a part changes nothing.
    engine = Engine(Path(plan.data), bank, plan.working / STATE, lambda: at)
    champion = engine.snapshots.registry.champion()
    mine = (champion.version_id if champion else "", settings_hash(engine.snapshots.settings))
    if mine != (plan.version, plan.settings):
        raise StateError(
            f"{plan.working} does not hold the version and the settings that the run began with; "
            "run it again."
        )
    return engine


def _customers(plan: Plan) -> list[str]:
    file = plan.working / CUSTOMERS
    if disk.sha256_of(file) != plan.customers:
        raise StateError(f"{file} was changed since the run began; run it again.")
    found: list[str] = json.loads(file.read_text("utf-8"))
    return found


def _made(plan: Plan, number: int) -> dict[str, Any]:
    began = time.process_time()
    engine = opened(plan)
    engine.snapshots.current()
    opening = time.process_time() - began
    customers = _OPEN[f"{plan.folder} {plan.key}"][1][plan.of_part(number)]
    table = engine.offers.score(lists=plan.lists, k=plan.k, customers=customers)
    if plan.pilot:
        table = in_pilot(table, plan.pilot)
    if plan.pseudonyms:
        table = engine.pseudonyms.table(table)
    target = plan.part(number)
    # Two workers may make one part, where one was taken for lost: each under a name of its own.
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.draft")
    try:
        table.to_parquet(draft, index=False)
        disk.sync_file(draft)
        found = disk.sha256_of(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return {
        "rows": len(table),
        "sha256": found,
        "opening": opening,
        "seconds": time.process_time() - began - opening,
        "peak_memory": _peak_memory(),
    }


def _peak_memory() -> int:
    """Largest resident size of this process so far, bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
