"""Signing in by the bank's own identity provider (OpenID Connect), and what that needs.

The login is Streamlit's (the routes of `st.login`, with Authlib): it fetches the ID token, checks
signature, issuer, audience, nonce and time, and signs what it says into a cookie that lasts for
thirty days whatever the token says. So that cookie opens nothing here. It is exchanged once, and
only while the token is good, for a session of this server, which ends with the token, with the
account, and by signing out. Nobody gets a connection to Streamlit before that.
"""

import html
import importlib.util
import json
from collections.abc import Callable, Mapping, Set
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from engine import Engine
from engine.errors import EngineError, SettingsError
from pages.components.frame import sign_in
from pages.components.frame.hosts import on_this_machine
from pages.components.frame.sign_in import KEPT_NOWHERE, SIGN_IN, SIGN_OUT

BEGIN: Final = "/sign-in/begin"
ARRIVED: Final = "/signed-in"
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
"""Routes of Streamlit's own."""
OPENED: Final = frozenset({BEGIN, ARRIVED, LOGIN, LOGOUT, CALLBACK})
IDENTITY: Final = "_streamlit_user"
"""The cookie that Streamlit's callback sets."""
NEXT: Final = "attune_next"
"""The cookie that holds where somebody wanted to go; the callback leads to / alone."""
NEXT_SECONDS: Final = 600
SHORTEST_SECRET: Final = 32
"""Characters of the secret by which Streamlit signs; it may be tried offline."""
NOT_YET: Final = (
    "You are not signed in yet. Try once more, or ask whoever runs Attune at your bank."
)

_NEEDED: Final = (
    "redirect_uri",
    "cookie_secret",
    "client_id",
    "client_secret",
    "server_metadata_url",
)


class Accounts(sign_in.Accounts, Protocol):
    """What arriving from the provider has to know of accounts."""

    def sign_in_as(self, told: Any) -> Any:
        """Begin a session of somebody whom the provider vouches for."""

    def now(self) -> Any:
        """The moment."""


def secrets() -> Mapping[str, Any]:
    """secrets.toml, empty where there is none."""
    if not st.secrets.load_if_toml_exists():
        return {}
    return st.secrets.to_dict()


def expect_complete(told: Mapping[str, Any], hosts: Set[str]) -> None:
    """Refuse to start where people could not sign in, or not safely.

    Parameters
    ----------
    told : mapping
        `secrets()`.
    hosts : set of str
        Names that this server answers to.

    Raises
    ------
    SettingsError
        With the first thing that is missing or wrong.
    """
    auth = told.get("auth", {})
    missing = [key for key in _NEEDED if not (isinstance(auth.get(key), str) and auth[key])]
    if missing:
        raise SettingsError(
            "ATTUNE_AUTH=oidc needs the bank's identity provider in .streamlit/secrets.toml: "
            f"[auth] has no {', '.join(missing)}."
        )
    for key in ("redirect_uri", "server_metadata_url"):
        parts = urlsplit(auth[key])
        safe = parts.scheme == "https" or (
            parts.scheme == "http" and on_this_machine(parts.hostname or "")
        )
        if not safe or not parts.hostname:
            raise SettingsError(
                f"{key} of [auth] in .streamlit/secrets.toml is no https address; http is for "
                "this machine alone."
            )
    back = urlsplit(auth["redirect_uri"])
    if back.path != CALLBACK or back.query:
        raise SettingsError(
            f"redirect_uri of [auth] in .streamlit/secrets.toml does not end in {CALLBACK}."
        )
    if back.hostname not in hosts:
        raise SettingsError(
            f"redirect_uri of [auth] in .streamlit/secrets.toml leads to {back.hostname}, which "
            "this server does not answer to; name it in ATTUNE_HOSTS."
        )
    if len(auth["cookie_secret"]) < SHORTEST_SECRET:
        raise SettingsError(
            "cookie_secret of [auth] in .streamlit/secrets.toml is shorter than "
            f"{SHORTEST_SECRET} characters; take random ones."
        )
    if importlib.util.find_spec("authlib") is None:
        raise SettingsError("ATTUNE_AUTH=oidc needs the package Authlib (requirements.txt).")
    Engine.claim_settings(told.get("attune", {}))


def leads_to(asked: str, cookies: str) -> str:
    """Where somebody without a session is led: on, if they come from the provider, else there."""
    if IDENTITY in cookie_parser(cookies):
        return f"{ARRIVED}?next={quote(asked, safe='')}"
    return sign_in.to_form(asked, cookies)


def claims_of(cookies: Mapping[str, str]) -> dict[str, Any] | None:
    """What the provider said of somebody, as Streamlit signed it; None for nothing that it did."""
    secret = secrets().get("auth", {}).get("cookie_secret", "")

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value) if value and secret else None

    found = get_cookie_with_chunks(signed, IDENTITY)
    try:
        claims = json.loads(found or b"null")
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def routes(accounts: Callable[[], Accounts]) -> list[BaseRoute]:
    """The page with one button, the way to the provider, what comes back, and the way out."""

    async def page(request: Request) -> Response:
        asked = _asked(request)
        tried = NEXT in request.cookies and sign_in.within(_next(request)) == "/"
        return _page(asked, NOT_YET if tried else "")

    async def begin(request: Request) -> Response:
        where = await run_in_threadpool(generate_login_redirect_url, "default")
        answer = RedirectResponse(where, 303, KEPT_NOWHERE)
        answer.set_cookie(
            NEXT,
            quote(_asked(request), safe=""),
            max_age=NEXT_SECONDS,
            httponly=True,
            samesite="lax",
            secure=sign_in.encrypted(request),
        )
        return answer

    async def arrived(request: Request) -> Response:
        claims = claims_of(request.cookies)
        if claims is None:
            return _forgotten(request, RedirectResponse(SIGN_IN, 303, KEPT_NOWHERE))
        asked = _asked(request)
        try:
            begun = await run_in_threadpool(_exchanged, accounts(), claims)
        except EngineError as error:
            return _forgotten(request, _page(asked, str(error), 403))
        answer = sign_in.entered(request, begun, asked)
        answer.delete_cookie(NEXT)
        return answer

    async def leave(request: Request) -> Response:
        return await sign_in.left(request, accounts(), LOGOUT)

    return [
        Route(SIGN_IN, page, methods=["GET"]),
        Route(BEGIN, begin, methods=["GET"]),
        Route(ARRIVED, arrived, methods=["GET"]),
        Route(SIGN_OUT, leave, methods=["GET", "POST"]),
    ]


def _exchanged(accounts: Accounts, claims: dict[str, Any]) -> Any:
    read = Engine.claim_settings(secrets().get("attune", {}))
    return accounts.sign_in_as(Engine.identity_of(claims, read, accounts.now()))


def _page(asked: str, said: str = "", status: int = 200) -> Response:
    way = html.escape(f"{BEGIN}?next={quote(asked, safe='')}")
    button = f'<a class="button" href="{way}">Sign in with your bank</a>'
    return sign_in.written("Sign in to Attune", sign_in.LEAD, button, said, status)


def _next(request: Request) -> str:
    return request.query_params.get("next", "/")


def _asked(request: Request) -> str:
    """Where somebody wants to go: what the address says, else what was noted before."""
    asked = sign_in.within(_next(request))
    return asked if asked != "/" else sign_in.within(unquote(request.cookies.get(NEXT, "/")))


def _forgotten(request: Request, answer: Response) -> Response:
    """Have the browser forget what the provider said: it opens nothing any more."""
    for name in request.cookies:
        if name == IDENTITY or name.startswith(f"{IDENTITY}_"):
            answer.delete_cookie(name)
    return answer
