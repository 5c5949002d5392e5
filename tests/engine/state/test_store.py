"""A locked, full or read-only disk gives a sentence, loses nothing and never stops reading."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import engine
from engine.errors import Busy, StateError
from engine.state.opening import Opened
from engine.state.state import State
from engine.state.store import Store
from tests.engine.state.changed import NOON, again, refuse

ROOT = Path(engine.__file__).parents[1]
NOBODY = 65_534


def test_a_write_is_whole_or_not_there(state: State):
    refuse(state, "ann")

    def half() -> None:
        with state.store.writing("consents") as connection:
            connection.execute("INSERT INTO consents (n, customer_id) VALUES (2, 'ben')")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        half()
    assert again(state).consents.history()["customer_id"].tolist() == ["ann"]


def test_a_file_that_is_locked_is_read_and_not_written(state: State):
    refuse(state, "ann")
    other = sqlite3.connect(state.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    blocked = State(state.parent, state.bank_id)
    blocked.store.wait = 0.01
    with pytest.raises(Busy, match="try again in a minute"):
        refuse(blocked, "ben")
    assert len(blocked.consents.history()) == 1
    other.execute("ROLLBACK")
    other.close()
    refuse(blocked, "ben")
    assert len(state.consents.history()) == 2


def test_a_full_disk_stores_nothing_and_trying_again_is_safe(state: State):
    refuse(state, "ann")
    with state.store.writing() as connection:
        n = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={n}")
    with pytest.raises(StateError, match="The disk is full"):
        state.learned_metrics.put("churn", "x" * 100_000)
    assert state.consents.history()["customer_id"].tolist() == ["ann"]
    assert again(state).damage(thorough=True).empty
    refuse(state, "ben")
    assert len(state.consents.history()) == 2


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another account can reach; pytest's own ones are private."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _as_another(work: Callable[[], None]) -> int:
    """Do something in a process of an account that owns nothing; its exit code."""
    if not (child := os.fork()):
        code = 1
        try:
            if os.getuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("in_the_log", [False, True])
def test_a_read_only_folder_is_read_and_a_write_says_so(open_folder: Path, in_the_log: bool):
    """Also what a killed writer left in the log, which nobody could bring into the file."""
    state = State(open_folder, "bank-1")
    refuse(state, "ann")
    state.store.close()
    if in_the_log:
        code = (
            "import sys, os, datetime; from engine.state.state import State;"
            "State(sys.argv[1], 'bank-1').consents.record("
            "'ben', 'marketing', 'refused', now=datetime.datetime(2024, 1, 1), source='cli');"
            "os.kill(os.getpid(), 9)"
        )
        killed = subprocess.run([sys.executable, "-c", code, str(open_folder)], cwd=ROOT)
        assert killed.returncode == -signal.SIGKILL
        (state.root / "state.sqlite-shm").unlink()
    for path in state.root.iterdir():
        path.chmod(0o444)
    state.root.chmod(0o555)

    def look() -> None:
        found = State(open_folder, "bank-1")
        who = found.consents.history()["customer_id"].tolist()
        assert who == (["ann", "ben"] if in_the_log else ["ann"])
        assert found.damage().empty
        with pytest.raises(StateError, match="Nothing was written"):
            refuse(found, "dee")
        assert found.consents.history()["customer_id"].tolist() == who

    try:
        assert _as_another(look) == 0
    finally:
        state.root.chmod(0o755)
    assert len(again(state).consents.history()) == 1 + in_the_log


def test_where_no_byte_can_be_written_reading_goes_on(open_folder: Path):
    state = State(open_folder, "bank-1")
    refuse(state, "ann")

    def look() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        found = State(open_folder, "bank-1")
        assert found.consents.history()["customer_id"].tolist() == ["ann"]
        with pytest.raises(StateError, match=r"Nothing was written|Cannot"):
            refuse(found, "ben")
        assert found.consents.history()["customer_id"].tolist() == ["ann"]

    state.store.close()
    open_folder.chmod(0o777)
    state.root.chmod(0o777)
    state.store.path.chmod(0o666)
    assert _as_another(look) == 0
    refuse(state, "ben")
    assert state.consents.history()["customer_id"].tolist() == ["ann", "ben"]
    assert state.damage(thorough=True).empty


def test_a_file_of_another_format_is_not_written(state: State):
    refuse(state, "ann")
    with state.store.writing() as connection:
        connection.execute("PRAGMA user_version=9")
    found = again(state)
    with pytest.raises(StateError, match="format 9"):
        refuse(found, "ben")
    assert "format 9" in found.damage()["problem"].iloc[-1]


def test_every_write_reaches_the_disk_before_it_is_acknowledged(state: State):
    with state.store.writing() as connection:
        said = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "secure_delete", "foreign_keys")
        }
    assert said == {"synchronous": 2, "journal_mode": "wal", "secure_delete": 1, "foreign_keys": 1}


def test_what_was_removed_is_not_in_the_bytes_any_more(state: State):
    secret = "Wilhelmina-Featherstone"
    state.receipts.keys.put(secret, "key-of-" + secret)
    state.edits.append([{"table": "customers", "row_id": "ann", "value": "kept"}])
    assert secret.encode() in b"".join(_bytes(state.store))
    state.receipts.keys.remove(secret)
    state.store.scrub()
    assert secret.encode() not in b"".join(_bytes(state.store))
    assert again(state).edits.read()["value"].tolist() == ["kept"]


def _bytes(store: Store) -> list[bytes]:
    """Of the file and those beside it, read by a process that holds no lock of ours."""
    paths = sorted(store.folder.glob("state.sqlite*"))
    return [
        subprocess.run(["/bin/cat", str(path)], check=True, capture_output=True).stdout
        for path in paths
    ]


def test_a_backup_that_was_put_back_is_read_anew_also_by_who_read_before(state: State):
    refuse(state, "ann")
    state.store.close()
    backup = state.root / "backup"
    shutil.copy(state.store.path, backup)
    state.consents.record("ben", "marketing", "granted", now=NOON, source="page")
    assert state.consents.history()["customer_id"].tolist() == ["ann", "ben"]
    revision = state.revision
    state.store.close()
    backup.replace(state.store.path)
    other = State(state.parent, state.bank_id)
    refuse(other, "dee")
    assert state.revision != revision
    assert state.consents.history()["customer_id"].tolist() == ["ann", "dee"]


def test_a_file_that_appears_between_two_looks_is_read(
    state: State, monkeypatch: pytest.MonkeyPatch
):
    empty = Store._empty

    def late(store: Store, problem: str = "") -> Opened:
        monkeypatch.setattr(Store, "_empty", empty)
        refuse(State(state.parent, state.bank_id), "ann")
        return empty(store, problem)

    monkeypatch.setattr(Store, "_empty", late)
    assert state.consents.history()["customer_id"].tolist() == ["ann"]
    refuse(state, "ben")
    assert state.consents.history()["customer_id"].tolist() == ["ann", "ben"]


def test_a_reset_during_a_read_leaves_it_its_picture(state: State):
    refuse(state, "ann")
    with state.store.reading() as connection:
        before = state.store.identity
        state.root.rename(state.root.with_name("aside"))
        assert state.store.identity == before
        assert state.store.revision("consents").endswith("[1]")
        assert connection.execute("SELECT count(*) FROM consents").fetchone() == (1,)
    assert state.consents.history().empty


@pytest.mark.parametrize("mode", [0o000, 0o600])
def test_a_folder_that_nobody_may_look_into_refuses_everything(open_folder: Path, mode: int):
    state = State(open_folder, "bank-1")
    refuse(state, "ann")
    state.store.close()

    def look() -> None:
        found = State(open_folder, "bank-1")
        assert found.consents.latest(["ben"])["status"].unique().tolist() == ["refused"]
        assert "cannot be read" in found.damage()["problem"].iloc[-1]
        assert found.revision
        with pytest.raises(StateError, match=r"Nothing was written|Cannot"):
            refuse(found, "ben")

    state.root.chmod(mode)
    try:
        assert _as_another(look) == 0
    finally:
        state.root.chmod(0o755)
    assert state.consents.history()["customer_id"].tolist() == ["ann"]
