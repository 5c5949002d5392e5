"""Cells of printed tables, and files that are noted."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from engine.batch import write_scores
from engine.cli import console
from engine.cli.console import cell
from tests.engine.cli.test_cli import run


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.123456, "0.1235"),
        (3.143e-05, "0.000031"),
        (-1e-06, "-0.000001"),
        (15903.4, "15,903"),
        (12_345_678.9, "12,345,679"),
        (0.0, "0"),
        (7, "7"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_a_figure_is_read_without_powers_of_ten(value: object, expected: str):
    assert cell(value) == expected


def test_F147_no_file_of_a_command_is_without_its_note_where_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    noted = []
    trail = SimpleNamespace(exported=lambda what, **_: noted.append((what, out.exists())))
    out = tmp_path / "segments.csv"
    console.written(SimpleNamespace(trail=trail), out, b"x", "segments")
    assert noted == [("segments", False)] and out.read_bytes() == b"x"

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out.unlink()
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        console.written(SimpleNamespace(trail=trail), out, b"x", "segments")
    assert len(noted) == 2 and not out.exists()
    offers = SimpleNamespace(score=lambda **_: pd.DataFrame({"customer_id": ["ann"]}))
    with pytest.raises(OSError, match="No space"):
        write_scores(
            SimpleNamespace(offers=offers), out, ("growth",), 1, progress=None, noted=refused
        )
    assert not [*tmp_path.iterdir()]


def test_F147_commands_write_files_for_people_by_the_one_way_that_notes_them():
    folder = Path(console.__file__).parent
    writes = {
        file.name
        for file in folder.glob("*.py")
        for way in ("write_bytes(", "write_text(", ".to_csv(", ".to_excel(", ".to_parquet(")
        if way in file.read_text("utf-8")
    }
    assert writes == {"console.py"}


@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--customer", "\udcff"),
        ("score", "--customer", "C1", "--customer", "\udce9", "--out", "x.csv"),
        ("import", "x.csv", "--into", "made\udcff"),
        ("evaluate", "--data", "\udcff"),
    ],
)
def test_bytes_that_are_no_text_are_named_and_make_nothing(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("customer_id,name\nC1,Ann\n")
    done = run(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "whose bytes are no text in UTF-8" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv"]
