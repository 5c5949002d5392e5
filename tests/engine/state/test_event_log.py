"""The event log: acknowledged events are there once, for every reader and writer."""

import threading

import pytest

from engine.bank import disk, tables
from engine.errors import StateError
from engine.state import event_log
from engine.state.event_lines import first_cell
from engine.state.event_log import EventLog


def ids(log):
    return log.read()["event_id"].tolist()


def read_again(log):
    return ids(EventLog(log.folder))


def test_events_are_read_in_the_order_in_which_they_were_appended(log, event, events):
    log.append_many(events("b", "a"))
    log.append(event("c"))
    assert ids(log) == ["b", "a", "c"]
    assert log.read()["checksum"].str.fullmatch("[0-9a-f]{16}[+]?").all()
    assert log.append_many([]) == []


def test_a_log_that_is_not_there_is_empty_and_is_not_made_by_reading(log):
    assert log.read().dtypes.equals(tables.empty("events").dtypes)
    assert log.damage().empty
    assert log.revision == "0"
    assert not log.folder.exists()


def test_an_event_with_a_known_id_is_stored_once(log, event, events):
    assert log.append(event("a")) is True
    assert log.append(event("a")) is False
    assert log.append_many(events("b", "a", "b")) == [True, False, False]
    assert EventLog(log.folder).append_many(events("b", "c")) == [False, True]
    assert ids(log) == ["a", "b", "c"]


def test_another_reader_sees_an_event_at_once_and_the_revision_changes(log, event):
    other = EventLog(log.folder)
    log.append(event("a"))
    before = other.revision
    assert ids(other) == ["a"]
    assert other.revision == before
    log.append(event("b"))
    assert other.revision != before
    assert ids(other) == ["a", "b"]


def test_only_new_lines_are_read(log, monkeypatch, event, events):
    log.append_many(events(*(f"k{i}" for i in range(1000))))
    log.read()
    taken = []
    monkeypatch.setattr(
        event_log, "first_cell", lambda line: (taken.append(line), first_cell(line))[1]
    )
    log.append(event("one more"))
    assert len(log.read()) == 1001
    assert len(taken) == 1


def test_the_first_events_are_the_log_as_it_was(log, event, events):
    log.append_many(events("a", "b"))
    then = EventLog(log.folder, first=2)
    log.append(event("c"))
    assert ids(then) == ["a", "b"]
    assert ids(EventLog(log.folder, first=0)) == []


def test_one_event_is_found_by_its_id(log, event):
    log.append_many([event("a"), event("b", action="accepted")])
    assert log.find("b")["action"] == "accepted"
    assert log.find("nothing") is None


def test_a_line_copied_by_hand_counts_once(log, events):
    log.append_many(events("a", "b"))
    last = log.path.read_bytes().splitlines(keepends=True)[-1]
    with log.path.open("ab") as raw:
        raw.write(last)
    assert read_again(log) == ["a", "b"]


def test_a_log_with_other_columns_is_refused(log, event):
    log.folder.mkdir(parents=True)
    log.path.write_text("id,text\n1,2\n")
    with pytest.raises(StateError, match="expected the columns"):
        log.read()
    with pytest.raises(StateError, match="expected the columns"):
        log.append(event("a"))


def test_threads_share_one_log(log, events):
    def work(name):
        for i in range(25):
            log.append_many(events(f"{name}{i}", f"shared{i}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(log)) == len(set(ids(log))) == 4 * 25 + 25


def test_a_double_click_from_two_threads_is_stored_once(log, event):
    said = []
    threads = [
        threading.Thread(target=lambda: said.append(EventLog(log.folder).append(event("a"))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [False] * 7 + [True]
    assert ids(log) == ["a"]


def test_a_moved_folder_starts_an_empty_log(log, tmp_path, event):
    log.append(event("a"))
    assert ids(log) == ["a"]
    log.folder.rename(tmp_path / "aside")
    assert ids(log) == []
    assert log.append(event("a")) is True
    assert ids(log) == ["a"]


def test_a_folder_moved_while_a_writer_waits_does_not_split_the_writers(log, tmp_path, event):
    log.append(event("a"))
    waiting = threading.Thread(target=log.append, args=(event("b"),))
    with disk.held(log.lock_path):
        waiting.start()
        log.folder.rename(tmp_path / "aside")
        fresh = EventLog(log.folder)
        fresh.append(event("c"))
    waiting.join()
    assert sorted(ids(fresh)) == ["b", "c"]
    assert ids(EventLog(tmp_path / "aside")) == ["a"]
