"""Receipts are stored once, in one chain, whoever writes and whatever crashes."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from engine.errors import StateError
from engine.receipts.chain import GENESIS, Chain
from engine.receipts.verification import verify
from tests.engine.receipts.conftest import about


def test_each_receipt_holds_the_hash_of_the_one_before(filled: Chain):
    links = [json.loads(line)["chain"] for line in filled.path.read_bytes().splitlines()]
    assert [link["n"] for link in links] == [1, 2, 3, 4, 5, 6]
    assert [link["prev"] for link in links] == [GENESIS, *(link["hash"] for link in links[:-1])]
    assert filled.head() == (6, links[-1]["hash"])


def test_a_list_is_stored_once_a_person_and_day(chain: Chain):
    assert chain.add(about(1), {"score": 1.0}) == (1, True)
    assert chain.add(about(1), {"score": 1.0}) == (1, False)
    assert Chain(chain.folder).add(about(1), {"score": 1.0}) == (1, False)
    assert chain.add(about(1, actor="Raj"), {"score": 1.0}) == (2, True)
    assert chain.add(about(1, day=2), {"score": 1.0}) == (3, True)
    assert chain.find(about(1, day=2)) == 3
    assert chain.find(about(9)) is None


def test_the_same_receipts_give_the_same_bytes(filled: Chain, tmp_path: Path):
    again = Chain(tmp_path / "again")
    for n in range(1, 7):
        again.add(about(n, customer="other" if n in (2, 5) else "key"), {"score": n / 8})
    assert again.path.read_bytes() == filled.path.read_bytes()
    assert again.head_path.read_bytes() == filled.head_path.read_bytes()


def test_a_reader_sees_what_others_wrote_and_reads_only_that(filled: Chain, monkeypatch):
    other = Chain(filled.folder)
    assert [e.n for e in other.entries()] == [1, 2, 3, 4, 5, 6]
    taken = []
    monkeypatch.setattr(other, "_take", taken.append)
    filled.add(about(7), {})
    other.entries()
    assert len(taken) == 1


def test_a_chain_that_is_not_there_is_empty_and_is_not_made_by_reading(chain: Chain):
    assert chain.entries() == [] and chain.head() is None
    assert verify(chain).sound
    assert not chain.folder.exists()


def test_what_a_killed_writer_left_is_kept_aside_and_the_chain_goes_on(filled: Chain):
    with filled.path.open("ab") as file:
        file.write(b'{"about":{"actor":"Ri')
    assert verify(filled).first_bad == 7
    assert filled.add(about(7), {})[0] == 7
    assert verify(filled).sound
    assert filled.path.with_suffix(".torn").read_bytes() == b'{"about":{"actor":"Ri\n'


def test_a_writer_that_died_before_its_head_leaves_a_sound_chain(filled: Chain):
    before = filled.head_path.read_bytes()
    filled.add(about(7), {})
    filled.head_path.write_bytes(before)
    assert verify(filled).sound
    assert Chain(filled.folder).add(about(8), {})[0] == 8
    assert verify(filled).sound


def test_a_full_disk_stores_nothing_and_trying_again_is_safe(filled: Chain, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: write(fd, content[:9]))
    with pytest.raises(StateError, match="only a part"):
        filled.add(about(7), {})
    monkeypatch.undo()
    assert filled.add(about(7), {}) == (7, True)
    assert verify(filled).sound


def test_after_a_reset_moved_the_folder_a_chain_starts_afresh(filled: Chain, tmp_path: Path):
    filled.folder.rename(tmp_path / "aside")
    assert filled.entries() == []
    assert filled.add(about(1), {}) == (1, True)
    assert verify(filled).sound


def _write(folder: Path, writer: int, ready: multiprocessing.Barrier) -> None:
    chain = Chain(folder)
    ready.wait()
    for n in range(12):
        chain.add(about(n, actor="all"), {"score": n / 8})
        chain.add(about(n, actor=str(writer)), {"score": n / 8})


def test_several_processes_write_one_chain_without_gap_or_repetition(chain: Chain):
    spawn = multiprocessing.get_context("fork")
    ready = spawn.Barrier(4)
    writers = [spawn.Process(target=_write, args=(chain.folder, i, ready)) for i in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    entries = chain.entries()
    assert [e.n for e in entries] == list(range(1, 12 * 5 + 1))
    assert len({e.identity for e in entries}) == len(entries)
    assert verify(chain).sound


def test_an_erased_customer_is_gone_and_the_chain_still_verifies(filled: Chain):
    other = Chain(filled.folder)
    assert len(other.entries()) == 6
    before = filled.head()
    assert filled.erase("other", at="2026-07-15T09:00:00", actor="Rita") == (2, 5)
    assert b"other" not in filled.path.read_bytes()
    found = verify(filled, noted=before[1])
    assert found.sound and found.n_erased == 2 and found.n_receipts == 6
    assert [e.n for e in other.entries() if e.about is None] == [2, 5]
    assert filled.erase("other", at="2026-07-15T09:00:00", actor="Rita") == ()
    assert other.add(about(8), {}) == (8, True)
    assert verify(filled).sound
