"""Who the bank's identity provider says somebody is, and what that opens."""

import itertools
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadInput, SettingsError
from engine.people.accounts import FILE, IDLE, NOT_HERE, REFUSED, Accounts
from engine.people.identity import EXPIRED, ClaimSettings, claim_settings, identity_of
from tests.engine.people.test_accounts import GOOD, Clock, quick_hashes

__all__ = ["quick_hashes"]
TOKENS = itertools.count()
BY_ROLE = ClaimSettings(
    role="groups",
    book="book",
    roles={"sales-heads": "manager", "advisers": "relationship_manager", "desk": "analyst"},
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Accounts:
    """Mia, a manager whom the provider lets in."""
    made = Accounts(tmp_path, clock)
    made.add("mia@bank.example", None, "manager", shown_name="Mia Moon", actor="test")
    return made


def claims(clock: Clock, minutes: float = 30, **more: Any) -> dict[str, Any]:
    """What a token says, which ends in so many minutes; each is another token."""
    n = next(TOKENS)
    known = {"iss": "https://id.bank.example", "sub": "7", "email": "mia@bank.example"}
    ends = clock.moment.replace(tzinfo=UTC).timestamp() + 60 * minutes
    return known | {"exp": ends, "nonce": str(n)} | more


def enter(people: Accounts, clock: Clock, told: dict[str, Any], read: ClaimSettings | None = None):
    return people.sign_in_as(identity_of(told, read or ClaimSettings(), clock()))


def refused(people: Accounts, clock: Clock, told: dict[str, Any], why: str, read=None) -> None:
    with pytest.raises(BadInput) as found:
        enter(people, clock, told, read)
    assert why in str(found.value)


def test_F175_somebody_of_the_table_comes_in_and_stays_no_longer_than_the_token(
    people: Accounts, clock: Clock
):
    begun = enter(people, clock, claims(clock, email="Mia@Bank.example"))
    assert begun.seconds == 30 * 60
    assert people.of_session(begun.token).role == "manager"
    clock.pass_(minutes=29, seconds=59)
    assert people.of_session(begun.token)
    clock.pass_(seconds=1)
    assert people.of_session(begun.token) is None
    long = enter(people, clock, claims(clock, minutes=10_000))
    clock.pass_(seconds=IDLE.total_seconds())
    assert people.of_session(long.token) is None


def test_F175_a_token_begins_one_session_and_none_when_it_is_over(people: Accounts, clock: Clock):
    told = claims(clock)
    enter(people, clock, told)
    refused(people, clock, told, EXPIRED)
    clock.pass_(minutes=31)
    refused(people, clock, told, EXPIRED)
    refused(people, clock, claims(clock, minutes=0), EXPIRED)
    identity = identity_of(claims(clock, minutes=1), ClaimSettings(), clock())
    clock.pass_(minutes=1)
    with pytest.raises(BadInput, match="is over"):
        people.sign_in_as(identity)


@pytest.mark.parametrize(
    "wrong",
    [{"exp": None}, {"exp": True}, {"exp": "2099"}, {"exp": 1e300}, {"iss": ""}, {"sub": 7},
     {"email": None}, {"email": ["mia@bank.example"]}, {"email_verified": False}],
)  # fmt: skip
def test_F175_what_is_needed_is_in_the_token_or_nobody_comes_in(
    people: Accounts, clock: Clock, wrong: dict[str, Any]
):
    with pytest.raises(BadInput, match="identity provider"):
        enter(people, clock, claims(clock, **wrong))


def test_F174_nobody_comes_in_without_an_account_or_with_another_s_name(
    people: Accounts, clock: Clock
):
    refused(people, clock, claims(clock, email="ida@bank.example"), NOT_HERE)
    enter(people, clock, claims(clock))
    refused(people, clock, claims(clock, sub="8"), NOT_HERE)
    refused(people, clock, claims(clock, iss="https://evil.example"), NOT_HERE)
    people.lock("mia@bank.example", actor="test")
    refused(people, clock, claims(clock), NOT_HERE)


def test_F174_somebody_without_a_password_has_none_that_fits(people: Accounts):
    for typed in ("", "the password of nobody", GOOD):
        with pytest.raises(BadInput) as found:
            people.sign_in("mia@bank.example", typed)
        assert str(found.value) == REFUSED


def test_F177_a_claim_gives_the_role_and_takes_it_with_the_next_sign_in(
    people: Accounts, clock: Clock
):
    told = claims(clock, groups=["staff", "sales-heads"])
    assert enter(people, clock, told, BY_ROLE).person.role == "manager"
    told = claims(clock, groups=["advisers"], book=" Rita Abbott ")
    rita = enter(people, clock, told, BY_ROLE).person
    assert (rita.role, rita.book) == ("relationship_manager", "Rita Abbott")
    new = claims(clock, sub="9", email="new@bank.example", name="New <b>One</b>", groups="desk")
    assert enter(people, clock, new, BY_ROLE).person.shown_name == "New <b>One</b>"
    log = people.log()
    assert log["action"].tolist()[:2] == ["signed in", "added as analyst"]
    assert log["actor"].tolist()[1] == "identity provider"
    for groups, why in (
        (["staff"], "gives you no role"),
        (None, "gives you no role"),
        (7, "gives you no role"),
        (["desk", "sales-heads"], "more than one role"),
        (["advisers"], "not whose customers"),
        (["analyst"], "gives you no role"),  # a group of that name, which the table does not name
    ):
        refused(people, clock, claims(clock, groups=groups), why, BY_ROLE)
    people.lock("new@bank.example", actor="test")
    told = claims(clock, sub="9", email="new@bank.example", groups="desk")
    refused(people, clock, told, NOT_HERE, BY_ROLE)


@pytest.mark.parametrize(
    "name",
    ["STRA\u00dfe@bank.example", "\uff4dia@bank.example", "mia@bank.example" + " " * 190 + "x"],
)
def test_F174_a_name_that_only_looks_like_an_account_s_does_not_take_it(
    people: Accounts, clock: Clock, name: str
):
    people.add("strasse@bank.example", None, "manager", actor="test")
    for read in (ClaimSettings(), BY_ROLE):
        refused(people, clock, claims(clock, email=name, groups="desk"), NOT_HERE, read)
    assert set(people.table()["role"]) == {"manager"}
    assert enter(people, clock, claims(clock, email="MIA@bank.example")).person.role == "manager"


def test_F177_the_name_that_people_give_themselves_at_the_provider_is_no_book(
    people: Accounts, clock: Clock
):
    read = ClaimSettings(role="groups")
    told = {"groups": "relationship_manager", "name": "Rita Abbott"}
    refused(people, clock, claims(clock, **told), "not whose customers", read)
    new = claims(clock, sub="9", email="new@bank.example", **told)
    refused(people, clock, new, "not whose customers", read)
    people.add("noa@bank.example", None, "relationship_manager", book="Noa Ohm", actor="test")
    noa = claims(clock, sub="5", email="noa@bank.example", **told)
    assert enter(people, clock, noa, read).person.book == "Noa Ohm"


def test_F177_a_claim_within_a_claim_is_found(clock: Clock):
    told = claims(clock, realm_access={"roles": ["risk_officer"]})
    read = ClaimSettings(role="realm_access.roles")
    assert identity_of(told, read, clock()).role == "risk_officer"


def test_what_is_read_of_claims_is_checked_when_it_starts():
    read = claim_settings({"role_claim": "groups", "roles": {"sales-heads": "manager"}})
    assert (read.name, read.role, dict(read.roles)) == (
        "email", "groups", {"sales-heads": "manager"},
    )  # fmt: skip
    for wrong in ({"role": "x"}, {"role_claim": 7}, {"roles": ["x"]}, {"roles": {"x": "boss"}}):
        with pytest.raises(SettingsError, match=r"secrets\.toml"):
            claim_settings(wrong)


def test_F174_people_of_a_release_without_a_provider_still_sign_in(tmp_path: Path, clock: Clock):
    people = Accounts(tmp_path, clock)
    people.add("ro", GOOD, "risk_officer", actor="test")
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("ALTER TABLE people DROP COLUMN subject")
        connection.execute("ALTER TABLE sessions DROP COLUMN until")
        connection.execute("DROP TABLE used")
        connection.execute("INSERT INTO sessions VALUES ('t', 'ro', '2026-11-30T09:00:00.000', '')")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert people.of_session(people.sign_in("ro", GOOD).token).role == "risk_officer"
    told = claims(clock, email="ro")
    assert enter(people, clock, told).person.name == "ro"
    assert datetime.fromisoformat(people.table()["last_sign_in"].iloc[0]) == clock.moment
