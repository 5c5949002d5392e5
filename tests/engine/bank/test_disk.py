"""Locks between processes, and small files that are replaced whole."""

import os

import pytest

from engine.bank import disk
from engine.errors import StateError


def test_a_lock_that_stays_taken_gives_up_with_a_reason(tmp_path):
    with (
        disk.held(tmp_path / "x.lock"),
        pytest.raises(StateError, match="try again later"),
        disk.held(tmp_path / "x.lock", wait=0),
    ):
        pass


def test_a_whole_file_is_replaced_or_left_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "pointer.json"
    disk.write_whole(path, b"old")

    def fail(fd):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        disk.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["pointer.json"]


def test_a_folder_that_can_never_be_made_is_refused_and_not_waited_for(tmp_path):
    (tmp_path / "state").symlink_to(tmp_path / "disk that is gone" / "state")
    with (
        pytest.raises(StateError, match="Cannot make the folder"),
        disk.held(tmp_path / "state" / "x.lock"),
    ):
        pass
