"""What is stored of an answer, what the second of two people is told, and what time does to it."""

import datetime as dt
import shutil
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.errors import AnsweredMeanwhile, BadInput, NotFound, StateError
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9)


@pytest.fixture(scope="module")
def clock() -> list[dt.datetime]:
    return [NOW]


@pytest.fixture(scope="module")
def engine(trained_state: Path, tmp_path_factory, clock) -> Engine:
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("answers") / "state")
    return Engine.open(DEMO, state, now=lambda: clock[0])


@pytest.fixture(scope="module")
def people(engine) -> Iterator[str]:
    """Customers with three offers, each given to one test."""
    ids = engine.bank.customer_ids[20:]
    return iter([one for one in ids[:40] if len(engine.offers.recommend(one, k=3).offers) == 3])


@pytest.fixture
def someone(people) -> str:
    return next(people)


def answer(engine: Engine, customer: str, offer, action: str, **more) -> str:
    event = str(uuid.uuid4())
    said = {"actor": "Rita", **more}
    engine.feedback.record(
        event_id=event,
        customer_id=customer,
        product_id=offer.product_id,
        action=action,
        offer=offer,
        **said,
    )
    return event


def logged(engine: Engine, event: str) -> pd.Series:
    return engine.snapshots.events.logged().set_index("event_id").loc[event]


def test_F157_an_answer_is_stored_with_all_of_how_the_offer_was_shown(engine, someone):
    given = engine.offers.recommend(someone, k=3)
    engine.feedback.record_shown(given, actor="Rita", arm="engine")
    event = answer(
        engine, someone, given.offers[1], "accepted", receipt_id=given.receipt_id, arm="engine"
    )
    log = engine.snapshots.events.logged()
    shown = log[(log["action"] == "shown") & (log["receipt_id"] == given.receipt_id)]
    for row, rank in ((logged(engine, event), 2), (shown.iloc[1], 2)):
        assert (row["rank"], row["actor"], row["arm"], row["edition"]) == (
            rank,
            "Rita",
            "engine",
            1,
        )
        assert row["score"] == given.offers[1].score
        assert row["propensity"] == pytest.approx(given.offers[1].propensity)
        assert row["display_probability"] == 1.0, "no chance had a part in this list"
        assert (row["model_version"], row["receipt_id"]) == (given.model_version, given.receipt_id)
        assert row["schema_version"] == 2
    whole = engine.snapshot().log
    assert whole["arm"].count() == 4
    assert whole["edition"].iloc[: len(engine.snapshots.base["events"])].isna().all()


def test_F157_a_talk_about_a_product_is_an_event_and_is_taken_back_with_it(engine, someone):
    product = engine.offers.recommend(someone).offers[0].product_id
    said = {"contact_id": "talk", "outcome": "reached", "actor": "Rita", "product_id": product}
    before = engine.feedback.statistics().totals["n_interactions"]
    assert engine.days.log(someone, **said)
    assert not engine.days.log(someone, **said)
    mine = engine.feedback.history(someone).query("action == 'contacted'")
    assert mine["retracted"].tolist() == [False]
    assert engine.feedback.statistics().totals["n_interactions"] == before
    told = engine.days.timeline(someone)
    assert not told["what"].str.startswith("Contacted:").any(), "the call itself is told"
    engine.days.take_back("talk", actor="Rita")
    engine.days.take_back("talk", actor="Rita")
    mine = engine.feedback.history(someone).query("action == 'contacted'")
    assert mine["retracted"].tolist() == [True]


def test_F157_an_accepted_offer_that_was_opened_is_held(engine, someone):
    offer = engine.offers.recommend(someone).offers[0]
    accepted = answer(engine, someone, offer, "accepted")
    assert engine.feedback.purchased(accepted, event_id="opened", actor="Raj")
    assert not engine.feedback.purchased(accepted, event_id="opened", actor="Raj")
    assert logged(engine, "opened")["rank"] == offer.rank
    assert offer.product_id in engine.customers.profile(someone).holdings["product_id"].tolist()
    assert engine.feedback.answers(someone)[offer.product_id].action == "purchased"
    with pytest.raises(BadInput, match="accept it first"):
        engine.feedback.purchased("opened", event_id="again", actor="Raj")
    with pytest.raises(NotFound):
        engine.feedback.purchased("no such event", event_id="again", actor="Raj")


def test_F157_an_acceptance_is_opened_once_and_not_after_it_was_undone(engine, someone):
    given = engine.offers.recommend(someone).offers
    accepted = answer(engine, someone, given[0], "accepted")
    other = answer(engine, someone, given[1], "accepted")
    opened = engine.feedback.purchased

    def openable() -> set[str]:
        known = engine.feedback.history(someone)
        return set(known.loc[known["openable"].astype(bool), "event_id"])

    assert openable() == {accepted, other}
    engine.feedback.undo(other, undo_id=str(uuid.uuid4()), actor="Rita")
    assert openable() == {accepted}
    with pytest.raises(AnsweredMeanwhile, match="undone"):
        opened(other, event_id="of undone", actor="B")
    assert opened(accepted, event_id="by B", actor="B")
    assert openable() == set()
    with pytest.raises(AnsweredMeanwhile, match=r"^B marked .*Nothing was recorded"):
        opened(accepted, event_id="by C", actor="C")
    held = engine.customers.profile(someone).holdings["product_id"].tolist()
    assert held.count(given[0].product_id) == 1 and given[1].product_id not in held
    engine.feedback.undo("by B", undo_id=str(uuid.uuid4()), actor="B")
    assert openable() == {accepted}, "opened by mistake, it may be opened again"
    assert opened(accepted, event_id="by C", actor="C")


def test_F203_the_second_of_two_is_told_who_decided_what_and_when(engine, someone):
    offer = engine.offers.recommend(someone).offers[0]
    first = answer(engine, someone, offer, "dismissed", reason="too expensive", seen="")
    with pytest.raises(AnsweredMeanwhile) as told:
        answer(engine, someone, offer, "accepted", actor="Raj", seen="")
    assert str(told.value) == (
        f"Rita marked {offer.name} as “Not suitable” on 15 Jul 2026, 09:00 UTC (too expensive). "
        "Nothing was recorded."
    )
    assert engine.feedback.answers(someone)[offer.product_id].event_id == first
    second = answer(engine, someone, offer, "accepted", actor="Raj", seen=first)
    assert engine.feedback.answers(someone)[offer.product_id].event_id == second
    engine.feedback.undo(second, undo_id=str(uuid.uuid4()), actor="Raj")
    assert engine.feedback.answers(someone)[offer.product_id].event_id == first


def test_F203_of_many_at_the_same_moment_one_decides_and_the_others_are_told(engine, someone):
    offer = engine.offers.recommend(someone).offers[0]
    ready, told, stored = threading.Barrier(6), [], []

    def one(name: str) -> None:
        ready.wait()
        try:
            stored.append(answer(engine, someone, offer, "postponed", actor=name, seen=""))
        except AnsweredMeanwhile as error:
            told.append(str(error))

    people = [threading.Thread(target=one, args=(f"person {n}",)) for n in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert (len(stored), len(told)) == (1, 5)
    winner = logged(engine, stored[0])["actor"]
    assert all(text.startswith(f"{winner} marked") for text in told)


def test_a_not_now_of_a_year_that_is_yet_to_come_does_not_hide(engine, someone, clock):
    offer = engine.offers.recommend(someone).offers[0]

    def removed() -> list[str]:
        given = engine.offers.recommend(someone, k=20)
        return [one.product_id for one in given.removed if one.rule == "hidden"]

    clock[0] = NOW.replace(year=2035)
    answer(engine, someone, offer, "postponed")
    assert offer.product_id in removed()
    clock[0] = NOW
    assert offer.product_id not in removed(), "the clock was wrong"
    answer(
        engine,
        someone,
        offer,
        "postponed",
        seen=engine.feedback.answers(someone)[offer.product_id].event_id,
    )
    assert offer.product_id in removed()
    clock[0] = NOW - dt.timedelta(hours=20)
    assert offer.product_id in removed(), "clocks of two machines may differ by a little"
    clock[0] = NOW


def test_F157_rows_that_cannot_be_read_are_counted_by_file(engine):
    path = engine.snapshots.events.path
    sound = path.read_bytes()
    lines = sound.split(b"\n")
    lines[1] = lines[1].replace(b",", b";", 1)
    path.write_bytes(b"\n".join(lines))
    again = Engine.open(DEMO, engine.state, now=lambda: NOW)
    assert again.feedback.left_out() == ("1 row of events.csv could not be read and was left out.",)
    path.write_bytes(sound)
    assert Engine.open(DEMO, engine.state, now=lambda: NOW).feedback.left_out() == ()


def test_a_disk_that_refuses_is_told_and_nothing_is_acknowledged(engine, someone, monkeypatch):
    offer = engine.offers.recommend(someone).offers[0]
    before, answers = engine.snapshots.events.path.read_bytes(), engine.feedback.answers(someone)

    def full(*given: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.state.event_log.os.write", full)
    with pytest.raises(StateError, match=r"No space left on device\. Nothing was stored"):
        answer(engine, someone, offer, "accepted")
    monkeypatch.undo()
    assert engine.snapshots.events.path.read_bytes() == before
    assert engine.feedback.answers(someone) == answers
