"""The inventory names what is used now, and never passes a default off as the real model."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from engine.models.inventory import inventory
from engine.settings import Settings, load

PARTS = [
    "embeddings",
    "collaborative",
    "sentiment",
    "zero-shot",
    "keywords",
    "categories",
    "text",
    "speech",
    "receipts",
]


def _by_part(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("part")


def test_every_part_of_the_design_has_a_row(settings: Settings) -> None:
    table = inventory(settings)
    assert table["part"].tolist() == PARTS
    assert (table["real_model"] != "").all()
    assert table.loc[table["used"] == "nothing", "note"].ne("").all()
    assert not table.loc[table["used"] == "nothing", "found"].any()


def test_the_packaged_encoder_and_lightfm_are_the_real_ones(settings: Settings) -> None:
    rows = _by_part(inventory(settings))
    assert rows.loc["embeddings", "used"] == "all-MiniLM-L6-v2"
    assert rows.loc["embeddings", "sha256"].startswith("53aa5117")
    assert rows.loc[["embeddings", "collaborative"], "found"].all()
    assert rows.loc["collaborative", "version"] == "1.17.3"


def test_defaults_are_named_as_such(settings: Settings) -> None:
    rows = _by_part(inventory(settings))
    assert not rows.loc[["sentiment", "zero-shot", "keywords", "text"], "found"].any()
    assert rows.loc["sentiment", "used"] == "Attune's mood model"
    assert rows.loc["zero-shot", "used"] == "all-MiniLM-L6-v2 against descriptions"


def test_a_real_model_is_named_with_its_hash(
    tiny_distilbert: Path, with_folder: Callable[..., Settings]
) -> None:
    name = "distilbert-base-uncased-finetuned-sst-2-english"
    row = _by_part(inventory(with_folder({name: tiny_distilbert}))).loc["sentiment"]
    assert (row["used"], row["found"], row["source"]) == (name, True, "folder")
    assert len(row["sha256"]) == 64


def test_a_refused_model_is_a_row_with_its_reason(
    tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    rows = _by_part(inventory(with_folder({"all-MiniLM-L6-v2": tmp_path / "gone"})))
    assert rows.loc["embeddings", "used"] == "nothing"
    assert "no such folder" in rows.loc["embeddings", "note"]
    assert rows.loc["zero-shot", "used"] == "nothing"


def test_looking_never_fetches_from_the_hub() -> None:
    rows = _by_part(inventory(load(models={"allow_hub": True})))
    assert "at first use" in rows.loc["sentiment", "note"]
    assert "at first use" not in rows.loc["speech", "note"]


def test_a_program_is_asked_for_its_version(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tesseract"
    program.write_text("#!/bin/sh\necho tesseract 5.3.0\n")
    program.chmod(0o755)
    monkeypatch.setattr("engine.models.inventory.which", lambda _: str(program))
    row = _by_part(inventory(settings)).loc["receipts"]
    assert (row["used"], row["found"], row["version"]) == ("Tesseract", True, "5.3.0")
    program.write_text("#!/bin/sh\nexit 1\n")
    row = _by_part(inventory(settings)).loc["receipts"]
    assert (row["used"], row["found"]) == ("nothing", False)
    assert "does not run" in row["note"]
