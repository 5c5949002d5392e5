"""Crashes, full disks and damaged lines: nothing acknowledged is lost, and reading goes on."""

import logging
import os
import random

import pytest

from engine.errors import StateError
from engine.state.event_lines import encode
from engine.state.event_log import EventLog


def ids(log):
    return log.read()["event_id"].tolist()


def read_again(log):
    return ids(EventLog(log.folder))


@pytest.mark.parametrize("torn", [b"k", b'half,"a note', b"\xff\xfe", b"\0" * 5000])
def test_a_torn_end_is_ignored_by_a_reader_and_set_aside_by_the_next_writer(log, torn, event):
    log.append(event("a"))
    with log.path.open("ab") as raw:
        raw.write(torn)

    fresh = EventLog(log.folder)
    assert ids(fresh) == ids(log) == ["a"]
    assert fresh.damage().empty
    assert not fresh.torn_path.exists(), "a reader writes nothing"

    assert log.append(event("b")) is True
    assert ids(log) == ids(fresh) == ["a", "b"]
    assert log.torn_path.read_bytes() == torn + b"\n"

    with log.path.open("ab") as raw:
        raw.write(torn)
    assert fresh.append(event("c")) is True
    assert log.torn_path.read_bytes() == (torn + b"\n") * 2


@pytest.mark.parametrize("header", [b"", b"event_id,re", b"event_id,rec\0\0\0\n", b"\0" * 20])
def test_a_torn_header_is_written_anew(log, header, event):
    log.folder.mkdir(parents=True)
    log.path.write_bytes(header)
    assert ids(log) == []
    assert log.append(event("a")) is True
    assert ids(log) == read_again(log) == ["a"]


def test_wherever_a_power_loss_cuts_the_log_opens_with_all_that_was_acknowledged(
    log, event, events
):
    batches = [["a"], ["b", "c", "d"], ["e"], ["f", "g"]]
    acknowledged = [(0, [])]
    for batch in batches:
        log.append_many(events(*batch))
        known = acknowledged[-1][1] + batch
        acknowledged.append((log.path.stat().st_size, known))
    content = log.path.read_bytes()
    ends = [i for i, byte in enumerate(content) if byte == 10]
    draw = random.Random(1)
    cuts = {
        0,
        1,
        *(end + near for end in ends for near in (0, 1, 2)),
        *draw.sample(range(1000), 60),
    }
    for cut in sorted(cuts):
        expected = next(known for size, known in reversed(acknowledged) if size <= cut)
        log.path.write_bytes(content[:cut] + b"\0" * draw.choice((0, 7)))
        fresh = EventLog(log.folder)
        assert ids(fresh) == expected, cut
        assert fresh.damage().empty
        assert fresh.append(event("z")) is True
        assert read_again(log) == [*expected, "z"]


def test_a_batch_that_is_being_written_is_not_seen_in_part(log, event, events):
    log.append(event("a"))
    size = log.path.stat().st_size
    log.append_many(events("b", "c", "d"))
    content = log.path.read_bytes()
    os.truncate(log.path, size)
    reader = EventLog(log.folder)
    for end in range(size, len(content) + 1):
        with log.path.open("r+b") as raw:
            raw.seek(size)
            raw.write(content[size:end])
        assert ids(reader) == (["a"] if end < len(content) else ["a", "b", "c", "d"]), end


# --- a disk that refuses


def test_of_a_batch_that_the_disk_cuts_short_nothing_stays(log, monkeypatch, event, events):
    log.append(event("a"))
    before = log.path.read_bytes()
    batch = events(*(f"b{i}" for i in range(20)))
    line = len(encode(batch[0]))
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: write(fd, content[: 9 * line + 40]))
    with pytest.raises(StateError, match=r"only a part.*Nothing was stored"):
        log.append_many(batch)
    monkeypatch.undo()
    assert log.path.read_bytes() == before
    assert ids(log) == read_again(log) == ["a"]
    assert log.append_many(batch) == [True] * 20
    assert len(read_again(log)) == 21


def test_a_first_batch_that_is_cut_short_leaves_an_empty_log(log, monkeypatch, event):
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: write(fd, content[:7]))
    with pytest.raises(StateError, match="only a part"):
        log.append(event("a"))
    monkeypatch.undo()
    assert ids(log) == []
    assert log.append(event("a")) is True


def test_a_full_disk_is_an_error_that_says_so(log, monkeypatch, event):
    log.append(event("a"))
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StateError, match="No space left"):
        log.append(event("b"))
    monkeypatch.undo()
    assert ids(log) == ["a"]


def full(descriptor, content):
    raise OSError(28, "No space left on device")


def test_a_full_disk_with_a_torn_end_does_not_stop_reading(log, monkeypatch, event):
    log.append(event("a"))
    with log.path.open("ab") as raw:
        raw.write(b"half a line")
    content = log.path.read_bytes()
    monkeypatch.setattr(os, "write", full)
    assert ids(log) == read_again(log) == ["a"]
    with pytest.raises(StateError, match="No space left"):
        log.append(event("b"))
    assert log.path.read_bytes() == content
    assert ids(log) == ["a"]
    monkeypatch.undo()
    assert log.append(event("b")) is True


def test_a_folder_that_cannot_be_written_does_not_stop_reading(log, monkeypatch, event):
    log.append(event("a"))
    with log.path.open("ab") as raw:
        raw.write(b"half a line")
    open_ = os.open

    def read_only(path, flags, *mode, **given):
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(30, "Read-only file system")
        return open_(path, flags, *mode, **given)

    monkeypatch.setattr(os, "open", read_only)
    assert ids(log) == read_again(log) == ["a"]
    with pytest.raises(StateError, match="Read-only"):
        log.append(event("b"))


def test_an_event_whose_sync_failed_is_gone_and_can_be_submitted_again(
    log, monkeypatch, event, events
):
    log.append(event("a"))
    reader = EventLog(log.folder)
    seen = []

    def fail(descriptor):
        seen.append(ids(reader))
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StateError, match="Input/output"):
        log.append(event("b"))
    monkeypatch.undo()
    assert seen == [["a", "b"]], "another process may have seen it"
    assert log.append_many(events("c", "b")) == [True, True]
    assert ids(log) == ids(reader) == read_again(log) == ["a", "c", "b"]


def test_every_acknowledgement_comes_after_a_sync_even_of_a_repeated_event(log, monkeypatch, event):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), fsync(fd)))
    log.append(event("a"))
    assert len(synced) == 4, "the file, its folder and the folders that may be new"
    del synced[:]
    log.append(event("a"))
    assert len(synced) == 1


# --- damage


def test_a_damaged_line_is_named_and_does_not_hide_the_others(log, caplog, event, events):
    log.append_many(events("a", "b", "c"))
    log.path.write_bytes(log.path.read_bytes().replace(b"note of b", b"note of B"))

    fresh = EventLog(log.folder)
    with caplog.at_level(logging.WARNING):
        assert ids(fresh) == ["a", "c"]
    assert fresh.damage().to_dict("records") == [{"source": "events.csv", "row": 3, "about": "ann"}]
    assert [cells[2:] for cells in fresh.unreadable()] == [("Rita", "ann", "card", "viewed")]
    assert "line 3 is damaged" in caplog.text
    assert "note of" not in caplog.text
    assert fresh.append(event("b")) is True, "a lost event can be submitted again"
    assert fresh.damage().empty, "and is no longer missing"


def test_a_damaged_line_at_the_end_of_a_batch_does_not_make_it_unfinished(log, event, events):
    log.append_many(events("a", "b", "c"))
    log.path.write_bytes(log.path.read_bytes().replace(b"note of c", b"note of C"))
    fresh = EventLog(log.folder)
    assert ids(fresh) == ["a", "b"]
    assert fresh.damage()["row"].tolist() == [4]
    assert fresh.append(event("d")) is True
    assert read_again(log) == ["a", "b", "d"]


def test_any_flipped_bit_of_any_line_loses_that_line_alone(log, events):
    log.append_many(events("aaa", "bbb", "ccc"))
    content = log.path.read_bytes()
    starts = [0, *(i + 1 for i, byte in enumerate(content) if byte == 10)]
    draw = random.Random(2)
    for _ in range(100):
        place, bit = draw.randrange(len(content)), 1 << draw.randrange(8)
        flipped = content[place] ^ bit
        if 10 in (content[place], flipped):
            continue  # a line end that is gone, or a new one, makes other lines
        log.path.write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
        line = sum(start <= place for start in starts)
        fresh = EventLog(log.folder)
        kept = [name for row, name in ((2, "aaa"), (3, "bbb"), (4, "ccc")) if row != line]
        assert ids(fresh) == kept, (place, bit)
        assert fresh.damage()["row"].tolist() == [line]


@pytest.mark.parametrize("bit", range(8))
def test_a_damaged_line_end_loses_no_event_and_is_named(log, bit, event, events):
    log.append(event("a"))
    log.append_many(events("b", "c"))
    log.append(event("d"))
    content = log.path.read_bytes()
    ends = [i for i, byte in enumerate(content) if byte == 10]
    for row, end in enumerate(ends, start=1):
        flipped = bytearray(content)
        flipped[end] ^= 1 << bit
        log.path.write_bytes(flipped)
        fresh = EventLog(log.folder)
        assert ids(fresh) == ids(log) == ["a", "b", "c", "d"]
        assert fresh.damage()["row"].tolist() == [row]
        assert fresh.unreadable() == [], "nothing is lost"
        assert fresh.append(event("d")) is False
        assert fresh.append(event("e")) is True
        assert ids(fresh) == ids(log) == read_again(log) == ["a", "b", "c", "d", "e"]
        assert EventLog(log.folder).damage()["row"].tolist() == [row]
        assert not log.torn_path.exists()


def test_of_any_number_of_damaged_line_ends_no_event_is_lost(log, events):
    log.append_many(events("a", "b", "c"))
    content = log.path.read_bytes()
    log.path.write_bytes(content[:-1].replace(b"\n", b"+") + b"\n")
    fresh = EventLog(log.folder)
    assert ids(fresh) == ["a", "b", "c"]
    assert fresh.damage()["row"].tolist() == [1]
    log.path.write_bytes(log.path.read_bytes().replace(b"note of b", b"note of B"))
    assert read_again(log) == ["a"], "the rest of the line cannot be told apart"
    assert EventLog(log.folder).damage()["row"].tolist() == [1]


def test_an_unfinished_end_behind_a_damaged_line_end_is_set_aside(log, event, events):
    log.append(event("a"))
    sound = log.path.read_bytes()[:-1] + b"\v"
    for unfinished in (b"half", encode(event("b"), more=True), encode(event("b"))[:-1]):
        log.path.write_bytes(sound + unfinished)
        log.torn_path.unlink(missing_ok=True)
        assert ids(log) == read_again(log) == ["a"]
        assert log.append(event("c")) is True
        assert ids(log) == read_again(log) == ["a", "c"]
        assert log.torn_path.read_bytes() == unfinished.removesuffix(b"\n") + b"\n"


@pytest.mark.parametrize(
    ("line", "about"),
    [(b"no comma at all", ""), (b'e,t,r,"ann\0,b', "ann\0,b"), (b"\xff,,,ann,,", "ann"), (b"", "")],
)
def test_of_a_damaged_line_as_much_is_told_as_can_be_read(log, line, about, event):
    log.append(event("a"))
    with log.path.open("ab") as raw:
        raw.write(line + b"\n")
    assert log.damage()["about"].tolist() == [about]
