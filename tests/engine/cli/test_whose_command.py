"""Commands go by the role of whoever ATTUNE_USER names, and by nobody's where it names nobody."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer.main

from engine import Engine
from engine.cli import app
from engine.cli.console import ACTOR, USER
from engine.people.commands import COMMANDS, may_run
from engine.people.rights import RIGHTS
from engine.people.roles import ROLES
from engine.seen.seen import REFUSED
from tests.conftest import DEMO
from tests.engine.cli.test_cli import run

OWN, FOREIGN = "C00001", "C00186"
"""A customer of Rita Abbott's, and one of Edgar Bellamy's."""


@pytest.fixture(scope="module")
def state(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with somebody in each role; Rita has her book, and Lou is locked."""
    made = Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("people") / "state"))
    people = Engine.accounts(made)
    for role in ROLES:
        book = "Rita Abbott" if role == "relationship_manager" else ""
        people.add(role, None, role, book=book, actor="test")
    people.add("lou", None, "manager", actor="test")
    people.lock("lou", actor="test")
    return made


@pytest.fixture
def asked(state: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run a command on the demo bank as somebody."""

    def ask(name: str, *words: object):
        monkeypatch.setenv(USER, name)
        return run(*words, "--data", DEMO, "--state", state)

    return ask


def _commands(group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        yield before + name
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")


def test_F177_every_command_is_in_the_table_of_who_may_run_it_and_opens_by_an_action_there_is():
    assert sorted(_commands(typer.main.get_command(app))) == sorted(COMMANDS)
    actions = {opens for opens in COMMANDS.values() if isinstance(opens, str)}
    assert actions <= RIGHTS.keys()
    roles = set().union(*(opens for opens in COMMANDS.values() if not isinstance(opens, str)))
    assert roles <= set(ROLES)


def test_F177_whoever_may_not_run_a_command_is_refused_in_one_sentence(
    state: Path, monkeypatch: pytest.MonkeyPatch
):
    people = [Engine.accounts(state).person(role) for role in ROLES]
    monkeypatch.setenv("ATTUNE_STATE", str(state))
    for command in COMMANDS:
        kept_out = [one for one in people if not may_run(command, one, sees_names=True)]
        assert len(kept_out) < len(people), f"nobody may run {command}"
        for one in kept_out[:1]:
            monkeypatch.setenv(USER, one.name)
            done = run(*command.split())
            if done.returncode != 2:  # a missing argument is said first
                assert f"The command {command} is not open to {one.name}" in done.stderr
                assert (done.returncode, done.stdout) == (1, "")


def test_F177_a_relationship_manager_is_answered_of_the_own_book_alone(asked):
    own = asked("relationship_manager", "recommend", "--customer", OWN, "--json")
    assert json.loads(own.stdout)["customer_id"] == OWN
    said = {}
    for customer in (FOREIGN, "C99999"):
        for command in ("recommend", "profile", "brief"):
            done = asked("relationship_manager", command, "--customer", customer)
            assert (done.returncode, done.stdout) == (1, "")
            said.setdefault(customer, []).append(done.stderr.replace(customer, "X"))
    assert said[FOREIGN] == said["C99999"]
    listed = json.loads(asked("relationship_manager", "customers", "--json").stdout)
    ids = {row["customer_id"] for row in listed["customers"]}
    assert OWN in ids
    assert FOREIGN not in ids


def test_F177_a_manager_gets_what_the_unnamed_command_gets_under_the_own_name(asked, state: Path):
    for words in (("customers", "--json"), ("doctor", "--json"), ("levers", "--json")):
        assert asked("manager", *words).stdout == asked("", *words).stdout
    asked("manager", "consent", "--customer", OWN, "social=refused")
    person = Engine.accounts(state).person("manager")
    trail = Engine.open(DEMO, state).trail.table(None)
    assert person.actor in set(trail["actor"])
    asked("", "consent", "--customer", OWN, "social=granted")
    newest = Engine.open(DEMO, state).trail.table(None)["actor"].iloc[0]
    assert newest == ACTOR


def test_F177_an_analyst_opens_no_record_and_is_told_pseudonyms(asked):
    done = asked("analyst", "profile", "--customer", OWN)
    assert (done.returncode, done.stdout) == (1, "")
    assert REFUSED in done.stderr
    listed = asked("analyst", "customers", "--json")
    assert listed.returncode == 0, listed.stderr
    assert OWN not in listed.stdout


def test_whoever_is_locked_or_not_there_runs_nothing(asked):
    locked = asked("lou", "customers")
    assert "The account 'lou' is locked" in locked.stderr
    assert asked("nobody", "customers").stderr.startswith("Error: There is no account named")
    assert (locked.returncode, locked.stdout) == (1, "")
