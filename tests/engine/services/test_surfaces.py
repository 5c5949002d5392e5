"""One walk over every answer that offers something: what a customer objects to is gone from all.

The same walk shows that the arms of an experiment are kept apart: it is started right before.
"""

import dataclasses
import datetime as dt
import inspect
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput
from engine.experiment_plan import ARMS
from engine.experiments.arms import codes_of
from engine.results import Campaign
from engine.services.opening.banks import utc_now
from engine.services.surfaces import OTHERS, Offered, surfaces
from engine.vocabulary import MARKETING, MASKED, PERSONALISATION

NOW = dt.datetime(2026, 7, 15, 9, 0)
N = 3
NAMES = [surface.name for surface in surfaces()]
Walk = dict[str, Offered]
SHARES = dict.fromkeys(ARMS, 0.05)
MOVED_BY_OTHERS = {"scenarios.why_not", "campaigns.plan", "campaigns.export", "days.today"}
"""Where what one customer is offered rests on others, or on what stands in the way."""


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
    """Every text of an answer: of a file, a table, or the records of `engine.results`, without the
    objects that they rest on and that are no part of what they say."""
    if isinstance(answer, bytes):
        return answer.decode("utf-8", "replace")
    if isinstance(answer, pd.DataFrame):
        return answer.to_csv()
    if isinstance(answer, Mapping):
        return " ".join(map(spoken, (*answer, *answer.values())))
    if isinstance(answer, list | tuple | set):
        return " ".join(map(spoken, answer))
    if dataclasses.is_dataclass(answer) and type(answer).__module__.startswith("engine.results"):
        said = [one.name for one in dataclasses.fields(answer) if one.repr]
        return " ".join(spoken(getattr(answer, name)) for name in said)
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
def engines(
    small_demo: Path, small_state: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Engine, Engine]]:
    """Two that are open on one bank, as two processes are."""
    state = shutil.copytree(small_state, tmp_path_factory.mktemp("walk") / "state")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ATTUNE_QUESTIONS__READS", "words")  # no encoder is loaded
        yield tuple(Engine.open(small_demo, state, now=lambda: NOW) for _ in range(2))


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
def arms(engines: tuple[Engine, Engine], ids: list[str]) -> dict[str, list[str]]:
    """Arm -> persons of it who have a list, of an experiment that is not started yet; none who
    named a sensitive merchant in a message of their own, which a profile may show."""
    bank, table = engines[0].bank, engines[0].scores.get()
    codes = codes_of(bank["customers"]["customer_id"], bank.bank_id, "walk", SHARES)
    people = (bank["customers"]["audience"] == "retail").to_numpy()
    wrote = bank["messages"].loc[bank["messages"]["text"].str.contains("FitLab"), "customer_id"]
    may = people & table.allowed.any(axis=1) & ~bank.customer_ids.isin([*ids, *wrote])
    found = {arm: bank.customer_ids[may & (codes == n)].tolist() for n, arm in enumerate(ARMS)}
    assert min(map(len, found.values())) >= 2, "an arm is empty: take larger shares"
    return found


@pytest.fixture(scope="module")
def walkers(arms: dict[str, list[str]]) -> list[str]:
    """Two of each arm."""
    return [one for members in arms.values() for one in members[:2]]


@pytest.fixture(scope="module")
def said(
    engines: tuple[Engine, Engine], ids: list[str], walkers: list[str]
) -> tuple[Walk, list[tuple[str, str]]]:
    """A walk before anybody objects, and all that was answered on it."""
    engine = engines[1]
    with heard(engine) as texts:
        walk = walked(engine, [*ids, *walkers])
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
    walkers: list[str],
) -> Walk:
    """The walk of one engine right after the other recorded what the customers object to, and
    started an experiment."""
    objecting, open_ = engines
    own = objecting.bank["products"]["product_id"].tolist()[::-1]
    sample = objecting.experiments.sample("walk", shares=SHARES, uplift=1.0, base=0.2, own_list=own)
    objecting.experiments.plan(sample, actor="Rita")
    objecting.experiments.start("walk", actor="Mona", why="To be walked")
    for n, one in enumerate(ids):
        purpose = (PERSONALISATION, MARKETING, f"category:{category[one]}")[n % 3]
        objecting.records.set_consent(one, purpose, "refused", source="call", actor="Rita")
    return walked(open_, [*ids, *walkers])


def listed_by_hand(engine: Engine, customer: str, arm: str) -> list[str]:
    """What the arm is offered, best first, of all that every other rule leaves."""
    snapshot, now = engine.snapshot(), engine.scores.get().now
    row = np.array([engine.bank.customer_position(customer)])
    choices = dataclasses.replace(snapshot.choices, arms=None)
    allowed = np.flatnonzero(snapshot.rulebook.judge(choices, row, now).allowed[0])
    products = engine.bank.product_ids
    if arm == "own list":
        return products[allowed[::-1]].tolist()[:5]
    order = engine.scores.get().arms.order(row)[0]
    return products[sorted(allowed, key=lambda product: -order[product])].tolist()[:5]


@pytest.mark.parametrize("name", NAMES)
def test_F199_arms_are_kept_apart_on_every_surface(
    name: str,
    engines: tuple[Engine, Engine],
    before: Walk,
    after: Walk,
    arms: dict[str, list[str]],
):
    def offered(walk: Walk, one: str) -> set[str]:
        return {product for customer, product in walk[name] if customer == one and product}

    for one in arms["no contact"][:2]:
        assert offered(after, one) == set(), "nobody of this arm is offered anything"
    for arm in ("own list", "random"):
        for one in arms[arm][:2]:
            mine = listed_by_hand(engines[1], one, arm)
            seen = set(mine[:1]) if name.split(".")[0] in ("campaigns", "prospects") else set(mine)
            assert offered(after, one) <= seen
    for one in arms["engine"][:2]:
        if name not in MOVED_BY_OTHERS:
            assert offered(after, one) == offered(before, one)


def test_F199_the_card_the_file_and_the_receipt_say_what_an_arm_moved(
    engines: tuple[Engine, Engine], after: Walk, arms: dict[str, list[str]]
):
    engine = engines[1]
    for arm, words in (("random", "drawn at random"), ("own list", "from the bank's own list")):
        one = arms[arm][0]
        shown = engine.offers.recommend(one, list="growth")
        listed = [offer.product_id for offer in shown.offers]
        hand = listed_by_hand(engine, one, arm)
        assert listed and listed == [product for product in hand if product in listed]
        left_out = {r.product_id for r in shown.removed if r.rule == "category limit"}
        assert set(hand) - set(listed) <= left_out
        assert {offer.arm for offer in shown.offers} == {arm}
        by_value = engine.offers.recommend(one, list="growth", order="value")
        assert [offer.product_id for offer in by_value.offers] == listed
        moved = [offer for offer in shown.offers if offer.moved]
        assert moved and all(words in offer.moved for offer in moved)
        assert any("for the experiment walk" in note for note in shown.notes)
        file = engine.offers.score(lists=["growth"], customers=[one])
        assert set(file["arm"]) == {arm}
        assert file["moved"].tolist() == [offer.moved for offer in shown.offers]
        engine.feedback.record_shown(shown, actor="Rita")
        assert engine.receipts.replay(shown.receipt_id).same
    silent = engine.offers.recommend(arms["no contact"][0])
    assert silent.offers == () and "is offered nothing" in " ".join(silent.notes)
    assert "experiment" in {one.rule for one in silent.removed}


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
    engines: tuple[Engine, Engine],
    ids: list[str],
    gap: int,
    after: Walk,
    arms: dict[str, list[str]],
):
    n_lists = int(engines[1].fairness.report("gender").overall["n_with_offer"].sum())
    asked = [*ids, *arms["no contact"]]
    without = [one for one in asked if not engines[1].offers.recommend(one).offers]
    assert gap - n_lists == len(without)
    assert {*ids[::3], *arms["no contact"]} <= set(without)


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


def test_F199_an_experiment_that_is_stopped_is_over_for_every_process_and_its_receipts_replay(
    engines: tuple[Engine, Engine], after: Walk, arms: dict[str, list[str]]
):
    stopping, open_ = engines
    one = arms["random"][0]
    shown = open_.offers.recommend(one, list="growth")
    open_.feedback.record_shown(shown, actor="Rita")
    with pytest.raises(BadInput, match="was started already"):
        stopping.experiments.start("walk", actor="Mona")
    stopping.experiments.stop("walk", actor="Mona", why="Seen enough")
    assert open_.experiments.arm_of(one) == ""
    assert open_.experiments.table()["status"].tolist() == ["ended"]
    assert open_.offers.recommend(arms["no contact"][0]).offers
    assert open_.receipts.replay(shown.receipt_id).same
    by_hand = open_.governance.overrides()
    hand_made = by_hand.loc[by_hand["kind"] == "setting in the bank's file", "what"].tolist()
    assert hand_made == ["Questions: reads = words"]
    log = open_.levers.log()
    assert log.loc[log["action"] == "in force", "name"].tolist()[:2] == [
        "experiment-walk-stop",
        "experiment-walk",
    ]


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
