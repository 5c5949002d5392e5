"""A state folder of the release before opens as it was, once; its receipts replay."""

import datetime as dt
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tomli_w

from engine import Engine
from engine.bank import disk
from engine.errors import Busy, StateError
from engine.receipts.archive import RULES_SINCE
from engine.receipts.trail import Trail
from engine.state import migration
from engine.state.state import State
from engine.state.store import Store
from engine.vocabulary import PURPOSES
from tests.engine.state.changed import NOON

FIXTURE = Path(__file__).parents[2] / "fixtures" / "state_v1"
BEFORE = FIXTURE.with_name("state_v2")
BANK = "little-bank-6ca1ab6c"


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    return json.loads((FIXTURE / "expected.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(FIXTURE, tmp_path_factory.mktemp("old") / "v1")


@pytest.fixture(scope="module")
def engine(folder: Path, expected: dict[str, Any]) -> Engine:
    now = dt.datetime.fromisoformat(expected["now"])
    return Engine.open(folder / "bank", folder / "state", now=lambda: now)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A copy of the old state folder that a test may hurt."""
    return shutil.copytree(FIXTURE / "state", tmp_path / "state")


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))


def test_every_receipt_replays_and_the_chain_is_the_same(engine: Engine, expected: dict[str, Any]):
    found = engine.receipts.verify()
    assert (found.sound, found.head) == (expected["chain"]["sound"], expected["chain"]["head"])
    shown = [r for r in expected["receipts"] if "receipt_id" in r]
    assert engine.receipts.table()["number"].tolist() == [r["number"] for r in shown][::-1]
    for row in shown:
        receipt, again = engine.receipts.get(row["number"]), engine.receipts.replay(row["number"])
        assert receipt.receipt_id == row["receipt_id"]
        assert receipt.customer_id == row["customer_id"]
        assert (bool(again.same), again.verdict) == (row["replays"], row["verdict"])


def test_lists_are_what_they_were_by_the_rules_and_the_model_of_mood_of_then(
    tmp_path: Path, expected: dict[str, Any]
):
    folder = shutil.copytree(FIXTURE, tmp_path / "v1")
    now = dt.datetime.fromisoformat(expected["now"])
    engine = Engine.open(folder / "bank", folder / "state", now=lambda: now)
    settings = engine.snapshots.state.settings_file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(tomli_w.dumps(RULES_SINCE))
    for customer, which, product, score in expected["offers"]:
        offers = engine.offers.recommend(customer, list=which, k=2).offers
        assert {o.product_id: o.score for o in offers}[product] == pytest.approx(score, abs=1e-9)


def test_what_was_recorded_is_there(engine: Engine, expected: dict[str, Any]):
    state = engine.snapshots.state
    consents = rows(state.consents.latest())
    assert [{**r, "recorded_at": r["recorded_at"][:19]} for r in consents] == expected[
        "consents_recorded"
    ]
    edits = rows(state.edits.read())
    assert [{**r, "recorded_at": r["recorded_at"][:19]} for r in edits] == expected["edits"]
    added = {name: len(frame) for name, frame in state.added.tables().items()}
    assert added == expected["added"]
    assert state.damage(thorough=True).empty


def test_alerts_settings_metrics_and_versions_are_what_they_were(
    engine: Engine, expected: dict[str, Any]
):
    alerts = engine.alerts.open()
    assert alerts.table["alert_id"].tolist() == expected["alerts"]["open"]
    assert alerts.n_acknowledged == expected["alerts"]["acknowledged"]
    assert engine.levers.saved() == expected["settings"]["saved"]
    assert engine.levers.in_force() == expected["settings"]["in_force"]
    log = rows(engine.levers.log())
    assert [{**r, "recorded_at": r["recorded_at"][:19], "why": r["why"]} for r in log] == expected[
        "settings"
    ]["log"]
    table = engine.learned_metrics.table()
    assert dict(zip(table["metric"], table["source"], strict=True)) == expected["learned"]
    history = engine.snapshots.registry.history()
    columns = ["version_id", "status", "serving", "grade", "n_events"]
    found = sorted(rows(history[columns]), key=lambda row: row["version_id"])
    assert found == expected["versions"]


def test_the_old_files_are_kept_and_are_read_once(engine: Engine, folder: Path):
    engine.receipts.verify()
    root = folder / "state" / BANK
    kept = root / migration.MIGRATED
    for name in ("consents/consents.csv", "receipts/receipts.jsonl", "versions/registry.json"):
        assert (kept / name).read_bytes() == (FIXTURE / "state" / BANK / name).read_bytes()
        assert not (root / name).exists()
    assert not (root / "records").exists()
    assert (root / "settings" / "settings.toml").exists(), "people edit this one"
    assert (root / "versions" / "v0001" / "version.json").exists()
    before = State(folder / "state", BANK).consents.known_rows
    assert before == len(engine.snapshots.state.consents.history())


def test_a_migration_that_was_killed_is_repeated(old: Path, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(migration, "_decisions", killed)
        with pytest.raises(KeyboardInterrupt):
            State(old, BANK).consents.history()
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            State(old, BANK).consents.history()
    state = State(old, BANK)
    assert state.consents.known_rows == 5 and len(state.decisions.read()) > 0
    assert not (old / BANK / "consents").exists()


def test_one_that_was_killed_while_it_moved_the_files_reads_nothing_twice(
    old: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as patch:
        patch.setattr("engine.state.state.migration.put_by", lambda folder: None)
        assert State(old, BANK).consents.known_rows == 5
    assert (old / BANK / "consents" / "consents.csv").exists()
    assert State(old, BANK).consents.known_rows == 5
    assert not (old / BANK / "consents").exists()


def test_a_state_that_cannot_be_written_is_read_all_the_same(
    old: Path, monkeypatch: pytest.MonkeyPatch
):
    def refused(self: Store) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Store, "_make", refused)
    state = State(old, BANK)
    assert state.consents.known_rows == 5 and len(state.receipts.rows()) == 9
    assert (old / BANK / "consents" / "consents.csv").exists()


def test_a_line_with_one_flipped_bit_counts_as_refused_of_its_customer(old: Path):
    path = old / BANK / "consents" / "consents.csv"
    content = path.read_bytes()
    assert content.splitlines()[1].startswith(b"c001,marketing,granted")
    path.write_bytes(content.replace(b"c001,marketing", b"c003,marketing", 1))
    found = State(old, BANK)
    latest = found.consents.latest(("c001", "c002", "c003")).set_index("customer_id")
    assert latest.loc["c001", "status"] == "refused", "the one bit tells whose it was"
    assert "c003" not in latest.index
    assert not found.damage().empty


def test_a_line_that_nobody_can_read_counts_as_refused_of_everybody(old: Path):
    path = old / BANK / "consents" / "consents.csv"
    path.write_bytes(path.read_bytes().replace(b"c001,marketing,granted", b"c0zz,mar??ting,gr", 1))
    latest = State(old, BANK).consents.latest(("c001", "c002"))
    refused = latest[latest["status"] == "refused"]
    assert {*refused.loc[refused["customer_id"] == "c002", "purpose"]} == {*PURPOSES}


def test_a_draft_that_is_not_whole_in_its_one_file_takes_nobodys_place(
    old: Path, monkeypatch: pytest.MonkeyPatch
):
    """As on a disk that fills while the log of the draft is brought into it."""

    def full(draft: Path) -> None:
        draft.with_name(f"{draft.name}-wal").write_bytes(b"what did not fit")

    with monkeypatch.context() as patch:
        patch.setattr("engine.bank.disk.sync_file", full)
        assert State(old, BANK).consents.known_rows == 5
    assert not list((old / BANK).glob("state.sqlite*"))
    assert (old / BANK / "consents" / "consents.csv").exists()
    state = State(old, BANK)
    assert state.consents.known_rows == 5 and state.damage(thorough=True).empty
    assert not (old / BANK / "consents").exists()


def test_the_draft_has_no_log_while_it_is_filled(old: Path, monkeypatch: pytest.MonkeyPatch):
    beside: list[str] = []
    decisions = migration._decisions

    def look(connection: sqlite3.Connection, folder: Path) -> None:
        decisions(connection, folder)
        beside.extend(path.name for path in (old / BANK).glob("state.sqlite.draft-*"))

    monkeypatch.setattr(migration, "_decisions", look)
    assert State(old, BANK).consents.known_rows == 5
    assert set(beside) <= {"state.sqlite.draft-journal"}


def test_the_log_of_a_file_that_was_removed_is_put_by_and_goes_with_an_erasure(old: Path):
    folder = old / BANK
    for kind in ("wal", "shm"):
        (folder / f"state.sqlite-{kind}").write_bytes(b"of a file that was removed")
    state = State(old, BANK)
    assert state.consents.known_rows == 5 and state.damage(thorough=True).empty
    assert (folder / "state.sqlite-wal.old").read_bytes() == b"of a file that was removed"
    state.scrub()
    assert not list(folder.glob("*.old"))


def test_a_header_with_one_flipped_bit_loses_no_line(old: Path):
    path = old / BANK / "records" / "edits.csv"
    content = path.read_bytes()
    n_edits = len(content.splitlines()) - 1
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    state = State(old, BANK)
    assert len(state.edits.read()) == n_edits and state.consents.known_rows == 5
    assert state.damage(thorough=True).empty


def test_a_header_that_ran_into_its_first_line_is_a_damaged_line(old: Path):
    path = old / BANK / "consents" / "consents.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\v", 1))
    state = State(old, BANK)
    assert state.consents.known_rows == 5
    latest = state.consents.latest(("c009",))
    assert {*latest.loc[latest["customer_id"] == "c009", "purpose"]} >= {*PURPOSES}


def test_a_file_with_other_columns_stops_no_reading(old: Path):
    path = old / BANK / "records" / "edits.csv"
    content = path.read_bytes()
    path.write_bytes(b"who,what\nann,1\n")
    state = State(old, BANK)
    assert set(state.consents.latest(("c009",))["status"]) == {"refused"}
    assert "other columns" in state.damage()["problem"].iloc[-1]
    with pytest.raises(StateError, match="other columns"):
        state.consents.record("c001", "social", "granted", now=NOON, source="page")
    path.write_bytes(content)
    assert state.consents.known_rows == 5 and state.damage(thorough=True).empty


def test_what_an_earlier_release_writes_after_the_move_is_named_and_counts_as_refused(old: Path):
    root = old / BANK
    path = root / "consents" / "consents.csv"
    head, line, *_ = path.read_bytes().splitlines(keepends=True)
    running = State(old, BANK)
    before = running.consents.history(("c001", "c002"))
    revision = running.revision
    path.parent.mkdir()
    path.write_bytes(head + line)
    assert running.revision != revision, "what is open sees it too"
    for state in (running, State(old, BANK)):
        latest = state.consents.latest(("c001", "c002"))
        refused = latest.loc[latest["status"] == "refused", ["customer_id", "purpose"]]
        assert {(c, p) for c in ("c001", "c002") for p in PURPOSES} <= {
            *refused.itertuples(index=False, name=None)
        }
        found = state.damage().set_index("file")["problem"]
        assert "after the move" in found["consents/consents.csv"]
        assert "every customer" in found["state.sqlite"]
    assert path.exists(), "nothing unread is put by"
    path.unlink()
    pd.testing.assert_frame_equal(running.consents.history(("c001", "c002")), before)
    assert running.damage().empty


def test_what_is_written_while_files_are_brought_in_is_not_put_by_unread(
    old: Path, monkeypatch: pytest.MonkeyPatch
):
    path = old / BANK / "versions" / "registry.json"
    put_by = migration.put_by

    def written_before(folder: Path) -> None:
        path.write_bytes(path.read_bytes() + b" ")
        put_by(folder)

    with monkeypatch.context() as patch:
        patch.setattr("engine.state.state.migration.put_by", written_before)
        state = State(old, BANK)
        assert state.damage()["file"].tolist() == ["versions/registry.json"]
    assert path.exists()
    assert (old / BANK / migration.MIGRATED / "consents" / "consents.csv").exists()


def test_no_earlier_release_writes_while_files_are_moved(
    old: Path, monkeypatch: pytest.MonkeyPatch
):
    locks = [old / BANK / name for name in ("consents/consents.lock", "versions/registry.lock")]
    for lock in locks:
        lock.touch()
    busy = []

    def tried(folder: Path) -> None:
        for lock in locks:
            with pytest.raises(Busy), disk.held(lock, wait=0.0):
                pass
            busy.append(lock)

    monkeypatch.setattr("engine.state.state.migration.put_by", tried)
    State(old, BANK).store._make()
    assert busy == locks


def test_a_state_file_of_the_release_before_gets_views_and_notes_and_loses_nothing(tmp_path: Path):
    shutil.copytree(BEFORE, tmp_path / "state")
    state = State(tmp_path / "state", "small")
    assert state.views_saved.all() == {} and state.notes_pinned.all() == {}
    state.views_saved.put("customers/mine", "{}")
    state.notes_pinned.put("n1", "{}")
    again = State(tmp_path / "state", "small")
    assert again.views_saved.all() == {"customers/mine": "{}"}
    refused = again.consents.history()
    assert refused[["customer_id", "status"]].to_numpy().tolist() == [["ann", "refused"]]
    assert again.contacts.standing()["note"].tolist() == ["wants a boat"]
    assert again.campaigns_saved.get("Autumn") == 'name = "Autumn"\nmost = 40\n'
    assert set(again.settings_saved.all()) == {"bold"} and again.receipts.keys.get("ann") == "key"
    assert again.damage(thorough=True).empty


def test_F147_a_state_file_of_the_release_before_gets_the_audit_trail_and_loses_nothing(
    tmp_path: Path,
):
    before = State(tmp_path / "state", "bank")
    before.consents.record("c1", "marketing", "refused", now=NOON, source="page")
    before.receipts.keys.put("c1", "key")
    with before.store.writing() as connection:
        connection.execute("DROP TABLE trail")
        connection.execute("DROP TABLE trail_head")
        connection.execute("PRAGMA user_version=3")
    before.store.close()
    state = State(tmp_path / "state", "bank")
    assert Trail(state).verify().n_entries == 0
    assert Trail(state).add("looked", actor="Rita", at=NOON, customer="c1") == 1
    assert [row.customer for row in Trail(state).of("c1")] == ["key"], "a customer has one key"
    again = State(tmp_path / "state", "bank")
    assert again.consents.history()["status"].tolist() == ["refused"]
    assert again.damage(thorough=True).empty and Trail(again).verify().sound


def test_F147_an_old_state_folder_is_brought_in_with_an_empty_trail(old: Path):
    trail = Trail(State(old, BANK))
    assert trail.rows() == [] and trail.verify().sound
