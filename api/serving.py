"""From a request to its answer: who asks, may they, what do they say, and the engine in a thread.

Order of checks: token (401), rate (429), role and scope (403), size (413) and kind (415) before the
body is read, values (422). Nothing of the engine runs on the event loop.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from anyio import CapacityLimiter, Semaphore, move_on_after, to_thread
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api import problems
from api.endpoint import Answer, Body, Call, Endpoint, Streamed
from api.engines import Client, Clients, Limits, Provider, engine_for, roles_of
from api.limits import Buckets
from api.problems import NOBODY, Problem
from engine import Engine
from engine.errors import EngineError, NotFound
from engine.json_values import json_text

logger = logging.getLogger("attune")
Handler = Callable[[Request], Awaitable[Response]]
_JSON = "application/json"
_DOORS_AT_ONCE = 8
"""Threads that look up tokens, so that strangers take none of those that answer."""
_MOST_VALUES = 100_000
"""Commas of a body: a parser of JSON holds the whole process while it reads a long list."""


@dataclass
class Serving:
    """What all routes share while the process runs.

    Attributes
    ----------
    provider : callable
        Id of a bank or None -> the engine that pages use for it.
    clients : callable
        The clients of the state folder.
    """

    provider: Provider
    clients: Callable[[], Clients]
    limits: Limits
    buckets: Buckets = field(init=False)
    pool: Semaphore | None = None
    shares: dict[str, Semaphore] = field(default_factory=dict)
    bodies: dict[str, Semaphore] = field(default_factory=dict)
    threads: CapacityLimiter | None = None
    doors: CapacityLimiter | None = None
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))
    """An ETag does not outlive the process, whose environment may hold settings."""

    def __post_init__(self) -> None:
        self.buckets = Buckets(self.limits.burst, self.limits.a_second)

    async def in_thread(self, client: str, work: Callable[[], Any], *, begun: bool = False) -> Any:
        """Run work of the engine in one of the few threads that answer.

        A client has half of them at most. Whoever waits too long is told to ask again, unless the
        answer has `begun`.
        """
        if self.pool is None:
            self.pool = Semaphore(self.limits.at_once)
            self.threads = CapacityLimiter(self.limits.at_once)
        wait = None if begun else self.limits.wait_seconds
        async with (
            _place(self._of(self.shares, client), wait),
            _place(self.pool, wait),
        ):
            return await to_thread.run_sync(work, limiter=self.threads)

    def body_of(self, client: str) -> Any:
        """A place for a body, while it is read and worked on: as many as a client has threads."""
        return _place(self._of(self.bodies, client), self.limits.wait_seconds)

    def _of(self, places: dict[str, Semaphore], client: str) -> Semaphore:
        if client not in places:
            places[client] = Semaphore(max(1, self.limits.at_once // 2))
        return places[client]

    async def client_of(self, request: Request) -> Client:
        """Whose token a request bears; 401 for none, 429 for one that asks too often."""
        if self.doors is None:
            self.doors = CapacityLimiter(_DOORS_AT_ONCE)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        client = None
        if kind.lower() == "bearer":
            find = self.clients().of_token
            client = await to_thread.run_sync(find, token.strip(), limiter=self.doors)
        if client is None:
            said = "Send a valid token: Authorization: Bearer attune_..."
            raise Problem(401, said, headers={"www-authenticate": 'Bearer realm="attune"'})
        if wait := self.buckets.take(client.name):
            said = "This client asks too often; Retry-After says when to ask again."
            raise Problem(429, said, headers={"retry-after": str(wait)})
        return client


class Serve:
    """ASGI application of one route.

    Parameters
    ----------
    endpoints : dict
        Method -> what is answered.
    """

    def __init__(self, serving: Serving, endpoints: dict[str, Endpoint]):
        self.serving = serving
        self.endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        response = await self._answered(request)
        await response(scope, receive, send)

    async def _answered(self, request: Request) -> Response:
        try:
            client = await self.serving.client_of(request)
            endpoint = self.endpoints.get("GET" if request.method == "HEAD" else request.method)
            if endpoint is None:
                allowed = ", ".join(sorted(self.endpoints))
                raise Problem(405, f"Use {allowed} here.", headers={"allow": allowed})
            if endpoint.scope not in client.scopes:
                said = f"This needs the scope {endpoint.scope}, which this client lacks."
                raise Problem(403, said)
            if client.role not in roles_of(endpoint.asks):
                raise Problem(403, "This is not open to the role of this client.")
            _expect_kind(request, endpoint)
            wanted = endpoint.body is not None or endpoint.media
            async with self.serving.body_of(client.name) if wanted else nullcontext():
                most = endpoint.most or self.serving.limits.max_kilobytes * 1000
                content = await self._read(request, most) if wanted else b""
                return await self._asked(request, endpoint, client, content)
        except Problem as problem:
            return problems.answer(problem)
        except EngineError as error:
            return problems.answer(problems.of_engine(error))
        except Exception:
            logger.exception("api: %s", request.scope["path"].split("/")[3:4])
            said = "Something went wrong here; the log of the server says what."
            return problems.answer(Problem(500, said))

    async def _asked(
        self, request: Request, endpoint: Endpoint, client: Client, content: bytes
    ) -> Response:
        query = _query_of(request, endpoint)

        def work() -> Response | Streamed:
            body = content if endpoint.media else None
            if endpoint.body is not None:
                body = _model_of(content, endpoint.body)
            whole = self.serving.provider(query.bank)
            tag = self._tag(request, whole, client) if endpoint.tagged else None
            if tag and _known(request, tag):
                return Response(status_code=304, headers=_kept(tag))
            rows = (self.serving.limits.page_rows, self.serving.limits.max_page_rows)
            session = f"{client.name} {whole.now():%Y-%m-%d %H}"
            path = {name: str(value) for name, value in request.path_params.items()}
            engine = engine_for(client, whole)
            call = Call(engine, whole, client.actor, session, path, query, body, rows)
            found = _run(endpoint, call)
            if isinstance(found, Streamed):
                return found
            told = found if isinstance(found, Answer) else Answer(found)
            text = json_text(told.value)
            return Response(text, told.status, {**_kept(tag), **told.headers}, _JSON)

        done = await self.serving.in_thread(client.name, work)
        if isinstance(done, Streamed):
            pieces = self._pieces(client.name, done.pieces)
            return StreamingResponse(pieces, headers=_kept(None), media_type=done.media)
        return done

    async def _pieces(self, client: str, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        def following() -> bytes | None:
            return next(pieces, None)

        while (piece := await self.serving.in_thread(client, following, begun=True)) is not None:
            yield piece

    async def _read(self, request: Request, most: int) -> bytes:
        """The body; 413 by what its length says before any of it is read, and by what comes."""
        too_large = Problem(413, f"At most {most:,} bytes are taken here.")
        told = request.headers.get("content-length", "")
        if told.isdecimal() and int(told[:20]) > most:
            raise too_large
        body, parts, patience = bytearray(), request.stream(), self.serving.limits.wait_seconds
        while True:
            part = None
            with move_on_after(patience):
                part = await anext(parts, b"")
                if not part:
                    return bytes(body)
            if part is None:  # its place is another request's
                raise Problem(408, f"Nothing more came for {patience:g} seconds.")
            body += part
            if len(body) > most:
                raise too_large

    def _tag(self, request: Request, engine: Engine, client: Client) -> str:
        """Changes with all that the answer may rest on: what is recorded, the hour, who asks."""
        asked = f"{request.url.path}?{request.url.query}"
        rests_on = (
            self.serving.nonce,
            engine.facts.tag(),
            f"{engine.now():%Y-%m-%d %H}",
            client.name,
            client.role,
            client.book,
            asked,
        )
        return f'"{hashlib.sha256(repr(rests_on).encode()).hexdigest()[:32]}"'


def _run(endpoint: Endpoint, call: Call) -> Any:
    """What a route answers; the same problem of whoever is not there or may not be seen."""
    try:
        return endpoint.run(call)
    except NotFound as error:
        said = str(error)  # of a pseudonym that is none it says so before the id
        if "customer" in said and any(one in said for one in call.named):
            raise Problem(404, NOBODY) from error
        raise


def _kept(tag: str | None) -> dict[str, str]:
    """Nothing is kept by anybody between, and by the client only to ask whether it still holds."""
    if tag is None:
        return {"cache-control": "no-store"}
    return {"cache-control": "private, no-cache", "etag": tag}


def _known(request: Request, tag: str) -> bool:
    told = request.headers.get("if-none-match", "")
    return tag in {one.strip().removeprefix("W/") for one in told.split(",")}


def _query_of(request: Request, endpoint: Endpoint) -> Any:
    told = request.query_params
    if len(told) != len(told.multi_items()):
        raise Problem(422, "A name stands twice in the query; give each once.")
    try:
        return endpoint.query.model_validate(dict(told))
    except ValidationError as error:
        raise problems.of_values(error, "query") from error


def _expect_kind(request: Request, endpoint: Endpoint) -> None:
    """415 for a body of another kind than the route takes, before it is read."""
    if endpoint.body is None and not endpoint.media:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = endpoint.media or (_JSON,)
    if kind not in wanted:
        raise Problem(415, f"Send {' or '.join(wanted)}, and say so in Content-Type.")


@asynccontextmanager
async def _place(places: Semaphore, wait: float | None) -> AsyncIterator[None]:
    """One of some places; 503 where none comes free within so many seconds."""
    got = False
    try:
        with move_on_after(wait):
            await places.acquire()
            got = True
        if not got:
            said = "What this client or others asked before is still being worked on; ask again."
            raise Problem(503, said, headers={"retry-after": "5"})
        yield
    finally:
        if got:
            places.release()


def _model_of(content: bytes, model: type[Body]) -> Body:
    if content.count(b",") > _MOST_VALUES:
        raise Problem(413, f"At most {_MOST_VALUES:,} values are taken in one body.")
    try:
        told = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem(422, "The body is no JSON in UTF-8.") from error
    try:
        return model.model_validate(told)
    except ValidationError as error:
        raise problems.of_values(error, "body") from error


def _no_number(name: str) -> None:
    raise ValueError(name)
