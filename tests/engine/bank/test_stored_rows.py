"""Transactions that lie in a Parquet file give the very answers of those in memory."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from engine.bank import editions, stored_rows
from engine.bank.added_rows import of_bank
from engine.bank.bank import MANIFEST, Bank, Manifest
from engine.bank.parsing.sensitive_spending import HIDDEN, masked
from engine.bank.stored_rows import HeldRows, Seen, StoredRows, by_customer
from engine.bank.tables import empty
from engine.demo import generate
from engine.errors import BadInput
from engine.receipts.input_hashes import InputHasher
from engine.vocabulary import MASKED, TABLES

COLUMNS = list(TABLES["transactions"])


@pytest.fixture(scope="module")
def held() -> Bank:
    return generate(50, 7).by_customer()


@pytest.fixture(scope="module")
def folder(held: Bank, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many small row groups, in parts of a few."""
    into = tmp_path_factory.mktemp("bank")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_rows, "ROWS_A_GROUP", 100)
        held.save(into, "parquet")
    return into


@pytest.fixture
def stored(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    monkeypatch.setattr(stored_rows, "_GROUPS_A_PART", 3)
    monkeypatch.setattr(stored_rows, "_NEAR_GROUPS", 2)
    bank = Bank.load(folder)
    assert isinstance(bank.rows("transactions"), StoredRows)
    return bank


def test_a_stored_bank_is_the_same_bank(held: Bank, stored: Bank):
    assert_frame_equal(stored["transactions"], held["transactions"])
    assert stored.fingerprint == held.fingerprint == stored.base_fingerprint
    assert len(stored.rows("transactions")) == len(held["transactions"])


@pytest.mark.parametrize("n", [0, 1, 7, 500])
def test_rows_come_in_the_order_that_is_asked_for(held: Bank, stored: Bank, n: int):
    numbers = np.random.default_rng(n).integers(0, len(held["transactions"]), n)
    for columns in (None, ["amount", "merchant"]):
        taken = stored.rows("transactions").take(numbers, columns)
        assert_frame_equal(taken, held.rows("transactions").take(numbers, columns))


def test_one_customer_is_read_out_of_the_row_groups_that_hold_it(stored: Bank):
    rows = stored.rows("transactions")
    read, file = [], rows.file
    before = file.read
    file.read = lambda groups, *rest, **how: read.extend(groups) or before(groups, *rest, **how)
    taken = rows.take(np.arange(150, 260))
    assert (len(taken), sorted(read)) == (110, [1, 2])
    rows.take(np.arange(160, 170))
    assert len(read) == 2, "what was just read is kept"


def test_an_earlier_day_is_the_same_from_the_file(held: Bank, stored: Bank):
    day = held.as_of - pd.Timedelta(days=100)
    then, expected = stored.until(day), held.until(day)
    assert isinstance(then.rows("transactions"), StoredRows)
    assert 0 < len(then.rows("transactions")) < len(held["transactions"])
    assert_frame_equal(then["transactions"], expected["transactions"])
    assert then.fingerprint == expected.fingerprint
    numbers = np.array([5, 3, len(expected["transactions"]) - 1])
    rows = then.rows("transactions")
    assert_frame_equal(rows.take(numbers), expected.rows("transactions").take(numbers))
    earliest = then.until(held.as_of - pd.Timedelta(days=3000))
    assert_frame_equal(earliest["transactions"], empty("transactions"))


def test_added_rows_come_after_those_of_the_file(held: Bank, stored: Bank):
    more = of_bank(
        "transactions",
        pd.DataFrame(
            {
                "transaction_id": ["TX1", "TX2"],
                "customer_id": held.customer_ids[:2],
                "booked_at": [held.as_of, held.as_of - pd.Timedelta(days=900)],
                "amount": [-5.0, -6.0],
                "actor": ["ann", None],
            }
        ),
    )
    rows = stored.rows("transactions").plus(more)
    both = pd.concat([held["transactions"], more], ignore_index=True)
    n = len(held["transactions"])
    assert_frame_equal(rows.whole(), both)
    numbers = np.array([n + 1, 4, n, 3])
    assert_frame_equal(rows.take(numbers), both.iloc[numbers].reset_index(drop=True))
    assert_frame_equal(rows.take(np.array([n])), more.iloc[:1])
    kept = (both["booked_at"] < held.as_of).to_numpy()
    assert_frame_equal(rows.where(kept).whole(), both[kept].reset_index(drop=True))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_file_that_is_changed_while_it_is_open_is_refused(
    held: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
):
    monkeypatch.setattr("engine.bank.bank._LATE_FROM", 0)
    held.save(tmp_path, form)
    bank = Bank.load(tmp_path)
    path = tmp_path / f"transactions.{form}"
    for changed in (path, tmp_path / f"months.{form}"):
        with changed.open("r+b") as file:
            file.write(b"XXXX")
    with pytest.raises(BadInput, match=rf"months\.{form} was changed while it was open"):
        bank["months"]
    with pytest.raises(BadInput, match=rf"transactions\.{form} was changed while it was open"):
        bank.rows("transactions").take(np.array([0]))
    with pytest.raises(BadInput, match=rf"\.{form} was changed after the import"):
        Bank.load(tmp_path)


def test_who_reads_an_edition_goes_on_with_it(held: Bank, tmp_path: Path):
    editions.put(held, tmp_path, format="parquet")
    bank = editions.load(tmp_path)
    fewer = held.with_tables(transactions=held["transactions"].iloc[:10])
    fewer = Bank.from_tables(held.manifest, fewer.tables)
    editions.put(held.next_edition(fewer), tmp_path, format="parquet")
    assert len(editions.load(tmp_path).rows("transactions")) == 10
    for table in ("transactions", "months", "messages"):
        assert_frame_equal(bank[table], held[table])


def test_a_table_that_no_first_page_needs_is_read_once(held: Bank, tmp_path: Path, monkeypatch):
    held.save(tmp_path, "parquet")
    bank, read = Bank.load(tmp_path), []
    monkeypatch.setattr(pd, "read_parquet", lambda file: read.append(file) or held["months"])
    assert bank.is_same(bank.with_checked(events=bank["events"]), "months")
    assert not read
    assert len(bank.rows("months")) == len(bank["months"]) == len(held["months"])
    assert len(read) == 1


def test_rows_are_sorted_by_customer_and_each_customers_rows_stay_in_order():
    rows = pd.DataFrame({"customer_id": ["b", "a", "c", "b", "a"], "amount": [1, 2, 3, 4, 5]})
    ids = pd.Index(["b", "c", "a"], dtype="str")
    assert by_customer(rows, ids)["amount"].tolist() == [1, 4, 3, 2, 5]
    in_order = rows.iloc[[0, 3, 2]].reset_index(drop=True)
    assert by_customer(in_order, ids) is in_order


def test_a_receipt_hashes_stored_rows_as_it_hashes_those_in_memory(held: Bank, stored: Bank):
    numbers = np.arange(120, 340)
    hashes = {InputHasher()._of_rows(b, "transactions", numbers) for b in (held, stored)}
    assert len(hashes) == 1


def test_an_older_bank_in_another_order_is_read_into_memory(tmp_path: Path):
    rows = pd.DataFrame({"customer_id": ["b", "a"], "transaction_id": ["1", "2"], "amount": 1.0})
    customers = pd.DataFrame({"customer_id": ["a", "b"]})
    bank = Bank.from_tables(
        Manifest("Old", as_of="2024-01-01"), {"customers": customers, "transactions": rows}
    )
    bank.save(tmp_path, "parquet")
    assert "by_customer" not in json.loads((tmp_path / MANIFEST).read_text("utf-8"))
    loaded = Bank.load(tmp_path)
    assert isinstance(loaded.rows("transactions"), HeldRows)
    assert loaded["transactions"]["transaction_id"].tolist() == ["1", "2"]
    assert bank.by_customer()["transactions"]["transaction_id"].tolist() == ["2", "1"]


def test_F148_sensitive_rows_are_masked_alike_in_memory_and_in_a_file(held: Bank, stored: Bank):
    seen = Seen(masked, HIDDEN)
    memory, file = HeldRows(masked(held["transactions"])), seen.of(stored.given("transactions"))
    assert (memory.column("merchant") == MASKED).sum() > 20
    assert_frame_equal(file.whole(), memory.whole())
    for columns in (None, ["amount", "merchant"], ["booked_at"]):
        for numbers in (np.arange(40), np.arange(0, len(file), 17)):
            assert_frame_equal(file.take(numbers, columns), memory.take(numbers, columns))
    for name in ("merchant", "amount"):
        assert file.column(name).astype("object").equals(memory.column(name).astype("object"))
    kept = (memory.column("merchant") == MASKED).to_numpy()
    more = file.where(kept).plus(held["transactions"].iloc[:3])
    assert (more.column("merchant").astype("str")[: kept.sum()] == MASKED).all()
