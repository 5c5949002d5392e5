"""A backup is whole and consistent; a restore gives the same lists and brings nobody back."""

import json
import shutil
import uuid
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from engine.errors import BadInput, NotFound, StateError
from engine.services.opening import backup
from engine.state.event_log import EventLog
from tests.conftest import DEMO

NOW = datetime(2026, 12, 1, 9)


@pytest.fixture
def small_state(tmp_path, small_bank) -> Path:
    """A state folder with a bank in it, an erased customer, an account, settings and an event."""
    from engine.bank import editions

    state = tmp_path / "state"
    editions.put(small_bank, state / "banks" / "small")
    engine = Engine.open(state / "banks" / "small", state, now=lambda: NOW)
    engine.records.set_consent("ann", "marketing", "refused", source="page")
    engine.erasing.erase("eve", actor="test")
    Engine.accounts(state).add("ada", "a long password of hers", "manager", actor="test")
    own = engine.snapshots.state
    own.settings_file.parent.mkdir(exist_ok=True)
    own.settings_file.write_text("[guard]\nmax_per_category = 2\n")
    event = {"event_id": str(uuid.uuid4()), "customer_id": "ann", "product_id": "save"}
    event |= {"recorded_at": NOW, "actor": "test", "action": "viewed"}
    EventLog(own.folder("events")).append(event)
    return state


def small(state: Path) -> Engine:
    return Engine.open(state / "banks" / "small", state, now=lambda: NOW)


def test_after_a_restore_lists_are_equal_to_the_byte_and_receipts_verify(demo_state, tmp_path):
    before = Engine.open(DEMO, demo_state, now=lambda: NOW)
    asked = before.bank.customer_ids[:20]
    given = [before.offers.recommend(one) for one in asked]
    before.feedback.record_shown(given[0], actor="test")
    n_events = len(before.feedback.history(asked[0]))
    made = backup.back_up(demo_state, tmp_path / "b.zip", now=NOW)
    assert any("outside of the state folder" in note for note in made.notes)
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    backup.restore(tmp_path / "b.zip", tmp_path / "new")
    after = Engine.open(DEMO, tmp_path / "new", now=lambda: NOW)
    assert [str(after.offers.recommend(one)) for one in asked] == [
        str(before.offers.recommend(one)) for one in asked
    ]
    assert after.receipts.verify().sound and after.trail.verify().sound
    assert len(after.feedback.history(asked[0])) == n_events
    assert after.facts.damage(thorough=True).empty


def test_everything_kept_comes_back_and_half_a_line_does_not(small_state, tmp_path):
    events = next(small_state.glob("*/events/events.csv"))
    whole = events.read_bytes()
    with events.open("ab") as file:
        file.write(b"half,a,li")
    backup.back_up(small_state, tmp_path / "b.zip", now=NOW)
    assert events.read_bytes() == whole + b"half,a,li", "the state folder stays as it is"
    new = tmp_path / "new"
    told = backup.restore(tmp_path / "b.zip", new)
    assert "erase them again" in told.notes[0]
    assert next(new.glob("*/events/events.csv")).read_bytes() == whole
    assert next(new.glob("*/settings/settings.toml")).read_text().startswith("[guard]")
    assert Engine.accounts(new).table()["name"].tolist() == ["ada"]
    engine = small(new)
    assert "eve" not in engine.bank.customer_ids
    assert len(engine.snapshots.events.read()) == 1
    assert (new / "identifiers.key").read_bytes() == (small_state / "identifiers.key").read_bytes()


def test_who_was_erased_after_the_backup_is_erased_again(small_state, tmp_path):
    backup.back_up(small_state, tmp_path / "b.zip", now=NOW)
    small(small_state).erasing.erase("ben", actor="test")
    run = CliRunner()
    refused = run.invoke(app, ["restore", str(tmp_path / "b.zip"), "--state", str(small_state)])
    assert isinstance(refused.exception, BadInput) and "--force" in str(refused.exception)
    asked = ["restore", str(tmp_path / "b.zip"), "--state", str(small_state), "--force", "--json"]
    done = run.invoke(app, asked)
    assert done.exit_code == 0, repr(done.exception)
    told = json.loads(done.stdout)
    assert told["n_erased_since"] == 1
    assert "after this backup" in told["notes"][0]
    engine = small(small_state)
    assert {"ben", "eve"}.isdisjoint(engine.bank.customer_ids)
    assert not engine.erasing.is_unfinished
    assert "Ben Bay" not in next((small_state / "banks").glob("*/customers.csv")).read_text()
    assert Path(told["set_aside"]).is_dir()


@pytest.mark.parametrize(
    "name", ["state/../../out.txt", "/etc/x", "state//x", "state/a\\b", "other/x"]
)
def test_an_archive_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    bad = tmp_path / "bad.zip"
    inner = name.removeprefix("state/")
    told = {"format": 1, "made_at": NOW.isoformat(), "banks": [], "files": {}}
    told["files"][inner] = {"sha256": "0", "bytes": 1}
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr(backup.MANIFEST, json.dumps(told))
        archive.writestr(name, "x")
    with pytest.raises(BadInput):
        backup.restore(bad, tmp_path / "new" / "state")
    assert not list((tmp_path / "new").rglob("*.txt"))
    assert not list((tmp_path / "new" / "state").iterdir()), "nothing was changed"


def test_a_changed_archive_and_one_that_is_none_change_nothing(small_state, tmp_path):
    good, bad = tmp_path / "b.zip", tmp_path / "bad.zip"
    backup.back_up(small_state, good, now=NOW)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as out:
        for one in source.namelist():
            content = source.read(one)
            out.writestr(one, content[:-1] + b"?" if one.endswith("bank.json") else content)
    with pytest.raises(BadInput, match="not what was backed up"):
        backup.restore(bad, small_state, force=True)
    assert len(small(small_state).snapshots.events.read()) == 1
    bad.write_bytes(good.read_bytes()[:500])
    with pytest.raises(BadInput, match="no backup, or is damaged"):
        backup.restore(bad, tmp_path / "new")
    with pytest.raises(NotFound):
        backup.restore(tmp_path / "none.zip", tmp_path / "new")
    with pytest.raises(BadInput, match="there already"):
        backup.back_up(small_state, good, now=NOW)
    with pytest.raises(BadInput, match="keep a backup elsewhere"):
        backup.back_up(small_state, small_state / "b.zip", now=NOW)


def test_a_damaged_state_file_stands_in_the_backup_as_it_is(small_state, tmp_path):
    store = next(small_state.glob("*/state.sqlite"))
    content = bytearray(store.read_bytes())
    content[100:3000] = bytes(2900)
    for beside in store.parent.glob("state.sqlite-*"):
        beside.unlink()
    store.write_bytes(content)
    made = backup.back_up(small_state, tmp_path / "b.zip", now=NOW)
    assert any("state.sqlite is damaged" in note for note in made.notes)
    shutil.rmtree(small_state)
    backup.restore(tmp_path / "b.zip", small_state)
    assert store.read_bytes() == bytes(content)


def test_a_link_to_a_state_file_that_is_gone_is_said(small_state):
    store = next(small_state.glob("*/state.sqlite"))
    for path in store.parent.glob("state.sqlite*"):
        path.unlink()
    store.symlink_to(small_state / "gone")
    assert "state.sqlite cannot be read" in "; ".join(small(small_state).facts.damage()["about"])


@pytest.mark.parametrize("name", ["travel-journal", "cache", "events", "a-wal"])
def test_a_bank_is_in_the_backup_whatever_it_is_called(tmp_path, small_bank, name):
    from engine.bank import editions

    editions.put(small_bank, tmp_path / "state" / "banks" / name)
    (tmp_path / "state" / "banks" / name / "a\\b").write_text("stray")
    made = backup.back_up(tmp_path / "state", tmp_path / "b.zip", now=NOW)
    assert len(made.notes) == 1 and "no restore takes such a name" in made.notes[0]
    backup.restore(tmp_path / "b.zip", tmp_path / "new")
    kept = editions.load(tmp_path / "new" / "banks" / name)
    assert list(kept.customer_ids) == list(small_bank.customer_ids)


def test_who_is_erased_while_a_backup_is_written_leaves_no_rows(small_state, tmp_path, monkeypatch):
    copy = backup._copy

    def meanwhile(path, *rest):
        if path.name == "people.sqlite":  # the banks are copied by then
            small(small_state).erasing.erase("ben", actor="test")
        copy(path, *rest)

    monkeypatch.setattr(backup, "_copy", meanwhile)
    backup.back_up(small_state, tmp_path / "b.zip", now=NOW)
    told = backup.restore(tmp_path / "b.zip", small_state, force=True)
    assert told.n_erased_since == 1
    assert "ben" not in small(small_state).bank.customer_ids
    assert "Ben Bay" not in next((small_state / "banks").glob("*/customers.csv")).read_text()


def test_a_restore_that_fails_half_way_leaves_everything_and_a_killed_one_forgets_no_erasure(
    small_state, tmp_path, monkeypatch
):
    backup.back_up(small_state, tmp_path / "b.zip", now=NOW)
    small(small_state).erasing.erase("ben", actor="test")
    before = sorted(path for path in small_state.rglob("*") if path.suffix != ".lock")
    rename = Path.rename

    def refuses(path, target):
        if path.name == "people.sqlite" and path.parent.name == ".restoring":
            raise OSError(5, "Input/output error")
        return rename(path, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "rename", refuses)
        with pytest.raises(StateError, match="Input/output"):
            backup.restore(tmp_path / "b.zip", small_state, force=True)
    assert sorted(p for p in small_state.rglob("*") if p.suffix != ".lock") == before
    (tmp_path / "nothing").mkdir()  # as if it was killed between what goes and what comes
    backup._exchanged(list(small_state.iterdir()), tmp_path / "nothing", small_state)
    assert backup.restore(tmp_path / "b.zip", small_state).n_erased_since == 1


def test_an_archive_with_any_changed_byte_ends_in_a_sentence(tmp_path):
    (tmp_path / "state" / "bank").mkdir(parents=True)
    (tmp_path / "state" / "bank" / "x.json").write_text("hello " * 40)
    backup.back_up(tmp_path / "state", tmp_path / "b.zip", now=NOW)
    whole = (tmp_path / "b.zip").read_bytes()
    for at in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[at] ^= 0x41
        (tmp_path / "c.zip").write_bytes(changed)
        try:
            backup.restore(tmp_path / "c.zip", tmp_path / "new")
            assert (tmp_path / "new" / "bank" / "x.json").read_text() == "hello " * 40
        except (BadInput, StateError):
            pass
        shutil.rmtree(tmp_path / "new", ignore_errors=True)


def test_a_link_to_accounts_that_are_gone_is_not_taken_for_no_accounts(tmp_path):
    (tmp_path / "people.sqlite").symlink_to(tmp_path / "gone")
    with pytest.raises(StateError, match=r"people\.sqlite"):
        Engine.accounts(tmp_path).add("ada", "a long password of hers", "manager", actor="test")
    assert (tmp_path / "people.sqlite").is_symlink()
