"""A database by its URL: SQLite here, PostgreSQL in test_postgres.py."""

import json
import sqlite3
from pathlib import Path

import pytest

from engine import settings
from engine.bank.importing import import_source
from engine.bank.reading import database_urls, query_files
from engine.bank.reading.typed_cells import text_of
from engine.errors import BadInput, NotFound
from tests.engine.bank.conftest import NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "core.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(
            """
            CREATE TABLE customers (customer_id TEXT, name TEXT, annual_income REAL, pin TEXT);
            CREATE TABLE transactions (id INTEGER, customer_id TEXT, date TEXT, amount REAL,
                currency TEXT, description TEXT);
            CREATE VIEW rich AS SELECT * FROM customers WHERE annual_income > 50000;
            INSERT INTO customers VALUES ('C1', 'Ann', 90000.5, '1'), ('C2', 'Bo', 45.125, '2');
            INSERT INTO transactions VALUES (1, 'C1', '2026-01-01', -45.125, 'EUR', 'Coffee'),
                (2, 'C1', '2026-01-02', 2000, 'EUR', 'Salary'), (3, 'C2', '2026-01-02', -9, 'EUR',
                'Rent');
            """
        )
    connection.close()
    return path


def limited(monkeypatch, **limits: float) -> None:
    default = settings.default()
    changed = default.model_copy(update={"bank": default.bank.model_copy(update=limits)})
    monkeypatch.setattr(settings, "default", lambda: changed)


def test_a_database_becomes_a_bank_like_files_do(file, tmp_path):
    source = database_urls.read_url(f"sqlite:///{file}")
    bank, report = import_source.import_bank(source, tmp_path / "bank", now=NOW)
    assert bank["customers"]["annual_income"].tolist() == [90000.5, 45.125]
    assert bank["transactions"]["amount"].tolist() == [-45.125, 2000, -9]
    assert bank.manifest.currency == "EUR"
    assert "core, table customers: column pin was never read." in report.notes
    assert list(bank.manifest.sources) == [
        f"sqlite:///{file}, table customers",
        f"sqlite:///{file}, table transactions",
    ]
    again = database_urls.read_url(f"sqlite:///{file}")
    assert again.hashes == source.hashes


def test_tables_and_views_are_named_and_queries_join_them(file, tmp_path):
    url = f"sqlite:///{file}"
    assert list(database_urls.read_url(url, ["rich"]).tables) == ["rich"]
    queries = {"customers": "SELECT customer_id, pin FROM customers WHERE name LIKE 'B%'"}
    (raw,) = database_urls.read_url(url, (), queries).tables.values()
    assert raw.frame.to_dict("list") == {"customer_id": ["C2"]}
    assert raw.file == "core, query customers"


def test_nothing_is_written(file):
    before = file.read_bytes()
    queries = {"gone": "WITH x AS (SELECT 1) DELETE FROM customers"}
    with pytest.raises(BadInput, match=r"readonly|not return rows"):
        database_urls.read_url(f"sqlite:///{file}", (), queries)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("url", "tables", "sentence"),
    [
        ("sqlite:///{}", ["customer"], r"has no table 'customer'; it has .*nearest is 'customers'"),
        ("sqlite:///{}x", [], r"^There is no SQLite file "),
        ("mysql://ann:s3cret@host/bank", [], r"^Databases of the kind mysql are not read"),
        ("postgres//ann:s3cret@host/bank", [], r"^The URL of the database cannot be read"),
        ("postgresql://ann:s3cret@127.0.0.1:1/bank", [], r"ann:\*\*\*@.*refused.*right\?$"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_without_a_password(file, url, tables, sentence):
    url = url.format(file)
    assert database_urls.is_url(url)
    with pytest.raises((BadInput, NotFound), match=sentence) as caught:
        database_urls.read_url(url, tables)
    assert "s3cret" not in str(caught.value)


def test_a_path_is_no_url():
    assert not any(map(database_urls.is_url, ["data/mine", "C:/mine", "/tmp/a@b", "mine.sqlite"]))


def test_a_large_or_slow_database_stops_at_the_limit(file, monkeypatch):
    limited(monkeypatch, max_cells=1000)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    with pytest.raises(BadInput, match=r"^core has more than 1,000 cells"):
        database_urls.read_url(f"sqlite:///{file}", (), {"many": numbers})
    limited(monkeypatch, database_seconds=0.05)
    slow = numbers.replace("SELECT i FROM", "SELECT sum(i) FROM")
    with pytest.raises(BadInput, match=r"setting bank\.database_seconds"):
        database_urls.read_url(f"sqlite:///{file}", (), {"slow": slow})


def test_a_number_has_one_reading():
    values = [1.25, 1.234, 45.0, -1e-7, 1e16, float("nan"), True, None, b"\x01", [1, "a"]]
    assert [text_of(value) for value in values] == [
        *("1.25", "1.2340", "45", "-0.0000001", "10000000000000000", None, "true", None, "01"),
        json.dumps([1, "a"]),
    ]


def test_queries_come_from_toml_or_sql(tmp_path):
    toml, sql = tmp_path / "q.toml", tmp_path / "q.sql"
    toml.write_text('customers = "SELECT 1"\n', "utf-8")
    sql.write_text("-- the bank's\n-- name: customers\nselect 1; -- one\n--name: b\nselect ';'\n")
    assert query_files.load(toml) == {"customers": "SELECT 1"}
    assert list(query_files.load(sql)) == ["customers", "b"]
    assert query_files.load(sql)["b"] == "select ';'"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-- name: a\nDELETE FROM a", r"^Query a begins with 'DELETE FROM a'; only SELECT"),
        ("-- name: a\nSELECT 1; DROP TABLE a", r"^Query a holds several statements"),
        ("SELECT 1", r"a query has no name"),
        ("-- name: a\nSELECT 1\n-- name: a\nSELECT 2", r"two queries are called a"),
        ("", r"holds no queries"),
    ],
)
def test_a_query_that_is_no_select_is_refused(tmp_path, text, sentence):
    path = tmp_path / "q.sql"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput, match=sentence):
        query_files.load(path)
