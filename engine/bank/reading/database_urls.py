"""A database by URL in, raw tables out: read-only, in one transaction, chunk by chunk."""

import difflib
import hashlib
import re
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from engine import settings
from engine.bank.reading.files import SourceFiles
from engine.bank.reading.headers import column_names
from engine.bank.reading.raw_table import (
    Budget,
    RawTable,
    Rows,
    check_width,
    is_secret,
    printable,
)
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_URL = re.compile(
    r"[a-z][a-z0-9+_]+:/|(?:postgres|sqlite|mysql|mariadb|mssql|oracle)\w*[+:/].*@", re.IGNORECASE
)
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
}
"""What a URL may begin with -> the driver that is used."""
_EXPECTED = "expected postgresql://user@host/database or sqlite:///file.db"
_CHUNK_CELLS = 200_000
_CELLS_AS_ONE = 10
"""A packed cell takes about a tenth of one that stands alone."""
_CONNECT_SECONDS = 10
_SHOWN = 12

Query = tuple[str, Any]
"""How a table is shown, and what is executed."""


def is_url(source: str) -> bool:
    """Whether a source is the URL of a database rather than a path."""
    return bool(_URL.match(source)) and not Path(source).exists()


def read_url(
    url: str, tables: Sequence[str] = (), queries: Mapping[str, str] | None = None
) -> SourceFiles:
    """Read tables of a database; its password is kept nowhere.

    Parameters
    ----------
    url : str
        Of PostgreSQL or SQLite. A password that is not in it is taken from PGPASSWORD or .pgpass.
    tables : sequence of str
        Names of tables or views, with a schema where needed; all tables when empty and there are
        no queries.
    queries : mapping of str to str, optional
        Name -> SELECT (`query_files.load`).

    Returns
    -------
    SourceFiles
        Its hashes are those of what was read.

    Raises
    ------
    NotFound
        If the database has no such table.
    BadInput
        If it cannot be reached or read, or is larger than the settings of section `bank` allow.
    """
    parsed = _parsed(url)
    name = Path(parsed.database or "").stem or "database"
    with _connected(parsed) as connection:
        wanted = _wanted(connection, tables, queries or {}, parsed)
        budget = Budget(name)
        read = {
            key: _table(connection, key, f"{name}, {shown}", statement, budget)
            for key, (shown, statement) in wanted.items()
        }
    masked = _masked(parsed)
    hashes = {f"{masked}, {wanted[key][0]}": _hash(raw) for key, raw in read.items()}
    notes = [f"Read from {masked}.", *(note for raw in read.values() for note in raw.notes)]
    return SourceFiles(name, read, hashes, tuple(notes))


def _parsed(url: str) -> "URL":
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # its own text may hold the password
        raise BadInput(f"The URL of the database cannot be read; {_EXPECTED}.") from None
    driver = _DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise BadInput(
            f"Databases of the kind {parsed.drivername} are not read; {_EXPECTED}. Of any other, "
            "export the tables as CSV or Parquet."
        )
    if driver == "sqlite" and not Path(parsed.database or "").is_file():
        raise NotFound(f"There is no SQLite file {printable(parsed.database or '(no name)')}.")
    return parsed.set(drivername=driver)


def _masked(url: "URL") -> str:
    """The URL as it is shown and kept: options may hold secrets as well."""
    return url.set(query={}).render_as_string(hide_password=True)


@contextmanager
def _connected(url: "URL") -> Iterator["Connection"]:
    """One read-only transaction; whatever the driver says becomes a sentence without secrets."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    engine = _engine(url)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # kinds of columns that SQLAlchemy does not know
            with engine.connect() as connection, _limited(connection, url):
                yield connection
    except DBAPIError as error:
        raise BadInput(f"{_masked(url)}: {_said(error.orig, url)}") from None
    except (SQLAlchemyError, UnicodeError, sqlite3.Error) as error:
        raise BadInput(f"{_masked(url)}: {_said(error, url)}") from None
    finally:
        engine.dispose()


def _engine(url: "URL") -> "Engine":
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    try:
        if url.drivername == "sqlite":
            return create_engine("sqlite://", creator=partial(_sqlite, url), poolclass=NullPool)
        given = {"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"}
        engine = create_engine(url, connect_args=given, poolclass=NullPool)
    except ImportError:
        raise BadInput(
            "The driver of PostgreSQL is not installed; run pip install 'psycopg[binary]'."
        ) from None
    event.listen(engine, "connect", _with_days_as_written)
    return engine


def _with_days_as_written(connection: Any, _: object) -> None:
    """Days and times as texts: PostgreSQL has some that Python has not, such as infinity."""
    from psycopg.types.string import TextLoader

    for kind in ("date", "timestamp", "timestamptz"):
        connection.adapters.register_loader(kind, TextLoader)


def _sqlite(url: "URL") -> sqlite3.Connection:
    path = Path(str(url.database)).resolve().as_uri()
    connection = sqlite3.connect(f"{path}?mode=ro", uri=True, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


@contextmanager
def _limited(connection: "Connection", url: "URL") -> Iterator[None]:
    """Nothing is written, all tables are of one moment, and no statement takes too long."""
    seconds = settings.default().bank.database_seconds
    if url.drivername != "sqlite":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
        connection.exec_driver_sql("SET LOCAL DateStyle = ISO")
        yield
        return
    timer = threading.Timer(seconds, connection.connection.driver_connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _said(error: object, url: "URL") -> str:
    """What a driver said, in one line, without the password; what to do where that is known."""
    text = printable(" ".join(str(error).split())).split(" Is the server running")[0]
    secrets = [url.password, *(v for k, v in url.query.items() if is_secret(k))]
    for secret in map(str, filter(None, secrets)):
        text = text.replace(secret, "***")
    advice = next((advice for pattern, advice in _ADVICE if re.search(pattern, text)), "")
    return f"{text[:300].rstrip('. ')}.{advice}"


_ADVICE: tuple[tuple[str, str], ...] = (
    (
        "password|authentication",
        " Check user and password; PGPASSWORD or .pgpass keep it out of the URL.",
    ),
    (
        "statement timeout|interrupted",
        " The time is the setting bank.database_seconds; read fewer tables.",
    ),
    ("read-only|INSERT|data-modifying", " A source is never written: only SELECT is allowed."),
    (
        "refused|could not translate|resolve|timeout expired|No such file",
        " Is the server running, and is the address in the URL right?",
    ),
)


def _wanted(
    connection: "Connection", tables: Sequence[str], queries: Mapping[str, str], url: "URL"
) -> dict[str, Query]:
    """Name -> what is executed for it, queries after tables."""
    import sqlalchemy as sa

    inspector = sa.inspect(connection)
    wanted: dict[str, Query] = {}
    names = list(tables) or ([] if queries else sorted(inspector.get_table_names()))
    for name in names:
        schema, _, plain = name.rpartition(".")
        there = {*inspector.get_table_names(), *inspector.get_view_names()}
        if name in there or not schema:
            schema, plain = "", name
        elif schema in inspector.get_schema_names():
            there = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)}
        if plain not in there:
            raise NotFound(_no_table(name, plain, there, url))
        columns = [c["name"] for c in inspector.get_columns(plain, schema or None)]
        check_width(len(columns), f"{url.database}, table {name}")
        shown = [sa.null().label(c) if is_secret(c) else sa.column(c) for c in columns]
        table = sa.table(plain, schema=schema or None)
        wanted[_free(name, wanted)] = (f"table {name}", sa.select(*shown).select_from(table))
    for name, query in queries.items():
        wanted[_free(name, wanted)] = (f"query {name}", query)
    if not wanted:
        raise BadInput(f"{_masked(url)} has no table that {url.username or 'this user'} may see.")
    return wanted


def _free(name: str, taken: Mapping[str, Any]) -> str:
    key = name.strip().lower()
    if key in taken:
        raise BadInput(f"Two tables or queries are called {key!r}. Name one of them only.")
    return key


def _no_table(name: str, plain: str, there: set[str], url: "URL") -> str:
    ordered = sorted(there)
    shown = ", ".join(ordered[:_SHOWN]) + (", ..." if len(ordered) > _SHOWN else "")
    near = difflib.get_close_matches(plain.lower(), ordered, n=1)
    nearest = f"; the nearest is {near[0]!r}" if near else ""
    return f"{_masked(url)} has no table {name!r}; it has {shown or 'none'}{nearest}."


def _table(
    connection: "Connection", name: str, file: str, statement: Any, budget: Budget
) -> RawTable:
    most = settings.default().bank.max_cell_characters
    streamed = connection.execution_options(stream_results=True, no_parameters=True)
    run: Callable[[Any], Any] = (
        streamed.exec_driver_sql if isinstance(statement, str) else streamed.execute
    )
    with run(statement) as result:
        names = list(result.keys())
        check_width(len(names), file)
        kept = [n for n, column in enumerate(names) if not is_secret(column)]
        rows = Rows(column_names([names[n] for n in kept]), file)
        n_before = 0
        for part in result.partitions(max(1, _CHUNK_CELLS // max(1, len(names)))):
            cells = list(zip(*part, strict=True))
            columns = [pa.array(map(text_of, cells[n]), pa.large_string()) for n in kept]
            budget.take(
                len(part) * len(kept) // _CELLS_AS_ONE + 1,
                sum(pc.sum(pc.binary_length(column)).as_py() or 0 for column in columns),
            )
            rows.add_packed(n_before + 1, columns, most)
            n_before += len(part)
    secret = [column for column in names if is_secret(column)]
    notes = tuple(f"{file}: column {column} was never read." for column in secret)
    return rows.table(name, notes=notes)


def _hash(raw: RawTable) -> str:
    """SHA-256 of the names and cells of a table."""
    digest = hashlib.sha256("\0".join(raw.frame.columns).encode())
    for batch in pa.Table.from_pandas(raw.frame, preserve_index=False).to_batches():
        digest.update(batch.serialize())
    return digest.hexdigest()
