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
from engine.errors import BadInput, NotFound
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
