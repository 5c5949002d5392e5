"""One event is one line that carries its own checksum."""

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.state.event_lines import HEADER, decode, encode
from engine.state.event_log import EventLog
from engine.vocabulary import TABLES

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))


@given(st.lists(st.tuples(TEXTS, TEXTS, NUMBERS, TIMES), min_size=1, max_size=8))
def test_any_event_comes_back_as_it_was_written(event, rows):
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


def test_missing_cells_are_missing_again(event):
    row = event("e", comment=None, score=float("nan"), product_id=pd.NA, recorded_at=pd.NaT)
    read = decode([encode(row)[:-1]])
    assert read.loc[0, ["comment", "score", "product_id", "recorded_at"]].isna().all()


def test_a_time_with_a_zone_is_stored_in_utc(event):
    noon = datetime(2024, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    line = encode(event("e", recorded_at=noon))
    assert decode([line[:-1]]).loc[0, "recorded_at"] == pd.Timestamp("2024-07-01 10:00")
    assert encode(event("e", recorded_at=noon.astimezone(UTC))) == line


def test_a_text_that_looks_like_a_formula_or_a_number_stays_that_text(event):
    for text in ("=1+1", "@cmd", "007", "1e5", "NA", "null", "  padded ", '"', "#x", "\\n"):
        assert decode([encode(event("e", comment=text))[:-1]]).loc[0, "comment"] == text


@settings(max_examples=30)
@given(TEXTS, st.booleans(), st.data())
def test_a_changed_byte_is_noticed(tmp_path_factory, event, comment, more, data):
    log = EventLog(tmp_path_factory.mktemp("log"))
    log.append(event("first"))
    line = bytearray(encode(event("e", comment=comment), more=more)[:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255).filter(lambda bits: line[place] ^ bits != 10))
    with log.path.open("ab") as raw:
        raw.write(bytes(line) + b"\n")
    log.append(event("last"))
    assert log.read()["event_id"].tolist() == ["first", "last"]
    assert log.damage()["row"].tolist() == [3]


def test_a_line_of_an_earlier_version_reads_unchanged_and_its_file_is_never_written_again(
    log, event
):
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
    before = log.path.read_bytes()
    log.append(event("last"))
    assert (log.folder / "events-0001.csv").read_bytes() == before
    assert log.path.read_bytes().startswith(HEADER + b"\nlast,")
    for reader in (log, EventLog(log.folder)):
        assert reader.read()["event_id"].tolist() == ["02-0000003", "last"]
        assert reader.damage().empty
