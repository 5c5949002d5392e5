"""Notes are proposals; a click records one of them, and an erasure takes it out."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.errors import BadInput, NotFound
from engine.receipts.trail import Trail, read
from engine.results import MeetingFact
from engine.services.assistant.meetings import NOT_KEPT
from engine.state import erasure

NOW = dt.datetime(2025, 1, 8, 9, 0)  # a Wednesday
NOTES = """They bought a small flat. She wants to buy a house by the sea.
We will call her on 14 January. We will send the papers."""


@pytest.fixture
def engine(small_bank: Bank, tmp_path: Path) -> Engine:
    return Engine(tmp_path / "bank", small_bank, tmp_path / "state", lambda: NOW)


@pytest.fixture(scope="module")
def served(small_bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One that works out the customers' records as well."""
    folder = tmp_path_factory.mktemp("meetings")
    return Engine(folder / "bank", small_bank, folder / "state", lambda: NOW)


def confirm(engine: Engine, fact: MeetingFact, fact_id: str = "f1", customer: str = "ann") -> bool:
    return engine.meetings.confirm(customer, fact, fact_id=fact_id, actor="Rita")


def written(engine: Engine) -> bytes:
    """Everything that lies on the disk of the state."""
    return b"".join(p.read_bytes() for p in sorted(engine.state.rglob("*")) if p.is_file())


def test_reading_records_nothing_and_quotes_each_sentence(engine: Engine):
    told = engine.meetings.read("ann", NOTES)
    assert [(one.kind, one.goal) for one in told.facts] == [
        ("house", ""),
        ("goal", "Buy a Home"),
        ("promise", ""),
        ("promise", ""),
    ]
    assert all(one.sentence in NOTES for one in told.facts)
    assert [one.on for one in told.facts[2:]] == [
        pd.Timestamp("2025-01-14"),
        pd.Timestamp("2025-01-15"),
    ]
    assert told.customer == "Ann Ash" and told.sentence.startswith("4 things proposed. Nothing is")
    assert written(engine) == b""


def test_a_click_records_one_thing_once_and_the_trail_says_so(served: Engine):
    house, goal, promise, _ = served.meetings.read("ann", NOTES).facts
    assert confirm(served, house) and not confirm(served, house)
    stream = served.days.timeline("ann")
    (row,) = stream[stream["kind"] == "told"].itertuples()
    assert (row.what, row.detail, row.by) == (
        "A house or flat",
        "They bought a small flat.",
        "Rita",
    )
    (noted,) = Trail(served.snapshots.state).of("ann")
    assert (noted.action, noted.actor, read(noted)) == (
        "added",
        "Rita",
        {"kind": "told in a meeting: house"},
    )
    assert "Buy a Home" not in served.records.preferences("ann").goals
    assert confirm(served, goal, "f2") and not confirm(served, goal, "f2")
    assert served.records.preferences("ann").goals.count("Buy a Home") == 1
    assert confirm(served, promise, "f3") and not confirm(served, promise, "f3")
    (due,) = served.snapshots.state.contacts.standing().itertuples()
    assert (due.until, due.note) == (pd.Timestamp("2025-01-14"), promise.sentence)
    assert served.days.take_back("f1", actor="Rita")
    assert not (served.days.timeline("ann")["what"] == "A house or flat").any()


def test_what_was_told_neither_hides_a_customer_nor_ends_a_promise(engine: Engine):
    engine.days.snooze("ann", contact_id="s", actor="Rita", until=dt.date(2025, 1, 20))
    before = engine.snapshots.state.contacts.standing()
    confirm(engine, engine.meetings.read("ann", NOTES).facts[0])
    pd.testing.assert_frame_equal(engine.snapshots.state.contacts.standing(), before)


def test_no_score_reads_what_was_told(engine: Engine):
    revision = engine.snapshots.state.revision
    confirm(engine, engine.meetings.read("ann", "Her mother passed away. He retired.").facts[0])
    assert engine.snapshots.state.revision == revision  # what a snapshot rests on


def test_without_consent_only_promises_are_proposed_and_nothing_told_is_shown(served: Engine):
    house = served.meetings.read("ben", NOTES).facts[0]
    confirm(served, house, "f8", "ben")
    served.records.set_consent("ben", "personalisation", "refused", source="form")
    told = served.meetings.read("ben", NOTES)
    assert [one.kind for one in told.facts] == ["promise", "promise"]
    assert "opted out" in told.notes[0]
    with pytest.raises(BadInput, match="opted out"):
        confirm(served, house, "f9", "ben")
    assert not (served.days.timeline("ben")["kind"] == "told").any()


def test_without_consent_a_promise_is_kept_with_its_day_and_no_word_of_their_life(served: Engine):
    served.records.set_consent("cid", "personalisation", "refused", source="form")
    said = "She lost her husband and has depression, so we will send her the forms on Friday."
    full = MeetingFact("promise", "x", said, on=pd.Timestamp("2025-01-10"))
    (fact,) = served.meetings.read("cid", f"{said} We will send her the urn on Friday.").facts
    assert (fact.sentence, fact.on) == ("We will send.", full.on)
    for n, one in enumerate((fact, full)):  # also as it was read before they refused
        assert confirm(served, one, f"bare{n}", "cid")
    stream = served.days.timeline("cid")
    kept = stream[stream["kind"] == "follow-up"]["detail"]
    assert kept.tolist() == ["We will send."] * 2
    assert b"depression" not in written(served)


def test_numbers_of_cards_and_accounts_are_not_kept(engine: Engine):
    said = "We will change 4111 1111 1111 1111 and DE89370400440532013000 and send both."
    confirm(engine, MeetingFact("promise", "x", said, on=pd.Timestamp("2025-01-10")))
    (kept,) = engine.snapshots.state.contacts.standing()["note"]
    assert kept == "We will change [card or account number] and [account number] and send both."


def test_what_tells_of_health_is_kept_without_its_sentence(engine: Engine):
    (fact,) = engine.meetings.read("ann", "Her mother died in the hospital.").facts
    confirm(engine, fact)
    assert engine.snapshots.state.contacts.told()["note"].tolist() == [NOT_KEPT]
    assert b"died in the hospital" not in written(engine)


def test_an_erasure_takes_out_what_was_told(engine: Engine):
    house, *_ = engine.meetings.read("ann", NOTES).facts
    confirm(engine, house)
    confirm(engine, engine.meetings.read("ben", "He retired.").facts[0], "f2", "ben")
    assert "contacts" in erasure.rows_of(engine.snapshots.state, "ann")
    erasure.erase_rows(engine.snapshots.state, ["ann"])
    left = engine.snapshots.state.contacts.told()
    assert left["customer_id"].tolist() == [erasure.NOBODY, "ben"]
    assert left["note"].tolist()[1] == "He retired." and pd.isna(left["note"].iloc[0])


def test_what_no_notes_propose_and_whom_one_may_not_see_is_refused(engine: Engine):
    for fact in (
        MeetingFact("accepted", "x", "He accepted."),
        MeetingFact("child", "x", ""),
        MeetingFact("child", "x", "y" * 10_000),
        MeetingFact("goal", "x", "He wants it.", "Be rich"),
    ):
        with pytest.raises(BadInput):
            confirm(engine, fact)
    for empty in ("", "  \n", "x" * 10_001):
        with pytest.raises(BadInput):
            engine.meetings.read("ann", empty)
    with pytest.raises(NotFound, match="no such customer"):
        engine.meetings.read("ann", NOTES, manager="Raj")
    with pytest.raises(NotFound):
        engine.meetings.read("nobody", NOTES)
    assert engine.meetings.read("ann", NOTES, manager="Rita").facts
    assert engine.snapshots.state.contacts.told().empty


def test_what_was_confirmed_is_taken_back_with_the_goal_that_it_set_alone(served: Engine):
    def back(fact_id: str, customer: str = "dee") -> bool:
        return served.meetings.take_back(customer, fact_id=fact_id, actor="Rita")

    def goals() -> tuple[str, ...]:
        return served.records.preferences("dee").goals

    goal, promise = (served.meetings.read("dee", NOTES).facts[n] for n in (1, 2))
    before = goals()
    confirm(served, goal, "g1", "dee")
    confirm(served, goal, "g2", "dee")  # said again: it stands there already
    assert goals() == (*before, "Buy a Home")
    assert back("g2") and goals() == (*before, "Buy a Home")
    assert back("g1") and goals() == before and not back("g1")
    confirm(served, promise, "g3", "dee")
    assert back("g3")
    stream = served.days.timeline("dee")
    assert not stream["kind"].isin(["told", "follow-up"]).any()
    for fact_id, whose in (("g3", "ann"), ("nothing", "dee")):
        with pytest.raises(NotFound):
            back(fact_id, whose)
    with pytest.raises(NotFound):
        served.meetings.take_back("dee", fact_id="g3", actor="Raj", manager="Nobody")
