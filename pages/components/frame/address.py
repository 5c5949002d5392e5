"""Tells Streamlit's browser code where the server is, in place of guessing it from the address.

Opened at a deep link (/recommendations?customer=...), that code asks /recommendations/_stcore/...
first, gets two 404s, and leaves two errors in the console before it asks the right place.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = b"<script>window.__streamlit={BACKEND_BASE_URL:location.origin}</script>"
HEAD = b"<head>"


class KnownAddress:
    """ASGI middleware: adds one line to the index page, passes everything else through."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        page = scope["type"] == "http" and "." not in scope["path"].rsplit("/", 1)[-1]
        if not page or scope["method"] != "GET" or scope["path"].startswith("/_stcore"):
            await self.app(scope, receive, send)
            return
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def rewrite(message: Message) -> None:
            """Hold an HTML answer until it is whole, then send it with the line in it."""
            if message["type"] == "http.response.start":
                if not _is_html(message):
                    await send(message)
                else:
                    start.update(message)
            elif not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_page(send, start, bytes(body))

        await self.app({**scope, "headers": plain}, receive, rewrite)


def _is_html(start: Message) -> bool:
    kinds = [value for name, value in start["headers"] if name.lower() == b"content-type"]
    return start["status"] == 200 and any(kind.startswith(b"text/html") for kind in kinds)


async def _send_page(send: Send, start: Message, body: bytes) -> None:
    page = body.replace(HEAD, HEAD + SCRIPT, 1)
    headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
    headers.append((b"content-length", str(len(page)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": page})
