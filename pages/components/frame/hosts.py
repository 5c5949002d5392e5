"""Which names this server answers to, and from where it may be asked.

A page of another site may point its own name at this machine (DNS rebinding) or open a connection
from the browser of whoever looks at it. Both are told apart by two headers: `Host` must be a name
that this server has, and `Origin`, where a browser sends one, must be the same place. Anything
else ends here, before Streamlit sees it: Streamlit would ask the internet for its own address to
judge an origin that it does not know.
"""

import ipaddress
import os
from collections.abc import Callable, Set
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from engine.errors import SettingsError

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine as it calls itself."""
NO_SUCH_HOST = b"This server does not answer to that name. Name it in ATTUNE_HOSTS."
FROM_ELSEWHERE = b"This server is not asked from the pages of other sites."
NOT_FROM_HERE = b"Nobody signs in to this server, so it answers on its own machine alone."


def on_this_machine(address: str) -> bool:
    """Is an address to listen on, or its name, reached from this machine alone?"""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def expect_safe(address: str | None, sign_in: bool) -> None:
    """Refuse to listen where others reach a dashboard in which nobody signs in.

    Raises
    ------
    SettingsError
        If the address is not this machine's own and there is no sign-in.
    """
    if not sign_in and not on_this_machine(address or ""):
        raise SettingsError(
            f"The dashboard would listen on {address or 'every address'}, where others reach it, "
            "and nobody signs in: whoever opened it would be everybody's manager. Leave "
            "ATTUNE_ADDRESS and --server.address at 127.0.0.1, or let people sign in "
            "(ATTUNE_AUTH=accounts)."
        )


def named_hosts(address: str | None) -> frozenset[str]:
    """Names that the server answers to: this machine, its address, and those of ATTUNE_HOSTS."""
    try:
        every = ipaddress.ip_address(address or "::").is_unspecified
    except ValueError:
        every = False
    return HERE | _stated() | (set() if every else {str(address).lower()})


def _stated() -> frozenset[str]:
    names = os.environ.get("ATTUNE_HOSTS", "").split(",")
    return frozenset(name.strip().lower().rstrip(".") for name in names if name.strip())


class KnownHosts:
    """ASGI middleware: lets through what names this server and comes from its own pages.

    Parameters
    ----------
    app : ASGIApp
    hosts : callable
        Names that the server answers to, without a port; asked when the server starts.
    outside : callable
        Whether others than this machine may be answered.
    """

    def __init__(
        self, app: ASGIApp, hosts: Callable[[], Set[str]], outside: Callable[[], bool]
    ) -> None:
        self.app = app
        self.hosts = hosts()
        self.outside = outside()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not."""
        if scope["type"] not in ("http", "websocket") or (refusal := self._refusal(scope)) is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            status, text = refusal
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": text})

    def _refusal(self, scope: Scope) -> tuple[int, bytes] | None:
        headers = Headers(scope=scope)
        host = _place(f"//{headers.get('host', '')}")
        if len(headers.getlist("host")) != 1 or host is None or host.hostname not in self.hosts:
            return 421, NO_SUCH_HOST
        origins = headers.getlist("origin")
        if any(not self._same_place(origin, host) for origin in origins):
            return 403, FROM_ELSEWHERE
        reached = scope.get("server")
        if not self.outside and not (reached and on_this_machine(reached[0])):
            return 403, NOT_FROM_HERE
        return None

    def _same_place(self, origin: str, host: SplitResult) -> bool:
        """Is an origin where the request went, or (behind a proxy) a name that somebody stated?"""
        asked = _place(origin)
        if asked is None:
            return False
        return asked.netloc.lower() == host.netloc.lower() or asked.hostname in _stated()


def _place(text: str) -> SplitResult | None:
    """Host and port of a header; None if it holds anything that is neither."""
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018, raises where a port is no number
    except ValueError:
        return None
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts if bare and parts.hostname else None
