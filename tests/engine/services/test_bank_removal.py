"""A bank that was brought in goes as a whole; what is served, and other banks, stay."""

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.bank import editions
from engine.bank.bank import Bank
from engine.cli import app
from engine.errors import BadInput, NotFound

NOW = dt.datetime(2025, 1, 10, 9, 0)


def put(bank: Bank, state: Path, name: str) -> Path:
    folder = state / "banks" / name
    editions.put(replace(bank, manifest=replace(bank.manifest, bank_id=name, name=name)), folder)
    engine = Engine.open(folder, state, now=lambda: NOW)
    engine.records.set_consent("ann", "marketing", "refused", source="test")
    return folder


@pytest.fixture
def state(small_bank: Bank, tmp_path: Path) -> Path:
    for name in ("one", "two"):
        put(small_bank, tmp_path, name)
    return tmp_path


def names(state: Path) -> list[str]:
    return Engine.banks.available(state, ())["bank_id"].tolist()


def test_a_bank_goes_with_its_state_and_the_other_stays(state: Path):
    Engine.open(state / "banks" / "one", state).records.reset()  # something lies aside too
    assert Engine.banks.remove(state, "one", " one ") == "one"
    assert names(state) == ["two"]
    left = [path for path in state.rglob("*") if "one" in path.name]
    assert left == []
    kept = Engine.open(state / "banks" / "two", state).snapshots.state.consents.history(("ann",))
    assert kept["status"].tolist() == ["refused"]


def test_another_name_the_served_bank_and_no_bank_are_refused(state: Path):
    with pytest.raises(BadInput, match="type 'one'"):
        Engine.banks.remove(state, "one", "One")
    with pytest.raises(BadInput, match="served here"):
        Engine.banks.remove(state, "one", "one", [state / "banks" / "one"])
    with pytest.raises(NotFound, match="can be removed: one, two"):
        Engine.banks.remove(state, "three", "three")
    assert names(state) == ["one", "two"]


def test_a_removal_that_was_killed_is_finished_by_the_next_look(
    state: Path, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            Engine.banks.remove(state, "one", "one")
    assert not (state / "banks" / "one").exists()
    assert names(state) == ["two"]
    assert not [path for path in state.rglob("*") if "one" in path.name]


def test_what_waits_to_be_removed_takes_nothing_from_a_bank_that_came_anew(state: Path):
    (state / ".removing" / "one").mkdir(parents=True)
    assert names(state) == ["one", "two"]
    assert not (state / ".removing" / "one").exists()
    kept = Engine.open(state / "banks" / "one", state).snapshots.state.consents.history(("ann",))
    assert kept["status"].tolist() == ["refused"]


def test_the_command_asks_for_the_name(state: Path):
    run = CliRunner().invoke
    refused = run(app, ["remove", "one", "--state", str(state)], input="two\n")
    assert refused.exit_code == 1 and names(state) == ["one", "two"]
    assert run(app, ["remove", "one", "--state", str(state)], input="one\n").exit_code == 0
    assert names(state) == ["two"]
