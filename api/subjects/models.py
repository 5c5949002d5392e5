"""Routes of versions and receipts: what serves, a new version, what was shown to whom."""

import logging
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from api.endpoint import TRAIN, Answer, Call, Endpoint
from api.paging import page_of_stream
from api.problems import Problem
from api.schemas import Row, Shape
from api.subjects.customers import Paged, Text
from engine import Engine
from engine.errors import EngineError
from engine.results import BankSummary, Receipt, Replay

logger = logging.getLogger("attune")
_KEPT = 50
"""Jobs that are remembered."""
_FAILED = "It could not be fitted; the log of the server says why."


class ReceiptsQuery(Paged):
    """Of whom; else of everybody."""

    customer_id: Text = Field(None, max_length=200)


class ReceiptsPage(Shape):
    """A page of receipts, newest first."""

    n: int
    receipts: list[Row]
    next: Text


class ChainAnswer(Shape):
    """As `verify-receipts --json` prints it."""

    sound: bool
    n_receipts: int
    n_erased: int
    first_bad: int | None
    verdict: str
    head: str


class Retrained(Shape, protected_namespaces=()):
    """What came of a retraining, as `retrain --json` prints it without its tables."""

    version_id: str
    promoted: bool
    verdict: str
    n_events: int
    n_adoptions: int
    notes: list[str]
    waits: str
    answers: str


class JobAnswer(Shape):
    """A retraining in the background."""

    job_id: str
    status: Literal["running", "done", "failed"]
    step: str
    share: float = Field(ge=0, le=1)
    result: Retrained | None
    problem: str | None


@dataclass
class Job:
    """A retraining, while it runs and after."""

    job_id: str
    bank_id: str
    status: str = "running"
    step: str = "begins"
    share: float = 0.0
    result: dict[str, Any] | None = None
    problem: str | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """Retrainings of this process, one of a bank at a time."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, engine: Engine, actor: str) -> tuple[Job, bool]:
        """A new job, or the one of the bank that runs already; and whether it is new."""
        bank = engine.facts.summary().bank_id
        with self._lock:
            running = [j for j in self._jobs.values() if (j.bank_id, j.status) == (bank, "running")]
            if running:
                return running[0], False
            job = Job(str(uuid.uuid4()), bank)
            self._jobs[job.job_id] = job
            while len(self._jobs) > _KEPT:
                self._jobs.popitem(last=False)
        threading.Thread(
            target=_run, args=(job, engine, actor), name="api-retrain", daemon=True
        ).start()
        return job, True

    def wait(self, job_id: str, seconds: float) -> bool:
        """Whether a job ends within so many seconds."""
        return self.of(job_id).ended.wait(seconds)

    def of(self, job_id: str) -> Job:
        """One of them."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise Problem(404, "There is no such job; jobs are forgotten when the server restarts.")
        return job


JOBS = Jobs()


def _run(job: Job, engine: Engine, actor: str) -> None:
    def report(done: float, step: str) -> None:
        job.share, job.step = min(max(float(done), 0.0), 1.0), step

    names = ("version_id", "promoted", "verdict", "n_events", "n_adoptions")
    try:
        made = engine.models.retrain(report, actor=actor)
        told = {name: getattr(made, name) for name in (*names, "notes", "waits", "answers")}
        job.result, job.share, job.step, job.status = told, 1.0, "done", "done"
    except EngineError as error:
        logger.warning("api retrain: %s", type(error).__name__)
        job.problem, job.status = _FAILED, "failed"
    except Exception:
        logger.exception("api retrain")
        job.problem, job.status = _FAILED, "failed"
    finally:
        job.ended.set()


def _told(job: Job) -> dict[str, Any]:
    names = ("job_id", "status", "step", "share", "result", "problem")
    return {name: getattr(job, name) for name in names}


def bank(call: Call) -> BankSummary:
    """Whose data."""
    return call.engine.facts.summary()


def versions(call: Call) -> pd.DataFrame:
    """Every version, newest first."""
    return call.engine.models.versions()


def retrain(call: Call) -> Answer:
    """Begin a retraining, or say which one runs."""
    job, new = JOBS.start(call.engine, call.actor)
    where = {"location": f"/api/v1/retrain/{job.job_id}"}
    return Answer(_told(job), 202 if new else 200, where)


def job(call: Call) -> dict[str, Any]:
    """How far a retraining is."""
    return _told(JOBS.of(call.path["job_id"]))


def receipts(call: Call) -> dict[str, Any]:
    """Lists that were shown."""
    of = call.query.customer_id
    kept = call.engine.receipts
    table = kept.table() if of is None else kept.of(call.look(of))
    rows, following = page_of_stream(table, call.query.cursor, call.limit)
    if of is None:
        call.listed("customers who were shown a list", rows["customer_id"].dropna())
    return {"n": len(table), "receipts": rows, "next": following}


def receipt(call: Call) -> Receipt:
    """One of them, in full."""
    found = call.engine.receipts.get(call.path["receipt"])
    if found.customer_id is not None:
        call.look(found.customer_id)
    return found


def replay(call: Call) -> Replay:
    """Rebuild one, and compare."""
    return call.engine.receipts.replay(call.path["receipt"])


def verify(call: Call) -> dict[str, Any]:
    """Follow the chain."""
    return call.engine.receipts.verify().to_json()


ENDPOINTS = (
    Endpoint(
        "GET",
        "/bank",
        "bank",
        "Whose data, of which day, and which version serves",
        "oversight",
        "facts.summary",
        bank,
        BankSummary,
        tagged=True,
    ),
    Endpoint(
        "GET",
        "/versions",
        "versions",
        "Versions, as `versions --json`",
        "oversight",
        "models.versions",
        versions,
        list[Row],
        tagged=True,
    ),
    Endpoint(
        "POST",
        "/retrain",
        "retrain",
        "Begin a retraining in the background",
        "oversight",
        "models.retrain",
        retrain,
        JobAnswer,
        scope=TRAIN,
        status=(202, 200),
    ),
    Endpoint(
        "GET",
        "/retrain/{job_id}",
        "retraining",
        "How far a retraining is",
        "oversight",
        "models.retrain",
        job,
        JobAnswer,
        scope=TRAIN,
    ),
    Endpoint(
        "GET",
        "/receipts",
        "receipts",
        "Lists that were shown, newest first",
        "oversight",
        "receipts.table",
        receipts,
        ReceiptsPage,
        query=ReceiptsQuery,
    ),
    Endpoint(
        "GET",
        "/receipts/verification",
        "verification",
        "Whether the chain of receipts is whole, as `verify-receipts --json`",
        "oversight",
        "receipts.verify",
        verify,
        ChainAnswer,
    ),
    Endpoint(
        "GET",
        "/receipts/{receipt}",
        "receipt",
        "A list as it was shown; by number or id",
        "oversight",
        "receipts.get",
        receipt,
        Receipt,
    ),
    Endpoint(
        "GET",
        "/receipts/{receipt}/replay",
        "replay",
        "A list rebuilt as of its moment and compared, as `replay --json`",
        "oversight",
        "receipts.replay",
        replay,
        Replay,
    ),
)
