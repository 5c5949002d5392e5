"""How far a version can be trusted, through the one door."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.audit.stability import ANOTHER_SEED, EVERYBODY, INPUT_NOISE
from engine.bank.bank import Bank, Manifest
from engine.errors import StateError

NOW = dt.datetime(2026, 7, 15, 9, 0)


def quiet(done: float, step: str) -> None:
    del done, step


@pytest.fixture
def bare(tmp_path: Path) -> Engine:
    """Three customers without history."""
    frames = {
        "customers": {"customer_id": ["a", "b", "c"]},
        "products": {"product_id": ["p", "q"], "name": ["Pig bank", "Quick loan"]},
    }
    tables = {name: pd.DataFrame(frame) for name, frame in frames.items()}
    Bank.from_tables(Manifest("Tiny", as_of="2026-06-30"), tables).save(tmp_path / "bank")
    return Engine.open(tmp_path / "bank", tmp_path / "state", now=lambda: NOW)


def test_without_a_version_there_is_nothing_to_trust(bare: Engine):
    for ask in (bare.evaluations.confidence, lambda: bare.evaluations.stability(quiet)):
        with pytest.raises(StateError, match="No version serves yet"):
            ask()


def test_without_history_confidence_says_why_and_lists_stay(bare: Engine):
    bare.models.warm_up()
    assert "no dated adoptions" in bare.evaluations.confidence().reason
    found = bare.evaluations.stability(quiet)
    everybody = found.table.loc[found.table["segment"] == EVERYBODY]
    assert everybody["n"].tolist() == [3, 3] and (everybody["jaccard"] == 1).all()
    assert "no score changes at all" in found.sentence


def test_F123_lists_of_the_demo_bank_under_another_seed_and_small_noise(
    small_demo: Path, small_state: Path
):
    engine = Engine.open(small_demo, small_state, now=lambda: NOW)
    before = engine.offers.score(lists=["growth"], k=3)
    found = engine.evaluations.stability(quiet)
    assert found.simulated and found.model_version == "v0001"
    assert set(found.table["change"]) == {ANOTHER_SEED, INPUT_NOISE}
    everybody = found.table.loc[found.table["segment"] == EVERYBODY].set_index("change")
    assert (everybody["n"] == before["customer_id"].nunique()).all()
    assert everybody.loc[INPUT_NOISE, "moved"] > 0.9
    by_segment = found.table.loc[found.table["segment"] != EVERYBODY]
    assert by_segment.groupby("change")["n"].sum().tolist() == everybody["n"].tolist()
    assert np.isfinite(found.table.select_dtypes("number").to_numpy()).all()
    # Measuring leaves no trace: neither a version nor another list.
    assert engine.models.versions()["version_id"].tolist() == ["v0001"]
    assert engine.offers.score(lists=["growth"], k=3).equals(before)


def test_F123_the_same_seed_gives_the_same_bytes_twice(small_demo: Path, small_copy: Path):
    engine = Engine.open(small_demo, small_copy, now=lambda: NOW)
    registry = engine.snapshots.registry
    first = registry.version("v0001").files
    again = engine.models.retrain()
    assert registry.version(again.version_id).files == first
    assert {"blend.json", "blend.npz", "confidence.json"} <= set(first)
