"""The table of all routes, and what the server mounts of it under /api/v1."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from api import openapi, problems
from api.compat import customer_pages, histories, own_customer
from api.endpoint import Endpoint
from api.engines import Clients, Limits, Provider
from api.problems import Problem
from api.serving import Serve, Serving
from api.subjects import attention, customers, media, models, offers, products, records

PREFIX: Final = openapi.PREFIX
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *customers.ENDPOINTS,
    *products.ENDPOINTS,
    *offers.ENDPOINTS,
    *attention.ENDPOINTS,
    *records.ENDPOINTS,
    *media.ENDPOINTS,
    *models.ENDPOINTS,
    *customer_pages.ENDPOINTS,
    *histories.ENDPOINTS,
    *own_customer.ENDPOINTS,
)
_KEPT: Final = {"cache-control": "no-store"}


def routes(
    provider: Provider, clients: Callable[[], Clients], limits: Callable[[], Limits]
) -> list[BaseRoute]:
    """What the server adds to its own routes.

    Parameters
    ----------
    provider : callable
        Id of a bank, None for the first -> the engine that pages use for it.
    clients : callable
        Who may ask.
    limits : callable
        How much is answered; read once.
    """
    serving = Serving(provider, clients, limits())
    by_path: dict[str, dict[str, Endpoint]] = {}
    for one in ENDPOINTS:
        by_path.setdefault(one.path, {})[one.method] = one
    served: list[BaseRoute] = [
        Route("/health", _health, methods=["GET"]),
        Route("/openapi.json", _document, methods=["GET"]),
        Route("/docs", _docs, methods=["GET"]),
        # Without methods a route takes them all: those that it has not are a problem of its own.
        *(Route(path, Serve(serving, methods)) for path, methods in by_path.items()),
    ]
    mounted = Mount(PREFIX, app=Router(served, redirect_slashes=False, default=_nowhere))
    # A mount's own pattern ends at a line break, and what it misses the pages would answer.
    mounted.path_regex = re.compile(f"^{PREFIX}/(?P<path>.*)$", re.DOTALL)
    return [mounted]


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"}, headers=_KEPT)


async def _document(_request: Request) -> Response:
    return Response(await run_in_threadpool(document_text), media_type="application/json")


async def _docs(_request: Request) -> Response:
    return HTMLResponse(await run_in_threadpool(_page))


async def _nowhere(scope: dict, receive: object, send: object) -> None:
    response = problems.answer(Problem(404, "There is no such route; see /api/v1/docs."))
    await response(scope, receive, send)


@cache
def document_text() -> str:
    """The OpenAPI document as it is sent."""
    return json.dumps(openapi.document(ENDPOINTS), ensure_ascii=False)


@cache
def _page() -> str:
    return openapi.docs_page(ENDPOINTS)
