"""A chain of receipts of one's own, and receipts of the demo bank."""

import datetime as dt
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from engine.receipts.chain import LISTED, Chain
from engine.results import Recommendation
from engine.state.state import State
from engine.state.store import Store

NOW = dt.datetime(2026, 7, 15, 9, 0)
CUSTOMER = "C00001"


class Clock:
    """A moment that a test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


def about(n: int, *, customer: str = "key", actor: str = "Rita", day: int = 1) -> dict:
    """What a receipt of a chain is about; `n` tells it from the others."""
    return {
        "kind": LISTED,
        "id": f"r-{n}",
        "at": f"2026-07-{day:02d}T09:00:00",
        "actor": actor,
        "customer": customer,
        "list": "growth",
        "k": 5,
        "order": "score",
        "model": "v0001",
    }


def show(engine: Engine, customer: str = CUSTOMER, **asked) -> Recommendation:
    shown = engine.offers.recommend(customer, **asked)
    engine.feedback.record_shown(shown, actor="Rita")
    return shown


def dismiss(engine: Engine, shown: Recommendation) -> None:
    engine.feedback.record(
        event_id=str(uuid.uuid4()),
        customer_id=shown.customer_id,
        product_id=shown.offers[0].product_id,
        action="dismissed",
        reason="unsuitable",
        actor="Rita",
        offer=shown.offers[0],
    )


def stored_bytes(engine: Engine) -> bytes:
    """Of the state file and what lies beside it."""
    engine.snapshots.state.store.close()
    folder = engine.state / engine.bank.bank_id
    return b"".join(path.read_bytes() for path in folder.glob("state.sqlite*"))


def chain_in(folder: Path) -> Chain:
    """The chain of a state of one's own; another call is another process."""
    return Chain(State(folder, "bank-1").receipts)


def store_of(chain: Chain) -> Store:
    return chain._receipts.store


def change(chain: Chain, statement: str, *values: object) -> None:
    """Change what is stored behind the back of the chain."""
    with store_of(chain).writing() as connection:
        connection.execute(statement, values)


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return chain_in(tmp_path)


@pytest.fixture
def filled(chain: Chain) -> Chain:
    """Six receipts, two of them of the customer behind the key "other"."""
    for n in range(1, 7):
        chain.add(about(n, customer="other" if n in (2, 5) else "key"), {"score": n / 8})
    return chain


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(small_demo: Path, small_copy: Path, clock: Clock) -> Callable[[], Engine]:
    """Open the demo bank; each call is a fresh start on the same state folder."""
    return lambda: Engine.open(small_demo, small_copy, now=clock)


@pytest.fixture
def engine(opened: Callable[[], Engine]) -> Engine:
    return opened()


@pytest.fixture(scope="module")
def standing(
    small_demo: Path, small_state: Path, tmp_path_factory: pytest.TempPathFactory
) -> Engine:
    """For tests that only show lists, each of another customer."""
    state = shutil.copytree(small_state, tmp_path_factory.mktemp("standing") / "state")
    return Engine.open(small_demo, state, now=lambda: NOW)
