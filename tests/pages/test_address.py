"""The index page tells the browser where the server is; every other answer passes unchanged."""

import asyncio

from pages.components.frame.address import HEAD, SCRIPT, KnownAddress


def _get(path: str, body: bytes, kind: bytes, method: str = "GET") -> tuple[dict, bytes]:
    """One request through the middleware to an app that sends `body` in two pieces."""
    sent: list[dict] = []

    async def app(scope, receive, send):
        headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body[:5], "more_body": True})
        await send({"type": "http.response.body", "body": body[5:]})

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"accept-encoding", b"gzip")],
    }
    asyncio.run(KnownAddress(app)(scope, None, send))
    return dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])


def test_the_line_stands_in_the_page_and_its_length_is_right():
    headers, body = _get("/recommendations", b"<html><head></head></html>", b"text/html")
    assert body == b"<html>" + HEAD + SCRIPT + b"</head></html>"
    assert headers[b"content-length"] == str(len(body)).encode()


def test_other_answers_pass_unchanged():
    assert _get("/_stcore/health", b"<head>ok", b"text/html")[1] == b"<head>ok"
    assert _get("/static/x.js", b"<head>js", b"text/html")[1] == b"<head>js"
    assert _get("/insights", b"<head>{}", b"application/json")[1] == b"<head>{}"
    assert _get("/insights", b"<head>up", b"text/html", "POST")[1] == b"<head>up"
