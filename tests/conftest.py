"""Fixtures that most tests share: a hand-made bank whose right answers are known by eye."""

import gc
import logging
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from engine.bank.bank import Bank, Manifest
from tests.fixtures.first_start import SEGMENTS, start
from tests.private_data import PrivateRecords

# The same examples on every machine; `--hypothesis-profile=explore` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("same")

# Banks and models that stay for the whole run are not looked through again and again.
gc.set_threshold(100_000, 50, 100)

DEMO = Path(__file__).parents[1] / "data" / "demo"
DEAREST = (
    "engine/services/test_surfaces.py",  # makes the small demo bank that others wait for
    "engine/receipts/test_replay.py",  # makes the first version of the demo bank
    "architecture/test_start.py",
    "engine/bank/importing/test_update.py",
    "engine/services/test_erasure.py",
    "engine/scoring/test_group_prices.py",
    "engine/cli/test_cli.py",
    "engine/test_engine.py",
    "engine/test_benchmarks.py",
    "engine/bank/importing/test_public_banks.py",
    "engine/services/test_segments.py",
    "pages/test_on_the_demo_bank.py",
    "engine/services/test_evaluation.py",
    "engine/test_odd_banks.py",
    "engine/bank/importing/test_public_exports.py",
    "engine/demo/test_scenarios.py",
    "engine/customers/clusters/test_division.py",
    "engine/governance/test_pack.py",
    "engine/services/test_learned_metrics.py",
    "engine/bank/importing/test_kept_plan.py",
    "engine/seen/test_own_book.py",
    "engine/services/test_assistant.py",
    "engine/customers/test_claims.py",
    "engine/guard/test_terms.py",
    "pages/test_every_text.py",
)
"""Files of 25 seconds and more: one that began last would leave the other cores idle."""
DAYS = pd.date_range("2024-01-01", periods=12, freq="MS")


_HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "", None)


@pytest.fixture(scope="session", autouse=True)
def only_this_machine() -> Iterator[None]:
    """No test reaches another machine: texts, lists and pages are made without a network."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(one: socket.socket, address: object) -> None:
        if one.family in (socket.AF_INET, socket.AF_INET6):
            assert address[0] in _HERE, f"a test asked for the network: {address}"
        connect(one, address)

    def resolved(host: object, *more: object, **named: object) -> object:
        assert host in _HERE, f"a test asked for the network: {host}"
        return look_up(host, *more, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", guarded)
        patched.setattr(socket, "getaddrinfo", resolved)
        yield


@pytest.fixture(scope="session")
def _listening() -> Iterator[PrivateRecords]:
    records = PrivateRecords()
    logging.getLogger().addHandler(records)
    yield records
    logging.getLogger().removeHandler(records)


@pytest.fixture(autouse=True)
def private_records(_listening: PrivateRecords) -> Iterator[PrivateRecords]:
    """No test has the program log an e-mail address, a phone, card or account number.

    A face of the program that a test starts cleans all records from then on; the next test hears
    them as they are again.
    """
    _listening.found.clear()
    plain = logging.getLogRecordFactory()
    yield _listening
    logging.setLogRecordFactory(plain)
    assert _listening.found == [], "a log of the program names a person"


def _months(customer_id: str, balance: list[float], spending: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": customer_id,
            "month": DAYS,
            "balance": balance,
            "income": 4000.0,
            "spending": spending,
            "n_transactions": 20.0,
        }
    )


@pytest.fixture(scope="session")
def small_bank() -> Bank:
    """Six customers and five products.

    Ann grows and travels, Ben falls and complains, Cid is a careful pensioner who is vulnerable,
    Dee wants high risk, Eve is known by her id alone, Fox Ltd is the one corporate customer.
    """
    flat = [1000.0] * 12
    customers = pd.DataFrame(
        {
            "customer_id": ["ann", "ben", "cid", "dee", "eve", "fox"],
            "audience": ["retail"] * 5 + ["corporate"],
            "name": ["Ann Ash", "Ben Bay", "Cid Cox", "Dee Day", None, "Fox Ltd"],
            "age": [30, 45, 70, 35, None, None],
            "gender": ["female", "male", "male", "female", None, None],
            "region": ["North", "South", "North", "South", None, "North"],
            "occupation": ["Software Engineer", "Teacher", "Retired", "Data Analyst", None, None],
            "annual_income": [90000, 40000, 25000, 80000, None, None],
            "credit_score": [780, 640, 720, 800, None, None],
            "risk_tolerance": ["medium", "low", "low", "high", None, "medium"],
            "goals": [
                "travel; buy a house",
                "stability",
                "stability; retirement",
                "investments; high risk",
                None,
                "business growth",
            ],
            "joined_on": ["2018-01-01"] * 4 + [None, "2020-01-01"],
            "relationship_manager": ["Rita", "Rita", "Raj", "Raj", None, "Raj"],
            "satisfaction": [0.8, -0.4, 0.5, 0.6, None, 0.2],
            "vulnerable": [False, False, True, False, None, False],
        }
    )
    products = pd.DataFrame(
        {
            "product_id": ["card", "fund", "home", "loan", "save"],
            "name": ["Travel card", "Growth fund", "Home insurance", "Business loan", "Saver"],
            "item_type": "product",
            "audience": ["retail", "retail", "retail", "corporate", "retail"],
            "category": ["Card", "Investment", "Insurance", "Loan", "Savings"],
            "description": [
                "Credit card with air miles, airport lounges and no foreign fees",
                "Equity fund for long-term growth with high risk",
                "Insurance that protects your house and belongings",
                "Working capital for a growing company",
                "Savings account with easy access and steady interest",
            ],
            "min_age": [18, 18, 18, None, None],
            "min_income": [30000, None, None, None, None],
            "min_credit_score": [650, None, None, None, None],
            "min_investment": [None, 1000, None, None, None],
            "interest_rate": [0.19, None, None, 0.07, 0.03],
            "annual_fee": [90, None, None, None, 0],
            "risk_customer": [4, 8, 1, 5, 1],
            "risk_bank": [5, 2, 2, 6, 1],
            "profit_margin": [7, 6, 4, 7, 2],
            "value_customer": [6, 7, 6, 6, 5],
            "retention_value": [5, 6, 6, 6, 8],
            "sensitive": [True, False, False, True, False],
        }
    )
    return Bank.from_tables(
        Manifest(name="Small Bank", as_of="2024-12-31"),
        {
            "customers": customers,
            "products": products,
            "consents": pd.DataFrame(
                {
                    "customer_id": ["ann", "ann", "dee"],
                    "purpose": ["personalisation", "social", "marketing"],
                    "status": ["granted", "granted", "refused"],
                    "recorded_at": "2024-01-01",
                    "source": "form",
                }
            ),
            "accounts": pd.DataFrame(
                {
                    "account_id": ["a1", "a2", "a3", "a4"],
                    "customer_id": ["ann", "ben", "cid", "dee"],
                    "kind": "current",
                    "balance": [9000.0, 500.0, 20000.0, 30000.0],
                    "as_of": "2024-12-31",
                }
            ),
            "holdings": pd.DataFrame(
                {
                    "customer_id": ["ann", "ben", "cid", "fox"],
                    "product_id": ["save", "card", "save", "loan"],
                    "opened_on": ["2020-01-01", "2021-06-01", None, "2022-03-01"],
                }
            ),
            "transactions": pd.DataFrame(
                {
                    "transaction_id": ["t1", "t2", "t3", "t4", "t5", "t6"],
                    "customer_id": ["ann", "ann", "ann", "ben", "dee", "dee"],
                    "booked_at": [
                        "2024-11-03",
                        "2024-11-20",
                        "2024-12-01",
                        "2024-12-02",
                        "2024-12-03",
                        "2024-12-10",
                    ],
                    "amount": [-800.0, -1200.0, 7500.0, -90.0, -2000.0, -60.0],
                    "currency": "USD",
                    "description": [
                        "Flight to Lisbon",
                        "Hotel in Lisbon",
                        "Salary",
                        "Supermarket",
                        "Share purchase",
                        "Restaurant",
                    ],
                }
            ),
            "months": pd.concat(
                [
                    _months("ann", [1000.0 + 700 * i for i in range(12)], [2000.0] * 12),
                    _months("ben", [6000.0 - 500 * i for i in range(12)], [900.0] * 12),
                    _months("cid", [20000.0] * 12, flat),
                    _months("dee", [30000.0] * 12, [1500.0, 4500.0] * 6),
                ]
            ),
            "messages": pd.DataFrame(
                {
                    "message_id": ["m1", "m2", "m3", "m4"],
                    "customer_id": ["ann", "ben", "ben", "dee"],
                    "sent_at": ["2024-11-01", "2024-12-01", "2024-12-20", "2024-10-01"],
                    "kind": ["post", "ticket", "ticket", "post"],
                    "platform": ["Instagram", None, None, "LinkedIn"],
                    "text": [
                        "Booked flights to Portugal, I love to travel!",
                        "I was charged twice and nobody helps. This is terrible service.",
                        "Still waiting for my refund. I am angry and want to close my account.",
                        "Bought more technology shares today",
                    ],
                    "topics": ["travel", "fees", "fees", "investing"],
                    "resolved": [None, False, False, None],
                    "repeated": [None, False, True, None],
                }
            ),
        },
    )


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one of the processes that share a run of the tests makes for all of them.

    Where ATTUNE_MADE names a folder, as `make test` does, later runs find there what was made.
    """
    shared = factory.getbasetemp()
    if "ATTUNE_MADE" in os.environ:
        shared = Path(os.environ["ATTUNE_MADE"])
        shared.mkdir(exist_ok=True)
    elif "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / f"{name}-once"
    with FileLock(shared / f"{name}.lock"):
        if not made.exists():
            make(shared / f"{name}-in-making")
            (shared / f"{name}-in-making").rename(made)
    return made


def _first_start(folder: Path) -> None:
    imported = start(DEMO, folder / "state", SEGMENTS)
    (folder / "imported.txt").write_text("\n".join(imported["start"]))


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first start of the demo bank leaves: its state, and the models it imported."""
    return _made_once(tmp_path_factory, "first-start", _first_start)


@pytest.fixture(scope="session")
def first_imports(first_start: Path) -> set[str]:
    """The model libraries that the first start of the demo bank has imported."""
    return set((first_start / "imported.txt").read_text().split())


@pytest.fixture(scope="session")
def trained_state(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which the demo bank has its first version; copy it before writing.

    Processes that share a run of the tests have a copy each of what the first of them makes.
    """
    return shutil.copytree(first_start / "state", tmp_path_factory.mktemp("trained") / "state")


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo bank of 250 customers, for all processes; nobody writes into it.

    What has to hold in any bank and not in that of 1,000 costs a fraction of the time in it. Its
    persons are in five books, of as many managers as the larger bank has, and its companies in one.
    """
    return _made_once(tmp_path_factory, "small-demo", _small_demo)


def _small_demo(folder: Path) -> None:
    from engine.demo import generate

    bank = generate(250, 7)
    customers, n = bank["customers"], (bank["customers"]["audience"] == "retail").sum()
    managers = customers["relationship_manager"].to_numpy(dtype=object).copy()
    books = [managers[0], "Sam Adeyemi", "Lena Brandt", "Theo Castell", "Nora Dahl"]
    managers[:n] = [books[row * len(books) // n] for row in range(n)]
    tables = {**bank.tables, "customers": customers.assign(relationship_manager=managers)}
    Bank.from_tables(bank.manifest, tables).save(folder)


def _train(data: Path, state: Path) -> None:
    from engine import Engine

    engine = Engine.open(data, state)
    engine.models.warm_up()
    engine.segments.warm_up()
    engine.customers.table()  # what is worked out for a first page is kept for the next


@pytest.fixture(scope="session")
def small_state(small_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which the small demo bank has its first version; copy it to write."""
    made = _made_once(tmp_path_factory, "small-state", lambda state: _train(small_demo, state))
    return shutil.copytree(made, tmp_path_factory.mktemp("small") / "state")


@pytest.fixture
def demo_state(trained_state: Path, tmp_path: Path) -> Path:
    """A state folder of one's own with a trained version of the demo bank."""
    return Path(shutil.copytree(trained_state, tmp_path / "state"))


@pytest.fixture
def small_copy(small_state: Path, tmp_path: Path) -> Path:
    """A state folder of one's own with a trained version of the small demo bank."""
    return Path(shutil.copytree(small_state, tmp_path / "state"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first; what stands in tests/e2e drives a browser, and comes last.

    The browser's event loop stays open in its thread, where no other can then be started.
    """
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here / "e2e"):
            item.add_marker("e2e")
    place = {here / file: n for n, file in enumerate(DEAREST)}
    items.sort(
        key=lambda item: (
            item.get_closest_marker("e2e") is not None,
            place.get(item.path, len(place)),
        )
    )
