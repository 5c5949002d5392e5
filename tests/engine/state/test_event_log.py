"""The event log: acknowledged events are there once, batches whole, damage named, ends repaired."""

import logging
import os
import random
import threading
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bank import disk, tables
from engine.errors import StateError
from engine.state.event_log import EventLog, decode, encode
from engine.vocabulary import TABLES

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))
NOON = datetime(2025, 1, 6, 12)


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "state" / "events")


def event(event_id, **given):
    values = {
        "recorded_at": NOON,
        "actor": "Rita",
        "customer_id": "ann",
        "product_id": "card",
        "action": "viewed",
        "comment": f"note of {event_id}",
        "schema_version": 1,
    }
    return {"event_id": event_id, **values, **given}


def events(*event_ids):
    return [event(event_id) for event_id in event_ids]


def ids(log):
    return log.read()["event_id"].tolist()


def read_again(log):
    return ids(EventLog(log.folder))


# --- a line


@given(st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, TIMES), min_size=1, max_size=8))
def test_any_event_comes_back_as_it_was_written(rows):
    written = [
        encode(event("e", customer_id=one, comment=two, score=score, recorded_at=at))
        for one, two, score, at in rows
    ]
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in written)
    assert all(b"\r" not in line for line in written)
    read = decode([line[:-1] for line in written])
    for row, (one, two, score, at) in zip(read.itertuples(), rows, strict=True):
        assert (row.customer_id if one else "") == one
        assert (row.comment if two else "") == two
        assert row.score == score
        assert row.recorded_at == pd.Timestamp(at)


@settings(max_examples=30)
@given(TEXTS, st.booleans(), st.data())
def test_a_changed_byte_is_noticed(tmp_path_factory, comment, more, data):
    log = EventLog(tmp_path_factory.mktemp("log"))
    log.append(event("first"))
    line = bytearray(encode(event("e", comment=comment), more=more)[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255).filter(lambda bits: line[place] ^ bits != 10))
    with log.path.open("ab") as raw:
        raw.write(bytes(line) + b"\n")
    log.append(event("last"))
    assert ids(log) == ["first", "last"]
    assert log.damage()["row"].tolist() == [3]


def test_missing_cells_are_missing_again():
    row = event("e", comment=None, score=float("nan"), product_id=pd.NA, recorded_at=pd.NaT)
    read = decode([encode(row)[:-1]])
    assert read.loc[0, ["comment", "score", "product_id", "recorded_at"]].isna().all()


def test_a_time_with_a_zone_is_stored_in_utc():
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    line = encode(event("e", recorded_at=noon))
    assert decode([line[:-1]]).loc[0, "recorded_at"] == pd.Timestamp("2024-07-01 10:00")
    assert encode(event("e", recorded_at=noon.astimezone(UTC))) == line


def test_a_text_that_looks_like_a_formula_or_a_number_stays_that_text():
    for text in ("=1+1", "@cmd", "007", "1e5", "NA", "null", "  padded ", '"', "#x", "\\n"):
        assert decode([encode(event("e", comment=text))[:-1]]).loc[0, "comment"] == text


# --- appending and reading


def test_events_are_read_in_the_order_in_which_they_were_appended(log):
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


def test_a_line_of_an_earlier_version_reads_unchanged_and_a_single_event_is_still_written_so(log):
    """Written by version 0.1, which had one checksum a line and no batches."""
    header = ",".join(TABLES["events"]).encode()
    line = (
        b"02-0000003,2024-01-01T00:00:00.000000,writer 2,customer 3,product 3,rated,0.3,,,,,,,,"
        b'"line one,\\n""line two"" of 3 and a \\\\ backslash",,,,,,,1.0,722e98210aff810d'
    )
    log.folder.mkdir(parents=True)
    log.path.write_bytes(header + b"\n" + line + b"\n")
    row = log.read().iloc[0]
    assert row["comment"] == 'line one,\n"line two" of 3 and a \\ backslash'
    assert encode(row) == line + b"\n"


def test_an_event_with_a_known_id_is_stored_once(log):
    assert log.append(event("a")) is True
    assert log.append(event("a")) is False
    assert log.append_many(events("b", "a", "b")) == [True, False, False]
    assert EventLog(log.folder).append_many(events("b", "c")) == [False, True]
    assert ids(log) == ["a", "b", "c"]


def test_another_reader_sees_an_event_at_once_and_the_revision_changes(log):
    other = EventLog(log.folder)
    log.append(event("a"))
    before = other.revision
    assert ids(other) == ["a"]
    assert other.revision == before
    log.append(event("b"))
    assert other.revision != before
    assert ids(other) == ["a", "b"]


def test_only_new_lines_are_read(log, monkeypatch):
    log.append_many(events(*(f"k{i}" for i in range(1000))))
    log.read()
    taken = []
    take = EventLog._take
    monkeypatch.setattr(
        EventLog, "_take", lambda self, line: (taken.append(line), take(self, line))
    )
    log.append(event("one more"))
    assert len(log.read()) == 1001
    assert len(taken) == 1


def test_the_first_events_are_the_log_as_it_was(log):
    log.append_many(events("a", "b"))
    then = EventLog(log.folder, first=2)
    log.append(event("c"))
    assert ids(then) == ["a", "b"]
    assert ids(EventLog(log.folder, first=0)) == []


def test_one_event_is_found_by_its_id(log):
    log.append_many([event("a"), event("b", action="accepted")])
    assert log.find("b")["action"] == "accepted"
    assert log.find("nothing") is None


def test_a_line_copied_by_hand_counts_once(log):
    log.append_many(events("a", "b"))
    last = log.path.read_bytes().splitlines(keepends=True)[-1]
    with log.path.open("ab") as raw:
        raw.write(last)
    assert read_again(log) == ["a", "b"]


def test_a_log_with_other_columns_is_refused(log):
    log.folder.mkdir(parents=True)
    log.path.write_text("id,text\n1,2\n")
    with pytest.raises(StateError, match="expected the columns"):
        log.read()
    with pytest.raises(StateError, match="expected the columns"):
        log.append(event("a"))


# --- unfinished ends


@pytest.mark.parametrize("torn", [b"k", b'half,"a note', b"\xff\xfe", b"\0" * 5000])
def test_a_torn_end_is_ignored_by_a_reader_and_set_aside_by_the_next_writer(log, torn):
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
def test_a_torn_header_is_written_anew(log, header):
    log.folder.mkdir(parents=True)
    log.path.write_bytes(header)
    assert ids(log) == []
    assert log.append(event("a")) is True
    assert ids(log) == read_again(log) == ["a"]


def test_at_every_place_a_power_loss_may_cut_the_log_opens_with_all_that_was_acknowledged(log):
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


def test_a_batch_that_is_being_written_is_not_seen_in_part(log):
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


def test_of_a_batch_that_the_disk_cuts_short_nothing_stays(log, monkeypatch):
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


def test_a_first_batch_that_is_cut_short_leaves_an_empty_log(log, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: write(fd, content[:7]))
    with pytest.raises(StateError, match="only a part"):
        log.append(event("a"))
    monkeypatch.undo()
    assert ids(log) == []
    assert log.append(event("a")) is True


def test_a_full_disk_is_an_error_that_says_so(log, monkeypatch):
    log.append(event("a"))
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StateError, match="No space left"):
        log.append(event("b"))
    monkeypatch.undo()
    assert ids(log) == ["a"]


def full(descriptor, content):
    raise OSError(28, "No space left on device")


def test_a_full_disk_with_a_torn_end_does_not_stop_reading(log, monkeypatch):
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


def test_a_folder_that_cannot_be_written_does_not_stop_reading(log, monkeypatch):
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


def test_an_event_whose_sync_failed_is_not_there_and_can_be_submitted_again(log, monkeypatch):
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


def test_every_acknowledgement_comes_after_a_sync_even_of_a_repeated_event(log, monkeypatch):
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(fd), fsync(fd)))
    log.append(event("a"))
    assert len(synced) == 4, "the file, its folder and the folders that may be new"
    del synced[:]
    log.append(event("a"))
    assert len(synced) == 1


# --- damage


def test_a_damaged_line_is_named_and_does_not_hide_the_others(log, caplog):
    log.append_many(events("a", "b", "c"))
    log.path.write_bytes(log.path.read_bytes().replace(b"note of b", b"note of B"))

    fresh = EventLog(log.folder)
    with caplog.at_level(logging.WARNING):
        assert ids(fresh) == ["a", "c"]
    assert fresh.damage().to_dict("records") == [{"source": "events.csv", "row": 3, "about": "ann"}]
    assert fresh.doubtful().to_dict("records") == [{"customer_id": "ann", "product_id": "card"}]
    assert "line 3 is damaged" in caplog.text
    assert "note of" not in caplog.text
    assert fresh.append(event("b")) is True, "a lost event can be submitted again"
    assert fresh.damage().empty, "and is no longer missing"


def test_a_damaged_line_at_the_end_of_a_batch_does_not_make_it_unfinished(log):
    log.append_many(events("a", "b", "c"))
    log.path.write_bytes(log.path.read_bytes().replace(b"note of c", b"note of C"))
    fresh = EventLog(log.folder)
    assert ids(fresh) == ["a", "b"]
    assert fresh.damage()["row"].tolist() == [4]
    assert fresh.append(event("d")) is True
    assert read_again(log) == ["a", "b", "d"]


def test_any_flipped_bit_of_any_line_loses_that_line_alone(log):
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


@pytest.mark.parametrize(
    ("line", "about"),
    [(b"no comma at all", ""), (b'e,t,r,"ann\0,b', "ann\0,b"), (b"\xff,,,ann,,", "ann"), (b"", "")],
)
def test_of_a_damaged_line_as_much_is_told_as_can_be_read(log, line, about):
    log.append(event("a"))
    with log.path.open("ab") as raw:
        raw.write(line + b"\n")
    assert log.damage()["about"].tolist() == [about]


# --- several writers, moved folders


def test_threads_share_one_log(log):
    def work(name):
        for i in range(25):
            log.append_many(events(f"{name}{i}", f"shared{i}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(log)) == len(set(ids(log))) == 4 * 25 + 25


def test_a_double_click_from_two_threads_is_stored_once(log):
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


def test_a_moved_folder_starts_an_empty_log(log, tmp_path):
    log.append(event("a"))
    assert ids(log) == ["a"]
    log.folder.rename(tmp_path / "aside")
    assert ids(log) == []
    assert log.append(event("a")) is True
    assert ids(log) == ["a"]


def test_a_folder_moved_while_a_writer_waits_does_not_split_the_writers(log, tmp_path):
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
