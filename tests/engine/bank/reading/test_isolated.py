"""An upload is read by a process of its own: the same tables come back, or one sentence."""

import json
import os

import pandas as pd
import pytest

from engine import settings
from engine.bank.importing import uploads
from engine.bank.reading import isolated
from engine.bank.reading.files import read_files
from engine.errors import BadInput

FILES = {
    "shops.csv": b"shop,town\ns1,Ulm\ns2,\nx\n",
    "r\xe9sum\xe9 1.json": b'[{"id": 1, "tags": ["a"], "n": null}]',
}


def limited(monkeypatch, **limits: int) -> None:
    default = settings.default()
    changed = default.model_copy(update={"bank": default.bank.model_copy(update=limits)})
    monkeypatch.setattr(settings, "default", lambda: changed)


def test_the_same_tables_come_back_as_are_read_here():
    here, there = read_files("Upload", FILES), isolated.read_isolated("Upload", FILES)
    assert there.hashes == here.hashes
    assert there.notes == here.notes
    assert list(there.tables) == list(here.tables)
    for name, raw in here.tables.items():
        other = there.tables[name]
        pd.testing.assert_frame_equal(other.frame, raw.frame)
        assert other.lines.tolist() == raw.lines.tolist()
        for field in ("name", "file", "json_columns", "bad_lines", "n_bad_lines", "delimiter"):
            assert getattr(other, field) == getattr(raw, field)


def test_a_file_that_cannot_be_read_is_the_same_sentence():
    with pytest.raises(BadInput, match=r"^t\.xlsx is called \.xlsx \(Excel\), but"):
        isolated.read_isolated("Upload", {"t.xlsx": b"a,b\n1,2\n"})


def test_a_file_that_takes_too_long_is_named(monkeypatch):
    limited(monkeypatch, read_seconds=1)
    long = json.dumps([{"id": n, "name": f"n{n}"} for n in range(400_000)]).encode()
    with pytest.raises(BadInput, match=r"^long\.json (took longer|could not be read)"):
        isolated.read_isolated("Upload", {"long.json": long})


def test_a_file_that_takes_too_much_memory_is_named(monkeypatch):
    limited(monkeypatch, read_megabytes=600)
    wide = b"id,name\n" + b"1,x\n" * 100_000
    big = json.dumps([{"a": list(range(500_000))} for _ in range(10)]).encode()
    with pytest.raises(BadInput, match=r"^big\.json could not be read with the 600 MB of memory"):
        isolated.read_isolated("Upload", {"wide.csv": wide, "big.json": big})


def test_an_upload_is_bounded_as_a_whole_and_names_are_told_apart(monkeypatch):
    limited(monkeypatch, max_upload_megabytes=1)
    with pytest.raises(BadInput, match=r"The upload has 2 MB, more than the 1 MB of the setting"):
        uploads.check([("a.csv", 2**20), ("b.csv", 2**20)])
    with pytest.raises(BadInput, match=r"Two files are called a\.csv\. Rename one"):
        uploads.check([("a.csv", 10), ("b.csv", 10), ("a.csv", 20)])
    uploads.check([("a.csv", 10), ("b.csv", 10)])


def test_what_was_read_is_not_read_again(monkeypatch):
    source = uploads.read({"shops.csv": FILES["shops.csv"]})
    monkeypatch.setattr(uploads.files, "read_files", None)
    assert uploads.as_read(source) is source


def test_no_more_uploads_are_read_at_once_than_allowed(monkeypatch):
    limited(monkeypatch, max_readers=1, read_seconds=0)
    with (
        isolated._turn(1, 0),
        pytest.raises(BadInput, match=r"^1 uploads are being read already.*bank\.max_readers"),
    ):
        isolated.read_isolated("Upload", FILES)


def test_uploads_of_a_killed_server_are_removed_unless_somebody_holds_them(monkeypatch, tmp_path):
    monkeypatch.setattr(isolated.tempfile, "tempdir", str(tmp_path))
    left, just_made = tmp_path / "attune-upload-a", tmp_path / "attune-upload-b"
    for folder in (left, just_made, tmp_path / "others"):
        folder.mkdir()
    (left / "held").touch()
    (tmp_path / "others" / "held").touch()
    with isolated._own_folder() as (held, _):
        for folder in (left, held, tmp_path / "others"):
            os.utime(folder, (0, 0))
        isolated.remove_left_behind.__wrapped__()
        assert sorted(tmp_path.iterdir()) == sorted([just_made, held, tmp_path / "others"])
    assert not held.exists()
