"""A database by its URL on a real PostgreSQL server, which is started here and stopped again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from engine import settings
from engine.bank.importing import import_source
from engine.bank.reading import database_urls
from engine.cli import app
from engine.errors import BadInput, NotFound
from tests.engine.bank.conftest import NOW
from tests.fixtures.written import bytes_of

pytestmark = pytest.mark.postgres
PASSWORD = "s3cr:t/@"  # signs that a URL has to write otherwise
TABLES = """
    CREATE TABLE customers (customer_id text PRIMARY KEY, name text, annual_income numeric(12, 3),
        joined_on date, password_hash text);
    CREATE TABLE transactions (id bigint, customer_id text, booked_at timestamptz,
        amount numeric(14, 3), currency char(3), details jsonb);
    CREATE SCHEMA sales;
    CREATE TABLE sales.holdings (customer_id text, product text, opened_on date, closed_on date);
    CREATE SEQUENCE counter;
    INSERT INTO customers VALUES ('C1', 'Ann Ö', 45000, '2020-04-03', 'x'),
        ('C2', 'Bo', 1.234, '2021-12-01', 'y');
    INSERT INTO transactions VALUES
        (1, 'C1', '2026-03-01 00:30+01', -45.000, 'EUR', '{"shop": "café"}'),
        (2, 'C1', '2026-03-02 12:00+01', 2000.500, 'EUR', null),
        (3, 'C2', '2026-03-02 12:00+01', -9.125, 'EUR', null);
    INSERT INTO sales.holdings VALUES ('C1', 'Card', '2024-01-05', 'infinity');
    CREATE ROLE reader LOGIN PASSWORD '{password}';
    GRANT USAGE ON SCHEMA sales TO reader;
    GRANT ALL ON ALL TABLES IN SCHEMA public, sales TO reader;
    GRANT ALL ON SEQUENCE counter TO reader;
""".replace("{password}", PASSWORD)


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """Folder of the socket of a cluster of its own; PostgreSQL does not run as root."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    place = Path(tempfile.mkdtemp(prefix="attune-pg-", dir="/tmp"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(place, user)
    password = place / "password"
    password.write_text(PASSWORD)

    def run(*command: str) -> None:
        subprocess.run(
            [str(programs / command[0]), "-D", str(place / "data"), *command[1:]],
            check=True, capture_output=True, user=user, cwd=place,
        )  # fmt: skip

    run("initdb", "-U", "owner", "-A", "scram-sha-256", "--pwfile", str(password), "--no-sync",
        "-E", "UTF8", "--locale", "C.UTF-8")  # fmt: skip
    options = f"-k {place} -c listen_addresses='' -c fsync=off -c timezone=Europe/Berlin"
    run("pg_ctl", "start", "-w", "-o", options, "-l", str(place / "log"))
    try:
        with psycopg.connect(
            host=str(place), user="owner", password=PASSWORD, dbname="postgres", autocommit=True
        ) as owner:
            owner.execute(TABLES)
        yield place
    finally:
        run("pg_ctl", "stop", "-m", "immediate")
        shutil.rmtree(place)


@pytest.fixture
def url(server, monkeypatch) -> str:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    return f"postgresql://reader@/postgres?host={server}"


def test_tables_become_a_bank_to_the_cent_and_the_day(url, tmp_path):
    source = database_urls.read_url(url, ["customers", "transactions", "sales.holdings"])
    bank, report = import_source.import_bank(source, tmp_path / "bank", now=NOW)
    assert bank["customers"]["annual_income"].tolist() == [45000, 1.234]
    assert bank["transactions"]["amount"].tolist() == [-45, 2000.5, -9.125]
    assert f"{bank['transactions']['booked_at'].iloc[0]:%d %b}" == "01 Mar"
    assert bank["holdings"]["product_id"].tolist() == ["Card"]
    assert bank["holdings"]["closed_on"].isna().all()
    assert "postgres, table customers: column password_hash was never read." in report.notes
    assert f"{bank['customers']['joined_on'].iloc[0]:%d %b %Y}" == "03 Apr 2020"


def test_all_tables_that_the_user_sees_are_read_where_none_is_named(url):
    assert list(database_urls.read_url(url).tables) == ["customers", "transactions"]


def test_the_password_is_kept_nowhere(server, tmp_path, capsys):
    secret = "s3cr%3At%2F%40"
    url = f"postgresql+psycopg://reader:{secret}@/postgres?host={server}"
    saved = ["--into", str(tmp_path / "bank"), "--save-plan", str(tmp_path / "p.toml")]
    app(["import", url, *saved], standalone_mode=False)
    written = [
        bytes_of(path).decode("utf-8", "replace")
        for path in tmp_path.rglob("*.*")
        if path.is_file()
    ]
    shown = capsys.readouterr()
    assert "reader:***@/postgres" in shown.out
    for text in (shown.out, shown.err, *written):
        assert secret not in text
        assert PASSWORD not in text


@pytest.mark.parametrize(
    "query",
    [
        "WITH gone AS (DELETE FROM customers RETURNING *) SELECT * FROM gone",
        "SELECT nextval('counter')",
        "SELECT 1; DELETE FROM customers",
    ],
)
def test_nothing_is_written_whatever_a_query_says(url, query):
    with pytest.raises(BadInput, match=r"^postgresql\+psycopg://reader@"):
        database_urls.read_url(url, (), {"q": query})
    assert len(database_urls.read_url(url, ["customers"]).tables["customers"].frame) == 2


def test_signs_that_a_driver_would_take_for_its_own_are_left_alone(url):
    query = "SELECT name, '50%' AS share FROM customers WHERE name LIKE '%n%' AND ':x' <> ''"
    (raw,) = database_urls.read_url(url, (), {"q": query}).tables.values()
    assert raw.frame.to_dict("list") == {"name": ["Ann Ö"], "share": ["50%"]}


def test_what_does_not_work_is_one_sentence(url, server, monkeypatch):
    with pytest.raises(NotFound, match=r"has no table 'sales\.holding'; it has holdings; the near"):
        database_urls.read_url(url, ["sales.holding"])
    with pytest.raises(BadInput, match=r'column "nam" does not exist'):
        database_urls.read_url(url, (), {"q": "SELECT nam FROM customers"})
    with pytest.raises(BadInput, match=r"permission denied"):
        database_urls.read_url(url, (), {"q": "SELECT * FROM pg_authid"})
    limits = settings.default().bank.model_copy(update={"database_seconds": 0.05})
    changed = settings.default().model_copy(update={"bank": limits})
    with monkeypatch.context() as patch:
        patch.setattr(settings, "default", lambda: changed)
        with pytest.raises(BadInput, match=r"statement timeout.* setting bank\.database_seconds"):
            database_urls.read_url(url, (), {"q": "SELECT count(*) FROM generate_series(1, 1e9)"})
    monkeypatch.setenv("PGPASSWORD", "wr0ng")
    with pytest.raises(BadInput, match=r"password authentication failed.*\.pgpass") as caught:
        database_urls.read_url(url)
    assert "wr0ng" not in str(caught.value)
    with pytest.raises(BadInput, match=r"Is the server running"):
        database_urls.read_url(f"postgresql://reader@/postgres?host={server}/nowhere")
