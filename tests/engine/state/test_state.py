"""One state beside a base: seen by every process, moved aside whole, damaged rows named."""

import sqlite3
import threading
import tomllib

import pandas as pd
import pytest

from engine.bank import disk
from engine.errors import NotFound, StateError
from engine.state.migration import MIGRATED
from engine.state.named_settings import NamedSettings
from engine.state.state import State
from tests.engine.state.changed import NOON, again, corrupt, refuse

EDIT = {
    "table": "products",
    "row_id": "card",
    "column": "risk_bank",
    "value": "7.0",
    "recorded_at": NOON,
    "actor": "Ana",
}


def test_an_untouched_state_is_empty_and_nothing_is_made_by_reading(state: State, tmp_path):
    assert state.consents.history().empty and state.edits.read().empty
    assert state.added.tables() == {} and state.alerts.table().empty
    assert state.settings_saved.all() == {} and state.receipts.rows() == []
    assert state.damage(thorough=True).empty
    assert state.folder("events") == tmp_path / "bank-1" / "events"
    assert list(tmp_path.iterdir()) == []


def test_only_the_account_that_runs_attune_may_read_the_file(state: State):
    refuse(state, "ann")
    paths = [path for path in state.root.iterdir() if path.name.startswith("state.sqlite")]
    assert len(paths) == 3
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_a_revision_changes_with_its_own_subject_only(state: State):
    refuse(state, "ann")
    consents, edits, whole = state.consents.revision, state.edits.revision, state.revision
    State(state.parent, state.bank_id).edits.append([EDIT])
    assert state.edits.revision != edits and state.revision != whole
    assert state.consents.revision == consents
    revision = state.revision
    assert state.alerts.acknowledge("a1", now=NOON, actor="Rita")
    assert state.revision == revision, "no view is built anew for an alert"


def test_the_whole_revision_changes_with_every_write(state: State):
    seen = [state.whole_revision, state.whole_revision]
    assert seen.pop() == seen[0]
    refuse(state, "ann")
    seen.append(state.whole_revision)
    state.settings_saved.put("calm", "")
    seen.append(state.whole_revision)
    State(state.parent, state.bank_id).edits.append([EDIT])
    seen.append(state.whole_revision)
    state.reset()
    seen.append(state.whole_revision)
    assert len({*seen[:4]}) == 4 and seen[4] == seen[0]


def test_only_what_was_added_is_read(state: State, monkeypatch):
    state.edits.append([EDIT] * 1000)
    assert len(state.edits.read()) == 1000
    seen = []
    scan = type(state.edits)._scan
    monkeypatch.setattr(
        type(state.edits), "_scan", lambda *args: seen.append(found := scan(*args)) or found
    )
    state.edits.append([EDIT])
    assert len(state.edits.read()) == 1001
    assert [len(rows) for rows in seen] == [1]


def test_a_damaged_row_is_left_out_and_named_and_does_not_hide_the_others(state: State):
    state.edits.append([EDIT, {**EDIT, "value": "8.0"}, {**EDIT, "value": "9.0"}])
    corrupt(state, "edits", "value", "1.0", n=2)
    found = again(state)
    assert found.edits.read()["value"].tolist() == ["7.0", "9.0"]
    assert found.known_rows["edits"] == 3
    assert found.damage().to_numpy().tolist() == [["state.sqlite", "edits", "2", "was changed"]]
    with state.store.writing() as connection:
        connection.execute("DELETE FROM edits WHERE n = 3")
    found = again(state)
    assert found.edits.damage()[1][2:] == ("3", "is missing")


def test_a_state_can_be_read_as_it_was(state: State):
    refuse(state, "ann")
    state.edits.append([EDIT])
    until = {"consents": state.consents.known_rows, **state.known_rows}
    assert until == {"consents": 1, "edits": 1, "transactions": 0, "messages": 0}
    refuse(state, "ben")
    state.edits.append([EDIT])
    then = State(state.parent, state.bank_id, until=until)
    assert then.consents.history()["customer_id"].tolist() == ["ann"]
    assert len(then.edits.read()) == 1
    assert {"consents": then.consents.known_rows, **then.known_rows} == until


def test_an_alert_is_acknowledged_once_and_may_be_taken_back(state: State):
    assert state.alerts.acknowledge("a1b2", now=NOON, actor="Rita")
    assert not again(state).alerts.acknowledge("a1b2", now=NOON, actor="Raj")
    assert state.alerts.table().to_dict("records") == [
        {"alert_id": "a1b2", "acknowledged_at": NOON, "actor": "Rita"}
    ]
    assert state.alerts.reopen("a1b2", now=NOON, actor="Raj")
    assert not state.alerts.reopen("a1b2", now=NOON, actor="Raj")
    assert state.alerts.table().empty
    assert state.alerts.acknowledge("a1b2", now=NOON, actor="Zoe")
    assert state.alerts.table()["actor"].tolist() == ["Zoe"]


def test_a_text_is_kept_by_name_and_one_that_was_changed_is_refused(state: State):
    state.learned_metrics.put("churn", "one")
    state.learned_metrics.put("churn", "two")
    state.learned_metrics.put("risk", "three")
    assert again(state).learned_metrics.all() == {"churn": "two", "risk": "three"}
    corrupt(state, "learned_metrics", "content", "four", n=3)
    found = again(state)
    assert found.learned_metrics.all() == {"churn": "two"}
    with pytest.raises(StateError, match="'risk' was changed"):
        found.learned_metrics.get("risk")
    assert found.damage()["row"].tolist() == ["risk"]
    assert found.learned_metrics.remove("risk") and not found.learned_metrics.remove("risk")
    assert found.damage().empty


# --- starting afresh


def test_a_reset_gives_a_clean_state_and_keeps_the_old_aside(state: State):
    refuse(state, "ann")
    other = State(state.parent, state.bank_id)
    assert len(other.consents.history()) == 1
    for name in ("cache", "versions"):
        state.folder(name).mkdir()
        (state.folder(name) / "thing").write_text(name)

    aside = state.reset()

    assert state.consents.history().empty and other.consents.history().empty
    assert (state.folder("cache") / "thing").read_text() == "cache"
    assert not state.folder("versions").exists()
    assert (aside / "versions" / "thing").exists()
    refuse(other, "ben")
    assert state.consents.history()["customer_id"].tolist() == ["ben"]
    old = State(aside.parent, aside.name)
    assert old.consents.history()["customer_id"].tolist() == ["ann"]
    assert old.damage(thorough=True).empty
    assert state.reset() != aside


def test_a_reset_can_delete_and_needs_no_state(state: State, tmp_path):
    assert state.reset() is None
    refuse(state, "ann")
    assert state.reset(delete=True, keep=()) is None
    assert not state.root.exists()
    assert list((tmp_path / ".aside").iterdir()) == []


def test_a_reset_waits_for_no_retraining(state: State, monkeypatch):
    monkeypatch.setattr("engine.state.state._RESET_WAIT_SECONDS", 0.01)
    refuse(state, "ann")
    with disk.held(state.folder("versions") / "retrain.lock"):
        with pytest.raises(StateError, match="a retraining"):
            state.reset()
        assert len(state.consents.history()) == 1
    with state.store.writing(), pytest.raises(StateError, match="is being written"):
        State(state.parent, state.bank_id).reset()


def test_writers_and_resets_do_not_disturb_each_other(tmp_path):
    def write(k: int):
        for i in range(30):
            refuse(State(tmp_path, "bank-1"), f"c{k}-{i}")

    threads = [threading.Thread(target=write, args=(k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    moved = [State(tmp_path, "bank-1").reset() for _ in range(5)]
    for thread in threads:
        thread.join()
    here = State(tmp_path, "bank-1")
    aside = [State(path.parent, path.name) for path in moved if path]
    told = pd.concat([s.consents.history() for s in [here, *aside]])["customer_id"]
    assert len(told) == told.nunique() == 90
    assert all(s.damage(thorough=True).empty for s in [here, *aside])


def test_settings_whose_log_the_disk_refuses_do_not_come_into_force(
    state: State, monkeypatch: pytest.MonkeyPatch
):
    named = NamedSettings(state)
    bold = {"ranking": {"emphasis": {"needs": 2.0}}}
    named.save("bold", bold, now=NOON, actor="Rita", why="")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("engine.state.store.count", full)
        with pytest.raises(StateError, match="Nothing was written"):
            named.apply("bold", now=NOON, actor="Rita", why="")
    assert not state.settings_file.exists() and named.in_force() == []
    named.apply("bold", now=NOON, actor="Rita", why="")
    in_force = state.settings_file.read_text("utf-8")
    with monkeypatch.context() as patch:
        patch.setattr("engine.state.store.count", full)
        with pytest.raises(StateError, match="Nothing was written"):
            named.take_back(now=NOON, actor="Rita", why="")
    assert state.settings_file.read_text("utf-8") == in_force and named.in_force() == ["bold"]


def test_F199_what_is_taken_back_leaves_an_experiment_that_was_started_since(state: State):
    named, said = NamedSettings(state), {"now": NOON, "actor": "Rita", "why": ""}
    spring = {"shares": {"engine": 0.5, "no contact": 0.5}, "base": 0.1, "uplift": 0.2, "needed": 9,
              "starts": "2026-07-01", "ends": "2026-08-01", "owner": "Rita"}  # fmt: skip
    for name, tree in (
        ("calm", {"ranking": {"emphasis": {"needs": 1.5}}}),
        ("bold", {"ranking": {"emphasis": {"needs": 2.0}}}),
        ("experiment-spring", {"experiments": {"started": {"spring": spring}}}),
    ):
        named.save(name, tree, **said)
        named.apply(name, **said)

    def in_file() -> dict:
        return tomllib.loads(state.settings_file.read_text("utf-8"))

    assert named.take_back(**said) == "bold"
    assert named.in_force() == ["calm", "experiment-spring"]
    assert in_file()["ranking"]["emphasis"]["needs"] == 1.5
    assert set(in_file()["experiments"]["started"]) == {"spring"}
    assert named.take_back(**said) == "calm" and set(in_file()) == {"experiments"}
    with pytest.raises(NotFound):
        named.take_back(**said)
    assert set(in_file()["experiments"]["started"]) == {"spring"}


def test_what_cannot_be_removed_is_not_taken_for_erased(
    state: State, monkeypatch: pytest.MonkeyPatch
):
    refuse(state, "ann")
    state.scrub()
    old = state.root / MIGRATED / "receipts"
    old.mkdir(parents=True)
    (old / "keys.csv").write_text("ann")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("os.unlink", denied)
        with pytest.raises(StateError, match="erase again"):
            state.scrub()
    state.scrub()
    assert not old.exists()
