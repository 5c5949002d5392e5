"""The audit trail: who did what and when, once each, and whatever is changed in it is found."""

import datetime as dt
import io
import multiprocessing
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine import Engine
from engine.errors import BadInput, NotFound, StateError
from engine.receipts.chain import GENESIS
from engine.receipts.trail import Trail, row_of, what_of
from engine.state.rows import Texts
from engine.state.state import State
from engine.state.trail import TrailRow
from tests.engine.receipts.conftest import NOW, stored_bytes

AT = dt.datetime(2026, 7, 15, 9, 0)


def trail_in(folder: Path) -> Trail:
    return Trail(State(folder, "bank-1"))


def change(trail: Trail, statement: str, *values: object) -> None:
    """Change what is stored behind the back of the trail."""
    with trail._kept.store.writing() as connection:
        connection.execute(statement, values)


@pytest.fixture
def filled(tmp_path: Path) -> Trail:
    """Six entries, two of them about the customer C2."""
    trail = trail_in(tmp_path)
    for n in range(1, 7):
        whose = "C2" if n in (2, 5) else "C1"
        trail.add("edited", actor="Rita", at=AT, customer=whose, what={"column": f"c{n}"})
    return trail


def test_F147_an_entry_is_sealed_with_the_one_before_and_names_no_customer(filled: Trail):
    rows = filled.rows()
    assert [row.prev for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert filled.verify().sound and filled.head() == rows[-1].hash
    assert not {"C1", "C2"} & {cell for row in rows for cell in row}
    assert [row.n for row in filled.of("C2")] == [2, 5]


@pytest.mark.parametrize("column", [c for c in TrailRow._fields if c not in ("n", "erased")])
def test_F147_any_cell_that_is_changed_is_found(filled: Trail, column: str):
    for n in (1, 3, 6):
        old = filled.rows()[n - 1]
        new = (getattr(old, column) or "") + "x"
        change(filled, f"UPDATE trail SET {column} = ? WHERE n = ?", new, n)
        found = filled.verify()
        assert (found.sound, found.first_bad) == (False, n)
        change(filled, f"UPDATE trail SET {column} = ? WHERE n = ?", getattr(old, column), n)
    assert filled.verify().sound


@pytest.mark.parametrize(
    ("statements", "first_bad", "problem"),
    [
        (["DELETE FROM trail WHERE n = 3"], 3, "was removed"),
        (["DELETE FROM trail WHERE n >= 5"], 5, "Entry no. 5 to 6 was cut off the end"),
        (["DELETE FROM trail WHERE n = 6", "DELETE FROM trail_head"], 6, "cut off behind no. 5"),
        (["UPDATE trail SET customer = NULL, what = NULL, erased = 4 WHERE n = 2"], 2, "says so"),
        (["UPDATE trail SET erased = 1 WHERE n = 2"], 2, "is not empty"),
        (["UPDATE trail_head SET hash = 'x'"], 6, "is not the one that was noted"),
    ],
)
def test_F147_removed_emptied_and_cut_off_entries_are_found(
    filled: Trail, statements: list[str], first_bad: int, problem: str
):
    for statement in statements:
        change(filled, statement)
    found = filled.verify()
    assert found.first_bad == first_bad and problem in found.problem


def test_F147_entries_that_change_places_are_found(filled: Trail):
    for one, other in ((2, 99), (3, 2), (99, 3)):
        change(filled, "UPDATE trail SET n = ? WHERE n = ?", other, one)
    assert filled.verify().first_bad == 2


def test_F147_a_trail_written_anew_is_found_by_a_head_kept_elsewhere(filled: Trail):
    kept, rows, prev = filled.head(), filled.rows(), GENESIS
    assert filled.verify(kept).sound
    change(filled, "DELETE FROM trail")
    for row in rows:
        made = row_of(row.n, prev, (row.noted_at, "Raj", row.action), (row.customer, None, None))
        prev = made.hash
        marks = ", ".join("?" * len(made))
        change(filled, f"INSERT INTO trail VALUES ({marks})", *made)
    change(filled, "UPDATE trail_head SET hash = ?", prev)
    assert filled.verify().sound
    assert "was rewritten" in filled.verify(kept).problem


def test_F153_an_erasure_empties_the_entries_of_one_customer_and_the_trail_verifies(filled: Trail):
    before = filled.head()
    assert filled.erase("C2", at=AT, actor="Rita") == 2
    found = filled.verify(before)
    assert found.sound and (found.n_entries, found.n_erased) == (7, 2)
    emptied = [row for row in filled.rows() if row.erased]
    assert [row.n for row in emptied] == [2, 5]
    assert {(row.customer, row.what, row.once) for row in emptied} == {(None, None, None)}
    assert {row.actor for row in emptied} == {"Rita"}, "who acted stays"
    assert filled.of("C2") == [] and filled.erase("C2", at=AT, actor="Rita") == 0


def test_F153_an_erasure_of_whom_no_entry_names_is_noted_once_and_names_nobody(filled: Trail):
    for _ in range(2):
        assert filled.erase("C3", at=AT, actor="Rita", once="mark") == 0
    last = filled.rows()[-1]
    assert (last.n, last.actor, last.action) == (7, "Rita", "erased")
    assert last.customer is None and last.what == "{}"
    assert filled.erase("C2", at=AT, actor="Rita", once="mark") == 2, "what came later goes too"
    assert filled.verify().sound


def test_F193_a_look_reads_the_key_of_its_customer_alone(
    filled: Trail, monkeypatch: pytest.MonkeyPatch
):
    def all_of_them(self: Texts) -> None:
        raise AssertionError("read every text")

    monkeypatch.setattr(Texts, "_scan", all_of_them)
    for customer in ("C1", "C3"):
        filled.add("looked", actor="Rita", at=AT, customer=customer, once="s1")
    assert [row.n for row in filled.of("C2")] == [2, 5]
    assert [row.n for row in filled.of("C3")] == [8] and not filled.of("C4")


def test_F147_entries_of_one_action_and_their_counts_are_asked_for_by_name(filled: Trail):
    later = AT + dt.timedelta(days=1)
    filled.add("audited", actor="Raj", at=later)
    assert [row.n for row in filled.rows(action="audited")] == [7]
    assert [row.n for row in filled.rows(since=later.date().isoformat())] == [7]
    assert filled.counts() == [
        ("audited", 1, 1, later.isoformat(), later.isoformat()),
        ("edited", 6, 1, AT.isoformat(), AT.isoformat()),
    ]


@pytest.mark.parametrize("broken", [False, True])
def test_F147_the_trail_after_a_reset_says_how_long_the_one_before_was(
    filled: Trail, tmp_path: Path, broken: bool
):
    kept, older = filled.head(), filled.rows()[3].hash
    state = State(tmp_path, "bank-1")
    aside = State(tmp_path / ".aside", state.reset().name)
    if broken:
        aside.store.path.write_bytes(b"no database")
    trail = Trail(state)
    trail.note_reset(aside, AT, "Rita")
    told = {"before": "could not be read"} if broken else {"entries": 6, "head": kept}
    assert [(row.action, row.actor, what_of(row)) for row in trail.rows()] == [
        ("reset", "Rita", told)
    ]
    assert trail.verify().sound and trail.verify(kept).sound != broken
    assert "or is older than the reset of entry no. 1" in trail.verify(older).problem


def test_F147_the_same_look_is_noted_once_a_session(tmp_path: Path):
    one, other = trail_in(tmp_path), trail_in(tmp_path)
    said = {"actor": "Rita", "at": AT, "customer": "C1"}
    assert one.add("looked", once="s1", **said) == 1
    assert other.add("looked", once="s1", **said) is None
    assert other.add("looked", once="s2", **said) == 2
    with pytest.raises(ValueError, match="expected one of looked"):
        one.add("peeked", **said)


def test_F147_an_act_and_its_entry_are_stored_together_or_not_at_all(tmp_path: Path):
    state = State(tmp_path, "bank-1")
    trail = Trail(state)

    def act() -> None:
        with trail.together():
            state.consents.record("C1", "marketing", "refused", now=AT, source="call")
            trail.add("consent", actor="Rita", at=AT, customer="C1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        act()
    assert state.consents.history().empty and trail.rows() == []
    assert state.receipts.keys.all() == {}
    with trail.together():
        state.consents.record("C1", "marketing", "refused", now=AT, source="call")
        trail.add("consent", actor="Rita", at=AT, customer="C1")
    again = State(tmp_path, "bank-1")
    assert len(again.consents.history()) == 1 and again.damage(thorough=True).empty
    assert Trail(again).verify().n_entries == 1


def _write(folder: Path, writer: int, ready: multiprocessing.Barrier) -> None:
    trail = trail_in(folder)
    ready.wait()
    for n in range(6):
        said = {"at": AT, "customer": f"C{n}"}
        trail.add("looked", actor="all", once="one", **said)
        trail.add("edited", actor=str(writer), **said)


def test_F147_eight_processes_write_one_trail_without_gap_or_repetition(tmp_path: Path):
    spawn = multiprocessing.get_context("fork")
    ready = spawn.Barrier(8)
    writers = [spawn.Process(target=_write, args=(tmp_path, i, ready)) for i in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * 8
    trail = trail_in(tmp_path)
    found = trail.verify()
    assert found.sound and found.n_entries == 6 * 8 + 6
    assert len(trail.customers()) == 6, "a customer has one key, whoever asks first"


def test_F193_a_full_disk_stores_neither_the_act_nor_its_entry(filled: Trail):
    store = filled._kept.store
    with store.writing() as connection:
        n = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={n}")
    with pytest.raises(StateError, match="disk is full"):
        filled.add("exported", actor="Rita", at=AT, what={"file": "x" * 100_000})
    store.close()
    assert filled.verify().n_entries == 6


# --- through the engine ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked(small_demo: Path, small_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The demo bank after one of each act."""
    state = shutil.copytree(small_state, tmp_path_factory.mktemp("worked") / "state")
    engine = Engine.open(small_demo, state, now=lambda: NOW)
    said = {"actor": "Rita"}
    engine.trail.looked("C00002", session="s1", **said)
    engine.trail.looked("C00002", session="s1", **said)
    engine.records.set_consent("C00002", "marketing", "refused", source="call", **said)
    engine.records.edit("products", "P01", "profit_margin", 7, **said)
    engine.records.edit("customers", "C00002", "relationship_manager", "Zoltan Zander", **said)
    engine.records.add_purchase(
        "C00002", submit_id="s1", amount=5.0, category="shopping", merchant="Quince Ltd", **said
    )
    offer = engine.offers.recommend("C00003").offers[0]
    engine.feedback.record(
        event_id="e1", customer_id="C00003", product_id=offer.product_id, action="dismissed",
        comment="call zoe@example.org", offer=offer, **said,
    )  # fmt: skip
    engine.feedback.undo("e1", undo_id="e2", **said)
    engine.levers.save("for-tara-voss", {"confidence.bar": 0.2}, why="Ann asked", **said)
    engine.levers.apply("for-tara-voss", **said)
    engine.levers.take_back(**said)
    engine.trail.exported("list of customers", rows=12, **said)
    for _ in range(2):
        engine.trail.audited(engine.fairness.report("gender"), session="s1", **said)
    return engine


def test_F147_F193_every_act_is_noted_with_who_and_when(worked: Engine):
    table = worked.trail.table()
    noted = table.loc[table["actor"] == "Rita", ["at", "action", "what"]].iloc[::-1]
    assert noted["action"].tolist() == [
        "Opened a customer", "Set a consent", "Changed a record", "Changed a record",
        "Added a record", "Decided on an offer", "Took a decision back", "Changed a setting",
        "Changed a setting", "Changed a setting", "Exported", "Ran an audit",
    ]  # fmt: skip
    assert noted["what"].iloc[1] == "purpose Marketing contact; status refused"
    assert noted["what"].iloc[7:10].tolist() == [
        f"done {done}; name for-tara-voss" for done in ("saved", "in force", "taken back")
    ]
    assert "alerts" in noted["what"].iloc[-1] and (noted["at"] == str(NOW)).all()
    assert worked.trail.verify().sound


def test_F147_what_a_customer_sees_of_the_trail_is_what_is_about_them(worked: Engine):
    mine = worked.trail.table("C00002")
    assert set(mine["customer_id"]) == {"C00002"} and len(mine) == 4
    assert worked.trail.table("C00002", since=NOW.date() + dt.timedelta(days=1)).empty
    assert len(worked.trail.table("C00002", since=NOW.date())) == 4
    with pytest.raises(NotFound):
        worked.trail.table("nobody")


def test_F193_no_name_no_address_and_no_text_of_people_is_in_the_trail(worked: Engine):
    store = worked.snapshots.state.store
    with closing(sqlite3.connect(store.path)) as connection:
        cells = str(connection.execute("SELECT * FROM trail").fetchall())
    people = worked.bank["customers"]
    for told in ("C00002", "C00003", "Zoltan", "Quince", "zoe@", "Ann asked", "for-tara"):
        assert told not in cells
    assert not any(name in cells for name in people["name"].dropna().head(200))


def test_F153_after_an_erasure_the_trail_verifies_and_no_byte_names_the_customer(
    small_demo: Path, small_state: Path, tmp_path: Path
):
    state = shutil.copytree(small_state, tmp_path / "state")
    engine = Engine.open(small_demo, state, now=lambda: NOW)
    engine.trail.looked("C00009", actor="Rita", session="s1")
    key = engine.snapshots.state.receipts.keys.get("C00009").encode()
    head = engine.trail.head()
    engine.erasing.erase("C00009", actor="Rita")
    found = engine.trail.verify(head)
    assert found.sound and found.n_erased == 1
    assert engine.trail.table()["what"].tolist()[1] == "erased with its customer"
    kept = stored_bytes(engine)
    assert b"C00009" not in kept and key not in kept


def test_F193_a_refused_act_is_not_noted(worked: Engine):
    before = worked.trail.head()
    with pytest.raises(BadInput):
        worked.records.set_consent("C00002", "gossip", "granted", source="call", actor="Rita")
    with pytest.raises(NotFound):
        worked.trail.looked("nobody", actor="Rita", session="s1")
    assert worked.trail.head() == before


def test_F147_check_names_the_first_entry_that_is_not_what_was_written(
    small_demo: Path, small_state: Path, tmp_path: Path
):
    state = shutil.copytree(small_state, tmp_path / "state")
    engine = Engine.open(small_demo, state, now=lambda: NOW)
    head = engine.trail.head()
    engine.trail.looked("C00009", actor="Rita", session="s1")
    engine.trail.audited(engine.fairness.report("gender"), actor="Rita")
    n = int(engine.trail.table()["number"].max())
    assert engine.facts.damage(thorough=True).empty
    trail = Trail(engine.snapshots.state)
    change(trail, "UPDATE trail SET what = '{x' WHERE n >= ?", n - 1)
    [problem] = engine.facts.damage(thorough=True)["about"]
    assert problem.startswith(f"Entry no. {n - 1} was edited")
    with zipfile.ZipFile(io.BytesIO(engine.access.export("C00009"))) as archive:
        assert b"cannot be read" in archive.read("recorded/trail.csv")
    assert engine.fairness.hours_since_audit() is None
    assert "cannot be read" in engine.trail.table()["what"].iloc[0]
    change(trail, "UPDATE trail SET noted_at = 'soon' WHERE n = ?", n)
    assert engine.trail.table()["at"].isna().sum() == 1 and len(engine.governance.audits()) == 1
    change(trail, "UPDATE trail SET noted_at = 'soon', what = '1' WHERE n = ?", n)
    assert engine.fairness.hours_since_audit() is None
    assert engine.trail.verify(head).first_bad == n - 1


def test_F147_each_audit_is_noted_and_one_of_a_session_once_an_outcome(
    small_demo: Path, small_state: Path, tmp_path: Path
):
    state = shutil.copytree(small_state, tmp_path / "state")
    clock = [NOW]
    engine = Engine.open(small_demo, state, now=lambda: clock[0])
    fairness, said = engine.fairness, {"actor": "Rita"}
    reports = [fairness.report(one) for one in fairness.attributes]
    reports[0] = replace(reports[0], alerts=("one", "two"))

    def audited(**more: object) -> None:
        for report in reports:
            engine.trail.audited(report, **said, **more)

    audited(k=9)
    assert fairness.hours_since_audit() is None, "of another number of offers"
    audited()
    clock[0] += dt.timedelta(hours=3)
    assert fairness.hours_since_audit() == 3.0
    audited()
    assert fairness.hours_since_audit() == 0.0, "the same outcome on the same day counts"
    n_alerts = 2 + sum(len(report.alerts) for report in reports[1:])
    assert fairness.alerts_of_last_audit() == n_alerts
    before = len(engine.governance.audits())
    for _ in range(2):
        audited(session="s1")
    assert len(engine.governance.audits()) == before + len(reports)
