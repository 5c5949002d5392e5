"""What other managers' customers are to a client with a book: nobody, on every route."""

import os
import re

import numpy as np
import pytest
from starlette.testclient import TestClient

from api.routes import ENDPOINTS
from tests.api.conftest import EVERYTHING, Api, served
from tests.api.documented import expect_documented

BOOK = "Rita Abbott"
DRAWN = int(os.environ.get("ATTUNE_DRAWN_REQUESTS", "100"))
"""Requests of a run of the suite (ATTUNE_DRAWN_REQUESTS=2000 draws as many)."""
NUMBER = re.compile(r"\bC\d{5}\b")
BODIES = {
    "what_if": {},
    "consent": {"status": "refused"},
    "purchase": {"submit_id": "drawn-000", "amount": 1, "category": "groceries", "merchant": "x"},
    "ticket": {"submit_id": "drawn-001", "text": "x"},
    "post": {"submit_id": "drawn-002", "platform": "X", "text": "x"},
    "d_add_purchase": {"amt": 1, "item_category": "groceries", "item_brand": "x"},
    "d_add_post": {"platform": "X", "text_content": "x"},
    "d_add_ticket": {"transcript": "x"},
}


@pytest.fixture(scope="module")
def rita(api: Api) -> TestClient:
    """A client that may do everything with the customers of one manager."""
    role = "relationship_manager"
    made = api.clients.add("ritas-crm", role, book=BOOK, scopes=EVERYTHING, actor="test")
    http = TestClient(served(api.engine, api.clients), base_url="http://localhost")
    http.headers["authorization"] = f"Bearer {made.token}"
    return http


@pytest.fixture(scope="module")
def book(api: Api) -> set[str]:
    customers = api.engine.bank["customers"]
    return set(customers.loc[customers["relationship_manager"] == BOOK, "customer_id"])


def test_F177_F178_a_foreign_customer_is_answered_as_one_who_is_not_there(
    api: Api, rita: TestClient, book: set[str]
):
    rng = np.random.default_rng(7)
    others = sorted(set(api.engine.bank["customers"]["customer_id"]) - book)
    of_one = [one for one in ENDPOINTS if "{customer_id}" in one.path]
    products = api.engine.products.table()["product_id"].tolist()
    refused = 0
    for _ in range(DRAWN):
        one = of_one[rng.integers(len(of_one))]
        path = one.path.replace("{product_id}", products[rng.integers(len(products))])
        path = path.replace("{purpose}", "social")
        said = []
        for customer in (others[rng.integers(len(others))], "nobody"):
            where = "/api/v1" + path.replace("{customer_id}", customer)
            sent = {"content": b"x", "headers": {"content-type": one.media[0]}} if one.media else {}
            body = {"json": BODIES[one.name]} if one.body is not None else {}
            answer = rita.request(one.method, where, **sent, **body)
            expect_documented(answer)
            said.append((answer.status_code, answer.json()))
        assert said[0] == said[1], one.name
        refused += said[0][0] == 404
    assert refused == DRAWN


def test_F177_F178_answers_about_many_hold_the_own_book_alone(
    api: Api, rita: TestClient, book: set[str]
):
    foreign = next(iter(sorted(set(api.engine.bank["customers"]["customer_id"]) - book)))
    api.get(f"/customers/{foreign}/recommendations")
    paths = ("customers?limit=1000", "alerts", "day", "products/P18/takers", "receipts",
             "compat/b/all_customers_data", "compat/d/customer_ids", "products")  # fmt: skip
    for path in paths:
        answer = rita.get(f"/api/v1/{path}")
        expect_documented(answer)
        assert answer.status_code == 200, (path, answer.text)
        assert set(NUMBER.findall(answer.text)) <= book, path
    listed = rita.get("/api/v1/customers?limit=1000").json()
    assert {row["customer_id"] for row in listed["customers"]} == book
    scored = rita.post("/api/v1/score", json={"k": 1, "lists": ["growth"]})
    assert set(NUMBER.findall(scored.text)) <= book and scored.text.count("\n") > 100
    stolen = rita.post("/api/v1/score", json={"customers": [foreign]})
    nobody = rita.post("/api/v1/score", json={"customers": ["nobody"]})
    assert (stolen.status_code, stolen.json()) == (nobody.status_code, nobody.json())
    for path in (f"alerts?customer_id={foreign}", f"receipts?customer_id={foreign}"):
        told = rita.get(f"/api/v1/{path}"), rita.get("/api/v1/" + path.replace(foreign, "nobody"))
        assert told[0].status_code == 404 and told[0].json() == told[1].json(), path
    number = api.get("/receipts", customer_id=foreign).json()["receipts"][0]["number"]
    assert rita.get(f"/api/v1/receipts/{number}").status_code == 404
    for path in ("fairness", "versions", "receipts/verification", "products/P18/suggestions"):
        assert rita.get(f"/api/v1/{path}").status_code == 403, path


def test_F177_F178_an_analyst_gets_pseudonyms_and_nobody_s_record(api: Api):
    token = api.clients.add("studies", "analyst", scopes=EVERYTHING, actor="test").token
    who = {"authorization": f"Bearer {token}"}
    listed = api.send("GET", "/customers?limit=50", headers=who)
    names = api.engine.customers.table()["name"]
    assert listed.status_code == 200 and not NUMBER.search(listed.text)
    assert not any(name in listed.text for name in names)
    first = listed.json()["customers"][0]["customer_id"]
    for customer in ("C00001", first):
        answer = api.send("GET", f"/customers/{customer}/profile", headers=who)
        assert answer.status_code == 403
    told = [api.send("GET", f"/customers/{one}", headers=who) for one in ("C00001", "nobody")]
    assert [one.status_code for one in told] == [404, 404]
    assert told[0].json() == told[1].json()
    scored = api.send("POST", "/score", {"k": 1, "lists": ["growth"]}, headers=who)
    assert scored.status_code in (200, 403) and not NUMBER.search(scored.text)
