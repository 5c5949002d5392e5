"""The command `score` with a folder in place of a file."""

import json
from pathlib import Path

import pandas as pd
import pytest

from engine.parted import cluster
from tests.engine.cli.test_cli import run


@pytest.fixture
def where(small_demo: Path, small_copy: Path) -> tuple[str, ...]:
    return ("--data", str(small_demo), "--state", str(small_copy))


def test_F182_score_writes_a_folder_of_parts_and_notes_it(where, tmp_path: Path):
    folder = tmp_path / "lists"
    asked = ("score", "--out", folder, "--part-size", 100, "--list", "growth", *where)
    done = run(*asked, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    rows = sum(len(pd.read_parquet(path)) for path in folder.glob("*.parquet"))
    assert told == {"out": str(folder), "rows": rows, "parts": 3, "made": 3, "kept": 0}
    again = run(*asked)
    said = f"{rows:,} rows in 3 parts in {folder}, of which 3 were whole already\n"
    assert again.stdout == said and again.stderr == ""
    noted = run("trail", *where, "--json").stdout
    assert noted.count("score parts, begun") == 2 and noted.count(f"rows {rows}") == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--out", "lists.csv", "--cluster", "local:2"), 2, "lists.csv has an ending"),
        (("--out", "lists", "--cluster", "local:2"), 1, cluster.HOW_TO_ADD.split(",")[0]),
        (("--out", "lists", "--workers", "host:1"), 1, "expected tcp://HOST:PORT"),
    ],
)
def test_F182_what_cannot_be_is_said_and_nothing_is_written(
    where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words, code, says
):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    asked = [str(tmp_path / word) if word.startswith("lists") else word for word in words]
    done = run("score", *asked, *where)
    assert done.returncode == code
    assert says in " ".join(done.stderr.replace("│", " ").split())
    assert not list(tmp_path.glob("lists*"))
