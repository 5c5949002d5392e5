"""Each route answers what the engine and the command line answer, to the last digit."""

import csv
import io
import json
import threading
import uuid
from types import SimpleNamespace

import jsonschema
import pandas as pd
import pytest

from api.routes import ENDPOINTS
from api.subjects.models import JOBS
from engine.cli import app
from engine.errors import TrainingError
from engine.json_values import json_text
from tests.api.conftest import Api
from tests.conftest import DEMO
from tests.engine.cli import shapes
from tests.engine.seen.test_roles import Somebody

ANN = "C00001"
SAMPLE = 5


@pytest.fixture(scope="module")
def ids(api: Api) -> list[str]:
    """Customers evenly over the bank."""
    every = api.engine.bank["customers"]["customer_id"].tolist()
    return every[:: len(every) // SAMPLE][:SAMPLE]


@pytest.fixture(scope="module")
def product(api: Api) -> str:
    return str(api.engine.products.table()["product_id"].iloc[0])


def printed(value: object) -> object:
    """What `--json` prints of a result, read back."""
    return json.loads(json_text(value))


def test_F178_lists_and_records_agree_with_the_engine_on_a_sample(api: Api, ids: list[str]):
    for one in ids:
        offers = api.get(f"/customers/{one}/recommendations", k=3).json()
        assert offers == printed(api.engine.offers.recommend(one, k=3).to_json())
        jsonschema.validate(offers, shapes.RECOMMEND)
        record = api.get(f"/customers/{one}/profile").json()
        assert record == printed(api.engine.customers.profile(one).to_json())
        jsonschema.validate(record, shapes.PROFILE)


def test_F178_two_hundred_customers_are_the_same_on_a_page_and_in_the_api(api: Api):
    """What pages ask is the engine as a manager sees it; what programs get is JSON of the same."""
    page = api.engine.seen_by(Somebody("manager"))
    listed = page.customers.table().set_index("customer_id")
    ids = sorted(listed.index)[:: len(listed) // 200][:200]
    rows, more = {}, {}
    while len(rows) < len(listed):
        found = api.get("/customers", limit=1000, **more).json()
        rows |= {row["customer_id"]: row for row in found["customers"]}
        more = {"cursor": found["next"]}
    scored = api.send("POST", "/score", {"customers": ids, "k": 3}).text.splitlines()
    offered: dict[tuple[str, str], list[dict]] = {}
    for row in map(json.loads, scored):
        offered.setdefault((row["customer_id"], row["list"]), []).append(row)
    fields = ("product_id", "rank", "score", "confidence", "fit")
    for one in ids:
        told = printed(listed.loc[one].to_dict())
        assert {name: rows[one][name] for name in told} == told, one
        shown = printed(page.offers.recommend(one, k=3).to_json())
        sent = offered.get((one, shown["list"]), [])
        assert [[row[name] for name in fields] for row in sent] == [
            [offer[name] for name in fields] for offer in shown["offers"]
        ], one
    assert len(ids) == 200


def test_F178_the_command_line_prints_the_very_same(api: Api, capsys: pytest.CaptureFixture):
    words = ["profile", "--customer", ANN, "--json", "--data", str(DEMO)]
    with pytest.raises(SystemExit) as ended:
        app([*words, "--state", str(api.engine.state)])
    assert ended.value.code in (0, None)
    assert json.loads(capsys.readouterr().out) == api.get(f"/customers/{ANN}/profile").json()


def test_F178_every_question_is_one_of_the_engine(api: Api, product: str):
    e = api.engine
    asked = {
        "/bank": e.facts.summary(),
        f"/products/{product}": e.products.of(product),
        f"/products/{product}/suggestions": e.writing.product(product),
        f"/products/{product}/takers?top=20": e.prospects.of(product, top=20),
        f"/customers/{ANN}/why-not/{product}": e.scenarios.why_not(ANN, product).to_json(),
        f"/alerts?customer_id={ANN}": e.alerts.open(ANN),
        "/day?manager=Rita%20Abbott&calls=3": e.days.today("Rita Abbott", most=3),
        "/versions": e.models.versions(),
        "/receipts/verification": e.receipts.verify().to_json(),
    }
    for path, expected in asked.items():
        answer = api.send("GET", path)
        assert answer.status_code == 200, path
        assert answer.json() == printed(expected), path
    jsonschema.validate(api.get("/day", calls=2).json(), shapes.DAY)


def test_an_audit_has_the_shape_of_the_command_line(api: Api, monkeypatch: pytest.MonkeyPatch):
    same = SimpleNamespace(n_changed=0, table=pd.DataFrame({"trait": ["gender"]}))
    monkeypatch.setattr(api.engine.fairness, "blinding", lambda: same)  # scores everybody again
    found = api.get("/fairness", by="gender").json()
    report = api.engine.fairness.report("gender")
    assert found["fairness"][0]["table"] == printed(report.table)
    assert found["blinding"]["n_changed"] == 0
    assert set(found) == {"fairness", "shown", "taken", "proxies", "blinding"}
    noted = api.engine.trail.table(action="audited")
    assert noted["actor"].tolist() == ["client:front-end"]


def test_pages_of_customers_neither_repeat_nor_miss_anybody(api: Api):
    seen, cursor = [], None
    while True:
        more = {} if cursor is None else {"cursor": cursor}
        found = api.get("/customers", audience="retail", limit=400, **more).json()
        seen += [row["customer_id"] for row in found["customers"]]
        if (cursor := found["next"]) is None:
            break
    expected = api.engine.customers.table(audience="retail")["customer_id"]
    assert seen == sorted(expected) and found["n"] == len(expected) > 800
    assert api.get("/customers", cursor="?!").status_code == 422
    assert api.get(f"/customers/{seen[0]}").json() == api.get("/customers").json()["customers"][0]


def test_pages_of_transactions_hold_while_newer_ones_come(api: Api):
    path = "/customers/C00003/transactions"
    whole = api.get(path, limit=1000).json()["transactions"]
    first = api.get(path, limit=5).json()
    row = {"submit_id": "coffee-0001", "amount": 3.2, "category": "Dining", "merchant": "Cafe"}
    kinds = api.engine.customers.spending_kinds()
    assert (
        api.send("POST", "/customers/C00003/purchases", {**row, "category": kinds[0]}).status_code
        == 201
    )
    second = api.get(path, limit=5, cursor=first["next"]).json()
    assert first["transactions"] + second["transactions"] == whole[:10]
    months = api.get("/customers/C00003/months").json()
    assert len(months["months"]) == len(api.engine.customers.profile("C00003").months)


def test_what_if_and_products_answer_as_asked(api: Api):
    body = {"metrics": {"churn": 9.0}, "k": 4, "list": "growth"}
    found = api.send("POST", f"/customers/{ANN}/what-if", body).json()
    told = api.engine.scenarios.what_if(ANN, metrics={"churn": 9.0}, k=4, list="growth")
    assert found == printed(told)
    body = {"metrics": {"charm": 1}}
    assert api.send("POST", f"/customers/{ANN}/what-if", body).status_code == 422
    loans = api.get("/products", category="loan").json()
    assert {row["category"] for row in loans["products"]} == {"Loan", "Business Loan"}
    assert loans["n"] == len(loans["products"])


def test_F182_scores_stream_as_lines_and_as_csv_that_no_spreadsheet_runs(api: Api, ids):
    answer = api.send("POST", "/score", {"customers": ids, "k": 2, "lists": ["growth"]})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    expected = api.engine.offers.score(lists=["growth"], k=2, customers=ids)
    assert lines == printed(expected)
    whole = api.send("POST", "/score", {"format": "csv", "k": 1})
    rows = list(csv.DictReader(io.StringIO(whole.text)))
    table = api.engine.offers.score(k=1)
    assert [row["customer_id"] for row in rows] == table["customer_id"].tolist()
    assert [float(row["score"]) for row in rows] == table["score"].tolist()
    entries = api.engine.trail.table(action="exported")
    assert entries["what"].iloc[0] == f"file score file; rows {len(table)}"
    assert entries["actor"].iloc[0] == "client:front-end"
    assert api.send("POST", "/score", {"customers": ["nobody"]}).status_code == 404


def test_feedback_is_stored_once_an_id_and_knows_the_list_that_showed_it(api: Api):
    shown = api.get("/customers/C00002/recommendations").json()
    first = shown["offers"][0]
    body = {
        "event_id": str(uuid.UUID(int=5, version=4)),
        "customer_id": "C00002",
        "product_id": first["product_id"],
        "action": "postponed",
        "receipt_id": shown["receipt_id"],
    }
    once, again = (api.send("POST", "/feedback", body) for _ in range(2))
    assert (once.status_code, again.status_code) == (201, 200)
    assert (once.json()["stored"], again.json()["stored"]) == (True, False)
    events = api.engine.feedback.history("C00002")
    mine = events[events["event_id"] == body["event_id"]]
    assert len(mine) == 1 and mine["actor"].iloc[0] == "client:front-end"
    logged = api.engine.snapshots.events.logged()
    kept = logged[logged["event_id"] == body["event_id"]].iloc[0]
    assert (kept["rank"], kept["score"]) == (1, first["score"])
    later = api.get("/customers/C00002/recommendations").json()
    assert first["product_id"] not in {offer["product_id"] for offer in later["offers"]}
    other = {**body, "event_id": str(uuid.UUID(int=6, version=4)), "customer_id": ANN}
    assert api.send("POST", "/feedback", other).status_code == 422
    for change in ({"customer_id": ANN}, {"product_id": "P01"}, {"action": "accepted"}):
        used = api.send("POST", "/feedback", {**body, "receipt_id": ""} | change)
        assert used.status_code == 409, change
    assert body["event_id"] not in set(api.engine.feedback.history(ANN)["event_id"])
    assert not api.engine.trail.table(ANN)["what"].str.contains("postponed").any()


def test_records_and_consents_are_stored_once_and_noted(api: Api):
    one = "/customers/C00004"
    bodies = {
        "tickets": {"submit_id": "ticket-00001", "text": "The card was charged twice."},
        "posts": {"submit_id": "post-0000001", "platform": "X", "text": "A new kitchen!"},
    }
    for kind, body in bodies.items():
        answers = [api.send("POST", f"{one}/{kind}", body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json()["record_id"] == answers[1].json()["record_id"]
    assert api.send("PUT", f"{one}/consents/social", {"status": "refused"}).status_code == 200
    assert api.send("PUT", f"{one}/consents/sport", {"status": "refused"}).status_code == 422
    consents = api.get(f"{one}/profile").json()["consents"]
    assert {c["purpose"]: c["status"] for c in consents}["social"] == "refused"
    noted = api.engine.trail.table("C00004")
    assert set(noted["actor"]) == {"client:front-end"}
    assert len(noted) == 4  # two records, a consent, a look


def test_an_id_is_its_client_s_own_and_tells_of_nobody(api: Api):
    token = api.clients.add("second", "manager", scopes=["write"], actor="test").token
    who = {"authorization": f"Bearer {token}"}
    body = {"submit_id": "order-00001", "text": "The card was charged twice.", "topics": ["card"]}
    first = api.send("POST", "/customers/C00012/tickets", body)
    second = api.send("POST", "/customers/C00013/tickets", body, headers=who)
    assert (first.status_code, second.status_code) == (201, 201)
    assert api.send("POST", "/customers/C00012/tickets", body).status_code == 200
    changes = ("C00012", {"text": "Else."}), ("C00012", {"repeated": True}), ("C00013", {})
    for customer, change in changes:
        used = api.send("POST", f"/customers/{customer}/tickets", body | change)
        assert used.status_code == 409
        assert first.json()["record_id"] not in used.text and "order-" not in used.text
    old = {"submit_id": "order-00002", "platform": "X", "text_content": "A new kitchen!"}
    sent = [
        api.send("POST", "/compat/d/social_history/C00014", old, headers=headers).status_code
        for headers in ({}, {}, who)
    ]
    assert sent == [201, 200, 201]


def test_receipts_are_written_read_and_replayed(api: Api):
    shown = api.get("/customers/C00009/recommendations").json()
    listed = api.get("/receipts", customer_id="C00009").json()
    assert [row["receipt_id"] for row in listed["receipts"]] == [shown["receipt_id"]]
    number = listed["receipts"][0]["number"]
    receipt = api.get(f"/receipts/{number}").json()
    assert receipt["customer_id"] == "C00009" and receipt["actor"] == "client:front-end"
    assert api.get(f"/receipts/{number}/replay").json()["same"] is True
    assert api.get("/receipts", limit=1).json()["n"] >= 1
    assert api.get("/receipts/999999").status_code == 404


def test_a_retraining_runs_in_the_background_and_one_at_a_time(
    api: Api, monkeypatch: pytest.MonkeyPatch
):
    go_on, ways = threading.Event(), iter(("done", "failed"))
    made = SimpleNamespace(
        version_id="v0002", promoted=False, verdict="No better.", n_events=1, n_adoptions=2,
        notes=(), waits="", answers="",
    )  # fmt: skip

    def retrain(report, *, actor):
        assert actor == "client:front-end"
        report(0.5, "signals")
        assert go_on.wait(20)
        if next(ways) == "failed":
            raise TrainingError("/a/path/of/the/server")
        return made

    monkeypatch.setattr(api.engine.models, "retrain", retrain)
    begun = api.send("POST", "/retrain")
    assert begun.status_code == 202
    where = begun.headers["location"].removeprefix("/api/v1")
    assert api.send("POST", "/retrain").json()["job_id"] == begun.json()["job_id"]
    go_on.set()
    JOBS.wait(begun.json()["job_id"], 20)
    assert api.get(where).json()["result"]["version_id"] == "v0002"
    failed = api.send("POST", "/retrain").json()["job_id"]
    JOBS.wait(failed, 20)
    found = api.get(f"/retrain/{failed}")
    assert found.json()["status"] == "failed" and "/a/path" not in found.text
    assert api.get("/retrain/unknown").status_code == 404


def test_media_are_read_and_not_kept(api: Api):
    said = "/transcribe", "/compat/c/transcribe"
    for path in said:
        sent = api.send("POST", path, content=b"no wav", headers={"content-type": "audio/wav"})
        assert sent.status_code == 422
        assert api.send("POST", path, {"a": 1}).status_code == 415
    one = f"/customers/{ANN}/images"
    bad = api.send("POST", one, content=b"GIF89a", headers={"content-type": "image/png"})
    assert bad.status_code == 422
    answer = api.send("POST", "/chat", {"question": "What is the balance?", "customer_id": ANN})
    reply = api.engine.assistant.ask("What is the balance?", customer_id=ANN)
    assert answer.json() == printed(reply)


def test_F179_routes_of_system_b_answer_from_one_engine_function_each(api: Api, product: str):
    b = "/compat/b"
    record = api.engine.customers.profile(ANN)
    customer = api.get(f"{b}/customer_data/{ANN}").json()
    assert f"{customer['FirstName']} {customer['LastName']}" == record.facts["name"]
    assert all(isinstance(v, str) for k, v in customer.items() if not k.startswith("Freq"))
    months = api.get(f"{b}/customer_transaction_insights/{ANN}").json()["Transaction_Insights"]
    told = [month["Total_Transaction_Amount"] for month in months]
    assert told == printed(record.months["spending"].tolist())
    assert months[0]["Month"] == f"{record.months['month'].iloc[0]:%b %Y}"
    offers = api.get(f"{b}/product_recommendations/{ANN}").json()["product_recommendations"]
    expected = api.engine.offers.recommend(ANN).offers
    assert [o["confidence"] for o in offers] == [o.confidence for o in expected]
    everybody = api.get(f"{b}/all_customers_data").json()
    assert len(everybody) == api.engine.bank.n_customers
    assert len(api.get(f"{b}/all_products_data").json()) == len(api.engine.products.table())
    assert api.get(f"{b}/product_data/{product}").json()["product_id"] == product
    voice = api.engine.writing.product(product)
    suggested = api.get(f"{b}/product_optimizations/{product}").json()["optimizations"]
    assert suggested == [note.suggestion for note in voice.notes]
    for path in ("customer_data", "customer_transaction_insights", "product_recommendations"):
        assert api.get(f"{b}/{path}/nobody").status_code == 404
    for path in ("product_data", "product_optimizations"):
        assert api.get(f"{b}/{path}/nothing").status_code == 404


def test_F180_routes_of_system_d_read_and_add(api: Api):
    d, one = "/compat/d", "C00006"
    record = api.engine.customers.profile(one)
    assert len(api.get(f"{d}/customer_ids").json()) == api.engine.bank.n_customers
    profile = api.get(f"{d}/customer_profile/{one}").json()
    assert profile["input_params"]["churn_rate"] == record.metrics["churn"].value
    assert profile["balance"] == printed(record.months["balance"].tolist())
    kind = api.engine.customers.spending_kinds()[0]
    bodies = {
        "purchase_history": {"amt": 12.5, "item_category": kind, "item_brand": "Corner shop"},
        "social_history": {"platform": "X", "text_content": "Moving house in spring."},
        "support_history": {"transcript": "I cannot log in.", "was_issue_resolved": True},
    }
    kinds = record.messages["kind"].value_counts()
    before = {
        "purchase_history": int((record.transactions["amount"] < 0).sum()),
        "social_history": int(kinds.get("post", 0)),
        "support_history": int(kinds.get("ticket", 0)),
    }
    for path, body in bodies.items():
        assert api.send("POST", f"{d}/{path}/{one}", body).status_code == 201
        assert api.send("POST", f"{d}/{path}/nobody", body).status_code == 404
    for path, n in before.items():
        assert len(api.get(f"{d}/{path}/{one}").json()) == n + 1, path
        assert api.get(f"{d}/{path}/nobody").status_code == 404
    paid = api.get(f"{d}/purchase_history/{one}").json()
    assert paid[0]["amt"] == 12.5 and all(row["amt"] > 0 for row in paid)
    lists = api.send("POST", f"{d}/customer_run_ai/{one}").json()
    growth = api.engine.offers.recommend(one, k=12, list="growth")
    assert lists["top_n_products"] == [offer.product_id for offer in growth.offers]
    picture = {"image": "data:image/png;base64,bm90IGEgcGljdHVyZQ=="}
    assert api.send("POST", f"{d}/uploads/images", picture).status_code == 422


def test_F181_routes_of_system_c_take_no_password(api: Api):
    c = "/compat/c"
    assert len(api.get(f"{c}/").json()["routes"]) == 4
    assert api.send("POST", f"{c}/login").json()["signed_in_as"] == "client:front-end"
    record = api.engine.customers.profile(ANN)
    told = api.get(f"{c}/dashboard/{ANN}").json()
    assert told["insight"] == record.insight
    assert told["transactions"] == printed(record.transactions.head(50))
    assert api.get(f"{c}/dashboard/nobody").status_code == 404
    answer = api.send("POST", f"{c}/chat", {"message": "Balance?", "customer_id": ANN}).json()
    assert "USD" in answer["response"]


def test_every_route_asks_for_one_thing_that_a_role_may(api: Api):
    paths = [(one.method, one.path) for one in ENDPOINTS]
    names = [one.name for one in ENDPOINTS]
    assert len(set(paths)) == len(paths) and len(set(names)) == len(names)
    for one in ENDPOINTS:
        service, _, method = one.asks.partition(".")
        assert not one.asks or callable(getattr(getattr(api.engine, service), method)), one.name


def test_the_document_and_its_page_read_nothing_from_elsewhere(api: Api):
    page = api.http.get("/api/v1/docs")
    assert page.status_code == 200 and "<script" not in page.text
    assert "http://" not in page.text and "https://" not in page.text
    for one in ENDPOINTS:
        assert f"/api/v1{one.path}" in page.text
    told = api.http.get("/api/v1/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    tables = pd.Series([len(methods) for methods in told["paths"].values()])
    assert int(tables.sum()) == len(ENDPOINTS) + 1  # and health
