"""Append-only files: acknowledged rows are there once, damage is reported, tails are repaired."""

import logging
import os
import threading

import pytest

from engine.bank import disk
from engine.bank.durable import LineFile
from engine.errors import StateError

COLUMNS = {"key": "id", "note": "text"}


@pytest.fixture
def file(tmp_path):
    return LineFile(tmp_path / "state" / "rows.csv", COLUMNS, unique=True)


def rows(*keys):
    return [{"key": key, "note": f"note of {key}"} for key in keys]


def keys(file):
    return file.read()["key"].tolist()


def test_rows_are_read_in_the_order_in_which_they_were_appended(file):
    file.append(rows("b", "a"))
    file.append(rows("c"))
    assert keys(file) == ["b", "a", "c"]
    assert file.read()["checksum"].str.fullmatch("[0-9a-f]{16}").all()


def test_a_file_that_is_not_there_is_empty_and_is_not_made_by_reading(file):
    assert file.read().columns.tolist() == ["key", "note", "checksum"]
    assert file.revision == "0"
    assert not file.path.parent.exists()


def test_a_row_with_a_known_id_is_stored_once(file):
    assert file.append(rows("a")) == [True]
    assert file.append(rows("a")) == [False]
    assert file.append(rows("b", "a", "b")) == [True, False, False]
    other = LineFile(file.path, COLUMNS, unique=True)
    assert other.append(rows("b", "c")) == [False, True]
    assert keys(file) == ["a", "b", "c"]


def test_rows_without_a_unique_column_may_repeat(tmp_path):
    file = LineFile(tmp_path / "rows.csv", COLUMNS)
    assert file.append(rows("a", "a")) == [True, True]
    assert keys(file) == ["a", "a"]


def test_another_reader_sees_a_row_at_once_and_the_revision_changes(file):
    other = LineFile(file.path, COLUMNS, unique=True)
    file.append(rows("a"))
    before = other.revision
    assert keys(other) == ["a"]
    assert other.revision == before
    file.append(rows("b"))
    assert other.revision != before
    assert keys(other) == ["a", "b"]


def test_only_the_new_tail_is_read(file, monkeypatch):
    file.append(rows(*(f"k{i}" for i in range(1000))))
    file.read()
    taken = []
    take_line = LineFile._take_line
    monkeypatch.setattr(
        LineFile, "_take_line", lambda self, line: (taken.append(line), take_line(self, line))
    )
    file.append(rows("one more"))
    assert len(file.read()) == 1001
    assert len(taken) == 1


@pytest.mark.parametrize("torn", [b"k", b'half,"a note', b"\xff\xfe"])
def test_a_torn_tail_is_cut_off_and_kept_aside(file, torn):
    file.append(rows("a"))
    with file.path.open("ab") as raw:
        raw.write(torn)

    fresh = LineFile(file.path, COLUMNS, unique=True)
    assert keys(fresh) == ["a"]
    assert fresh.torn_path.read_bytes() == torn + b"\n"
    assert fresh.damage().empty

    with file.path.open("ab") as raw:
        raw.write(torn)
    assert file.append(rows("b")) == [True]
    assert keys(file) == ["a", "b"]
    assert file.torn_path.read_bytes() == (torn + b"\n") * 2


def test_a_torn_header_is_written_anew(file):
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(b"key,no")
    assert file.append(rows("a")) == [True]
    assert keys(LineFile(file.path, COLUMNS)) == ["a"]


def test_a_damaged_line_is_reported_and_does_not_hide_the_others(file, caplog):
    file.append(rows("a", "b", "c"))
    file.path.write_bytes(file.path.read_bytes().replace(b"note of b", b"note of B"))

    fresh = LineFile(file.path, COLUMNS, unique=True)
    with caplog.at_level(logging.WARNING):
        assert keys(fresh) == ["a", "c"]
    assert fresh.damage()["line"].tolist() == [3]
    assert "line 3 is damaged" in caplog.text
    assert "note of" not in caplog.text
    assert fresh.append(rows("b")) == [True], "a lost row can be submitted again"


def test_a_line_copied_by_hand_counts_once(file):
    file.append(rows("a", "b"))
    last = file.path.read_bytes().splitlines(keepends=True)[-1]
    with file.path.open("ab") as raw:
        raw.write(last)
    assert keys(LineFile(file.path, COLUMNS, unique=True)) == ["a", "b"]


def test_a_file_with_other_columns_is_refused(file):
    file.path.parent.mkdir(parents=True)
    file.path.write_text("id,text\n1,2\n")
    with pytest.raises(StateError, match="expected the columns"):
        file.read()
    with pytest.raises(StateError, match="expected the columns"):
        file.append(rows("a"))


def test_a_write_that_the_disk_cuts_short_is_not_acknowledged_and_can_be_repeated(
    file, monkeypatch
):
    file.append(rows("a"))
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: write(fd, content[:7]))
    with pytest.raises(StateError, match="only a part"):
        file.append(rows("b"))
    monkeypatch.undo()
    assert keys(file) == ["a"]
    assert file.append(rows("b")) == [True]
    assert keys(LineFile(file.path, COLUMNS, unique=True)) == ["a", "b"]


def test_a_full_disk_is_an_error_that_says_so(file, monkeypatch):
    file.append(rows("a"))

    def full(fd, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StateError, match="No space left"):
        file.append(rows("b"))
    monkeypatch.undo()
    assert keys(file) == ["a"]


def test_every_acknowledgement_comes_after_an_fsync_even_of_a_repeated_row(file, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), fsync(fd)))
    file.append(rows("a"))
    assert len(synced) == 4, "the file, its folder and the folders that may be new"
    del synced[:]
    file.append(rows("a"))
    assert len(synced) == 1


def test_threads_share_one_file(file):
    def work(name):
        for i in range(25):
            file.append(rows(f"{name}{i}", f"shared{i}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys(file)) == len(set(keys(file))) == 4 * 25 + 25


def test_a_moved_folder_starts_an_empty_file(file, tmp_path):
    file.append(rows("a"))
    assert keys(file) == ["a"]
    file.path.parent.rename(tmp_path / "aside")
    assert keys(file) == []
    assert file.append(rows("a")) == [True]
    assert keys(file) == ["a"]


def test_a_folder_moved_while_a_writer_waits_does_not_split_the_writers(file, tmp_path):
    file.append(rows("a"))
    waiting = threading.Thread(target=file.append, args=(rows("b"),))
    with disk.held(file.lock_path):
        waiting.start()
        file.path.parent.rename(tmp_path / "aside")
        fresh = LineFile(file.path, COLUMNS, unique=True)
        fresh.append(rows("c"))
    waiting.join()
    assert sorted(keys(fresh)) == ["b", "c"]
    assert keys(LineFile(tmp_path / "aside" / "rows.csv", COLUMNS)) == ["a"]


def test_the_first_rows_are_the_file_as_it_was(file):
    file.append(rows("a", "b"))
    then = LineFile(file.path, COLUMNS, unique=True, first=2)
    file.append(rows("c"))
    assert keys(then) == ["a", "b"]
    assert keys(LineFile(file.path, COLUMNS, unique=True, first=0)) == []


def test_a_removed_row_is_gone_from_the_disk_and_for_every_reader_and_writer(file):
    other = LineFile(file.path, COLUMNS, unique=True)
    file.append(rows("a", "b", "c"))
    assert keys(other) == ["a", "b", "c"]
    assert file.remove("b") and not file.remove("b")
    assert b"note of b" not in file.path.read_bytes()
    assert keys(file) == keys(other) == ["a", "c"]
    assert other.append(rows("b", "a")) == [True, False]
    assert keys(file) == ["a", "c", "b"]


def test_removing_from_a_file_that_is_not_there_finds_nothing(file):
    assert not file.remove("a")
