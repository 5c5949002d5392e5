"""Accounts: who may sign in, what a guesser learns, and when a session ends."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import BadInput, NotFound, StateError
from engine.people import accounts as module
from engine.people import passwords
from engine.people.accounts import FILE, IDLE, LONGEST_WAIT, REFUSED, TRIES, WHOLE, Accounts

GOOD, WRONG = "correct horse battery staple", "wrong horse battery staple"


class Clock:
    """A moment that a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 30, 9)

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, **much: float) -> None:
        self.moment += timedelta(**much)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with one pass over little memory: the rules around it are what is tested."""
    from argon2 import PasswordHasher

    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: quick)
    passwords._nobodys.cache_clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Accounts:
    """Mia, a manager."""
    made = Accounts(tmp_path, clock)
    made.add("Mia", GOOD, "manager", shown_name="Mia Moon", actor="test")
    return made


def _refused(do: Callable[[], object]) -> None:
    with pytest.raises(BadInput) as found:
        do()
    assert str(found.value) == REFUSED


def test_F174_two_equal_passwords_have_different_slow_hashes(people: Accounts, tmp_path: Path):
    people.add("raj", GOOD, "admin", actor="test")
    with sqlite3.connect(tmp_path / FILE) as connection:
        kept = [row[0] for row in connection.execute("SELECT password FROM people")]
    connection.close()
    assert len(set(kept)) == 2
    assert all(one.startswith("$argon2id$") for one in kept)
    assert GOOD.encode() not in (tmp_path / FILE).read_bytes()
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_F174_a_hash_of_today_costs_what_its_source_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    passwords._hasher.cache_clear()
    kept = passwords.hashed(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(kept, GOOD)
    assert not passwords.fits(kept, WRONG)


@pytest.mark.parametrize(
    "password", ["short", "x" * 300, "aaaaaaaaaaaaaaa", "miamiamiamia123456", "Password123456"]
)
def test_F174_what_is_guessed_first_is_no_password(people: Accounts, password: str):
    with pytest.raises(BadInput, match="password"):
        people.set_password("mia", password, actor="test")


def test_F174_a_name_is_one_account_however_it_is_typed(people: Accounts):
    for name in ("mia", " MIA ", "Ｍｉａ"):
        with pytest.raises(BadInput, match="already"):
            people.add(name, GOOD, "manager", actor="test")
        assert people.sign_in(name, GOOD).person.shown_name == "Mia Moon"
    for name in ("", "m", "a b", "<b>mia</b>", "x" * 65):
        with pytest.raises(BadInput, match="no name of an account"):
            people.add(name, GOOD, "manager", actor="test")


def test_F177_a_book_goes_with_a_relationship_manager_and_with_nobody_else(people: Accounts):
    wrong = (
        ("relationship_manager", "", "book"),
        ("analyst", "Rita", "Only a"),
        ("boss", "", "no"),
    )
    for role, book, why in wrong:
        with pytest.raises(BadInput, match=why):
            people.add("rita", GOOD, role, book=book, actor="test")
        with pytest.raises(BadInput, match=why):
            people.set_role("mia", role, book=book, actor="test")
    rita = people.add("rita", GOOD, "relationship_manager", book=" Rita Abbott ", actor="test")
    assert rita.book == "Rita Abbott"
    assert people.sign_in("rita", GOOD).person.book == "Rita Abbott"
    assert people.table().set_index("name")["book"].to_dict() == {"mia": "", "rita": "Rita Abbott"}
    assert people.set_role("rita", "analyst", actor="test").book is None
    assert people.log()["action"].tolist()[0] == "role analyst"
    assert people.set_role("mia", "risk_officer", actor="test").role == "risk_officer"


def test_F177_people_of_a_release_without_books_still_sign_in(people: Accounts, tmp_path: Path):
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("ALTER TABLE people DROP COLUMN book")
        connection.execute("ALTER TABLE people DROP COLUMN subject")
        connection.execute("ALTER TABLE sessions DROP COLUMN until")
        connection.execute("DROP TABLE used")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert people.sign_in("mia", GOOD).person.book is None
    assert people.add("ro", GOOD, "relationship_manager", book="Ro", actor="test").book == "Ro"


def test_F175_unknown_wrong_locked_and_waiting_are_one_answer(people: Accounts, clock: Clock):
    _refused(lambda: people.sign_in("nobody", GOOD))
    _refused(lambda: people.sign_in("mia", WRONG))
    people.lock("mia", actor="test")
    _refused(lambda: people.sign_in("mia", GOOD))
    people.lock("mia", False, actor="test")
    for _ in range(TRIES):
        _refused(lambda: people.sign_in("mia", WRONG))
    _refused(lambda: people.sign_in("mia", GOOD))
    clock.pass_(minutes=1)
    assert people.sign_in("mia", GOOD).person.name == "mia"


def test_F175_each_further_wrong_try_makes_the_wait_longer(people: Accounts, clock: Clock):
    for _ in range(TRIES):
        _refused(lambda: people.sign_in("mia", WRONG))
    for minutes in (1, 2, 4, 8):
        clock.pass_(minutes=minutes, seconds=-1)
        _refused(lambda: people.sign_in("mia", GOOD))
        clock.pass_(seconds=1)
        _refused(lambda: people.sign_in("mia", WRONG))
    clock.pass_(seconds=LONGEST_WAIT.total_seconds())
    assert people.sign_in("mia", GOOD)
    _refused(lambda: people.sign_in("mia", WRONG))
    assert people.sign_in("mia", GOOD)


def test_F175_a_name_that_is_nobodys_costs_a_hash_and_waits_too(
    people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str | None] = []
    fits = passwords.fits
    monkeypatch.setattr(
        module.passwords, "fits", lambda kept, typed: asked.append(kept) or fits(kept, typed)
    )
    for name in ("mia", "nobody"):
        asked.clear()
        for _ in range(TRIES + 3):
            _refused(lambda name=name: people.sign_in(name, WRONG))
        assert len(asked) == TRIES
        assert {one is None for one in asked} == {name == "nobody"}
    assert not passwords.fits(None, "the password of nobody")


def test_F175_tries_at_once_are_all_counted(people: Accounts, monkeypatch: pytest.MonkeyPatch):
    judged: list[int] = []
    monkeypatch.setattr(module.passwords, "fits", lambda _k, _t: bool(judged.append(1)))
    began = threading.Barrier(12)

    def guess() -> None:
        began.wait()
        with pytest.raises(BadInput):
            people.sign_in("mia", WRONG)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(judged) == TRIES


def test_F175_a_session_ends_by_itself_by_signing_out_and_with_the_account(
    people: Accounts, clock: Clock
):
    token = people.sign_in("mia", GOOD).token
    assert people.of_session(token).name == "mia"
    assert people.of_session(token + "x") is None
    assert people.of_session("") is None
    clock.pass_(seconds=IDLE.total_seconds() - 1)
    assert people.of_session(token)
    clock.pass_(seconds=IDLE.total_seconds() - 1)
    assert people.of_session(token)
    clock.pass_(seconds=IDLE.total_seconds())
    assert people.of_session(token) is None

    busy = people.sign_in("mia", GOOD).token
    for _ in range(int(WHOLE / (IDLE / 2)) - 1):
        clock.pass_(seconds=IDLE.total_seconds() / 2)
        assert people.of_session(busy)
    clock.pass_(seconds=IDLE.total_seconds() / 2)
    assert people.of_session(busy) is None

    for end in (
        lambda token: people.sign_out(token),
        lambda _: people.lock("mia", actor="test"),
        lambda _: people.set_password("mia", GOOD + "!", actor="test"),
    ):
        people.lock("mia", False, actor="test")
        people.set_password("mia", GOOD, actor="test")
        token = people.sign_in("mia", GOOD).token
        end(token)
        assert people.of_session(token) is None


def test_F175_a_password_that_was_set_while_another_was_judged_holds(
    people: Accounts, monkeypatch: pytest.MonkeyPatch
):
    fits = passwords.fits

    def slowly(kept: str | None, typed: str) -> bool:
        found = fits(kept, typed)
        monkeypatch.setattr(module.passwords, "fits", fits)
        people.set_password("mia", GOOD + "!", actor="test")
        return found

    monkeypatch.setattr(module.passwords, "fits", slowly)
    _refused(lambda: people.sign_in("mia", GOOD))
    _refused(lambda: people.sign_in("mia", GOOD))
    assert people.sign_in("mia", GOOD + "!")


def test_F176_an_account_that_is_removed_leaves_no_name_but_in_the_log(people: Accounts):
    token = people.sign_in("mia", GOOD).token
    people.remove("Mia", actor="test")
    assert people.of_session(token) is None
    assert people.table().empty
    assert people.log()["action"].iloc[0] == "removed"


def test_a_clock_that_was_set_back_years_revives_no_session(people: Accounts, clock: Clock):
    token = people.sign_in("mia", GOOD).token
    clock.pass_(days=-365)
    assert people.of_session(token) is None


def test_a_token_is_kept_as_a_hash_and_said_nowhere(people: Accounts, tmp_path: Path):
    begun = people.sign_in("mia", GOOD)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert begun.token.encode() not in kept
    assert begun.token not in repr(begun)


def test_F176_people_change_what_is_theirs_and_nothing_else(people: Accounts):
    assert people.edit("mia", shown_name="  Mia   Sun ").shown_name == "Mia Sun"
    for field in ("role", "book", "email", "locked", "name", "password", "name = 'x', role"):
        with pytest.raises(BadInput, match="cannot be changed here"):
            people.edit("mia", **{field: "admin"})
    for wrong in ({"shown_name": " "}, {"shown_name": "x" * 81}, {"shown_name": "M\x00"}):
        with pytest.raises(BadInput):
            people.edit("mia", **wrong)
    assert people.person("mia").role == "manager"
    with pytest.raises(BadInput):
        people.change_password("mia", WRONG, GOOD + "!")
    people.change_password("mia", GOOD, GOOD + "!")
    assert people.sign_in("mia", GOOD + "!")


def test_F193_what_happens_to_accounts_is_on_record(people: Accounts):
    people.sign_in("mia", GOOD)
    people.lock("mia", actor="Ida")
    log = people.log()
    assert log["action"].tolist() == ["locked", "signed in", "added as manager"]
    assert log["actor"].tolist() == ["Ida", "mia", "test"]
    assert not log.map(lambda cell: GOOD in str(cell)).any().any()


def test_a_file_that_is_damaged_lets_nobody_in_and_says_what_helps(
    people: Accounts, tmp_path: Path, clock: Clock
):
    with pytest.raises(NotFound, match="user list"):
        people.person("nobody")
    token = people.sign_in("mia", GOOD).token
    (tmp_path / FILE).write_bytes(b"no database at all, " * 400)
    for ask in (lambda: people.of_session(token), lambda: people.sign_in("mia", GOOD)):
        with pytest.raises(StateError, match="backup"):
            ask()
    assert Accounts(tmp_path / "other", clock).of_session(token) is None
