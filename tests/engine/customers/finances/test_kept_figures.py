"""What is kept for the next start is used as long as it holds, and never otherwise."""

import dataclasses
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.bank.erased import ErasedCustomers
from engine.customers.finances import kept_figures
from engine.customers.finances.kept_figures import KeptFigures

FIGURES = {"codes": np.arange(-1, 4, dtype=np.int8), "why": np.array(["Ünder 5", "b"])}


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Two customers and four transactions in a file."""
    rows = {
        "transaction_id": [*"wxyz"],
        "customer_id": ["ann", "ann", "ben", "ben"],
        "booked_at": "2024-12-01",
        "amount": [-1.0, 2.0, -3.0, 4.0],
    }
    frames = {
        "customers": pd.DataFrame({"customer_id": ["ann", "ben"]}),
        "transactions": pd.DataFrame(rows),
    }
    Bank.from_tables(Manifest(name="Two", as_of="2024-12-31"), frames).save(tmp_path, "parquet")
    return Bank.load(tmp_path)


def _get(kept: KeptFigures | None, rests_on: str = "") -> int:
    """How often the figures had to be worked out: 0 or 1."""
    calls = []

    def make():
        calls.append(1)
        return FIGURES

    assert kept is not None
    found = kept.get("figures", make, rests_on)
    assert found.keys() == FIGURES.keys()
    assert all(np.array_equal(found[n], FIGURES[n]) for n in FIGURES)
    return len(calls)


def test_figures_are_worked_out_once(bank: Bank, tmp_path: Path):
    assert [_get(KeptFigures.of(bank, tmp_path)) for _ in range(3)] == [1, 0, 0]


def test_nothing_stays_of_a_customer_who_is_erased_while_it_is_worked_out(
    bank: Bank, tmp_path: Path
):
    erased = ErasedCustomers(tmp_path / "state" / "erased" / "bank.json")
    kept = KeptFigures.of(bank, tmp_path, erased)
    assert [_get(kept) for _ in range(2)] == [1, 0]
    erased.add("ann")
    (tmp_path / "figures.kept").unlink()
    assert _get(kept) == 1
    assert not (tmp_path / "figures.kept").exists()


def test_a_bank_whose_transactions_are_few_or_edited_keeps_nothing(
    small_bank: Bank, bank: Bank, tmp_path: Path
):
    assert KeptFigures.of(small_bank, tmp_path) is None
    edited = bank.with_tables(transactions=bank["transactions"].assign(amount=1.0))
    assert KeptFigures.of(edited, tmp_path, base=bank) is None


def test_other_rows_another_day_and_other_settings_are_other_figures(bank: Bank, tmp_path: Path):
    rows = bank.rows("transactions")
    fewer = bank.with_checked(transactions=rows.where(np.array([True, True, True, False])))
    more = bank.with_checked(transactions=rows.plus(rows.take(np.array([0]))))
    later = dataclasses.replace(
        bank, manifest=dataclasses.replace(bank.manifest, as_of="2025-01-31")
    )
    people = bank["customers"]
    turned = bank.with_tables(customers=people.iloc[::-1].reset_index(drop=True))
    keys = {KeptFigures.of(one, tmp_path).key for one in (bank, fewer, more, later, turned)}
    assert len(keys) == 5
    kept = KeptFigures.of(bank, tmp_path)
    assert [_get(kept, on) for on in ("60 days", "60 days", "90 days", "60 days")] == [1, 0, 1, 1]


def test_another_release_works_it_out_anew(bank: Bank, tmp_path: Path, monkeypatch):
    before = KeptFigures.of(bank, tmp_path)
    monkeypatch.setattr(kept_figures, "_release", lambda: b"another")
    assert KeptFigures.of(bank, tmp_path) != before


def test_a_damaged_file_is_never_used(bank: Bank, tmp_path: Path, caplog):
    kept = KeptFigures.of(bank, tmp_path)
    _get(kept)
    path = tmp_path / "figures.kept"
    whole = path.read_bytes()
    with caplog.at_level(logging.CRITICAL):
        for at in range(0, len(whole), 23):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
            assert kept_figures._read(path, kept.key + " ") is None
            path.write_bytes(whole[:at])
            assert kept_figures._read(path, kept.key + " ") is None
    assert [_get(kept), _get(kept)] == [1, 0]
    assert "is damaged" in caplog.text


def test_a_folder_that_cannot_be_written_stops_nothing(bank: Bank, tmp_path: Path, caplog):
    place = tmp_path / "taken"
    place.write_text("a file")
    kept = KeptFigures.of(bank, place)
    assert [_get(kept), _get(kept)] == [1, 1]
    assert "could not be kept" in caplog.text
