"""One walk over every answer that offers something: what a customer objects to is gone from all."""

import dataclasses
import datetime as dt
import inspect
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput
from engine.results import Campaign
from engine.services.opening.banks import utc_now
from engine.services.surfaces import OTHERS, Offered, surfaces
from engine.vocabulary import MARKETING, MASKED, PERSONALISATION
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
N = 3
NAMES = [surface.name for surface in surfaces()]
Walk = dict[str, Offered]


SENSITIVE = {
    "Quobble Oncology": "shopping",
    "Vexlin": "health",
    "Vexlin Parish": "other",
    "Trudgett Trade Union": "fees and charges",
    "Yarp Labour Party": "other",
    "Grindr": "entertainment",
}
"""Merchant -> category. What no answer says of anybody."""
ABOUT_ONE = (
    "customers.profile",
    "customers.cashflow",
    "customers.needs",
    "customers.forecast",
    "days.timeline",
    "segments.like",
)
"""Answers about one customer that offer nothing and that might say where the money went."""


def walked(engine: Engine, ids: list[str]) -> Walk:
    return {surface.name: surface.offered(engine, ids) for surface in surfaces()}


def spoken(answer: object) -> str:
    """Every text of an answer: of a file, a table, or the records of `engine.results`."""
    if isinstance(answer, bytes):
        return answer.decode("utf-8", "replace")
    if isinstance(answer, pd.DataFrame):
        return answer.to_csv()
    if isinstance(answer, Mapping):
        return " ".join(map(spoken, (*answer, *answer.values())))
    if isinstance(answer, list | tuple | set):
        return " ".join(map(spoken, answer))
    if dataclasses.is_dataclass(answer) and type(answer).__module__.startswith("engine.results"):
        return " ".join(spoken(getattr(answer, one.name)) for one in dataclasses.fields(answer))
    return str(answer)


@contextmanager
def heard(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """What every method that is known to `surfaces` answers meanwhile, as text."""
    texts: list[tuple[str, str]] = []

    def listening(place: str, asked: Callable[..., object]) -> Callable[..., object]:
        def answered(*given: object, **named: object) -> object:
            answer = asked(*given, **named)
            texts.append((place, spoken(answer)))
            return answer

        return answered

    with pytest.MonkeyPatch.context() as patched:
        places = {name for one in surfaces() for name in (one.name, *one.also)}
        for place in (*sorted(places), *ABOUT_ONE):
            service, method = place.split(".")
            owner = getattr(engine, service)
            patched.setattr(owner, method, listening(place, getattr(owner, method)))
        yield texts


@pytest.fixture(scope="module")
def engines(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Engine]:
    """Two that are open on one bank, as two processes are."""
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("walk") / "state")
    return tuple(Engine.open(DEMO, state, now=lambda: NOW) for _ in range(2))


@pytest.fixture(scope="module")
def ids(engines: tuple[Engine, Engine]) -> list[str]:
    """Persons, whom the audit counts too."""
    people = engines[0].bank["customers"].set_index("customer_id")["audience"]
    table = engines[0].campaigns.plan(Campaign("walk")).table
    found = table.loc[table["customer_id"].map(people) == "retail", "customer_id"].tolist()[:N]
    for n, (one, merchant) in enumerate((one, m) for one in found for m in SENSITIVE):
        bought = {"amount": 900 + n, "merchant": merchant, "category": SENSITIVE[merchant]}
        engines[0].records.add_purchase(one, submit_id=f"s{n}", actor="Rita", **bought)
    return found


@pytest.fixture(scope="module")
def said(engines: tuple[Engine, Engine], ids: list[str]) -> tuple[Walk, list[tuple[str, str]]]:
    """A walk before anybody objects, and all that was answered on it."""
    engine = engines[1]
    with heard(engine) as texts:
        walk = walked(engine, ids)
        for place in ABOUT_ONE:
            service, method = place.split(".")
            getattr(getattr(engine, service), method)(ids[0])
        texts.append(("alerts.open", spoken(engine.alerts.open())))
    return walk, texts


@pytest.fixture(scope="module")
def before(said: tuple[Walk, list[tuple[str, str]]]) -> Walk:
    return said[0]


def test_F148_no_answer_says_where_sensitive_money_went_and_sums_stay(
    engines: tuple[Engine, Engine], ids: list[str], said: tuple[Walk, list[tuple[str, str]]]
):
    assert {place for place, _ in said[1]} >= {*NAMES, *ABOUT_ONE}
    words = {word.lower() for merchant in SENSITIVE for word in merchant.split()}
    words -= {"party", "trade", "union"}
    words |= {"goodwell", "fitlab", "smile dental", "belmont"}
    told = [(place, text.lower()) for place, text in said[1]]
    assert not {(place, word) for place, text in told for word in words if word in text}
    engine = engines[1]
    mine = engine.customers.profile(ids[0]).transactions
    new = mine.loc[mine["booked_at"] == mine["booked_at"].max()]
    assert (new["merchant"] == MASKED).sum() == len(SENSITIVE)
    rows = engine.snapshots.base["transactions"]
    total = rows.loc[rows["customer_id"] == ids[0], "amount"].sum()
    planted = sum(900 + n for n in range(len(SENSITIVE)))
    assert mine["amount"].sum() == pytest.approx(total - planted)
    files = zipfile.ZipFile(io.BytesIO(engine.access.export(ids[0])))
    own = b"".join(files.read(one) for one in files.namelist())
    assert b"Quobble Oncology" in own, "the customer's own copy says all"


@pytest.fixture(scope="module")
def category(engines: tuple[Engine, Engine], ids: list[str]) -> dict[str, str]:
    """Of each customer's first offer."""
    return {one: engines[0].offers.recommend(one).offers[0].category for one in ids}


@pytest.fixture(scope="module")
def gap(engines: tuple[Engine, Engine], before: Walk) -> int:
    return int(engines[1].fairness.report("gender").overall["n_with_offer"].sum())


@pytest.fixture(scope="module")
def after(
    engines: tuple[Engine, Engine],
    ids: list[str],
    before: Walk,
    category: dict[str, str],
    gap: int,
) -> Walk:
    """The walk of one engine right after the other recorded what the customers object to."""
    objecting, open_ = engines
    for n, one in enumerate(ids):
        purpose = (PERSONALISATION, MARKETING, f"category:{category[one]}")[n % 3]
        objecting.records.set_consent(one, purpose, "refused", source="call", actor="Rita")
    return walked(open_, ids)


@pytest.mark.parametrize("name", NAMES)
def test_F149_F150_F151_what_is_objected_to_is_gone_from_every_surface(
    name: str,
    engines: tuple[Engine, Engine],
    ids: list[str],
    before: Walk,
    after: Walk,
    category: dict[str, str],
):
    products = engines[1].bank["products"].set_index("product_id")
    reached = {customer for customer, _ in before[name]}
    assert reached >= set(ids[::3]), "a walk that reaches nobody before proves nothing"
    assert {pair for pair in after[name] if pair[0] in ids[::3]} == set()
    sold = {product for one, product in after[name] if one in ids[1::3] and product}
    assert set(products.loc[list(sold), "item_type"]) <= {"service", "content"}
    assert not [
        (one, product)
        for one, product in after[name]
        if one in ids[2::3] and product and products.loc[product, "category"] == category[one]
    ]


def test_F150_counts_of_groups_lose_who_objects(
    engines: tuple[Engine, Engine], ids: list[str], gap: int, after: Walk
):
    n_lists = int(engines[1].fairness.report("gender").overall["n_with_offer"].sum())
    without = [one for one in ids if not engines[1].offers.recommend(one).offers]
    assert gap - n_lists == len(without) and set(ids[::3]) <= set(without)


def test_F150_no_score_and_no_allocation_is_worked_out_for_who_objects(
    engines: tuple[Engine, Engine], ids: list[str], after: Walk
):
    engine, gone = engines[1], ids[0]
    for ask in (
        lambda: engine.scenarios.explain(gone, "B02"),
        lambda: engine.scenarios.compare(gone, "B02", "B10"),
        lambda: engine.scenarios.nearest(customer_id=gone),
        lambda: engine.customers.strategy(gone),
        lambda: engine.customers.expect_personal(gone),
    ):
        with pytest.raises(BadInput, match="has opted out of personal recommendations"):
            ask()
    engine.customers.expect_personal(ids[1])


def test_F150_a_new_method_of_a_service_says_whether_it_offers_something(
    small_bank, tmp_path: Path
):
    engine = Engine(tmp_path, small_bank, tmp_path, utc_now)
    joined = {name for surface in surfaces() for name in (surface.name, *surface.also)}
    known, unsaid = set(), []
    for service, answering in vars(engine).items():
        if not type(answering).__module__.startswith("engine.services."):
            continue
        for name, _ in inspect.getmembers(type(answering), inspect.isfunction):
            place = f"{service}.{name}"
            known.add(place)
            if not (name.startswith("_") or place in {*joined, *OTHERS}):
                unsaid.append(place)
    assert unsaid == [], "put it into engine/services/surfaces.py"
    assert sorted({*joined, *OTHERS} - known) == [], "is no method any more"
