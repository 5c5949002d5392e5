"""Who may ask this server: by its own names, from its own pages, signed in or on this machine."""

import asyncio

import pytest

from engine.errors import SettingsError
from pages.components.frame import hosts
from pages.components.frame.headers import SAFE, SafeHeaders
from pages.components.frame.hosts import KnownHosts


def _asked(
    host: str | None,
    origin: str | None = None,
    *,
    kind: str = "http",
    reached: str = "127.0.0.1",
    outside: bool = False,
    known: frozenset[str] = hosts.HERE,
) -> list[dict]:
    """What is sent for one request; the app behind answers 200, or accepts."""
    sent: list[dict] = []

    async def app(scope, _receive, send):
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        headers = [(b"content-type", b"text/html"), (b"x-frame-options", b"ALLOW")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"page"})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode())] if host is not None else []
    headers += [(b"origin", origin.encode())] if origin is not None else []
    scope = {"type": kind, "headers": headers, "server": (reached, 8501)}
    guarded = SafeHeaders(KnownHosts(app, lambda: known, lambda: outside))
    asyncio.run(guarded(scope, receive, send))
    return sent


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "localhost:80"]
)
def test_this_machine_answers_to_its_names(host: str):
    assert _asked(host)[0]["status"] == 200
    assert _asked(host, f"http://{host}")[0]["status"] == 200
    assert _asked(host, f"http://{host}", kind="websocket") == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:8501",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "evil.example#localhost",
        "localhost:port",
        "localhost/..",
        "[::1",
    ],
)
def test_a_name_that_points_here_gets_nothing(host: str | None):
    sent = _asked(host)
    assert sent[0]["status"] == 421
    assert b"evil" not in sent[1]["body"]
    assert _asked(host, kind="websocket")[0]["type"] == "websocket.close"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://localhost:9999",
        "http://localhost:8501.evil.example",
        "http://evil.example@localhost:8501",
        "file://",
    ],
)
def test_the_pages_of_other_sites_get_nothing(origin: str):
    assert _asked("localhost:8501", origin)[0]["status"] == 403
    refused = _asked("localhost:8501", origin, kind="websocket")
    assert [message["type"] for message in refused] == ["websocket.close"]


def test_a_stated_name_is_answered_also_behind_a_proxy(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTUNE_HOSTS", " Attune.bank.example , other.example.")
    known = hosts.named_hosts("10.0.0.5")
    assert known == hosts.HERE | {"10.0.0.5", "attune.bank.example", "other.example"}
    assert _asked("attune.bank.example", known=known)[0]["status"] == 200
    behind = _asked("127.0.0.1:8501", "https://attune.bank.example", known=known)
    assert behind[0]["status"] == 200
    assert hosts.named_hosts("0.0.0.0") - {"attune.bank.example", "other.example"} == hosts.HERE


def test_without_a_sign_in_no_other_machine_is_answered():
    assert _asked("localhost", reached="10.0.0.5")[0]["status"] == 403
    assert _asked("localhost", reached="10.0.0.5", outside=True)[0]["status"] == 200


def test_every_answer_carries_the_headers_once():
    for sent in (_asked("localhost"), _asked("evil.example"), _asked("localhost", "null")):
        headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        assert {name: value for name, value in headers if name in SAFE} == SAFE
        assert len([name for name, _ in headers if name in SAFE]) == len(SAFE)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.0.0.9"])
def test_this_machine_alone_needs_no_sign_in(address: str):
    hosts.expect_safe(address, sign_in=False)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", None, "10.1.2.3", "attune.bank.example"])
def test_others_reach_nothing_in_which_nobody_signs_in(address: str | None):
    with pytest.raises(SettingsError, match="everybody's manager"):
        hosts.expect_safe(address, sign_in=False)
    hosts.expect_safe(address, sign_in=True)
