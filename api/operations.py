"""What a machine asks to know whether this process answers, and whether what it serves is whole.

Nobody shows a token here, so nothing of a person, a path or a reason of an error is in an answer.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from anyio import CapacityLimiter, move_on_after, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from api import problems
from api.engines import Provider
from api.problems import Problem
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

logger = logging.getLogger("attune")


@dataclass
class _Seen:
    """What was found last, and when."""

    told: dict[str, Any]
    problem: str
    at: float


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
        if self._limiter is None:
            self._limiter = CapacityLimiter(1)
        if self._is_old():
            with move_on_after(_PATIENCE):
                await to_thread.run_sync(self._look, limiter=self._limiter, abandon_on_cancel=True)
        seen = self._seen
        if seen is None:
            return problems.answer(Problem(503, _STARTING, headers={"retry-after": "5"}))
        if self._began is not None and self._clock() - self._began > _HANGING:
            return problems.answer(Problem(503, _HANGS, headers={"retry-after": "60"}))
        if seen.problem:
            return problems.answer(Problem(503, seen.problem, headers={"retry-after": "60"}))
        return JSONResponse(seen.told, headers=_KEPT)

    def _is_old(self) -> bool:
        return self._seen is None or self._clock() - self._seen.at > _FRESH

    def _look(self) -> None:
        # Whoever finds another looking goes: a look that hangs would hold a thread for each probe.
        if not self._looking.acquire(blocking=False):
            return
        self._began = self._clock()
        try:
            if not self._is_old():
                return
            told: dict[str, Any] = {}
            problem = ""
            try:
                told = self._told()
            except EngineError as error:
                logger.warning("readyz: %s", type(error).__name__)
                problem = _BROKEN
            except Exception:
                logger.exception("readyz")
                problem = _BROKEN
            if told.get("store") == "damaged":
                problem = _STORE
            self._seen = _Seen(told, problem, self._clock())
        finally:
            self._began = None
            self._looking.release()

    def _told(self) -> dict[str, Any]:
        engine = self._provider(None)
        summary, damage = engine.facts.summary(), engine.facts.damage()
        store = damage["source"].eq("state.sqlite") & damage["row"].eq("")
        made = engine.models.versions()["created_at"].max()
        return {
            "status": "degraded" if summary.damage else "ready",
            "version": summary.model_version,
            "store": "damaged" if store.any() else "whole",
            "damaged": len(damage),
            "last_retrain": made.isoformat() if made == made else None,
            "drift": "retrain" if self._drifted(engine) else "none",
        }

    def _drifted(self, engine: Any) -> bool:
        now = self._clock()
        if self._drift is None or now - self._drift[0] > _DRIFT_HOLDS:
            self._drift = (now, bool(engine.models.drift().retrain))
        return self._drift[1]


def routes(provider: Provider) -> list[BaseRoute]:
    """What the server adds for those who run it."""
    ready = Readiness(provider)
    return [
        Route("/healthz", _health, methods=["GET"]),
        Route("/readyz", ready.answer, methods=["GET"]),
    ]


async def _health(_request: Request) -> Response:
    return Response(json.dumps({"status": "ok"}), headers=_KEPT, media_type="application/json")
