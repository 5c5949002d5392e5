"""Persona tests block settings under which somebody gets, or misses, what was agreed."""

import datetime as dt
from pathlib import Path

import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.scoring.customer_scores import customer_scores
from engine.scoring.levers import adjustable, persona_tests
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
MOVED = {
    "ranking.emphasis.needs": 3.0,
    "ranking.emphasis.suitability": 3.0,
    "ranking.emphasis.popularity": 0.0,
}


@pytest.fixture
def engine(demo_state: Path) -> Engine:
    return Engine.open(DEMO, demo_state, now=lambda: NOW)


def under(engine: Engine, customer: str) -> list[str]:
    """A customer's growth list as other settings make it, put in force and taken back."""
    levers = engine.levers
    levers.save("moved", MOVED, actor="Mona")
    levers._store.apply("moved", now=NOW, actor="Mona", why="")
    try:
        return [o.product_id for o in engine.offers.recommend(customer, list="growth").offers]
    finally:
        levers._store.take_back(now=NOW, actor="Mona", why="")


def test_settings_under_which_a_persona_test_fails_are_not_put_in_force(engine: Engine):
    customer = "C00003"
    today = [o.product_id for o in engine.offers.recommend(customer, list="growth").offers]
    then = under(engine, customer)
    lost, won = (
        next(p for p in one if p not in other) for one, other in ((today, then), (then, today))
    )
    names = engine.bank["products"].set_index("product_id")["name"]
    engine.personas.add(customer, lost, gets=True, actor="Rita", why="Agreed with the customer")
    with pytest.raises(BadInput) as refused:
        engine.levers.apply("moved", actor="Mona")
    assert str(refused.value) == (
        f"Not in force, since a persona test fails. {customer} must get {names[lost]} among the "
        "first 5 of the growth list, and it is not there."
    )
    engine.personas.add(customer, won, gets=False, actor="Rita")
    place = then.index(won) + 1
    with pytest.raises(BadInput, match="1 more fail"):
        engine.levers.apply("moved", actor="Mona")
    assert engine.levers.in_force() == []
    assert engine.personas.remove(customer, lost, actor="Rita")
    with pytest.raises(BadInput, match=f"must not get .* it stands in place {place}"):
        engine.levers.apply("moved", actor="Mona")
    told = engine.trail.table(customer)
    assert (told["actor"] == "Rita").sum() == 3
    assert engine.trail.verify().sound


def test_a_test_that_fails_today_or_of_who_objects_stops_no_setting_and_is_said(engine: Engine):
    lists = {
        customer: engine.offers.recommend(customer, list="growth").offers
        for customer in ("C00003", "C00007")
    }
    for customer, offers in lists.items():
        engine.personas.add(customer, offers[0].product_id, gets=True, actor="Rita")
    first = lists["C00003"][0]
    engine.feedback.record(
        event_id="taken",
        customer_id="C00003",
        product_id=first.product_id,
        action="accepted",
        actor="Rita",
    )
    engine.records.set_consent("C00007", "marketing", "refused", source="form")
    engine.levers.save("light", {"ranking.emphasis.mood": 0.99}, actor="Mona")
    notes = engine.levers.apply("light", actor="Mona")
    assert engine.levers.in_force() == ["light"]
    assert notes == (
        f"Fails today already: C00003 must get {first.name} among the first 5 of the growth list, "
        "and it is not there.",
        "Not asked of customers who object to personal offers, or have not agreed to them: C00007.",
    )


def test_other_settings_are_worked_out_as_they_would_come_true(engine: Engine):
    then = under(engine, "C00003")
    table = engine.scores.get()
    wanted = adjustable.changed(table.settings, engine.levers._wanted(table, MOVED, ()))
    row = table.bank.customer_position("C00003")
    found = customer_scores(persona_tests.under(table, wanted), row, "growth").positions
    assert table.bank.product_ids[found].tolist() == then


def test_a_test_that_does_not_hold_today_or_names_nobody_is_refused(engine: Engine):
    first = engine.offers.recommend("C00003", list="growth").offers[0].product_id
    with pytest.raises(BadInput, match=r"does not hold today: C00003 must not get .* in place 1"):
        engine.personas.add("C00003", first, gets=False, actor="Rita")
    with pytest.raises(BadInput, match="no product 'nothing'"):
        engine.personas.add("C00003", "nothing", gets=True, actor="Rita")
    with pytest.raises(NotFound):
        engine.personas.add("nobody", first, gets=True, actor="Rita")
    assert engine.personas.tests().empty
    assert not engine.personas.remove("C00003", first, actor="Rita")
    assert engine.personas.check()["holds"].all(), "no test fails"


def test_F153_an_erased_customer_is_in_no_persona_test(engine: Engine):
    first = engine.offers.recommend("C00003", list="growth").offers[0].product_id
    engine.personas.add("C00003", first, gets=True, actor="Rita", why="Asked by phone")
    assert engine.personas.check()["holds"].tolist() == [True]
    engine.erasing.erase("C00003", actor="Rita")
    assert engine.personas.tests().empty
    assert "Asked by phone" not in engine.snapshots.state.personas.read().to_string()


def test_a_test_on_what_left_the_bank_holds_no_more_and_blocks_nothing(engine: Engine):
    engine.personas.add("C00003", "P01", gets=False, actor="Rita", why="Asked by phone")
    row = engine.snapshots.state.personas.read().iloc[-1].to_dict()
    engine.snapshots.state.personas.append(
        [row | {"product_id": "P99"}, row | {"customer_id": "X1", "must": "get"}]
    )
    found = engine.personas.check()
    assert found["holds"].tolist() == [True, False, False]
    assert found["in_bank"].tolist() == [True, False, False]
    assert found["product"].tolist()[1:] == ["P99", found["product"][0]]
    engine.levers.save("moved", {"ranking.emphasis.needs": 1.1}, actor="Mona")
    notes = engine.levers.apply("moved", actor="Mona")
    assert engine.levers.in_force() == ["moved"]
    assert notes == (
        "C00003 must not get P99 on the growth list, and the product is no longer in the bank: "
        "remove the test or ask for something else.",
        f"X1 must get {found['product'][0]} on the growth list, and the customer is no longer in "
        "the bank: remove the test or ask for something else.",
    )
    assert engine.personas.remove("C00003", "P99", actor="Rita")
    assert len(engine.personas.gone()) == 1
