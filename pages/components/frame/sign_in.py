"""Signing in and out with accounts, and the door that lets nobody else through.

The form is a page of its own: a cookie that no script can read is set by an answer of the server,
which a Streamlit page does not write.
"""

import html
from collections.abc import Callable, Set
from functools import cache
from string import Template
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.errors import EngineError
from pages.components.frame.places import ROOT

COOKIE: Final = "attune_session"
SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
LARGEST: Final = 4096
"""Bytes of a filled form."""
TOO_LARGE: Final = "That form is larger than what it asks for."
TRIES_AT_ONCE: Final = 4
"""Threads in which passwords are judged, so that pages have theirs whatever is tried."""
OPEN: Final = (
    *(SIGN_IN, SIGN_OUT, "/_stcore/health", "/healthz", "/readyz", "/metrics"),
    "/favicon.png",
)
"""What everybody may ask (/metrics has a door of its own); Streamlit's own code beside it, which
says nothing of a bank."""
CODE: Final = "/static/"

_ASSETS: Final = ROOT / "assets"
_ICON = (_ASSETS / "icon.svg").read_text("utf-8")
LEAD: Final = "What to offer each customer next, why, and whether it is fair."
KEPT_NOWHERE: Final = {"cache-control": "no-store"}


class Accounts(Protocol):
    """What the door has to know of accounts."""

    def sign_in(self, name: str, password: str) -> Any:
        """Begin a session: its token, its seconds."""

    def of_session(self, token: str | None) -> Any:
        """Whose session a token is, None for nobody's."""

    def sign_out(self, token: str) -> None:
        """End a session."""


def routes(accounts: Callable[[], Accounts]) -> list[BaseRoute]:
    """The form, what is sent by it, and the way out."""

    tries = CapacityLimiter(TRIES_AT_ONCE)

    async def form(request: Request) -> Response:
        return password_form(within(request.query_params.get("next", "/")))

    async def enter(request: Request) -> Response:
        filled = await filled_form(request)
        if filled is None:
            return password_form("/", TOO_LARGE, 413)
        leads_to = within(request.query_params.get("next", "/"))
        try:
            typed = (filled.get("name", ""), filled.get("password", ""))
            begun = await to_thread.run_sync(accounts().sign_in, *typed, limiter=tries)
        except EngineError as error:
            return password_form(leads_to, str(error), 401)
        return entered(request, begun, leads_to)

    async def leave(request: Request) -> Response:
        return await left(request, accounts(), SIGN_IN)

    return [
        Route(SIGN_IN, form, methods=["GET"]),
        Route(SIGN_IN, enter, methods=["POST"]),
        # A link: it takes nothing but the session.
        Route(SIGN_OUT, leave, methods=["GET", "POST"]),
    ]


def entered(request: Request, begun: Any, leads_to: str) -> Response:
    """Lead on with the session that has begun, in a cookie that no script can read."""
    answer = RedirectResponse(leads_to, 303, KEPT_NOWHERE)
    answer.set_cookie(
        COOKIE,
        begun.token,
        max_age=begun.seconds,
        httponly=True,
        samesite="lax",
        secure=encrypted(request),
    )
    return answer


async def left(request: Request, accounts: Accounts, leads_to: str) -> Response:
    """End the session that a browser has, and lead on without it."""
    if token := token_of(request.headers.get("cookie", "")):
        await run_in_threadpool(accounts.sign_out, token)
    answer = RedirectResponse(leads_to, 303, KEPT_NOWHERE)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=encrypted(request))
    return answer


def to_form(asked: str, _cookies: str) -> str:
    """Where somebody is led who asked for a page and has no session: the form, and back after it.

    Parameters
    ----------
    asked : str
        Path and query.
    """
    return f"{SIGN_IN}?next={quote(asked, safe='')}"


class SignedIn:
    """ASGI middleware: nobody without a session gets more than the form, nor a connection.

    Parameters
    ----------
    app : ASGIApp
    accounts : callable
        Returns None where nobody signs in: then everything passes.
    guarded : tuple of str
        What paths begin with that have a door of their own, for programs.
    opened : set of str
        Paths that are open beside those of `OPEN`.
    leads_to : callable
        Where somebody without a session is led, by what they asked for and their cookies.
    """

    def __init__(
        self,
        app: ASGIApp,
        accounts: Callable[[], Accounts | None],
        guarded: tuple[str, ...] = (),
        opened: Set[str] = frozenset(),
        leads_to: Callable[[str, str], str] = to_form,
    ) -> None:
        self.app = app
        self.accounts = accounts
        self.guarded = guarded
        self.opened = opened | set(OPEN)
        self.leads_to = leads_to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or lead to the form."""
        if scope["type"] not in ("http", "websocket") or await self._may(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif scope["method"] == "GET" and "/" not in scope["path"].strip("/"):
            asked = scope["path"] + (f"?{query}" if (query := _query(scope)) else "")
            where = self.leads_to(asked, Headers(scope=scope).get("cookie", ""))
            await RedirectResponse(where, 303, KEPT_NOWHERE)(scope, receive, send)
        else:
            await Response("Sign in first.", 401, KEPT_NOWHERE)(scope, receive, send)

    async def _may(self, scope: Scope) -> bool:
        accounts = self.accounts()
        if accounts is None:
            return True
        path = scope["path"]
        if scope["type"] == "http" and (
            path in self.opened or path.startswith((CODE, *self.guarded))
        ):
            return True
        token = token_of(Headers(scope=scope).get("cookie", ""))
        return await run_in_threadpool(accounts.of_session, token) is not None


def token_of(cookies: str) -> str | None:
    """The session's token in a header of cookies."""
    return cookie_parser(cookies).get(COOKIE)


def _query(scope: Scope) -> str:
    return scope.get("query_string", b"").decode("latin-1")


def within(asked: str) -> str:
    """Where to go after signing in: a page of this server, never another site."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    bare = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    printable = asked.isprintable()
    return asked if bare and printable and not parts.scheme and not parts.netloc else "/"


def password_form(
    leads_to: str, said: str = "", status: int = 200, role: str = "alert"
) -> HTMLResponse:
    """The form for a name and a password; it leads on to a page of this server."""
    form = template("sign-in-password").substitute(action=html.escape(to_form(leads_to, "")))
    return written("Sign in to Attune", LEAD, form, said, status, role)


def written(
    title: str, lead: str, form: str, said: str = "", status: int = 200, role: str = "alert"
) -> HTMLResponse:
    """A page before or beside the dashboard; `form` is HTML, the rest is text.

    Parameters
    ----------
    role : str
        Of what is said: "alert" for what went wrong, "status" for what was done.
    """
    page = template("sign-in").substitute(
        title=html.escape(title),
        lead=html.escape(lead),
        icon=_ICON,
        said=f'<p role="{role}">{html.escape(said)}</p>' if said else "",
        form=form,
    )
    return HTMLResponse(page, status, KEPT_NOWHERE)


@cache
def template(name: str) -> Template:
    """A piece of HTML of the assets, with places to fill in."""
    return Template((_ASSETS / f"{name}.html").read_text("utf-8"))


async def filled_form(request: Request) -> dict[str, str] | None:
    """What was typed; None where more was sent than a form holds."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            return None
    try:
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def encrypted(request: Request) -> bool:
    """Did the browser come by HTTPS, here or at the proxy before this?"""
    forwarded = request.headers.get("x-forwarded-proto", "")
    return request.url.scheme == "https" or forwarded.split(",")[0].strip() == "https"
