"""Every request, watched from outside: counted, given an id, and written down as one line.

What is written of a request is its template, never its address: addresses name customers.
"""

import json
import logging
import os
import re
import secrets
import string
import sys
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

from starlette.routing import BaseRoute, Mount, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics import METHODS, Metrics
from engine.errors import SettingsError

HEADER: Final = "x-request-id"
OTHER: Final = "other"
_DASHBOARD: Final = (
    "/",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/upload_file/{session_id}/{file_id}",
    "/_stcore/{path:path}",
    "/media/{file_id:path}",
    "/component/{path:path}",
    "/static/{path:path}",
    "/app/static/{path:path}",
    "/{page}",
)
"""What Streamlit serves; a page's name is not told from another word of one part."""
_LETTERS: Final = string.ascii_lowercase
_now_answered: ContextVar[str] = ContextVar("request", default="")

logger = logging.getLogger("attune.requests")


class Templates:
    """An address in, one of a fixed set of templates out.

    Parameters
    ----------
    routes : iterable of BaseRoute
        What the server adds to Streamlit's own.
    """

    def __init__(self, routes: Iterable[BaseRoute]):
        self._plain: set[str] = set()
        self._patterns: list[tuple[re.Pattern[str], str]] = []
        for path in (*_paths(routes), *_DASHBOARD):
            pattern, template, convertors = compile_path(path)
            if convertors:
                self._patterns.append((pattern, template))
            else:
                self._plain.add(path)

    def of(self, path: str) -> str:
        """The template of an address without its query; "other" where there is none."""
        if path in self._plain:
            return path
        fits = (template for pattern, template in self._patterns if pattern.match(path))
        return next(fits, OTHER)


def _paths(routes: Iterable[BaseRoute], before: str = "") -> Iterator[str]:
    for route in routes:
        here = before + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield from _paths(route.routes, here)
        else:
            yield here


class Watched:
    """ASGI middleware: counts each request, answers with its id, and logs one line of it.

    The id is made here: one that came along might say anything. It is letters alone, so that
    nobody takes it for the number of a card.
    """

    def __init__(self, app: ASGIApp, templates: Templates, metrics: Metrics) -> None:
        self.app = app
        self.templates = templates
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a websocket is not one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Who answers for what broke stands outside of this, and reads it here.
        made = scope[HEADER] = "".join(secrets.choice(_LETTERS) for _ in range(16))
        status, begun = 500, time.perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (HEADER.encode(), made.encode())]
                message = {**message, "headers": headers}
            await send(message)

        told = _now_answered.set(made)
        try:
            await self.app(scope, receive, with_id)
        finally:
            seconds = time.perf_counter() - begun
            route, method = self.templates.of(scope["path"]), scope["method"]
            self.metrics.answered(route, method, status, seconds)
            if logger.isEnabledFor(logging.INFO):
                _write(route, method, status, seconds)
            _now_answered.reset(told)


def _write(route: str, method: str, status: int, seconds: float) -> None:
    fields = {
        "method": method if method in METHODS else "OTHER",
        "route": route,
        "status": status,
        "milliseconds": round(seconds * 1000, 1),
    }
    logger.info("request", extra={"fields": fields})


class Lines(logging.Formatter):
    """A log record in, one line of JSON in ASCII out; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
        }
        if made := _now_answered.get():
            told["request_id"] = made
        told |= getattr(record, "fields", {})
        # The record was cleaned when it was made: where that changed its trace, it is text alone.
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = self.formatException(record.exc_info)
        elif record.exc_text:
            told["error"] = record.exc_text
        return json.dumps(told)


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the parts might be anything: none is written
        return "A message that does not fit its parts."


def wants_lines() -> bool:
    """Does ATTUNE_LOG ask for lines of JSON?

    Raises
    ------
    SettingsError
        If it says something else than json or text.
    """
    said = os.environ.get("ATTUNE_LOG", "") or "text"
    if said not in ("json", "text"):
        raise SettingsError("ATTUNE_LOG is json or text (or not set, which is text).")
    return said == "json"


def write_lines() -> None:
    """From now on everything that is logged is a line of JSON on stderr, requests too.

    Handlers that a library gave its own loggers write such lines as well. What it makes later
    needs `be_lines` once more.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.root.handlers = [handler]
    logger.setLevel(logging.INFO)
    logging.captureWarnings(True)
    logging.getLogger("uvicorn.access").disabled = True  # its lines hold addresses
    for one in list(logging.root.manager.loggerDict.values()):
        if isinstance(one, logging.Logger) and _on_screen(one):
            be_lines(one)


def be_lines(own: logging.Logger) -> None:
    """Have a logger write by the root's handler alone, at its own level."""
    for handler in _on_screen(own):
        own.removeHandler(handler)
    own.propagate = True


def _on_screen(own: logging.Logger) -> list[logging.Handler]:
    files = logging.FileHandler
    return [
        h for h in own.handlers if isinstance(h, logging.StreamHandler) and not isinstance(h, files)
    ]
