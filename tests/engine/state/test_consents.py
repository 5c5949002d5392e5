"""Consents hold at once; one that cannot be read counts as refused, whatever was hit."""

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import engine
from engine.errors import BadInput, StateError
from engine.state.consents import UNREADABLE, Consents
from engine.state.opening import expect_whole_log, is_cut_off, log_of
from engine.state.state import State
from engine.state.store import Store
from engine.vocabulary import PURPOSES
from tests.engine.state.changed import NOON, again, corrupt, refuse

ROOT = Path(engine.__file__).parents[1]
EVERYBODY = ("ann", "ben", "dee")


def refused(state: State) -> set[tuple[str, str]]:
    rows = state.consents.latest(EVERYBODY)
    rows = rows[rows["status"] == "refused"]
    return set(zip(rows["customer_id"], rows["purpose"], strict=True))


def test_a_customer_may_change_their_mind(state: State):
    for status in ("granted", "refused"):
        state.consents.record("dee", "marketing", status, now=NOON, source="page")
    assert state.consents.latest()["status"].tolist() == ["refused"]
    assert state.consents.history()["status"].tolist() == ["granted", "refused"]
    assert state.consents.known_rows == 2


def test_another_process_sees_a_consent_at_once(state: State):
    before = state.revision
    code = (
        "import sys, datetime; from engine.state.state import State;"
        "State(sys.argv[1], sys.argv[2]).consents.record("
        "'ann', 'marketing', 'refused', now=datetime.datetime(2024, 1, 1), source='cli')"
    )
    command = [sys.executable, "-c", code, str(state.parent), state.bank_id]
    subprocess.run(command, check=True, cwd=ROOT)
    assert state.revision != before
    assert refused(state) == {("ann", "marketing")}


@pytest.mark.parametrize(
    ("purpose", "status", "expected"),
    [("sale", "granted", "personalisation, social"), ("social", "maybe", "granted, refused")],
)
def test_a_consent_outside_the_vocabulary_is_refused(state, purpose, status, expected):
    with pytest.raises(BadInput, match=expected):
        state.consents.record("ann", purpose, status, now=NOON, source="page")
    assert state.consents.latest().empty


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "'granted'"),
        ("customer_id", "'dee'"),
        ("purpose", "'social'"),
        ("recorded_at", "NULL"),
        ("checksum", "'0'"),
        ("status", "CAST(x'FFFE' AS TEXT)"),
    ],
)
def test_a_damaged_consent_counts_as_refused_of_the_customer_whose_it_was(state, column, value):
    state.consents.record("ben", "marketing", "granted", now=NOON, source="page")
    refuse(state, "ann")
    state.consents.record("dee", "marketing", "granted", now=NOON, source="page")
    with state.store.writing() as connection:
        connection.execute(f"UPDATE consents SET {column} = {value} WHERE n = 2")
    found = again(state)
    assert refused(found) == {("ann", "marketing")}
    history = found.consents.history(EVERYBODY)
    assert history["customer_id"].tolist() == ["ben", "ann", "dee"]
    assert history["source"].tolist() == ["page", UNREADABLE, "page"]
    damage = found.damage()
    assert damage[["table", "row"]].to_numpy().tolist() == [["consents", "2"]] * 2
    assert damage["problem"].tolist() == [
        "was changed",
        "counts as refused: customer ann, marketing",
    ]
    found.consents.record("ann", "marketing", "granted", now=NOON, source="page")
    assert refused(found) == set(), "what a customer says later stands"


def test_where_nobody_can_tell_whose_a_lost_consent_was_all_count_as_refused(state: State):
    refuse(state, "ann")
    refuse(state, "ben", "social")
    for table, column in (("consents", "customer_id"), ("consents_copy", "checksum")):
        corrupt(state, table, column, "dee")
    found = again(state)
    assert refused(found) == {(who, "marketing") for who in EVERYBODY} | {("ben", "social")}
    assert "every customer, marketing" in found.damage()["problem"].iloc[-1]
    with state.store.writing() as connection:
        connection.execute("DELETE FROM consents WHERE n = 1")
        connection.execute("DELETE FROM consents_copy WHERE n = 1")
    found = again(state)
    assert refused(found) == {(who, what) for who in EVERYBODY for what in PURPOSES}


def test_a_damaged_copy_is_named_by_a_thorough_look_and_refuses_nobody(state: State):
    state.consents.record("ann", "marketing", "granted", now=NOON, source="page")
    corrupt(state, "consents_copy", "status", "refused")
    found = again(state)
    assert refused(found) == set()
    assert found.damage().empty
    assert found.damage(thorough=True)["table"].tolist() == ["consents_copy"]


def test_a_file_that_is_no_database_any_more_refuses_everything_and_reading_goes_on(state: State):
    refuse(state, "ann")
    state.store.close()
    content = state.store.path.read_bytes()
    state.store.path.write_bytes(b"nonsense" * 1000)
    found = State(state.parent, state.bank_id)
    assert refused(found) == {(who, what) for who in EVERYBODY for what in PURPOSES}
    assert found.edits.read().empty and found.alerts.table().empty
    assert "cannot be read" in found.damage()["problem"].iloc[-1]
    revision = found.revision
    assert found.revision == revision, "nothing is worked out anew again and again"
    with pytest.raises(StateError, match="python -m engine check"):
        refuse(found, "ben")
    state.store.path.write_bytes(content)
    assert refused(found) == {("ann", "marketing")}, "a restored backup is read at once"
    assert found.revision != revision


def test_no_flipped_bit_gives_a_customer_who_objected_their_offers_again(state: State):
    """In the pages that hold the consents and in the first, every bit of some bytes."""
    for i in range(12):
        state.consents.record(f"c{i}", "social", "granted", now=NOON, source="page")
    refuse(state, "ann")
    state.consents.record("ben", "social", "granted", now=NOON, source="page")
    state.store.close()
    path = state.store.path
    content = path.read_bytes()
    connection = sqlite3.connect(path)
    query = "SELECT rootpage FROM sqlite_master WHERE name IN ('consents', 'consents_copy')"
    pages = [page for (page,) in connection.execute(query)]
    connection.close()
    assert path.read_bytes() == content
    draw = random.Random(7)
    used = [p * 4096 + i for p in (0, *(page - 1 for page in pages)) for i in range(4096)]
    used = [place for place in used if content[place]]
    for place in draw.sample(used, 150):
        flipped = bytearray(content)
        flipped[place] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        found = State(state.parent, state.bank_id)
        assert ("ann", "marketing") in refused(found), place
        found.store.close()
        path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


@pytest.fixture
def logged(state: State, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Three refusals in three transactions of the log, as a killed writer leaves them."""
    monkeypatch.setattr(Store, "_empty_log", lambda _store, _connection: None)
    for customer in EVERYBODY:
        refuse(state, customer)
    log = log_of(state.store.path)
    kept = state.store.path.read_bytes(), log.read_bytes()
    state.store.close()
    state.store.path.write_bytes(kept[0])
    log.write_bytes(kept[1])
    return kept[1]


def test_a_flipped_bit_of_the_log_drops_no_refusal_without_a_word(state: State, logged: bytes):
    path, log = state.store.path, log_of(state.store.path)
    content = path.read_bytes()
    assert refused(again(state)) == {(who, "marketing") for who in EVERYBODY}
    state.store.close()
    draw = random.Random(3)
    for place in [18, 30, 40, 60, *(draw.randrange(len(logged) - 4120) for _ in range(16))]:
        flipped = bytearray(logged)
        flipped[place] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        log.write_bytes(flipped)
        found = State(state.parent, state.bank_id)
        assert refused(found) >= {(who, "marketing") for who in EVERYBODY}, place
        if not found.damage().empty:
            assert "state.sqlite-wal is damaged" in found.damage()["problem"].iloc[-1]
            with pytest.raises(StateError, match="Nothing was written"):
                refuse(found, "ann")
            assert log.read_bytes() == flipped, "nothing is written over it"
        found.store.close()


def test_a_log_that_a_power_cut_ended_is_no_damage(logged: bytes):
    draw = random.Random(4)
    assert not is_cut_off(logged)
    assert not any(is_cut_off(logged[: draw.randrange(len(logged))]) for _ in range(10))


def test_a_log_that_changes_between_two_looks_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    log = log_of(tmp_path / "file")
    log.write_bytes(b"0" * 100)
    with pytest.raises(StateError, match="file-wal is damaged"):
        expect_whole_log(tmp_path / "file")
    looks = iter([b"0" * 100, b""])
    monkeypatch.setattr(Path, "read_bytes", lambda _path: next(looks))
    expect_whole_log(tmp_path / "file")


def test_a_consent_leaves_nothing_in_the_log(state: State):
    refuse(state, "ann")
    refuse(state, "ben")
    assert log_of(state.store.path).stat().st_size == 0


def test_a_consent_that_is_written_while_a_damaged_one_is_read(
    state: State, monkeypatch: pytest.MonkeyPatch
):
    refuse(state, "ann")
    refuse(state, "ben")
    corrupt(state, "consents", "status", "granted")
    lost = Consents._lost

    def late(consents: Consents) -> object:
        monkeypatch.setattr(Consents, "_lost", lost)
        refuse(State(state.parent, state.bank_id), "dee")
        return lost(consents)

    monkeypatch.setattr(Consents, "_lost", late)
    assert state.consents.history()["customer_id"].tolist() == ["ann", "ben"]
    assert state.consents.history()["customer_id"].tolist() == ["ann", "ben", "dee"]
