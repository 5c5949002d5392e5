"""Who gets through: tokens, roles, scopes, how often and how much; what an error says."""

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from api.limits import Buckets
from api.paging import cursor_of, last_of
from api.problems import NOBODY, Problem
from api.routes import ENDPOINTS, routes
from engine.errors import StateError
from pages.components.frame.headers import SAFE, SafeHeaders
from pages.components.frame.hosts import KnownHosts
from pages.components.frame.sign_in import SignedIn
from tests.api.conftest import LIMITS, NOW, Api, served
from tests.api.documented import expect_documented

ANN = "/api/v1/customers/C00001/profile"


def path_of(one) -> str:
    """A route with something in each place of its path."""
    return "/api/v1" + one.path.replace("{customer_id}", "C00001").replace("{", "").replace("}", "")


def test_without_a_valid_token_no_route_answers(api: Api):
    bearers = (None, "", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer attune_" + "x" * 43)
    for one in ENDPOINTS:
        for bearer in bearers if one.name == "profile" else bearers[3:4]:
            headers = {"authorization": bearer} if bearer is not None else {"authorization": ""}
            answer = api.http.request(one.method, path_of(one), headers=headers)
            assert answer.status_code == 401, one.name
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
    asked = api.http.get(
        f"{ANN}?token={api.http.headers['authorization'][7:]}",
        headers={"authorization": "", "cookie": "attune_session=x"},
    )
    assert asked.status_code == 401
    assert api.http.get("/api/v1/health", headers={"authorization": ""}).json() == {"status": "ok"}


def test_a_role_and_a_scope_open_what_they_say_and_nothing_else(api: Api):
    wanted = {
        "manager": ("read",),
        "risk_officer": ("read", "write", "export", "train"),
        "admin": ("read", "write", "export", "train"),
    }
    for role, scopes in wanted.items():
        token = api.clients.add(
            f"as-{role.replace('_', '-')}", role, scopes=scopes, actor="test"
        ).token
        for one in ENDPOINTS:
            # A body is looked at last: who may not ask learns nothing of it.
            answer = api.http.request(
                one.method,
                path_of(one),
                headers={"authorization": f"Bearer {token}", "content-type": "text/plain"},
                params={"unknown": "1"},
            )
            expect_documented(answer)
            closed = one.scope not in scopes or role not in roles_that_may(one)
            assert (answer.status_code == 403) == closed, (role, one.name, answer.text)
            assert answer.status_code in (403, 415, 422)


def roles_that_may(one) -> frozenset[str]:
    from api.engines import roles_of

    return roles_of(one.asks)


def test_an_ended_or_revoked_token_opens_nothing(api: Api, monkeypatch: pytest.MonkeyPatch):
    made = api.clients.add("soon-gone", "manager", days=1, actor="test")
    headers = {"authorization": f"Bearer {made.token}"}
    assert api.http.get("/api/v1/bank", headers=headers).status_code == 200
    monkeypatch.setattr(api.clients, "_now", lambda: NOW + timedelta(days=1))
    assert api.http.get("/api/v1/bank", headers=headers).status_code == 401
    monkeypatch.setattr(api.clients, "_now", lambda: NOW)
    api.clients.revoke("soon-gone", actor="test")
    assert api.http.get("/api/v1/bank", headers=headers).status_code == 401


def test_who_asks_too_often_waits_alone(api: Api):
    limits = LIMITS.model_copy(update={"burst": 3, "a_second": 0.001})
    other = api.clients.add("other", "manager", actor="test").token
    with TestClient(served(api.engine, api.clients, limits)) as http:
        mine = {"authorization": api.http.headers["authorization"]}
        answers = [http.get("/api/v1/compat/c/", headers=mine) for _ in range(5)]
        assert [one.status_code for one in answers] == [200] * 3 + [429] * 2
        assert int(answers[-1].headers["retry-after"]) > 500
        expect_documented(answers[-1])
        headers = {"authorization": f"Bearer {other}"}
        assert http.get("/api/v1/compat/c/", headers=headers).status_code == 200


def test_a_bucket_fills_as_time_goes_by():
    clock = [0.0]
    bucket = Buckets(2, 0.5, lambda: clock[0])
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 2, 2]
    clock[0] = 2.0
    assert [bucket.take("a") for _ in range(2)] == [0, 2]
    clock[0] = 100.0
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 2]


def test_too_large_a_request_is_refused_before_it_is_read(api: Api):
    large = "x" * 65_000
    told = api.send("POST", "/chat", {"question": large})
    assert told.status_code == 413
    read = []

    def parts():
        for n in range(100):
            read.append(n)
            yield b"y" * 10_000

    streamed = api.http.post(
        "/api/v1/chat", content=parts(), headers={"content-type": "application/json"}
    )
    assert streamed.status_code == 413
    lied = api.http.post(
        "/api/v1/chat",
        content=b"{}",
        headers={"content-type": "application/json", "content-length": "99999999"},
    )
    assert lied.status_code == 413


def test_an_unknown_customer_is_answered_alike_everywhere(api: Api):
    for path in ("", "/profile", "/months", "/transactions", "/recommendations"):
        answer = api.get(f"/customers/nobody{path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, NOBODY), path
    asked = {
        "/customers/nobody/what-if": {},
        "/score": {"customers": ["C00001", "nobody"]},
        "/chat": {"question": "Balance?", "customer_id": "nobody"},
        "/customers/nobody/tickets": {"submit_id": "12345678", "text": "x"},
    }
    for path, body in asked.items():
        answer = api.send("POST", path, body)
        assert (answer.status_code, answer.json()["detail"]) == (404, NOBODY), path
    answer = api.send("PUT", "/customers/nobody/consents/social", {"status": "granted"})
    assert (answer.status_code, answer.json()["detail"]) == (404, NOBODY)


def test_the_same_again_costs_nothing_until_something_is_recorded(api: Api):
    first = api.get("/customers/C00007/profile")
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    again = {"if-none-match": f'"other", W/{tag}'}
    same = api.send("GET", "/customers/C00007/profile", headers=again)
    assert same.status_code == 304 and same.headers["etag"] == tag
    api.get("/customers/C00007/recommendations")  # a receipt and a look change no answer
    assert api.send("GET", "/customers/C00007/profile", headers=again).status_code == 304
    assert api.send("GET", "/customers/C00008/profile", headers=again).status_code == 200
    other = api.clients.add("another", "manager", actor="test").token
    who = {"authorization": f"Bearer {other}"}
    assert api.send("GET", "/customers/C00007/profile", headers=again | who).status_code == 200
    api.send("PUT", "/customers/C00007/consents/marketing", {"status": "refused"})
    assert api.send("GET", "/customers/C00007/profile", headers=again).status_code == 200


def test_errors_name_no_path_version_or_trace(api: Api, monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("/srv/attune/secret.py went wrong")

    def locked(*_args: object, **_more: object) -> None:
        raise StateError("/srv/attune/state.sqlite is locked")

    monkeypatch.setattr(api.engine.facts, "summary", broken)
    monkeypatch.setattr(api.engine.models, "versions", locked)
    monkeypatch.setattr("api.serving.logger.exception", lambda *_: None)
    for path, status in (("/bank", 500), ("/versions", 503)):
        answer = api.get(path)
        assert answer.status_code == status
        assert "attune/" not in answer.text and "Error" not in answer.text
    for path in (
        "/%0A",
        "/customers/%0Ax",
        "/customers/x%0A",
        "/nowhere",
        "/customers/../../etc/passwd",
        "/customers//profile",
    ):
        assert api.http.get(f"/api/v1{path}").status_code == 404
    wrong = api.get("/customers", colour="red", limit="many")
    assert wrong.status_code == 422
    assert {one["where"] for one in wrong.json()["errors"]} == {"query.colour", "query.limit"}
    assert "pydantic" not in wrong.text and "many" not in wrong.text
    odd = '{"question": NaN}', '{"question": "\\ud800"}', "[" * 50_000, b"\xff", '{"question": []}'
    for body in odd:
        answer = api.http.post(
            "/api/v1/chat", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422, body[:20]


def test_the_doors_of_pages_stand_before_the_api_too(api: Api):
    app = Starlette(
        routes=routes(lambda _: api.engine, lambda: api.clients, lambda: LIMITS),
        middleware=[
            Middleware(SafeHeaders),
            Middleware(KnownHosts, hosts=lambda: frozenset({"localhost"}), outside=lambda: True),
            Middleware(SignedIn, accounts=lambda: NobodyIsIn(), guarded=("/api/v1/",)),
        ],
    )
    with TestClient(app, base_url="http://localhost") as http:
        mine = {"authorization": api.http.headers["authorization"]}
        assert http.get("/api/v1/bank", headers=mine).status_code == 200
        for answer in (http.get("/api/v1/bank"), http.get("/api/v1/nowhere")):
            assert SAFE.items() <= dict(answer.headers).items()
        assert http.get("/api/v1/bank", headers=mine | {"host": "evil.example"}).status_code == 421
        origin = {"origin": "http://evil.example"}
        assert http.get("/api/v1/bank", headers=mine | origin).status_code == 403
        assert http.get("/api/v2/bank", headers=mine).status_code == 401
        assert http.get("/api/v1", headers=mine, follow_redirects=False).status_code in (303, 401)


class NobodyIsIn:
    """Accounts of whom nobody has a session."""

    def of_session(self, _token: str | None) -> None:
        return None


def test_a_cursor_is_one_that_was_given():
    for last in ("C00001", "é/?", "0"):
        assert last_of(cursor_of(last)) == last
    for wrong in ("!", "a" * 401, "é", "YQ=YQ"):
        with pytest.raises(Problem):
            last_of(wrong)


def test_what_a_client_does_stands_in_the_trail_under_its_name(api: Api):
    token = api.clients.add("watched", "manager", actor="test").token
    who = {"authorization": f"Bearer {token}"}
    for _ in range(2):
        api.send("GET", "/customers/C00011/profile", headers=who)
    api.send("GET", "/products/P18/takers?top=3", headers=who)
    entries = api.engine.trail.table()
    mine = entries[entries["actor"] == "client:watched"]
    assert mine["action"].tolist() == ["Exported", "Opened a customer"]
    assert api.engine.trail.verify().sound


def test_every_list_of_customers_stands_in_the_trail_with_their_number(api: Api):
    token = api.clients.add("lists", "manager", actor="test").token
    who = {"authorization": f"Bearer {token}"}
    whole = api.send("GET", "/customers?limit=1000", headers=who).json()["n"]
    paths = "/customers?limit=1000", "/customers?limit=7", "/alerts", "/day?calls=3", "/alerts"
    for path in paths:
        assert api.send("GET", path, headers=who).status_code == 200
    entries = api.engine.trail.table(action="exported")
    noted = entries.loc[entries["actor"] == "client:lists", "what"].tolist()[::-1]
    alerted = api.engine.alerts.open().table["customer_id"].nunique()
    assert noted == [
        f"file list of customers; rows {whole}",
        "file list of customers; rows 7",
        f"file customers with open alerts; rows {alerted}",
        "file customers to call; rows 3",
    ]
