"""What is counted and logged of requests: templates and figures, nothing of anybody."""

import io
import json
import logging
import sys
import warnings
from datetime import datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api import operations, watched
from api.metrics import MEDIA, Metrics
from api.routes import ENDPOINTS, PREFIX
from api.routes import routes as api_routes
from engine import Engine, private_logs
from engine.bank import editions
from engine.errors import SettingsError, StateError
from engine.people.clients import Clients
from tests.api.conftest import LIMITS
from tests.api.test_operations import Whole
from tests.private_data import private_in

HERE, AWAY = ("127.0.0.1", 50000), ("10.0.0.9", 50000)
NOW = datetime(2026, 12, 1)
IBAN = "DE89370400440532013000"


async def breaks(request):
    if "next" in request.query_params:
        logging.getLogger("attune").warning("of %s", IBAN)
    raise ValueError(f"of {IBAN}")


def server(provider, clients=None, metrics=None) -> Starlette:
    """The routes of operations and of the API, and one that breaks, watched."""
    metrics = metrics or Metrics(clock=lambda: datetime(2026, 12, 1).timestamp())
    routes = [
        Route("/sign-in", breaks),
        Route("/{page}", lambda _request: PlainTextResponse("a page")),
        *operations.routes(provider, lambda: clients, lambda: LIMITS, metrics),
        *api_routes(provider, lambda: clients, lambda: LIMITS),
    ]
    # A page's address is a word that anybody may type: it comes after what has a name.
    routes.append(routes.pop(1))
    seen = Middleware(watched.Watched, templates=watched.Templates(routes), metrics=metrics)
    return Starlette(routes=routes, middleware=[seen])


def asking(app, client=HERE) -> TestClient:
    return TestClient(
        app, base_url="http://localhost", client=client, raise_server_exceptions=False
    )


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Name and values of labels -> value, as Prometheus' own parser reads them."""
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_requests_are_counted_by_template_and_no_id_is_in_a_label(tmp_path: Path):
    app = server(lambda _bank: Whole(), Clients(tmp_path, lambda: NOW))
    with asking(app) as http:
        for path in ("/api/v1/customers/C00017", "/api/v1/customers/C00018", "/C00019", "/a/C2/b"):
            http.get(path)
        http.request("BREW", "/Mia")
        http.get("/sign-in")
        answer = http.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"] == MEDIA
    found = samples(answer.text)
    name = "attune_requests_total"  # then method, route, status
    assert found[name, "GET", "/api/v1/customers/{customer_id}", "401"] == 2
    assert found[name, "GET", "/{page}", "200"] == 1
    assert found[name, "GET", "other", "404"] == 1
    assert found[name, "OTHER", "/{page}", "405"] == 1
    assert found[name, "GET", "/sign-in", "500"] == 1
    assert found["attune_request_seconds_count", "GET", "/api/v1/customers/{customer_id}"] == 2
    assert not any(said in answer.text for said in ("C0", "C2", "Mia", "BREW"))


def test_every_route_of_the_api_has_its_own_template():
    templates = watched.Templates(api_routes(lambda _bank: Whole(), lambda: None, lambda: LIMITS))
    for one in ENDPOINTS:
        path = PREFIX + one.path
        asked = path.replace("{", "").replace("}", "")
        assert templates.of(asked) == path
    assert templates.of("/_stcore/upload_file/1/2") == "/_stcore/upload_file/{session_id}/{file_id}"
    assert templates.of("/api/v1/customers/C1\n/x") == watched.OTHER


def test_what_is_damaged_stands_beside_version_age_and_events(tmp_path: Path):
    engine = Whole("versions/v0002/x of Ben Bay was changed", "versions/v0002/x")
    with asking(server(lambda _bank: engine, Clients(tmp_path, lambda: NOW))) as http:
        text = http.get("/metrics").text
    found = samples(text)
    assert found["attune_ready",] == 1 and found["attune_damaged",] == 1
    assert found["attune_version_info", "v0002"] == 1
    assert found["attune_events_acknowledged_total",] == 3
    assert found["attune_last_retrain_age_seconds",] == 86_400
    assert "Ben" not in text and "v0002/x" not in text


def test_a_bank_that_cannot_be_read_leaves_the_counts_and_no_figure_of_the_bank(tmp_path: Path):
    def refuses(_bank):
        raise StateError("/a/path of Ben Bay is damaged")

    with asking(server(refuses, Clients(tmp_path, lambda: NOW))) as http:
        http.get("/healthz")
        text = http.get("/metrics").text
    found = samples(text)
    assert found["attune_ready",] == 0 and ("attune_damaged",) not in found
    assert found["attune_requests_total", "GET", "/healthz", "200"] == 1
    assert "Ben" not in text


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_this_machine_is_not_this_machine(header: str, tmp_path: Path):
    with asking(server(lambda _bank: Whole(), Clients(tmp_path, lambda: NOW))) as http:
        assert http.get("/metrics").status_code == 200
        answer = http.get("/metrics", headers={header: "127.0.0.1"})
    assert answer.status_code == 401 and "attune_ready" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_machine_needs_a_token_with_the_scope(tmp_path: Path):
    clients = Clients(tmp_path, lambda: NOW)
    bears = {
        scope: clients.add(f"asks-{scope}", "admin", scopes=[scope], actor="test").token
        for scope in ("metrics", "read")
    }
    with asking(server(lambda _bank: Whole(), clients), AWAY) as http:
        told = {
            scope: http.get("/metrics", headers={"authorization": f"Bearer {token}"})
            for scope, token in {**bears, "nobody's": "attune_x"}.items()
        }
        assert http.get("/metrics").status_code == 401
        read = {"authorization": f"Bearer {bears['metrics']}"}
        assert http.get("/api/v1/customers", headers=read).status_code == 403
    assert {scope: answer.status_code for scope, answer in told.items()} == {
        "metrics": 200,
        "read": 403,
        "nobody's": 401,
    }
    assert "asks-metrics" not in told["metrics"].text


def test_events_that_were_acknowledged_are_counted_once(tmp_path: Path, small_bank):
    editions.put(small_bank, tmp_path / "banks" / "small")
    engine = Engine.open(tmp_path / "banks" / "small", tmp_path)
    customer = small_bank["customers"]["customer_id"].iloc[0]
    product = small_bank["products"]["product_id"].iloc[0]
    for _ in range(2):
        engine.feedback.record(
            event_id="e-1",
            customer_id=customer,
            product_id=product,
            action="postponed",
            actor="test",
        )
    assert engine.facts.acknowledged() == 1


@pytest.fixture
def lines(monkeypatch):
    """What is written on stderr while logs are lines; afterwards they are as before."""
    written = io.StringIO()
    root, own = logging.root.handlers[:], logging.getLogger("streamlit-like")
    factory, shown = logging.getLogRecordFactory(), warnings.showwarning
    own.addHandler(logging.StreamHandler(io.StringIO()))
    own.propagate = False
    monkeypatch.setattr(sys, "stderr", written)
    private_logs.install()
    watched.write_lines()
    yield written
    logging.root.handlers = root
    watched.logger.setLevel(logging.NOTSET)
    logging.captureWarnings(False)
    logging.getLogger("uvicorn.access").disabled = False
    logging.setLogRecordFactory(factory)
    assert warnings.showwarning is shown


def test_F193_a_request_is_one_line_of_json_that_names_nobody(lines: io.StringIO, tmp_path: Path):
    app = server(lambda _bank: Whole(), Clients(tmp_path, lambda: NOW))
    with asking(app) as http:
        answer = http.get("/api/v1/customers/C00017?q=Mia", headers={"x-request-id": IBAN})
        broken = http.get("/sign-in?next=/customers?customer=C00017")
    logging.getLogger("streamlit-like").error("two\nlines: %s", IBAN)
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    first = found[0]
    assert list(first) == [
        *("time", "level", "logger", "message", "request_id"),
        *("method", "route", "status", "milliseconds"),
    ]
    assert first["request_id"] == answer.headers["x-request-id"]
    assert first["request_id"].isalpha() and len(first["request_id"]) == 16
    assert (first["method"], first["route"], first["status"]) == (
        *("GET", "/api/v1/customers/{customer_id}", 401),
    )
    assert datetime.fromisoformat(first["time"]).utcoffset().total_seconds() == 0
    assert broken.status_code == 500
    of_broken = [line for line in found if line.get("request_id") == found[1]["request_id"]]
    assert [line["message"] for line in of_broken] == ["of [account number]", "request"]
    assert of_broken[-1]["status"] == 500
    assert found[-1]["message"] == "two\nlines: [account number]"
    assert "request_id" not in found[-1]
    assert private_in(lines.getvalue()) == []
    assert not any(said in lines.getvalue() for said in ("C00017", "Mia"))


def test_F193_an_error_is_in_its_line_without_numbers_and_a_misfit_says_nothing(lines):
    log = logging.getLogger("attune")
    try:
        raise ValueError(f"of {IBAN}")
    except ValueError:
        log.exception("it broke")
    misfit = logging.LogRecord("attune", logging.WARNING, "", 1, "%d of", (IBAN,), None)
    first, second = json.loads(lines.getvalue()), json.loads(watched.Lines().format(misfit))
    assert "ValueError: of [account number]" in first["error"]
    assert second["message"] == "A message that does not fit its parts."
    assert IBAN not in lines.getvalue()


def test_F193_the_variable_is_json_or_text_and_anything_else_is_said(monkeypatch):
    for said, wanted in {"": False, "text": False, "json": True}.items():
        monkeypatch.setenv("ATTUNE_LOG", said)
        assert watched.wants_lines() is wanted
    monkeypatch.setenv("ATTUNE_LOG", "JSON lines")
    with pytest.raises(SettingsError, match="json or text"):
        watched.wants_lines()
