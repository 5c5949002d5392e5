"""Tokens of programs: shown once, kept as a hash, ended in time or at once."""

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from engine.bank.editions import load
from engine.cli import app
from engine.errors import BadInput, NotFound, StateError
from engine.people.clients import FILE, Clients
from engine.services.opening.banks import Banks

NOW = datetime(2026, 11, 30, 9)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def clients(tmp_path: Path, clock: Clock) -> Clients:
    return Clients(tmp_path, clock)


def test_a_token_is_known_by_its_hash_alone(clients: Clients, tmp_path: Path):
    made = clients.add("front-end", "manager", scopes=["write", "read"], actor="ann")
    assert made.token not in repr(made)
    assert len(made.token) == len("attune_") + 43
    files = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert made.token.encode() not in files and made.token[7:].encode() not in files
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
    found = clients.of_token(made.token)
    assert found == made.client and found.actor == "client:front-end"
    assert found.scopes == {"read", "write"}
    for wrong in ("", "attune_", made.token[:-1], made.token + "x", "x" * 500, "\udc80"):
        assert clients.of_token(wrong) is None


def test_a_token_ends_after_its_days_and_when_it_is_revoked(clients: Clients, clock: Clock):
    short = clients.add("short", "manager", days=2, actor="ann").token
    long = clients.add("long", "manager", actor="ann").token
    clock.at = NOW + timedelta(days=2, seconds=-1)
    assert clients.of_token(short) is not None
    clock.at = NOW + timedelta(days=2)
    assert clients.of_token(short) is None and clients.of_token(long) is not None
    clock.at = NOW - timedelta(days=30)
    assert clients.of_token(long) is None
    clock.at = NOW
    clients.revoke("long", actor="bob")
    assert clients.of_token(long) is None
    log = clients.log()
    assert log[["actor", "action", "name"]].iloc[0].tolist() == ["bob", "revoked", "long"]
    table = clients.table().set_index("name")
    assert table.loc["long", "revoked_at"] and not table.loc["short", "revoked_at"]
    with pytest.raises(NotFound):
        clients.revoke("nobody", actor="bob")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"name": "A b"}, "no name of a client"),
        ({"role": "king"}, "no role"),
        ({"scopes": ["fly"]}, "no such scope"),
        ({"scopes": []}, "without a scope"),
        ({"book": "Rita"}, "A book goes with"),
        ({"role": "relationship_manager"}, "A book goes with"),
        ({"days": 0}, "1 to 366 days"),
        ({"name": "known"}, "already"),
    ],
)
def test_what_cannot_be_is_refused(clients: Clients, words: dict, says: str):
    clients.add("known", "manager", actor="ann")
    told = {"name": "new", "role": "manager", **words}
    with pytest.raises(BadInput, match=says):
        clients.add(told.pop("name"), told.pop("role"), actor="ann", **told)
    assert clients.table()["name"].tolist() == ["known"]


def test_a_damaged_file_lets_nobody_in(clients: Clients, tmp_path: Path):
    token = clients.add("known", "manager", actor="ann").token
    for path in tmp_path.glob(f"{FILE}*"):
        path.write_bytes(b"no database" * 500)
    with pytest.raises(StateError, match="cannot be used"):
        clients.of_token(token)


def test_the_command_prints_a_token_once(tmp_path: Path, capsys: pytest.CaptureFixture):
    def told(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            app(["client", *words, "--state", str(tmp_path)])
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    made = json.loads(told("add", "crm", "--role", "manager", "--scope", "export", "--json"))
    assert made["scopes"] == ["export"]
    assert Clients(tmp_path, datetime.now).of_token(made["token"]) is not None
    assert told("add", "erp", "--role", "admin").splitlines()[-1].startswith("attune_")
    assert "attune_" not in told("list") + told("list", "--json") + told("log")
    told("revoke", "crm")
    listed = json.loads(told("list", "--json"))
    assert [one["name"] for one in listed if one["revoked_at"]] == ["crm"]


def test_a_client_is_made_where_the_dashboard_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ATTUNE_STATE", str(tmp_path / "elsewhere"))
    with pytest.raises(SystemExit) as ended:
        app(["client", "add", "crm", "--role", "manager"])
    assert ended.value.code in (0, None)
    assert str(tmp_path / "elsewhere") in capsys.readouterr().out
    assert (tmp_path / "elsewhere" / FILE).is_file() and not (tmp_path / "data").exists()
    with pytest.raises(BadInput, match=r"--role: .*risk_officer"):
        app(["client", "add", "other"])


def test_F177_a_book_that_no_bank_has_is_named_with_the_nearest(tmp_path: Path) -> None:
    doubt = partial(Banks.doubt_about_book, state=tmp_path, folders=("data/demo",))
    managers = load("data/demo")["customers"]["relationship_manager"].dropna()
    known = sorted(managers.unique())[0]
    assert doubt(known) == "" and doubt("") == ""
    assert f"the nearest are {known}" in doubt(known[:-1])
    assert f"there are {managers.nunique()} others" in doubt("zzzzzzzzzz")
