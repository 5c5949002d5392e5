"""Who reads pictures: whichever is installed; and reading through the same interface."""

import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput
from engine.lab.receipt_evaluation import evaluate_receipts
from engine.results import Picture
from engine.scans import readers
from engine.scans.readers import NO_READER, Tesseract, best_reader, ink_bands
from engine.scans.receipts import read_receipt
from engine.settings import default, load
from tests.engine.scans.pages import StandIn, drawn

TODAY = date(2026, 11, 30)
PAGE = "Corner Shop Ltd\n14/03/2026\nBread      2.40\nTOTAL     GBP 2.40"


@pytest.fixture
def program(tmp_path: Path, monkeypatch) -> Path:
    """A folder of programs with a stand-in of Tesseract in it, and no reader beside it."""
    head = "level\tblock_num\tpar_num\tline_num\tleft\ttop\twidth\theight\tconf\ttext"
    rows = ["5\t1\t1\t1\t10\t10\t60\t20\t96\tCorner", "5\t1\t1\t1\t80\t10\t40\t20\t90\tShop"]
    rows += ["5\t1\t1\t2\t10\t40\t50\t20\t95\tTotal", "5\t1\t1\t2\t200\t40\t50\t20\t91\t2.40"]
    (tmp_path / "said.tsv").write_text("\n".join([head, *rows, "4\t1\t1\t3\t0\t0\t9\t9\t-1\t"]))
    script = tmp_path / "tesseract"
    script.write_text(f"#!/bin/sh\n/bin/cat > /dev/null\n/bin/cat {tmp_path}/said.tsv\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    monkeypatch.setattr(readers, "find_spec", lambda name: None)
    return script


def test_F65_without_a_reader_a_picture_is_taken_and_the_absence_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(readers, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    assert best_reader(default()) is None
    assert best_reader(load(None, scans={"reader": "none"})) is None
    found, picture = read_receipt(drawn(), None, default(), currency="GBP", today=TODAY)
    assert (found.merchant, found.total, found.reader, found.currency) == ("", None, "", "GBP")
    assert found.described.startswith("A portrait picture of 320 by 480 pixels")
    assert picture.jpeg.startswith(b"\xff\xd8")
    assert "pip install" in NO_READER and "\n" not in NO_READER


def test_F65_tesseract_is_used_where_it_is_installed(program: Path):
    reader = best_reader(default())
    assert isinstance(reader, Tesseract)
    assert best_reader(load(None, scans={"reader": "rapidocr"})) is None
    found, _ = read_receipt(drawn(), reader, default(), currency="GBP", today=TODAY)
    assert (found.merchant, found.total, found.reader) == ("Corner Shop", 2.4, "tesseract")
    program.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(BadInput, match="could not read"):
        reader.read(Picture(b"x", 1, 1, "JPG"))


def test_F65_any_reader_of_lines_serves():
    found, _ = read_receipt(drawn(), StandIn(PAGE), default(), currency="EUR", today=TODAY)
    assert (found.merchant, found.total, found.currency) == ("Corner Shop Ltd", 2.4, "GBP")
    assert found.to_json()["date"] == "2026-03-14T00:00:00"


def test_F65_a_picture_is_cut_between_its_lines_for_a_reader_of_single_lines():
    grey = np.full((100, 50), 250)
    grey[10:22, 5:40] = 10
    grey[60:75, 5:20] = 30
    grey[90:92, :] = 0  # a rule
    assert ink_bands(grey) == [(7, 25), (57, 78)]


def test_F65_fields_of_known_receipts_are_counted_by_field_with_an_interval(tmp_path: Path):
    (tmp_path / "img").mkdir()
    rows = ["file,company,date,total", "a.png,CORNER SHOP LTD,14/03/2026,2.40"]
    rows += ["b.png,Another Shop,14/03/2026,GBP2.40"]
    (tmp_path / "ground_truth.csv").write_text("\n".join(rows))
    for name in ("a.png", "b.png"):
        (tmp_path / "img" / name).write_bytes(drawn())
    judged = evaluate_receipts(tmp_path, StandIn(PAGE), default(), TODAY)
    table = judged.table.set_index("field")
    assert (judged.n, judged.reader) == (2, "stand-in")
    assert table["n_right"].to_dict() == {"merchant": 1, "date": 2, "total": 2}
    assert table["n_simple"].to_dict() == {"merchant": 1, "date": 2, "total": 2}
    assert table.loc["merchant", "low"] == pytest.approx(0.0945, abs=1e-4)
    assert judged.wrong[["file", "field", "read"]].to_numpy().tolist() == [
        ["b.png", "merchant", "Corner Shop Ltd"]
    ]
    with pytest.raises(BadInput, match="No reader"):
        evaluate_receipts(tmp_path, None, default(), TODAY)
    (tmp_path / "ground_truth.csv").write_text("picture,total\n")
    with pytest.raises(BadInput, match="lacks file"):
        evaluate_receipts(tmp_path, StandIn(PAGE), default(), TODAY)
