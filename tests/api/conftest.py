"""Fixtures of the API's tests: its routes over the demo bank, and a client that may do all."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import routes
from engine import Engine
from engine.input_settings import ApiSettings
from engine.people.clients import Clients
from tests.api.documented import expect_documented
from tests.conftest import DEMO

NOW = datetime(2026, 11, 30, 9, 30)
LIMITS = ApiSettings(
    burst=1_000_000,
    a_second=1e6,
    at_once=2,
    wait_seconds=60,
    max_kilobytes=64,
    page_rows=100,
    max_page_rows=1000,
)
EVERYTHING = ("read", "write", "export", "train")


@dataclass
class Api:
    """The served routes, whose bank they answer of, and the clients."""

    engine: Engine
    clients: Clients
    http: TestClient

    def get(self, path: str, **query: object):
        """A documented answer to the client that may do everything."""
        return self.send("GET", path, params={k: str(v) for k, v in query.items()})

    def send(self, method: str, path: str, body: object = None, **more: object):
        """The same, with a body."""
        answer = self.http.request(method, f"/api/v1{path}", json=body, **more)
        expect_documented(answer)
        return answer


def served(engine: Engine, clients: Clients, limits: ApiSettings = LIMITS) -> Starlette:
    """The routes alone."""
    return Starlette(routes=routes(lambda _bank: engine, lambda: clients, lambda: limits))


def read_words(state: Path) -> None:
    """Have questions read by their words in all banks of a state folder: no encoder is loaded."""
    for store in state.glob("*/state.sqlite"):
        (store.parent / "settings").mkdir(exist_ok=True)
        (store.parent / "settings" / "settings.toml").write_text('[questions]\nreads = "words"\n')


@pytest.fixture(scope="session")
def api(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Routes over the demo bank, in a state folder of their own."""
    state = Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("api") / "state"))
    read_words(state)
    engine = Engine.open(DEMO, state, now=lambda: NOW)
    clients = Clients(state, lambda: NOW)
    made = clients.add("front-end", "manager", scopes=EVERYTHING, actor="test")
    with TestClient(served(engine, clients), base_url="http://localhost") as http:
        http.headers["authorization"] = f"Bearer {made.token}"
        yield Api(engine, clients, http)
