"""The dashboard: Streamlit's app over pages/_shell.py, its engine warmed up beside it."""

import os
import sys
import threading
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.logger as streamlit_logger
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute

from api import operations, watched
from api import routes as api_routes
from api.metrics import Metrics
from engine import Engine
from engine.errors import SettingsError
from pages.components.frame import (
    access,
    account,
    hosts,
    identity_provider,
    served,
    session,
    sign_in,
)
from pages.components.frame.address import KnownAddress
from pages.components.frame.headers import SAFE, SafeHeaders

ROOT = Path(__file__).resolve().parent


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the first bank in a thread, so that the server answers meanwhile; logs name nobody."""
    expect_safe(address())
    Engine.keep_logs_private()
    if watched.wants_lines():
        watched.write_lines()
        # Streamlit gives each logger a handler of its own, also those that it makes later.
        streamlit_logger.setup_formatter = watched.be_lines
    threading.Thread(target=session.warm_up, name="warm-up", daemon=True).start()
    yield


def address() -> str | None:
    """Where others reach it: at the proxy before it (ATTUNE_REACHED_AT, which `python -m serving`
    sets), else where the server listens, however it was started."""
    return os.environ.get("ATTUNE_REACHED_AT") or st.get_option("server.address")


def expect_safe(listens: str | None) -> None:
    """Stop with a sentence where others would reach a dashboard in which nobody signs in, or
    where people could not sign in at the bank's identity provider."""
    try:
        watched.wants_lines()
        hosts.expect_safe(listens, access.signs_in())
        if access.by_provider():
            told = identity_provider.secrets()
            identity_provider.expect_complete(told, hosts.named_hosts(listens))
    except SettingsError as error:
        sys.exit(f"Attune does not start. {error}")


async def broken(request: Request, _error: Exception) -> PlainTextResponse:
    """Say that something broke, and nothing of what; the log says it."""
    text = "Something went wrong here; the log of the server says what."
    made = request.scope.get(watched.HEADER, "")
    headers = {**SAFE, watched.HEADER: made} if made else SAFE
    return PlainTextResponse(text, status_code=500, headers=headers)


def flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Streamlit's option names ("theme.light.textColor") out of nested tables."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def door() -> list[BaseRoute]:
    """How people come in, what they see of their own account, and how they leave."""
    by_provider = access.by_provider()
    ways = identity_provider.routes if by_provider else sign_in.routes
    return [*ways(access.accounts), *account.routes(access.accounts, not by_provider)]


counted = Metrics()
routes = [
    *door(),
    *operations.routes(served.served, access.clients, Engine.api_limits, counted),
    *api_routes.routes(served.served, access.clients, Engine.api_limits),
]
app = st.App(
    ROOT / "pages" / "_shell.py",
    lifespan=lifespan,
    routes=routes,
    middleware=[
        Middleware(watched.Watched, templates=watched.Templates(routes), metrics=counted),
        Middleware(SafeHeaders),
        Middleware(
            hosts.KnownHosts,
            hosts=lambda: hosts.named_hosts(address()),
            outside=access.signs_in,
        ),
        Middleware(
            sign_in.SignedIn,
            accounts=lambda: access.accounts() if access.signs_in() else None,
            guarded=(f"{api_routes.PREFIX}/",),
            opened=identity_provider.OPENED if access.by_provider() else frozenset(),
            leads_to=identity_provider.leads_to if access.by_provider() else sign_in.to_form,
        ),
        Middleware(KnownAddress),
    ],
    exception_handlers={500: broken},
)

if __name__ == "__main__":
    pinned = dict(flat(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))))
    pinned["server.port"] = int(os.environ.get("PORT", "8501"))
    pinned["server.address"] = os.environ.get("ATTUNE_ADDRESS", pinned["server.address"])
    expect_safe(os.environ.get("ATTUNE_REACHED_AT") or pinned["server.address"])
    app.run(config=pinned)
