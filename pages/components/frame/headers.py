"""What every answer tells the browser about what it may do with it.

Source: OWASP HTTP Headers Cheat Sheet. Streamlit needs inline styles and scripts, and `blob:` for
its tables and charts; nothing is read from another host, and no other site may frame a page.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Charts of many points are drawn by WebGL, whose library compiles its shaders' callers.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' data: blob:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SAFE = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Addresses hold customers' numbers.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_REPLACED = frozenset(name.encode() for name in SAFE) | {b"server"}


class SafeHeaders:
    """ASGI middleware: adds the headers to every answer, refusals and errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() not in _REPLACED]
                message = {**message, "headers": kept + safe()}
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def safe() -> list[tuple[bytes, bytes]]:
    """The headers as ASGI writes them."""
    return [(name.encode(), value.encode()) for name, value in SAFE.items()]
