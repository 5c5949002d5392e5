"""People who sign in, in a browser: with accounts, and by a real identity provider of this
machine."""

import http.client
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from engine import Engine
from engine.people.accounts import FILE, NOT_HERE, REFUSED, TRIES
from pages.components.frame.identity_provider import NOT_YET
from pages.components.frame.sign_in import COOKIE
from tests.e2e.browsing import MAIN, Watched, blank_page, free_port, seen, serve
from tests.e2e.test_refused import UPGRADE

GOOD = "correct horse battery staple"
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "of this test alone, of this test alone"
client_id = "attune"
client_secret = "known to this test"
server_metadata_url = "http://127.0.0.1:{port}/.well-known/openid-configuration"
"""
CLAIMS = (
    {"sub": "mia", "email": "mia@bank.example"},
    {"sub": "ro", "email": "ro@bank.example"},
    {"sub": "nobody", "email": "nobody@bank.example"},
)
FOREIGN = "C00186"
"""A customer of Edgar Bellamy's; C00001 is of Rita Abbott's."""
LINK = "recommendations?customer=C00900&tab=Why+not%3F"


@pytest.fixture
def state(trained_state: Path, tmp_path: Path) -> Path:
    """A state folder with Mia, a manager, Ro, a risk officer, and Rita with a book of customers."""
    made = Path(shutil.copytree(trained_state, tmp_path / "state"))
    people = Engine.accounts(made)
    people.add("rita@bank.example", GOOD, "relationship_manager", book="Rita Abbott", actor="test")
    for name, role in (("mia@bank.example", "manager"), ("ro@bank.example", "risk_officer")):
        people.add(name, GOOD, role, shown_name=name.split("@")[0].title(), actor="test")
    return made


@contextmanager
def provider() -> Iterator[int]:
    """oidc-provider-mock on a port of this machine."""
    port = free_port()
    told = [part for one in CLAIMS for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *told]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield port
        finally:
            running.terminate()


def raw(address: str, cookie: str = "") -> int:
    """What a connection without the browser's page gets."""
    parts = urlsplit(address)
    asked = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    asked.request("GET", "/_stcore/stream", headers=UPGRADE | {"Cookie": cookie})
    with asked.getresponse() as found:
        asked.close()
        return found.status


def settled(page: Page, address: str) -> None:
    """Wait until a page of the dashboard stands still."""
    Watched(page, address).settle()


def fill(page: Page, password: str, name: str = "mia@bank.example") -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_F175_F177_by_the_identity_provider_a_deep_link_is_kept_and_a_role_holds(
    browser: Browser, state: Path, monkeypatch: pytest.MonkeyPatch
):
    with provider() as port:
        (state / ".streamlit").mkdir()
        (state / ".streamlit" / "secrets.toml").write_text(SECRETS.format(port=port))
        monkeypatch.setenv("ATTUNE_AUTH", "oidc")
        with serve(state) as address:
            _by_provider(blank_page(browser), address)


def _by_provider(page: Page, address: str) -> None:
    assert raw(address) == 403
    page.goto(f"{address}/{LINK}")
    page.get_by_role("link", name="Sign in with your bank").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_have_text(NOT_YET)
    page.get_by_role("link", name="Sign in with your bank").click()
    page.get_by_role("button", name="nobody", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text(NOT_HERE)
    assert raw(address, _cookies(page)) == 403
    page.get_by_role("link", name="Sign in with your bank").click()
    page.get_by_role("button", name="mia", exact=True).click()
    page.wait_for_url(f"{address}/{LINK}")
    settled(page, address)
    seen(page.get_by_text("Looking: Mia"))
    used = _cookies(page)
    assert raw(address, used) == 101
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    seen(page.get_by_role("heading", name="Sign in to Attune"))
    assert raw(address, used) == 403
    page.goto(f"{address}/data")
    page.get_by_role("link", name="Sign in with your bank").click()
    page.get_by_role("button", name="ro", exact=True).click()
    page.wait_for_url(f"{address}/data")
    seen(page.get_by_text("This page is not open to your role"))
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_label("Name shown")).to_have_value("Ro")
    expect(page.get_by_label("New password")).to_have_count(0)


def test_F175_F176_with_accounts_a_lock_an_own_name_a_session_that_ended_and_signing_out(
    browser: Browser, state: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_AUTH", "accounts")
    with serve(state) as address:
        page = blank_page(browser)
        page.goto(f"{address}/governance?tab=Drift")
        for _ in range(TRIES):
            fill(page, "wrong")
            expect(page.get_by_role("alert")).to_have_text(REFUSED)
        fill(page, GOOD)
        expect(page.get_by_role("alert")).to_have_text(REFUSED)
        Engine.accounts(state).lock("mia@bank.example", False, actor="test")
        fill(page, GOOD)
        page.wait_for_url(f"{address}/governance?tab=Drift")
        settled(page, address)
        page.get_by_role("link", name="Your account").click()
        page.get_by_label("Name shown").fill("Mia <b>Sun</b>")
        page.get_by_role("button", name="Save the name").click()
        expect(page.get_by_role("status")).to_contain_text("saved")
        page.get_by_role("link", name="Back to Attune").click()
        settled(page, address)
        seen(page.get_by_text("Looking: Mia <b>Sun</b>"))
        with sqlite3.connect(state / FILE) as people:
            people.execute("UPDATE sessions SET begun = '2026-01-01', seen = '2026-01-01'")
        people.close()
        assert raw(address, _cookies(page)) == 403
        page.get_by_role("link", name="Insights").click()
        seen(page.get_by_role("heading", name="Your session has ended"))
        page.get_by_role("link", name="Sign in again").click()
        fill(page, GOOD)
        settled(page, address)
        session = _cookies(page)
        page.get_by_role("link", name="Sign out").click()
        seen(page.get_by_role("heading", name="Sign in to Attune"))
        assert COOKIE in session
        assert raw(address, session) == 403
        _another_book(page, address)


def _another_book(page: Page, address: str) -> None:
    """Rita opens a customer of Edgar's by the address, and is told what she is told of nobody."""
    page.goto(f"{address}/?customer={FOREIGN}")
    fill(page, GOOD, "rita@bank.example")
    page.wait_for_url(f"{address}/?customer={FOREIGN}")
    said: dict[str, list[str]] = {}
    for customer in (FOREIGN, "C99999"):
        for where in ("", "recommendations"):
            page.goto(f"{address}/{where}?customer={customer}")
            settled(page, address)
            text = page.locator(MAIN).inner_text()
            assert "Karan Chatterjee" not in text
            said.setdefault(customer, []).append(text.replace(customer, "X"))
    assert said[FOREIGN] == said["C99999"]
    page.goto(f"{address}/?customer=C00001")
    settled(page, address)
    seen(page.get_by_role("heading", name="Tara Voss"))


def _cookies(page: Page) -> str:
    kept = page.context.cookies()
    return "; ".join(f"{one['name']}={one['value']}" for one in kept)
