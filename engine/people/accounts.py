"""Accounts, tries and sessions of one state folder, in a file of their own.

A password is kept as a slow salted hash, a session as the hash of its token, and a try under the
hash of the name that was typed, whether or not there is such an account: who guesses learns
nothing about who is here, neither from an answer nor from how long it takes.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.people import fields, passwords
from engine.people.identity import EXPIRED, NO_BOOK, Identity
from engine.people.kept_file import KeptFile
from engine.people.person import Person, SignIn
from engine.people.roles import RELATIONSHIP_MANAGER

FILE: Final = "people.sqlite"
FORMAT: Final = 3
"""1 knew no books, 2 nobody whom an identity provider vouches for."""
TRIES: Final = 5
"""Wrong passwords in a row after which an account waits."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""After the last of `TRIES`, then twice as long after each further one."""
FORGOTTEN: Final = timedelta(days=1)
"""After which wrong passwords count no more."""
IDLE, WHOLE = timedelta(hours=1), timedelta(hours=12)
"""A session ends when nothing was asked for so long, and in any case after a working day."""
REFUSED: Final = (
    "That name and password do not go together, or the account waits after several wrong tries. "
    "Check both, and after several tries wait an hour or ask whoever runs Attune at your bank."
)
"""One answer to an unknown name, a wrong password, and an account that is locked or waits."""
NOT_HERE: Final = (
    "The bank's identity provider says who you are, and nobody has let you in here. Ask whoever "
    "runs Attune at your bank."
)
"""One answer to a name without an account or role, one that is locked, and one of somebody else."""
EDITABLE: Final = frozenset({"shown_name"})
"""What people may change of themselves, beside the password."""

PROVIDER: Final = "identity provider"
"""Who the log says gave a role that came with a sign-in."""

_CHANGES: Final = {
    "role": "UPDATE people SET role = ?, book = ? WHERE name = ?",
    "password": "UPDATE people SET password = ? WHERE name = ?",
    "locked": "UPDATE people SET locked = ? WHERE name = ?",
    "removed": "DELETE FROM people WHERE name = ?",
    "about": "UPDATE people SET shown_name = ?, email = ? WHERE name = ?",
}
_SCHEMA: Final = f"""
CREATE TABLE people (
    name TEXT PRIMARY KEY, shown_name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
    password TEXT NOT NULL, locked INTEGER NOT NULL, added_at TEXT NOT NULL,
    last_sign_in TEXT NOT NULL, book TEXT NOT NULL DEFAULT '', subject TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE tries (typed TEXT PRIMARY KEY, wrong INTEGER NOT NULL, last TEXT NOT NULL) STRICT;
CREATE TABLE sessions (
    token TEXT PRIMARY KEY, name TEXT NOT NULL, begun TEXT NOT NULL, seen TEXT NOT NULL,
    until TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE used (mark TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT;
CREATE TABLE log (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;
PRAGMA user_version = {FORMAT};
"""
_STEPS: Final = {
    1: "ALTER TABLE people ADD COLUMN book TEXT NOT NULL DEFAULT ''",
    2: """
ALTER TABLE people ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN until TEXT NOT NULL DEFAULT '';
CREATE TABLE used (mark TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT;
""",
}
_REMEDY: Final = (
    "Nobody can sign in until a copy of it from a backup is put in its place, or it is moved away "
    "and everybody is added anew: python -m engine user add"
)


class Accounts:
    """The people of one state folder.

    Parameters
    ----------
    state : Path
        Folder; the file is made with the first account.
    now : callable
        The moment, in UTC without a zone.
    """

    def __init__(self, state: Path, now: Callable[[], datetime]):
        self.path = state / FILE
        self.now = now
        self._file = KeptFile(self.path, _SCHEMA, FORMAT, steps=_STEPS, remedy=_REMEDY)

    # --- people, by whoever runs Attune

    def add(
        self,
        name: str,
        password: str | None,
        role: str,
        *,
        shown_name: str = "",
        email: str = "",
        book: str = "",
        actor: str,
    ) -> Person:
        """Make an account.

        Parameters
        ----------
        password : str or None
            None for somebody whom the bank's identity provider lets in.
        book : str
            Of a relationship manager, and of nobody else: whose customers they see, by the name
            or number in the column relationship_manager of the bank's customers.

        Raises
        ------
        BadInput
            For a name, password, role, book or e-mail address that cannot be, or a name that is
            taken.
        """
        name = self.expect_new(name, role, book)
        book = fields.expect_book(role, book)
        shown_name, email = fields.expect_about(shown_name or name, email)
        kept = ""
        if password is not None:
            passwords.expect_good(password, name)
            kept = passwords.hashed(password)
        with self._file.writing() as connection:
            if _row(connection, name) is not None:
                raise BadInput(f"There is an account named {name!r} already.")
            row = (name, shown_name, email, role, kept, _text(self.now()), book)
            self._insert(connection, row, actor)
        return self.person(name)

    def expect_new(self, name: str, role: str, book: str = "") -> str:
        """A name as it is kept; BadInput where it, the role or the book cannot be, or the name is
        taken."""
        bare = fields.bare(name)
        if not fields.NAME.fullmatch(bare):
            raise BadInput(
                f"{name!r} is no name of an account: 2 to 64 letters, digits or any of . _ @ + -"
            )
        fields.expect_book(role, book)
        with self._file.reading() as connection:
            if _row(connection, bare) is not None:
                raise BadInput(f"There is an account named {bare!r} already.")
        return bare

    def set_role(self, name: str, role: str, *, book: str = "", actor: str) -> Person:
        """Give a person another role, or book; it holds with the next thing they ask for."""
        book = fields.expect_book(role, book)
        self._change(name, "role", (role, book), actor, f"role {_said(role, book)}")
        return self.person(name)

    def set_password(self, name: str, password: str, *, actor: str) -> None:
        """Give an account another password; all of its sessions end, and waiting does."""
        name = self.person(name).name
        passwords.expect_good(password, name)
        self._change(name, "password", (passwords.hashed(password),), actor, "password", ends=True)

    def lock(self, name: str, locked: bool = True, *, actor: str) -> Person:
        """Lock an account, its sessions with it, or open it again."""
        done = "locked" if locked else "unlocked"
        self._change(name, "locked", (int(locked),), actor, done, ends=True)
        return self.person(name)

    def remove(self, name: str, *, actor: str) -> None:
        """Take an account away with its name to be shown and e-mail address; the log keeps that
        it was there."""
        self._change(name, "removed", (), actor, "removed", ends=True)

    def table(self) -> pd.DataFrame:
        """Everybody: name, shown_name, role, book, locked, added_at, last_sign_in."""
        with self._file.reading() as connection:
            rows = connection.execute(
                "SELECT name, shown_name, role, book, locked, added_at, last_sign_in FROM people "
                "ORDER BY name"
            )
            columns = [column for column, *_ in rows.description]
            found = pd.DataFrame(rows.fetchall(), columns=columns)
        return found.astype({"locked": bool})

    def log(self) -> pd.DataFrame:
        """Who did what to which account, the last first: at, actor, action, name."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT at, actor, action, name FROM log ORDER BY n DESC")
            return pd.DataFrame(rows.fetchall(), columns=["at", "actor", "action", "name"])

    def person(self, name: str) -> Person:
        """One person by name.

        Raises
        ------
        NotFound
        """
        with self._file.reading() as connection:
            row = _row(connection, fields.bare(name))
        if row is None:
            raise NotFound(f"There is no account named {name!r}. See: python -m engine user list")
        return _person(row)

    # --- people, themselves

    def edit(self, name: str, /, **told: str) -> Person:
        """Change what people may change of themselves (`EDITABLE`).

        Raises
        ------
        BadInput
            For any other field, or a name that cannot be shown.
        """
        if wrong := sorted(set(told) - EDITABLE):
            raise BadInput(
                f"{', '.join(wrong)} cannot be changed here; {', '.join(sorted(EDITABLE))} can."
            )
        person = self.person(name)
        about = fields.expect_about(told.get("shown_name", person.shown_name), person.email)
        self._change(name, "about", about, person.actor, "own record")
        return self.person(name)

    def change_password(self, name: str, old: str, new: str) -> None:
        """Change one's own password; every session ends.

        Raises
        ------
        BadInput
            If the old one is wrong (a try like any other), or the new one is not good.
        """
        if self._tried(name, old) is None:
            raise BadInput(REFUSED)
        self.set_password(name, new, actor=fields.bare(name))

    # --- signing in

    def sign_in(self, name: str, password: str) -> SignIn:
        """Begin a session.

        Raises
        ------
        BadInput
            With one sentence, whatever was wrong.
        """
        tried = self._tried(name, password)
        if tried is None:
            raise BadInput(REFUSED)
        kept = tried["password"]
        renewed = passwords.hashed(password) if passwords.outdated(kept) else kept
        token = secrets.token_urlsafe(32)
        with self._file.writing() as connection:
            row = _row(connection, tried["name"])
            # A password takes a while to judge: what was set or locked meanwhile holds.
            if row is None or row["password"] != kept or row["locked"]:
                raise BadInput(REFUSED)
            self._begin(connection, token, row["name"])
            connection.execute(
                "UPDATE people SET last_sign_in = ?, password = ? WHERE name = ?",
                (_text(self.now()), renewed, row["name"]),
            )
        return SignIn(token, int(WHOLE.total_seconds()), _person(row))

    def sign_in_as(self, told: Identity) -> SignIn:
        """Begin a session of somebody whom the bank's identity provider vouches for.

        It lasts no longer than what the provider said. A role that the provider gives is noted in
        the table, which has the last word on who is locked.

        Raises
        ------
        BadInput
            If what the provider said was used already, or they have no account and no role, are
            locked, or bear the name of somebody else.
        """
        name, now, token = fields.bare(told.name), self.now(), secrets.token_urlsafe(32)
        with self._file.writing() as connection:
            self._forget_old(connection)
            row = _row(connection, name)
            if told.until <= now or _is_used(connection, told.mark):
                raise BadInput(EXPIRED)
            if row is not None and not _is_theirs(row, told):
                raise BadInput(NOT_HERE)
            book = _book(row, told)
            if row is None:
                self._let_in(connection, name, told, book)
            elif told.role and (row["role"], row["book"]) != (told.role, book):
                connection.execute(_CHANGES["role"], (told.role, book, name))
                self._log(connection, PROVIDER, f"role {_said(told.role, book)}", name)
            connection.execute("INSERT INTO used VALUES (?, ?)", (told.mark, _text(told.until)))
            connection.execute(
                "UPDATE people SET subject = ?, last_sign_in = ? WHERE name = ?",
                (told.subject, _text(now), name),
            )
            self._begin(connection, token, name, told.until)
        seconds = min(WHOLE, told.until - now).total_seconds()
        return SignIn(token, int(seconds), self.person(name))

    def of_session(self, token: str | None) -> Person | None:
        """Whose session a token is; None for none, one that ended, or an account that is locked."""
        if not token or not self.path.exists():
            return None
        now = self.now()
        with self._file.reading() as connection:
            found = connection.execute(
                "SELECT begun, seen, until, people.* FROM sessions JOIN people USING (name) "
                "WHERE token = ? AND locked = 0",
                (_hash(token),),
            ).fetchone()
        if found is None:
            return None
        begun, seen = (datetime.fromisoformat(found[when]) for when in ("begun", "seen"))
        if found["until"] and now >= datetime.fromisoformat(found["until"]):
            return None
        # A clock that was set back ends no session early, and makes none last longer.
        if now - begun >= WHOLE or now - seen >= IDLE or begun - now >= WHOLE:
            return None
        if now - seen >= timedelta(minutes=1):
            with self._file.writing() as connection:
                connection.execute(
                    "UPDATE sessions SET seen = ? WHERE token = ?", (_text(now), _hash(token))
                )
        return _person(found)

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._file.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (_hash(token),))

    # --- within

    def _insert(self, connection: sqlite3.Connection, row: tuple[str, ...], actor: str) -> None:
        """Add somebody: name, shown_name, email, role, password ("" for none), added_at, book."""
        connection.execute(
            "INSERT INTO people (name, shown_name, email, role, password, added_at, book, locked, "
            "last_sign_in) VALUES (?, ?, ?, ?, ?, ?, ?, 0, '')",
            row,
        )
        name, _, _, role, _, _, book = row
        self._log(connection, actor, f"added as {_said(role, book)}", name)

    def _let_in(self, connection: sqlite3.Connection, name: str, told: Identity, book: str) -> None:
        """Add somebody to whom the identity provider gives a role; refuse anybody else."""
        if told.role is None or not fields.NAME.fullmatch(name):
            raise BadInput(NOT_HERE)
        try:
            shown, email = fields.expect_about(told.shown_name or name, told.email)
        except BadInput:  # a name or an address that is odd keeps nobody out
            shown, email = name, ""
        row = (name, shown, email, told.role, "", _text(self.now()), book)
        self._insert(connection, row, PROVIDER)

    def _begin(
        self,
        connection: sqlite3.Connection,
        token: str,
        name: str,
        until: datetime | None = None,
    ) -> None:
        now = _text(self.now())
        connection.execute(
            "INSERT INTO sessions (token, name, begun, seen, until) VALUES (?, ?, ?, ?, ?)",
            (_hash(token), name, now, now, "" if until is None else _text(until)),
        )
        self._log(connection, name, "signed in", name)

    def _tried(self, name: str, password: str) -> sqlite3.Row | None:
        """The account, if the password fits and neither is it locked nor has it to wait.

        The try is counted before it is judged, so that many at once are not all judged.
        """
        typed, now = _typed(fields.bare(name)), self.now()
        with self._file.writing() as connection:
            self._forget_old(connection)
            tries = connection.execute("SELECT * FROM tries WHERE typed = ?", (typed,)).fetchone()
            wrong = 0 if tries is None else tries["wrong"]
            last = now if tries is None else datetime.fromisoformat(tries["last"])
            if now - last >= FORGOTTEN:
                wrong = 0
            if wrong >= TRIES and now < last + _wait(wrong):
                return None
            connection.execute(
                "INSERT OR REPLACE INTO tries VALUES (?, ?, ?)", (typed, wrong + 1, _text(now))
            )
            row = _row(connection, fields.bare(name))
        fit = passwords.fits(None if row is None else row["password"] or None, password)
        if row is None or not fit or row["locked"]:
            if row is not None and wrong + 1 >= TRIES:
                with self._file.writing() as connection:
                    self._log(connection, "sign-in", f"{wrong + 1} wrong tries", row["name"])
            return None
        with self._file.writing() as connection:
            connection.execute("DELETE FROM tries WHERE typed = ?", (typed,))
        return row

    def _change(
        self,
        name: str,
        what: str,
        values: tuple[str | int, ...],
        actor: str,
        action: str,
        *,
        ends: bool = False,
    ) -> None:
        """Change an account; `ends` with it its sessions, and its waiting."""
        name = self.person(name).name
        with self._file.writing() as connection:
            connection.execute(_CHANGES[what], (*values, name))
            if ends:
                connection.execute("DELETE FROM sessions WHERE name = ?", (name,))
                connection.execute("DELETE FROM tries WHERE typed = ?", (_typed(name),))
            self._log(connection, actor, action, name)

    def _forget_old(self, connection: sqlite3.Connection) -> None:
        now = self.now()
        connection.execute("DELETE FROM sessions WHERE begun < ?", (_text(now - WHOLE),))
        connection.execute("DELETE FROM tries WHERE last < ?", (_text(now - FORGOTTEN),))
        connection.execute("DELETE FROM used WHERE until < ?", (_text(now),))

    def _log(self, connection: sqlite3.Connection, actor: str, action: str, name: str) -> None:
        connection.execute(
            "INSERT INTO log (at, actor, action, name) VALUES (?, ?, ?, ?)",
            (_text(self.now()), actor, action, name),
        )


def _said(role: str, book: str) -> str:
    return f"{role}, book {book}" if book else role


def _is_used(connection: sqlite3.Connection, mark: str) -> bool:
    found = connection.execute("SELECT 1 FROM used WHERE mark = ?", (mark,)).fetchone()
    return found is not None


def _is_theirs(row: sqlite3.Row, told: Identity) -> bool:
    """May somebody use an account: is it open, and bound to them or to nobody yet?"""
    first = not row["subject"] and fields.is_spelled(told.name, row["name"])
    return not row["locked"] and (first or row["subject"] == told.subject)


def _book(row: sqlite3.Row | None, told: Identity) -> str:
    """The book that goes with a role that the provider gives: told with it, else the account's."""
    book = told.book
    if told.role == RELATIONSHIP_MANAGER and not book:
        book = "" if row is None else row["book"]
        if not book:
            raise BadInput(NO_BOOK)
    return fields.expect_book(told.role, book) if told.role else ""


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    return connection.execute("SELECT * FROM people WHERE name = ?", (name,)).fetchone()


def _person(row: sqlite3.Row) -> Person:
    return Person(
        actor=row["name"],
        name=row["name"],
        shown_name=row["shown_name"],
        email=row["email"],
        role=row["role"],
        locked=bool(row["locked"]),
        book=row["book"] or None,
    )


def _typed(name: str) -> str:
    return _hash(f"name {name}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _wait(wrong: int) -> timedelta:
    return min(FIRST_WAIT * 2 ** min(wrong - TRIES, 10), LONGEST_WAIT)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
