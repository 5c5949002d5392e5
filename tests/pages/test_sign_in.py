"""Signing in: nobody without a session gets past the form, and nobody is led to another site."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from engine.people import passwords
from engine.people.accounts import REFUSED, TRIES, Accounts
from pages.components.frame import access, sign_in
from pages.components.frame.sign_in import COOKIE, SignedIn
from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine

GOOD = "correct horse battery staple"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """Mia, a manager, and Ro, a risk officer."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._nobodys.cache_clear()
    made = Accounts(tmp_path, lambda: datetime(2026, 11, 30, 9))
    made.add("mia", GOOD, "manager", shown_name="Mia Moon", actor="test")
    made.add("ro", GOOD, "risk_officer", shown_name="Ro Ray", actor="test")
    return made


async def _page(_request: object) -> PlainTextResponse:
    return PlainTextResponse("customers of the bank")


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("customers of the bank")
    await socket.close()


@pytest.fixture
def browser(people: Accounts) -> Iterator[TestClient]:
    """A browser before the door, behind which everything tells of customers."""
    app = Starlette(
        routes=[
            *sign_in.routes(lambda: people),
            WebSocketRoute("/_stcore/stream", _stream),
            Route("/{path:path}", _page, methods=["GET", "PUT", "POST", "DELETE"]),
        ],
        middleware=[Middleware(SignedIn, accounts=lambda: people)],
    )
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def _enter(browser: TestClient, name: str = "mia", password: str = GOOD, to: str = "/"):
    filled = {"name": name, "password": password}
    return browser.post("/sign-in", params={"next": to}, data=filled)


def test_F175_nobody_gets_past_the_form_without_a_session(browser: TestClient):
    for path in ("/", "/insights?customer=C1", "/customers"):
        led = browser.get(path)
        assert led.status_code == 303
        assert led.headers["location"].startswith("/sign-in?next=")
    for path in ("/media/x.csv", "/_stcore/upload_file/1/2", "/_stcore/health/../x", "/api/v1/x"):
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = browser.request(method, path)
            assert answer.status_code in (303, 401)
            assert "customers" not in answer.text
    for cookie in ("", "x", "attune_session", "a=b; ;=;", 'attune_session="\\"'):
        assert browser.get("/", headers={"cookie": cookie}).status_code == 303
        with (
            pytest.raises(WebSocketDisconnect),
            browser.websocket_connect("/_stcore/stream", headers={"cookie": cookie}),
        ):
            pass


def test_F175_a_deep_link_is_kept_across_signing_in_and_the_cookie_is_out_of_reach(
    browser: TestClient,
):
    led = browser.get("/recommendations?customer=C00001&tab=Why+not%3F")
    form = browser.get(led.headers["location"])
    assert form.headers["cache-control"] == "no-store"
    entered = _enter(browser, to="/recommendations?customer=C00001&tab=Why+not%3F")
    assert entered.status_code == 303
    assert entered.headers["location"] == "/recommendations?customer=C00001&tab=Why+not%3F"
    cookie = entered.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert browser.get("/insights").text == "customers of the bank"
    sent = {"cookie": f"a=b; {COOKIE}={browser.cookies[COOKIE]}"}
    with browser.websocket_connect("/_stcore/stream", headers=sent) as socket:
        assert socket.receive_text() == "customers of the bank"
    assert browser.get("/sign-out").headers["location"] == "/sign-in"
    assert browser.get("/insights").status_code == 303


def test_F175_a_session_is_found_beside_any_cookie_of_another_program(browser: TestClient):
    _enter(browser)
    session = f"{COOKIE}={browser.cookies[COOKIE]}"
    browser.cookies.clear()
    for odd in ('a={"x":1}', "foo[bar]=1", "novalue", "a=b c", "=x", '"'):
        for sent in (f"{odd}; {session}", f"{session}; {odd}"):
            assert browser.get("/insights", headers={"cookie": sent}).status_code == 200


def test_F175_behind_https_the_cookie_goes_by_https_alone(browser: TestClient):
    filled = {"name": "mia", "password": GOOD}
    entered = browser.post("/sign-in", data=filled, headers={"x-forwarded-proto": "https"})
    assert "secure" in entered.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "",
     "//[", "/\t/evil.example", "/a\r\nset-cookie: x=y", "evil.example"],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(browser: TestClient, to: str):
    assert _enter(browser, to=to).headers["location"] == "/"


def test_F175_a_wrong_try_says_one_sentence_and_sets_nothing(browser: TestClient):
    for name in ("mia", "nobody", "<script>", "Zoë" * 3):
        answer = _enter(browser, name, "wrong")
        assert answer.status_code == 401
        assert REFUSED in answer.text
        assert "<script>" not in answer.text
        assert "set-cookie" not in answer.headers
    for _ in range(TRIES):
        _enter(browser, password="wrong")
    assert _enter(browser).status_code == 401


def test_a_form_that_is_none_is_refused(browser: TestClient):
    assert browser.post("/sign-in", content=b"x" * 5000).status_code == 413
    for content in (b"", b"\xff\xfe", b"name=mia", b"&" * 100, b"name=%00&password=%00"):
        assert browser.post("/sign-in", content=content).status_code == 401


def test_F177_a_menu_holds_what_a_role_may_open(
    open_page, people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    officer = access._principal(people.person("ro"))
    monkeypatch.setattr(access, "principal", lambda: officer)
    at = open_page("governance.py")
    assert not at.error
    links = [link.proto.label for link in at.sidebar.get("page_link")]
    assert links == ["Fairness", "Governance", "What is this?"]
    for closed in ("recommendations.py", "data.py", "campaigns.py"):
        at = open_page(closed)
        assert "not open to your role" in texts(at)
        assert not at.dataframe
    assert "not open to your role" in texts(open_page(customer="C0000"))
    assert open_page().title[0].value == "Fairness"


def test_F177_a_search_names_no_customer_to_who_may_not_open_one(
    open_page, people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    officer = access._principal(people.person("ro"))
    monkeypatch.setattr(access, "principal", lambda: officer)
    at = open_page("governance.py")
    at.text_input(key="search_box").set_value("a").run()
    assert not [one for one in at.button if (one.key or "").startswith("found_customer")]


def test_F177_a_click_of_who_lost_the_role_or_the_session_meanwhile_records_nothing(
    open_page, fake: type[FakeEngine], people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    manager = access._principal(people.person("mia"))
    for then in (access._principal(people.person("ro")), None):
        monkeypatch.setattr(access, "principal", lambda: manager)
        at = open_page("recommendations.py", customer="C0000")
        n_events = len(fake.opened[-1].events)
        accept = next(one for one in at.button if one.label == "Accepted")
        monkeypatch.setattr(access, "principal", lambda then=then: then)
        accept.click().run()
        assert len(fake.opened[-1].events) == n_events


def test_F175_a_session_that_ended_while_a_page_was_open_shows_nothing_more(
    open_page, people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATTUNE_AUTH", "accounts")
    monkeypatch.setattr(access, "accounts", lambda: people)
    monkeypatch.setattr(access, "token", lambda: "of a session that ended")
    at = open_page("insights.py")
    assert "Your session has ended" in texts(at)
    assert not at.dataframe
    assert not at.sidebar.get("page_link")
