"""Probes: whether the process answers, and whether what it serves is whole; nothing of anybody."""

import threading

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from api import operations
from api.metrics import Metrics
from engine import Engine
from engine.bank import editions
from engine.errors import StateError
from engine.results import Drift
from tests.api.conftest import LIMITS


class Whole:
    """What a probe asks of an engine."""

    def __init__(self, damage: str = "", source: str = ""):
        self.facts, self.models = self, self
        self._damage, self.n_drifts = damage, 0
        self._rows = pd.DataFrame([(source, "", damage)], columns=["source", "row", "about"])
        self.model_version = "v0002"

    def summary(self):
        return type("Summary", (), {"damage": self._damage, "model_version": "v0002"})()

    def damage(self):
        return self._rows if self._damage else self._rows.iloc[:0]

    def versions(self):
        return pd.DataFrame({"created_at": pd.to_datetime(["2026-11-30", "2026-11-29"])})

    def acknowledged(self):
        return 3

    def drift(self):
        self.n_drifts += 1
        return Drift(retrain=True)


def probe(provider) -> TestClient:
    routes = operations.routes(provider, nobody, lambda: LIMITS, Metrics())
    return TestClient(Starlette(routes=routes), base_url="http://localhost")


def nobody():
    raise AssertionError("a probe shows no token")


def test_the_process_answers_and_what_serves_is_said():
    engine = Whole()
    with probe(lambda _bank: engine) as http:
        assert http.get("/healthz").json() == {"status": "ok"}
        for _ in range(3):
            answer = http.get("/readyz")
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
        assert answer.json() == {
            "status": "ready",
            "version": "v0002",
            "store": "whole",
            "damaged": 0,
            "last_retrain": "2026-11-30T00:00:00",
            "drift": "retrain",
        }
    assert engine.n_drifts == 1


def test_what_is_damaged_and_serves_is_degraded_and_its_file_is_not_named():
    with probe(lambda _bank: Whole("versions/v0002/x was changed", "versions/v0002/x")) as http:
        answer = http.get("/readyz")
    assert answer.status_code == 200 and answer.json()["status"] == "degraded"
    assert answer.json()["damaged"] == 1 and "x was" not in answer.text


def refuses(_bank):
    raise StateError("/a/path of Ben Bay is damaged")


def breaks(_bank):
    raise ValueError("/a/path of Ben Bay")


@pytest.mark.parametrize(
    "provider", [refuses, breaks, lambda _bank: Whole("cannot be read", "state.sqlite")]
)
def test_what_is_essential_and_damaged_is_503_without_path_or_reason(provider):
    with probe(provider) as http:
        answer = http.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "engine check" in answer.json()["detail"]
    assert "path" not in answer.text and "Ben" not in answer.text


def test_a_look_that_hangs_is_said_and_holds_one_thread_however_many_ask(monkeypatch):
    monkeypatch.setattr(operations, "_PATIENCE", 0.01)
    hangs, ended, asked, now = threading.Event(), threading.Event(), [], [0.0]

    def provider(_bank):
        asked.append(1)
        if hangs.is_set():
            ended.wait(30)
        return Whole()

    ready = operations.Readiness(provider, lambda: now[0])
    with TestClient(Starlette(routes=[Route("/readyz", ready.answer)])) as http:
        assert http.get("/readyz").status_code == 200
        hangs.set()
        now[0] = 10.0
        assert {http.get("/readyz").status_code for _ in range(5)} == {200}
        now[0] = 400.0
        answer = http.get("/readyz")
        ended.set()
    assert answer.status_code == 503 and "takes too long" in answer.json()["detail"]
    assert len(asked) == 2


def test_a_real_bank_says_so_too(tmp_path, small_bank):
    editions.put(small_bank, tmp_path / "banks" / "small")
    engine = Engine.open(tmp_path / "banks" / "small", tmp_path)
    engine.facts.summary()
    engine.models.drift()
    with probe(lambda _bank: engine) as http:
        told = http.get("/readyz").json()
    assert "detail" not in told, told
    assert told["status"] == "ready" and told["last_retrain"] is None
