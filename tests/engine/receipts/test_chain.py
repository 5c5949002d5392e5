"""Receipts are stored once, in one chain, whoever writes and whatever crashes."""

import multiprocessing
from pathlib import Path

import pytest

from engine.errors import StateError
from engine.receipts.chain import GENESIS, Chain
from engine.receipts.verification import verify
from engine.state import receipts
from tests.engine.receipts.conftest import about, chain_in, store_of


def test_each_receipt_holds_the_hash_of_the_one_before(filled: Chain):
    rows = filled.rows()
    assert [row.n for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.prev for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert filled.head() == (6, rows[-1].hash)


def test_a_list_is_stored_once_a_person_and_day(chain: Chain, tmp_path: Path):
    assert chain.add(about(1), {"score": 1.0}) == (1, True)
    assert chain.add(about(1), {"score": 1.0}) == (1, False)
    assert chain_in(tmp_path).add(about(1), {"score": 1.0}) == (1, False)
    assert chain.add(about(1, actor="Raj"), {"score": 1.0}) == (2, True)
    assert chain.add(about(1, day=2), {"score": 1.0}) == (3, True)
    assert chain.find(about(1, day=2)) == 3
    assert chain.find(about(9)) is None


def test_the_same_receipts_give_the_same_rows(filled: Chain, tmp_path: Path):
    again = chain_in(tmp_path / "again")
    for n in range(1, 7):
        again.add(about(n, customer="other" if n in (2, 5) else "key"), {"score": n / 8})
    assert again.rows() == filled.rows()
    assert again.head() == filled.head()


def test_a_reader_sees_what_others_wrote(filled: Chain, tmp_path: Path):
    other = chain_in(tmp_path)
    assert [row.n for row in other.shown()] == [1, 2, 3, 4, 5, 6]
    filled.add(about(7), {})
    assert other.named("r-7").n == 7 and other.named("7").receipt_id == "r-7"
    assert other.named("8") is None and other.named("r-") is None
    assert [row.n for row in other.of("other")] == [2, 5]


def test_a_chain_that_is_not_there_is_empty_and_is_not_made_by_reading(
    chain: Chain, tmp_path: Path
):
    assert chain.rows() == [] and chain.head() is None
    assert verify(chain).sound
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_dies_between_receipt_and_head_leaves_neither(
    filled: Chain, monkeypatch: pytest.MonkeyPatch
):
    insert = receipts.insert

    def killed(*args: object) -> None:
        insert(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "insert", killed)
        with pytest.raises(KeyboardInterrupt):
            filled.add(about(7), {})
    assert verify(filled).sound and len(filled.rows()) == 6
    assert filled.add(about(7), {}) == (7, True)
    assert verify(filled).sound


def test_a_full_disk_stores_nothing_and_trying_again_is_safe(filled: Chain):
    store = store_of(filled)
    with store.writing() as connection:
        n = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={n}")
    with pytest.raises(StateError, match="disk is full"):
        filled.add(about(7), {"words": "x" * 100_000})
    store.close()
    assert filled.add(about(7), {}) == (7, True)
    assert verify(filled).sound


def test_after_a_reset_moved_the_folder_a_chain_starts_afresh(filled: Chain, tmp_path: Path):
    store_of(filled).folder.rename(tmp_path / "aside")
    assert filled.rows() == []
    assert filled.add(about(1), {}) == (1, True)
    assert verify(filled).sound


def _write(folder: Path, writer: int, ready: multiprocessing.Barrier) -> None:
    chain = chain_in(folder)
    ready.wait()
    for n in range(12):
        chain.add(about(n, actor="all"), {"score": n / 8})
        chain.add(about(n, actor=str(writer)), {"score": n / 8})


def test_several_processes_write_one_chain_without_gap_or_repetition(chain: Chain, tmp_path: Path):
    spawn = multiprocessing.get_context("fork")
    ready = spawn.Barrier(4)
    writers = [spawn.Process(target=_write, args=(tmp_path, i, ready)) for i in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    rows = chain.rows()
    assert [row.n for row in rows] == list(range(1, 12 * 5 + 1))
    assert len({(row.receipt_id, row.actor, row.day) for row in rows}) == len(rows)
    assert verify(chain).sound


def test_an_erased_customer_is_gone_and_the_chain_still_verifies(filled: Chain, tmp_path: Path):
    other = chain_in(tmp_path)
    assert len(other.rows()) == 6
    before = filled.head()
    at = "2026-07-15T09:00:00"
    assert filled.erase("C1", "other", at=at, actor="Rita") == (2, 5)
    found = verify(filled, noted=before[1])
    assert found.sound and found.n_erased == 2 and found.n_receipts == 6
    assert [row.n for row in other.rows() if row.erased] == [2, 5]
    assert filled.erase("C1", "other", at=at, actor="Rita") == ()
    assert other.add(about(8), {}) == (8, True)
    assert verify(filled).sound
