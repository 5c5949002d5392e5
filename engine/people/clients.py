"""Programs that ask the JSON API: a token each, kept as a hash, with a role, scopes and an end.

A token is 256 random bits, so that one round of SHA-256 keeps it: there is nothing to guess, and
nothing that a slow hash would slow down.
"""

import hashlib
import hmac
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from engine.errors import BadInput, NotFound
from engine.people.kept_file import KeptFile
from engine.people.roles import RELATIONSHIP_MANAGER, ROLES

FILE: Final = "clients.sqlite"
LAYOUT: Final = 1
READ, WRITE, EXPORT, TRAIN = "read", "write", "export", "train"
METRICS: Final = "metrics"
SCOPES: Final = {
    READ: "ask for records, lists and figures",
    WRITE: "store feedback, consents and records",
    EXPORT: "get the lists of many customers at once",
    TRAIN: "have a version fitted",
    METRICS: "get the counts of the server (/metrics)",
}
"""Scope -> what it allows, in words."""
MARK: Final = "attune_"
"""Begins every token, so that whoever scans files for secrets finds one."""
LONGEST_DAYS: Final = 366
LONGEST_TOKEN: Final = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_SEEN_EVERY: Final = timedelta(minutes=1)
_COLUMNS: Final = (
    *("name", "role", "book", "scopes", "added_at", "added_by", "ends_at", "revoked_at"),
    "last_used",
)
_SCHEMA: Final = f"""
CREATE TABLE clients (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, book TEXT NOT NULL, scopes TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE, added_at TEXT NOT NULL, added_by TEXT NOT NULL,
    ends_at TEXT NOT NULL, revoked_at TEXT NOT NULL, last_used TEXT NOT NULL
) STRICT;
CREATE TABLE log (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;
PRAGMA user_version = {LAYOUT};
"""


@dataclass(frozen=True)
class Client:
    """A program that may ask.

    Attributes
    ----------
    book : str or None
        The relationship manager whose customers it may see; None for those of its role.
    scopes : frozenset of str
        Of `SCOPES`.
    """

    name: str
    role: str
    book: str | None
    scopes: frozenset[str]
    ends_at: datetime

    @property
    def actor(self) -> str:
        """Who stands in records and in the audit trail; no person's id holds a colon."""
        return f"client:{self.name}"


@dataclass(frozen=True)
class Issued:
    """A client that was made, with its token: this is the one time that anybody sees it."""

    client: Client
    token: str = field(repr=False)


class Clients:
    """The clients of one state folder.

    Parameters
    ----------
    state : Path
        Folder; the file is made with the first client.
    now : callable
        The moment, in UTC without a zone.
    """

    def __init__(self, state: Path, now: Callable[[], datetime]):
        self.path = state / FILE
        self._file = KeptFile(self.path, _SCHEMA, LAYOUT)
        self._now = now

    def add(
        self,
        name: str,
        role: str,
        *,
        scopes: Iterable[str] = (READ,),
        book: str = "",
        days: int = 90,
        actor: str,
    ) -> Issued:
        """Make a client; its token is in the answer and nowhere else.

        Raises
        ------
        BadInput
            For a name, role, scope, book or number of days that cannot be, or a name that was
            given before: one name is one client for ever, so that the audit trail stays clear.
        """
        wanted, book = sorted(set(scopes)), " ".join(book.split())
        _expect_good(name, role, wanted, book, days)
        token, now = MARK + secrets.token_urlsafe(32), self._now()
        ends = now + timedelta(days=days)
        with self._file.writing() as connection:
            if _row(connection, name) is not None:
                raise BadInput(f"There is a client named {name!r} already; take another name.")
            connection.execute(
                "INSERT INTO clients VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '')",
                (name, role, book, " ".join(wanted), _hash(token), _text(now), actor, _text(ends)),
            )
            _log(connection, now, actor, f"added as {role}: {', '.join(wanted)}", name)
        return Issued(Client(name, role, book or None, frozenset(wanted), ends), token)

    def revoke(self, name: str, *, actor: str) -> None:
        """End a client's token at once and for good.

        Raises
        ------
        NotFound
        """
        now = self._now()
        with self._file.writing() as connection:
            if _row(connection, name) is None:
                raise NotFound(f"There is no client {name!r}. See: python -m engine client list")
            connection.execute(
                "UPDATE clients SET revoked_at = ? WHERE name = ? AND revoked_at = ''",
                (_text(now), name),
            )
            _log(connection, now, actor, "revoked", name)

    def of_token(self, token: str) -> Client | None:
        """Whose token it is; None for nobody's, one that was revoked, or whose days are over."""
        if not token or len(token) > LONGEST_TOKEN or not self.path.exists():
            return None
        hashed, now = _hash(token), self._now()
        with self._file.reading() as connection:
            row = connection.execute("SELECT * FROM clients WHERE token = ?", (hashed,)).fetchone()
        if row is None or not hmac.compare_digest(row["token"], hashed) or row["revoked_at"]:
            return None
        added, ends = (datetime.fromisoformat(row[when]) for when in ("added_at", "ends_at"))
        # A clock that was set back before the token was made makes none last longer.
        if not added - timedelta(days=1) <= now < ends:
            return None
        self._used(row, now)
        scopes = frozenset(row["scopes"].split())
        return Client(row["name"], row["role"], row["book"] or None, scopes, ends)

    def table(self) -> pd.DataFrame:
        """Every client by name: name, role, book, scopes, added_at, added_by, ends_at, revoked_at
        and last_used ("" for never; to the minute); no token."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT * FROM clients ORDER BY name").fetchall()
        return pd.DataFrame([[row[c] for c in _COLUMNS] for row in rows], columns=list(_COLUMNS))

    def log(self) -> pd.DataFrame:
        """Who did what to which client, the last first: at, actor, action, name."""
        with self._file.reading() as connection:
            rows = connection.execute("SELECT at, actor, action, name FROM log ORDER BY n DESC")
            return pd.DataFrame(
                [tuple(row) for row in rows], columns=["at", "actor", "action", "name"]
            )

    def _used(self, row: sqlite3.Row, now: datetime) -> None:
        last = row["last_used"]
        if last and timedelta() <= now - datetime.fromisoformat(last) < _SEEN_EVERY:
            return
        with self._file.writing() as connection:
            connection.execute(
                "UPDATE clients SET last_used = ? WHERE name = ?", (_text(now), row["name"])
            )


def _expect_good(name: str, role: str, scopes: list[str], book: str, days: int) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} is no name of a client: 2 to 64 of a-z, 0-9 and . _ - with a letter or a "
            "digit first"
        )
    if role not in ROLES:
        raise BadInput(f"{role!r} is no role; there are {', '.join(ROLES)} (--role).")
    if bool(book) != (role == RELATIONSHIP_MANAGER):
        raise BadInput(
            f"A book goes with the role {RELATIONSHIP_MANAGER}, and with it alone (--book)."
        )
    if unknown := sorted(set(scopes) - set(SCOPES)):
        raise BadInput(
            f"{', '.join(unknown)}: no such scope; there are {', '.join(SCOPES)} (--scope)."
        )
    if not scopes:
        raise BadInput("A client without a scope may do nothing; name one (--scope).")
    if not 1 <= days <= LONGEST_DAYS:
        raise BadInput(f"A token lasts 1 to {LONGEST_DAYS} days; got {days} (--days).")


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row | None:
    return connection.execute("SELECT * FROM clients WHERE name = ?", (name,)).fetchone()


def _log(connection: sqlite3.Connection, now: datetime, actor: str, action: str, name: str) -> None:
    connection.execute(
        "INSERT INTO log (at, actor, action, name) VALUES (?, ?, ?, ?)",
        (_text(now), actor, action, name),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
