"""Each distinct text is computed once; a damaged cache costs time and nothing else."""

import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.models.text_cache import FILE, TextCache, readable


class Lengths:
    """A model that counts letters, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(t), -len(t)] for t in texts], float)


@pytest.fixture
def lengths() -> Lengths:
    return Lengths()


@pytest.mark.parametrize("on_disk", [True, False])
def test_rows_come_back_in_the_order_of_the_texts(
    on_disk: bool, lengths: Lengths, tmp_path: Path
) -> None:
    cache = TextCache(tmp_path / "new" if on_disk else None)
    rows = cache.vectors(["aa", "b", "aa", "cccc"], "m", 2, lengths)
    assert rows.dtype == np.float32
    assert rows[:, 0].tolist() == [2, 1, 2, 4]
    assert lengths.asked == ["aa", "b", "cccc"]
    assert cache.vectors([], "m", 2, lengths).shape == (0, 2)


def test_known_texts_are_not_computed_again(lengths: Lengths, tmp_path: Path) -> None:
    TextCache(tmp_path).vectors(["a", "bb"], "m", 2, lengths)
    rows = TextCache(tmp_path).vectors(["bb", "ccc"], "m", 2, lengths)
    assert rows[:, 0].tolist() == [2, 3]
    assert lengths.asked == ["a", "bb", "ccc"]


def test_each_model_has_its_own_results(lengths: Lengths, tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    cache.vectors(["a"], "first", 2, lengths)
    cache.vectors(["a"], "second", 2, lengths)
    assert lengths.asked == ["a", "a"]


def test_records_hold_what_json_holds(tmp_path: Path) -> None:
    def words(texts: list[str]) -> list[dict[str, list[str]]]:
        return [{"words": text.split()} for text in texts]

    texts = ["über den Wolken", "", "naïve 💻"]
    first = TextCache(tmp_path).records(texts, "m", words)
    again = TextCache(tmp_path).records(texts, "m", lambda _: pytest.fail("computed again"))
    assert first == again == words(texts)


def test_texts_themselves_are_not_stored(lengths: Lengths, tmp_path: Path) -> None:
    TextCache(tmp_path).vectors(["Ann Ash owes 300"], "m", 2, lengths)
    assert b"Ann Ash" not in (tmp_path / FILE).read_bytes()


@pytest.mark.parametrize("damage", ["garbage", "empty", "torn"])
def test_a_damaged_file_is_made_anew(
    damage: str, lengths: Lengths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = [f"text {i}" for i in range(500)]
    before = TextCache(tmp_path).vectors(texts, "m", 2, lengths)
    path = tmp_path / FILE
    content = path.read_bytes()
    broken = {"garbage": b"\xff" * len(content), "empty": b"", "torn": content[: len(content) // 2]}
    path.write_bytes(broken[damage])
    with caplog.at_level(logging.WARNING):
        after = TextCache(tmp_path).vectors(texts, "m", 2, lengths)
    np.testing.assert_array_equal(before, after)
    assert "computing anew" in caplog.text
    asked = len(lengths.asked)
    np.testing.assert_array_equal(TextCache(tmp_path).vectors(texts, "m", 2, lengths), before)
    assert len(lengths.asked) == asked


def test_a_row_that_was_changed_on_disk_is_computed_anew(lengths: Lengths, tmp_path: Path) -> None:
    TextCache(tmp_path).vectors(["a", "bb"], "m", 2, lengths)
    with closing(sqlite3.connect(tmp_path / FILE)) as db, db:
        db.execute("UPDATE results SET value = zeroblob(8)")
    assert TextCache(tmp_path).vectors(["a", "bb"], "m", 2, lengths)[:, 0].tolist() == [1, 2]


def test_rows_of_another_width_are_computed_anew(lengths: Lengths, tmp_path: Path) -> None:
    TextCache(tmp_path).vectors(["a"], "m", 1, lambda texts: np.zeros((len(texts), 1)))
    assert TextCache(tmp_path).vectors(["a"], "m", 2, lengths).tolist() == [[1, -1]]


def test_a_folder_that_cannot_be_made_stops_nothing(
    lengths: Lengths, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    rows = TextCache(tmp_path / "file" / "cache").vectors(["a"], "m", 2, lengths)
    assert rows[:, 0].tolist() == [1]
    assert "could not be used" in caplog.text


def test_many_writers_share_one_file(tmp_path: Path, lengths: Lengths) -> None:
    def work(start: int) -> float:
        texts = [f"text {i}" for i in range(start, start + 50)]
        return float(TextCache(tmp_path).vectors(texts, "m", 2, lengths)[:, 0].sum())

    with ThreadPoolExecutor(8) as pool:
        sums = list(pool.map(work, [0, 10, 20, 30, 0, 10, 20, 30]))
    assert sums[:4] == sums[4:]
    asked = len(lengths.asked)
    TextCache(tmp_path).vectors([f"text {i}" for i in range(80)], "m", 2, lengths)
    assert len(lengths.asked) == asked


def test_a_model_that_fails_stores_nothing(lengths: Lengths, tmp_path: Path) -> None:
    def fail(texts: list[str]) -> np.ndarray:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        TextCache(tmp_path).vectors(["a"], "m", 2, fail)
    assert TextCache(tmp_path).vectors(["a"], "m", 2, lengths).tolist() == [[1, -1]]


def test_lone_surrogates_and_null_bytes_have_a_key(lengths: Lengths, tmp_path: Path) -> None:
    texts = ["\ud800", "a\x00b"]
    assert TextCache(tmp_path).vectors(texts, "m", 2, lengths)[:, 0].tolist() == [1, 3]


def test_readable_texts_are_stripped_and_cut() -> None:
    present, kept = readable([" abc ", None, float("nan"), "  ", "x" * 9, "\ud800"], max_chars=5)
    assert present.tolist() == [True, False, False, False, True, True]
    assert kept == ["abc", "xxxxx", "?"]
    present, kept = readable([], max_chars=5)
    assert present.shape == (0,)
    assert kept == []
