"""The served dashboard refuses what a browser of another site, or another name, asks of it."""

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pages.components.frame.headers import SAFE
from tests.e2e.browsing import expect_only_here

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def _answer(address: str, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    parts = urlsplit(address)
    asked = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    asked.request("GET", path, headers=headers)
    found = asked.getresponse()
    asked.close()
    return found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 101),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
    ],
)
def test_a_raw_connection_needs_this_servers_name_and_page(
    address: str, headers: dict[str, str], status: int
):
    assert _answer(address, "/_stcore/stream", UPGRADE | headers).status == status


def test_every_answer_is_guarded_and_tells_no_path(address: str):
    for path in ("/", "/insights", "/_stcore/health", "/_stcore/nothing", "/static/nothing.js"):
        found = _answer(address, path, {})
        assert {name: found.headers[name] for name in SAFE} == SAFE
    refused = _answer(address, "/", {"Host": "evil.example"})
    assert refused.status == 421
    assert str(Path.cwd()) not in str(refused.headers)


def test_F115_a_foreign_origin_makes_the_served_dashboard_ask_no_other_machine(
    address: str, state: Path
):
    """Streamlit by itself would look up its own address outside, to judge an origin by it."""
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}, {}):
        for path in ("/", "/_stcore/health", "/_stcore/stream"):
            _answer(address, path, headers | (UPGRADE if path.endswith("stream") else {}))
    expect_only_here(state)
