"""An event log in several files: full ones are closed, indexed and never written again."""

import json

import pytest

from engine.errors import StateError
from engine.state import event_log
from engine.state.event_files import full_files
from engine.state.event_log import EventLog

SMALL = 700
"""Bytes after which a file is full here: three events or four."""


@pytest.fixture
def small(log):
    return EventLog(log.folder, most_bytes=SMALL)


@pytest.fixture
def full(small, event):
    """A log of a dozen events in several files."""
    for number in range(12):
        small.append(event(f"e{number}"))
    return small


IDS = [f"e{number}" for number in range(12)]


def ids(log):
    return log.read()["event_id"].tolist()


def test_F157_a_full_file_gets_a_number_and_an_entry_and_the_events_keep_their_order(full, event):
    names = full_files(full.folder)
    assert names == [f"events-{n:04d}.csv" for n in range(1, len(names) + 1)]
    assert len(names) >= 2
    index = json.loads((full.folder / "events.index.json").read_bytes())["files"]
    assert list(index) == names
    for name, held in index.items():
        content = (full.folder / name).read_bytes()
        assert (held["bytes"], held["lines"]) == (len(content), content.count(b"\n"))
        assert content.startswith(b"event_id,"), "each file can be read on its own"
    assert ids(full) == ids(EventLog(full.folder)) == IDS
    assert full.damage().empty
    assert full.append(event("e0")) is False, "an event of a full file is known"


def test_a_reader_from_before_follows_over_any_number_of_closed_files(small, event):
    other = EventLog(small.folder, most_bytes=SMALL)
    small.append(event("e0"))
    assert ids(other) == ["e0"]
    for number in range(1, 12):
        small.append(event(f"e{number}"))
        if number in (1, 9):
            assert ids(other) == IDS[: number + 1]
    before = other.revision
    assert ids(other) == IDS
    other.append(event("e12"))
    assert other.revision != before
    assert ids(small) == [*IDS, "e12"]


def test_a_reader_that_meets_a_file_being_closed_misses_nothing(full, event, monkeypatch):
    """Between its look at the folder and its opening of the growing file, that one is closed."""
    reader, listed, closed = EventLog(full.folder), event_log.full_files, []

    def then_closed(folder):
        names = listed(folder)
        if not closed:
            closed.append(full)
            for number in range(12, 18):
                full.append(event(f"e{number}"))
        return names

    monkeypatch.setattr(event_log, "full_files", then_closed)
    assert ids(reader) == [*IDS, *(f"e{number}" for number in range(12, 18))]


def test_a_bad_row_of_a_full_file_is_left_out_counted_and_named(full):
    first = full.folder / "events-0001.csv"
    lines = first.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"Rita", b"Rota")
    first.write_bytes(b"\n".join(lines))
    log = EventLog(full.folder)
    assert ids(log) == [one for one in IDS if one != "e1"]
    assert log.left_out() == {"events-0001.csv": 1}
    assert log.damage().to_dict("records") == [
        {"source": "events-0001.csv", "row": 3, "about": "ann"}
    ]


@pytest.mark.parametrize("gone", [True, False])
def test_a_full_file_that_is_gone_or_cut_short_is_named(full, event, gone):
    name = "events-0002.csv"
    path = full.folder / name
    lines = path.read_bytes().splitlines(keepends=True)
    if gone:
        path.unlink()
    else:
        path.write_bytes(b"".join(lines[:-1]))
    log = EventLog(full.folder, most_bytes=SMALL)
    assert log.cut_off() == [name]
    assert log.damage()[["source", "row"]].values.tolist() == [[name, 1 if gone else len(lines)]]
    for number in range(20, 26):
        log.append(event(f"e{number}"))
    assert full_files(log.folder)[-1] == f"events-{len(full_files(log.folder)) + gone:04d}.csv", (
        "its number is not given again"
    )
    assert log.cut_off() == [name]


def test_a_writer_that_dies_between_name_and_index_leaves_that_to_the_next(full, event):
    index = full.folder / "events.index.json"
    for left in (b"", b'{"files": []}', b"half a"):
        index.write_bytes(left)
        log = EventLog(full.folder, most_bytes=SMALL)
        assert ids(log)[:12] == IDS
        n = len(full_files(log.folder))
        while len(full_files(log.folder)) == n:
            log.append(
                event(f"after {left!r} {log.path.stat().st_size if n else 0} {len(ids(log))}")
            )
        assert list(json.loads(index.read_bytes())["files"]) == full_files(log.folder)
    assert EventLog(full.folder).damage().empty


def test_where_the_index_cannot_be_written_nothing_is_stored_and_nothing_is_lost(
    full, event, monkeypatch
):
    def refuse(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(event_log, "write_index", refuse)
    stored = []

    def until_refused():
        for number in range(12, 24):
            full.append(event(f"e{number}"))
            stored.append(f"e{number}")

    with pytest.raises(StateError, match=r"No space left on device\. Nothing was stored"):
        until_refused()
    monkeypatch.undo()
    assert ids(EventLog(full.folder)) == [*IDS, *stored]
    assert full.append(event(f"e{12 + len(stored)}"))


def test_an_erasure_reaches_every_file_and_leaves_each_whole(full, event):
    full.append(event("bens", customer_id="ben"))
    assert full.erase(["ann"], "nobody") == 12
    log = EventLog(full.folder)
    assert log.read()["customer_id"].tolist() == ["nobody"] * 12 + ["ben"]
    assert log.damage().empty and full.damage().empty
    assert b"ann" not in b"".join(path.read_bytes() for path in full.folder.glob("events*"))
