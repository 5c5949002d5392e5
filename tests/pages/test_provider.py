"""The bank's identity provider: what its settings must hold, and what a browser brings back."""

import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from engine.errors import SettingsError
from engine.people.accounts import NOT_HERE, Accounts
from engine.people.identity import EXPIRED
from pages.components.frame import account, identity_provider
from pages.components.frame.identity_provider import IDENTITY, NEXT, NOT_YET
from pages.components.frame.sign_in import COOKIE, SignedIn
from tests.pages.test_sign_in import GOOD, people

__all__ = ["people"]
SECRET = "a secret of this test alone, and long"
TOLD = {
    "redirect_uri": "https://attune.bank.example/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "attune",
    "client_secret": "x",
    "server_metadata_url": "https://id.bank.example/.well-known/openid-configuration",
}
HERE = "localhost.local"
"""What the test's browser takes localhost for."""
HOSTS = {"attune.bank.example", "127.0.0.1"}
NOON = datetime(2026, 11, 30, 9, tzinfo=UTC).timestamp()


@pytest.fixture
def browser(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser before the door of a server whose people come from the provider."""
    told = {"auth": TOLD, "attune": {"name_claim": "preferred_username"}}
    monkeypatch.setattr(identity_provider, "secrets", lambda: told)
    app = Starlette(
        routes=[
            *identity_provider.routes(lambda: people),
            *account.routes(lambda: people, with_password=False),
        ],
        middleware=[
            Middleware(
                SignedIn,
                accounts=lambda: people,
                opened=identity_provider.OPENED,
                leads_to=identity_provider.leads_to,
            )
        ],
    )
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def come_back(browser: TestClient, secret: str = SECRET, **more: Any) -> None:
    """Bring the cookie that Streamlit's callback sets."""
    claims = {"iss": "https://id.bank.example", "sub": "7", "preferred_username": "mia",
              "exp": NOON + 600, "nonce": "n"} | more  # fmt: skip
    bear(browser, create_signed_value(secret, IDENTITY, json.dumps(claims)).decode())


def bear(browser: TestClient, value: str) -> None:
    """Have a cookie as if this server had set it."""
    browser.cookies.set(IDENTITY, value, domain=HERE, path="/")


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("client_secret", "", "has no client_secret"),
        ("redirect_uri", 7, "has no redirect_uri"),
        ("redirect_uri", "http://attune.bank.example/oauth2callback", "no https address"),
        ("redirect_uri", "https://attune.bank.example/back", "does not end in /oauth2callback"),
        ("redirect_uri", "https://other.example/oauth2callback", "ATTUNE_HOSTS"),
        ("server_metadata_url", "http://id.bank.example/x", "no https address"),
        ("server_metadata_url", "id.bank.example", "no https address"),
        ("cookie_secret", "short", "shorter than"),
    ],
)
def test_F175_an_incomplete_provider_is_refused_with_one_sentence(key, value, why):
    identity_provider.expect_complete({"auth": TOLD}, HOSTS)
    here = {"redirect_uri": "http://127.0.0.1:{port}/oauth2callback"}
    identity_provider.expect_complete({"auth": TOLD | here}, HOSTS)
    for wrong in ({"auth": TOLD | {key: value}}, {}):
        with pytest.raises(SettingsError) as found:
            identity_provider.expect_complete(wrong, HOSTS)
        assert SECRET not in str(found.value)
        assert "\n" not in str(found.value)
    with pytest.raises(SettingsError, match=why):
        identity_provider.expect_complete({"auth": TOLD | {key: value}}, HOSTS)
    with pytest.raises(SettingsError, match="role_clam"):
        identity_provider.expect_complete({"auth": TOLD, "attune": {"role_clam": "x"}}, HOSTS)


def test_F175_what_the_provider_says_opens_a_session_once_and_leads_where_one_wanted(
    browser: TestClient,
):
    led = browser.get("/recommendations?customer=C1&tab=Why+not%3F")
    page = browser.get(led.headers["location"])
    begun = browser.get("/sign-in/begin?next=%2Frecommendations%3Fcustomer%3DC1%26x%3Dé")
    assert begun.headers["location"].startswith("/auth/login?provider=")
    assert 'href="/sign-in/begin?next=%2Frecommendations' in page.text
    assert NOT_YET not in page.text
    assert NOT_YET in browser.get("/sign-in").text
    come_back(browser)
    led = browser.get("/")
    assert led.headers["location"] == "/signed-in?next=%2F"
    entered = browser.get(led.headers["location"])
    assert entered.headers["location"] == "/recommendations?customer=C1&x=é".replace("é", "%C3%A9")
    assert NEXT not in browser.cookies
    shown = browser.get("/account")
    assert "Mia Moon" in shown.text and "New password" not in shown.text
    assert browser.post("/account/password").status_code == 404
    assert browser.get("/sign-out").headers["location"] == "/auth/logout"
    assert COOKIE not in browser.cookies
    again = browser.get("/signed-in")
    assert again.status_code == 403 and EXPIRED in html.unescape(again.text)
    assert IDENTITY not in browser.cookies
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("more", "said"),
    [({"exp": NOON - 1}, EXPIRED), ({"preferred_username": "zoe"}, NOT_HERE),
     ({"preferred_username": "<b>"}, NOT_HERE), ({"exp": None}, "no usable exp")],
)  # fmt: skip
def test_F175_who_is_not_let_in_is_told_so_and_keeps_nothing(browser: TestClient, more, said):
    come_back(browser, **more)
    refused = browser.get("/signed-in?next=/insights")
    assert refused.status_code == 403
    assert said in html.unescape(refused.text) and "/sign-in/begin?next=%2Finsights" in refused.text
    assert not {COOKIE, IDENTITY} & set(browser.cookies)


def test_F175_a_cookie_that_streamlit_did_not_sign_opens_nothing(browser: TestClient):
    come_back(browser, secret="another secret, as long as the first")
    assert browser.get("/signed-in").headers["location"] == "/sign-in"
    for forged in ("x", "chunks-3", '"', "a.b.c"):
        bear(browser, forged)
        assert browser.get("/signed-in").headers["location"] == "/sign-in"
    assert COOKIE not in browser.cookies


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_coming_from_the_provider_leads_to_no_other_site(browser: TestClient, to: str):
    browser.get("/sign-in/begin", params={"next": to})
    come_back(browser)
    assert browser.get("/signed-in", params={"next": to}).headers["location"] == "/"


# --- the own account ------------------------------------------------------------------------------


@pytest.fixture
def mia(people: Accounts) -> Iterator[TestClient]:
    """Mia's browser before the account page."""
    routes = account.routes(lambda: people, with_password=True)
    with TestClient(Starlette(routes=routes), follow_redirects=False) as client:
        client.cookies[COOKIE] = people.sign_in("mia", GOOD).token
        yield client


def test_F176_the_account_page_changes_the_name_shown_and_no_other_field(
    mia: TestClient, people: Accounts
):
    saved = mia.post("/account", data={"shown_name": "Mia <b>Sun</b>"})
    assert saved.status_code == 200 and 'role="status"' in saved.text
    assert "<b>Sun" not in saved.text and "Mia &lt;b&gt;Sun" in saved.text
    before = people.person("mia")
    for field in ("role", "name", "email", "book", "locked", "password", "subject", "x; DROP"):
        refused = mia.post("/account", data={"shown_name": "Other", field: "admin"})
        assert refused.status_code == 400 and "cannot be changed here" in refused.text
    assert mia.post("/account", data={"shown_name": " "}).status_code == 400
    assert mia.post("/account", content=b"x" * 5000).status_code == 413
    assert people.person("mia") == before
    assert people.person("ro").shown_name == "Ro Ray"
    mia.cookies.clear()
    assert mia.post("/account", data={"shown_name": "Nobody"}).status_code == 303
    assert people.person("mia") == before


def test_F174_F176_a_new_password_wants_the_old_one_and_ends_every_session(
    mia: TestClient, people: Accounts
):
    new = "five words make a pass phrase"
    for old, typed, again in (
        ("wrong", new, new), (GOOD, new, new + "!"), (GOOD, "short", "short"), ("", "", ""),
    ):  # fmt: skip
        filled = {"old": old, "new": typed, "again": again}
        assert mia.post("/account/password", data=filled).status_code == 400
    other = people.sign_in("mia", GOOD).token
    changed = mia.post("/account/password", data={"old": GOOD, "new": new, "again": new})
    assert changed.status_code == 200 and account.CHANGED in changed.text
    assert new not in changed.text
    assert mia.get("/account").status_code == 303
    assert people.of_session(other) is None
    assert people.sign_in("mia", new)
