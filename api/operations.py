"""What a machine asks to know whether this process answers, and whether what it serves is whole.

Nobody shows a token for the probes, so nothing of a person, a path or a reason of an error is in an
answer. What was counted is told to this machine itself, and to programs with a scope for it.
"""

import ipaddress
import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from anyio import CapacityLimiter, move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api import problems
from api.endpoint import METRICS
from api.engines import Clients, Limits, Provider
from api.metrics import MEDIA, Metrics, Standing
from api.problems import Problem
from api.serving import Serving
from engine.errors import EngineError

HEALTH: Final = ("/healthz", "/readyz")
_FRESH: Final = 5.0
"""Seconds for which an answer holds, however often it is asked for (own choice)."""
_HANGING: Final = 300.0
"""Seconds after which a look that has not ended hangs, as on a lost disk, and what was found
before says nothing any more (own choice)."""
_PATIENCE: Final = 2.0
"""Seconds that an answer is waited for; probes give up after some (own choice)."""
_DRIFT_HOLDS: Final = 600.0
"""Seconds for which drift holds: it is worked out over all payments (own choice)."""
_KEPT: Final = {"cache-control": "no-store"}
_STARTING: Final = "The first bank is being opened; ask again."
_BROKEN: Final = "A bank, its settings or its versions cannot be used; python -m engine check says."
_HANGS: Final = "Looking at the bank takes too long; it may hang on its disk. Ask again."
_STORE: Final = "What was recorded of the bank cannot be read; python -m engine check says."

_FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""Headers by which a proxy says that it asks for somebody else."""

logger = logging.getLogger("attune")


@dataclass
class _Seen:
    """What was found last, and when."""

    told: dict[str, Any]
    problem: str
    at: float
    standing: Standing | None = None


class Readiness:
    """What can be served, looked at by one thread at a time, however many ask.

    Parameters
    ----------
    provider : callable
        Id of a bank or None -> the engine that pages use for it.
    clock : callable
        Seconds.
    """

    def __init__(self, provider: Provider, clock: Callable[[], float] = time.monotonic):
        self._provider = provider
        self._clock = clock
        self._seen: _Seen | None = None
        self._drift: tuple[float, bool] | None = None
        self._looking = threading.Lock()
        self._began: float | None = None
        """When the look began that has not ended."""
        self._limiter: CapacityLimiter | None = None

    async def answer(self, _request: Request) -> Response:
        """Ready, degraded (something is damaged, and the rest serves), or 503 with a problem."""
        seen = await self._found()
        if seen is None:
            return problems.answer(Problem(503, _STARTING, headers={"retry-after": "5"}))
        if self._hangs():
            return problems.answer(Problem(503, _HANGS, headers={"retry-after": "60"}))
        if seen.problem:
            return problems.answer(Problem(503, seen.problem, headers={"retry-after": "60"}))
        return JSONResponse(seen.told, headers=_KEPT)

    async def standing(self) -> Standing | None:
        """The same for what is counted; None where it would be 503."""
        seen = await self._found()
        return None if seen is None or seen.problem or self._hangs() else seen.standing

    async def _found(self) -> _Seen | None:
        if self._limiter is None:
            self._limiter = CapacityLimiter(1)
        if self._is_old():
            with move_on_after(_PATIENCE):
                await to_thread.run_sync(self._look, limiter=self._limiter, abandon_on_cancel=True)
        return self._seen

    def _is_old(self) -> bool:
        return self._seen is None or self._clock() - self._seen.at > _FRESH

    def _hangs(self) -> bool:
        began = self._began
        return began is not None and self._clock() - began > _HANGING

    def _look(self) -> None:
        # Whoever finds another looking goes: a look that hangs would hold a thread for each probe.
        if not self._looking.acquire(blocking=False):
            return
        self._began = self._clock()
        try:
            if not self._is_old():
                return
            told: dict[str, Any] = {}
            problem, standing = "", None
            try:
                told, standing = self._told()
            except EngineError as error:
                logger.warning("readyz: %s", type(error).__name__)
                problem = _BROKEN
            except Exception:
                logger.exception("readyz")
                problem = _BROKEN
            if told.get("store") == "damaged":
                problem = _STORE
            self._seen = _Seen(told, problem, self._clock(), standing)
        finally:
            self._began = None
            self._looking.release()

    def _told(self) -> tuple[dict[str, Any], Standing]:
        engine = self._provider(None)
        summary, damage = engine.facts.summary(), engine.facts.damage()
        store = damage["source"].eq("state.sqlite") & damage["row"].eq("")
        made = engine.models.versions()["created_at"].max()
        last: datetime | None = made.to_pydatetime() if made == made else None
        events = engine.facts.acknowledged()
        told = {
            "status": "degraded" if summary.damage else "ready",
            "version": summary.model_version,
            "store": "damaged" if store.any() else "whole",
            "damaged": len(damage),
            "last_retrain": made.isoformat() if last else None,
            "drift": "retrain" if self._drifted(engine) else "none",
        }
        return told, Standing(summary.model_version, last, len(damage), events)

    def _drifted(self, engine: Any) -> bool:
        now = self._clock()
        if self._drift is None or now - self._drift[0] > _DRIFT_HOLDS:
            self._drift = (now, bool(engine.models.drift().retrain))
        return self._drift[1]


class Counted:
    """What was counted, for whoever may know it.

    Parameters
    ----------
    serving : Serving
        Knows the programs that ask.
    """

    def __init__(self, metrics: Metrics, ready: Readiness, serving: Serving):
        self._metrics = metrics
        self._ready = ready
        self._serving = serving

    async def answer(self, request: Request) -> Response:
        """The text, or a problem: 401 without a token, 403 without its scope, 429 too often."""
        try:
            if not _is_here(request):
                client = await self._serving.client_of(request)
                if METRICS not in client.scopes:
                    said = f"This needs the scope {METRICS}, which this client lacks."
                    raise Problem(403, said)
        except Problem as problem:
            return problems.answer(problem)
        except EngineError as error:
            return problems.answer(problems.of_engine(error))
        text = self._metrics.text(await self._ready.standing())
        return Response(text, headers={**_KEPT, "content-type": MEDIA})


def routes(
    provider: Provider,
    clients: Callable[[], Clients],
    limits: Callable[[], Limits],
    metrics: Metrics,
) -> list[BaseRoute]:
    """What the server adds for those who run it.

    Parameters
    ----------
    provider, clients, limits : callable
        As of `api.routes`.
    metrics : Metrics
        What this process counts.
    """
    ready = Readiness(provider)
    counted = Counted(metrics, ready, Serving(provider, clients, limits()))
    return [
        Route("/healthz", _health, methods=["GET"]),
        Route("/readyz", ready.answer, methods=["GET"]),
        Route("/metrics", counted.answer, methods=["GET"]),
    ]


def _is_here(request: Request) -> bool:
    """Is it this machine itself that asks, and for nobody else?"""
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _health(_request: Request) -> Response:
    return Response(json.dumps({"status": "ok"}), headers=_KEPT, media_type="application/json")
