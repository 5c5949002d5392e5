"""After a click the list of customers is the one that a new start gives, for far less work."""

import datetime as dt
import uuid
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.guard.verdicts import Rulebook
from engine.ranking.ranker import Ranker
from engine.snapshot import snapshot as _snapshot
from engine.vocabulary import LISTS


class Clock:
    """A moment that a test moves on."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 7, 15, 9, 0)

    def __call__(self) -> dt.datetime:
        return self.now


class Work:
    """How many customers were judged, and how often all profiles were built."""

    judged = 0
    built = 0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(small_demo: Path, small_copy: Path, clock: Clock) -> Engine:
    return Engine.open(small_demo, small_copy, now=clock)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> type[Work]:
    """Counts what is worked out from now on."""
    judge, build = Rulebook.judge, _snapshot._profiles.build

    def judging(self, choices, rows, now):
        Work.judged += len(rows)
        return judge(self, choices, rows, now)

    def building(*given, **named):
        Work.built += 1
        return build(*given, **named)

    monkeypatch.setattr(Rulebook, "judge", judging)
    monkeypatch.setattr(_snapshot._profiles, "build", building)
    Work.judged = Work.built = 0
    return Work


def _record(engine: Engine, customer: str, action: str, **more) -> str:
    """An answer to the customer's first offer."""
    event_id = str(uuid.uuid4())
    offers = engine.offers.recommend(customer, k=3).offers
    engine.feedback.record(
        event_id=event_id,
        customer_id=customer,
        product_id=offers[0].product_id,
        action=action,
        actor="Rita",
        **more,
    )
    return event_id


def _is_as_new(engine: Engine, data: Path, state: Path, clock: Clock) -> None:
    """The list equals that of an engine that has just been opened on the same state."""
    new = Engine.open(data, state, now=clock).customers.table()
    pd.testing.assert_frame_equal(engine.customers.table(), new, check_exact=True)


def test_the_list_after_any_click_is_the_list_of_a_new_start(
    engine: Engine, small_demo: Path, small_copy: Path, clock: Clock
):
    engine.customers.table()
    first = _record(engine, "C00001", "dismissed", reason="Not suitable")
    _is_as_new(engine, small_demo, small_copy, clock)
    _record(engine, "C00002", "postponed")
    _record(engine, "C00010", "accepted")
    engine.offers.recommend("C00002")
    _is_as_new(engine, small_demo, small_copy, clock)
    engine.feedback.undo(first, undo_id=str(uuid.uuid4()), actor="Rita")
    engine.records.set_consent("C00030", "marketing", "refused", source="call")
    engine.records.set_consent("C00031", "category:card", "refused", source="call")
    _is_as_new(engine, small_demo, small_copy, clock)
    engine.records.set_consent("C00001", "social", "refused", source="call")
    _is_as_new(engine, small_demo, small_copy, clock)
    _record(engine, "C00046", "purchased")
    _is_as_new(engine, small_demo, small_copy, clock)
    engine.records.edit("products", engine.bank.product_ids[0], "risk_customer", 9.0, actor="Rita")
    _is_as_new(engine, small_demo, small_copy, clock)


def test_not_now_comes_back_on_the_list_when_its_time_is_over(
    engine: Engine, small_demo: Path, small_copy: Path, clock: Clock
):
    before = engine.customers.table().set_index("customer_id")["next_offer"]
    _record(engine, "C00001", "postponed")
    away = engine.customers.table().set_index("customer_id")["next_offer"]
    assert away["C00001"] != before["C00001"]
    clock.now += dt.timedelta(days=31)
    _is_as_new(engine, small_demo, small_copy, clock)
    clock.now -= dt.timedelta(days=31)
    _is_as_new(engine, small_demo, small_copy, clock)


def test_a_click_judges_its_customer_again_and_nobody_else(engine: Engine, work: type[Work]):
    engine.customers.table()
    assert work.judged == engine.bank.n_customers
    _record(engine, "C00001", "dismissed")
    engine.records.set_consent("C00002", "marketing", "refused", source="call")
    work.judged = work.built = 0
    engine.customers.table()
    assert work.judged == 2
    assert work.built == 0


def test_an_hour_later_only_those_are_judged_who_get_something_back(
    engine: Engine, clock: Clock, work: type[Work]
):
    engine.customers.table()
    found = engine.snapshot().choices.hidden
    work.judged = 0
    clock.now += dt.timedelta(days=1)
    engine.customers.table()
    days = np.array([clock.now - dt.timedelta(days=1), clock.now], dtype="datetime64[us]")
    assert work.judged == len(found.ended(*days)) < engine.bank.n_customers / 10


def test_which_list_opens_first_is_told_without_scoring_anybody(
    engine: Engine, work: type[Work], monkeypatch: pytest.MonkeyPatch
):
    customers = engine.bank.customer_ids[:50]
    expected = [engine.offers.recommend(customer, k=1).list for customer in customers]
    assert set(expected) == set(LISTS)
    work.judged = 0
    monkeypatch.setattr(Ranker, "scored", None)
    assert [engine.offers.list_that_opens(customer) for customer in customers] == expected
    assert work.judged == 0


def test_lists_of_everybody_after_a_click_are_those_of_a_new_start_for_less_work(
    small_demo: Path, engine: Engine, small_copy: Path, clock: Clock, work: type[Work]
):
    engine.offers.score()
    assert work.judged == engine.bank.n_customers
    _record(engine, "C00001", "dismissed", reason="Not suitable")
    engine.records.set_consent("C00030", "marketing", "refused", source="call")
    work.judged = 0
    after = engine.offers.score()
    assert work.judged == 2
    new = Engine.open(small_demo, small_copy, now=clock).offers.score()
    pd.testing.assert_frame_equal(after, new, check_exact=True)


def test_one_question_about_everybody_answers_the_others(engine: Engine, work: type[Work]):
    engine.customers.table()
    assert work.judged == engine.bank.n_customers
    engine.offers.score(k=3)
    engine.offers.score(customers=["C00005", "C00003"])
    engine.fairness.report("gender")
    engine.customers.insights()
    engine.prospects.of("P34", top=5)
    assert work.judged == engine.bank.n_customers


def test_the_book_and_the_audit_are_worked_out_once_until_something_is_recorded(engine: Engine):
    read, audited = engine.customers.insights, lambda: engine.fairness.report("gender")
    book, audit = read(), audited()
    assert read() is book
    assert audited() is audit
    assert engine.fairness.report("gender", list="retention") is not audit
    engine.records.set_consent("C00030", "personalisation", "refused", source="call")
    assert read() is not book
    assert audited() is not audit


def test_some_customers_are_scored_alone_as_among_all(engine: Engine, work: type[Work]):
    few = ["C00007", "C00003"]
    alone = engine.offers.score(customers=few)
    assert work.judged == 2
    engine.customers.table()
    pd.testing.assert_frame_equal(engine.offers.score(customers=few), alone, check_exact=True)


def test_what_stands_behind_a_list_is_kept_when_nothing_of_it_changes(engine: Engine):
    before = engine.snapshot()
    _record(engine, "C00001", "dismissed")
    engine.records.set_consent("C00002", "personalisation", "refused", source="call")
    after = engine.snapshot()
    assert after is not before
    assert after.profiles is before.profiles
    assert after.rulebook is before.rulebook
    assert after.bank.held is before.bank.held
    assert after.signals.audience is before.signals.audience
    assert after.ranker.model is before.ranker.model
