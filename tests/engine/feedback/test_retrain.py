"""Retraining that goes wrong: the serving version stays, and the next attempt heals."""

import dataclasses
import datetime as dt
import errno
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank, Manifest
from engine.errors import Busy, OtherFormat, StateError
from engine.feedback import retrain as retraining
from engine.feedback import versions
from engine.feedback.registry import Registry
from engine.ranking.blend import Blend
from engine.ranking.ranker import Model
from engine.receipts.trail import Trail
from engine.state.state import State
from engine.vocabulary import MARKETING, PERSONALISATION, SIGNALS, SOCIAL

NOW = dt.datetime(2026, 7, 15, 9, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank without history or interests: its versions cost no model."""
    frames = {
        "customers": pd.DataFrame({"customer_id": ["a", "b", "c"]}),
        "products": pd.DataFrame({"product_id": ["p", "q"], "name": ["Pig bank", "Quick loan"]}),
    }
    Bank.from_tables(Manifest("Tiny", as_of="2026-06-30"), frames).save(tmp_path / "bank")
    return tmp_path


def _open(folder: Path) -> Engine:
    return Engine.open(folder / "bank", folder / "state", now=lambda: NOW)


def _state(folder: Path) -> State:
    root = _versions(folder).parent
    return State(root.parent, root.name)


def _versions(folder: Path) -> Path:
    return next((folder / "state").glob("tiny-*")) / "versions"


def test_a_full_disk_leaves_the_serving_version_and_says_so(folder: Path, monkeypatch):
    engine = _open(folder)
    engine.models.warm_up()
    before = engine.offers.recommend("a")

    def full(model: Model, draft: Path) -> None:
        (draft / "half.npz").write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Model, "save", full)
        with pytest.raises(StateError, match=r"No space left on device.*serving version stays"):
            engine.models.retrain()
    assert engine.offers.recommend("a") == before
    assert engine.models.versions()["version_id"].tolist() == ["v0001"]
    assert not list(_versions(folder).glob(".staging*"))
    assert engine.models.retrain().version_id == "v0002"


def test_an_error_while_training_leaves_the_serving_version(folder: Path, monkeypatch):
    engine = _open(folder)
    engine.models.warm_up()

    def broken(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(retraining.training, "train", broken)
        with pytest.raises(ZeroDivisionError):
            engine.models.retrain()
    assert engine.facts.summary().model_version == "v0001"
    assert engine.models.retrain().version_id == "v0002"


def test_a_roll_back_while_a_version_is_fitted_stands(folder: Path, monkeypatch):
    engine = _open(folder)
    engine.models.warm_up()
    monkeypatch.setattr(retraining, "keep_better", lambda old, new: "challenger")
    assert engine.models.retrain().promoted

    def refused(*_: object, **__: object) -> None:
        raise StateError("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(Trail, "add", refused)
        with pytest.raises(StateError, match="full"):
            engine.models.roll_back()
    assert engine.facts.summary().model_version == "v0002", "nothing is rolled back without a note"
    sealed = Registry.commit

    def rolled_back_meanwhile(self, draft, facts, *, now):
        found = sealed(self, draft, facts, now=now)
        assert engine.models.roll_back() == "v0001"
        return found

    monkeypatch.setattr(Registry, "commit", rolled_back_meanwhile)
    report = engine.models.retrain()
    assert not report.promoted
    assert "v0002, which it was compared with, was taken out of service" in report.verdict
    assert engine.facts.summary().model_version == "v0001"
    assert engine.models.versions().set_index("version_id").loc["v0003", "status"] == "rejected"


def test_a_damaged_champion_is_replaced_by_the_next_version(folder: Path):
    engine = _open(folder)
    engine.models.warm_up()
    (_versions(folder) / "v0001" / "blend.npz").write_bytes(b"damaged")
    report = engine.models.retrain()
    assert report.promoted
    assert "in place of v0001, whose files are damaged" in report.verdict
    assert _open(folder).offers.recommend("a").model_version == "v0002"


def test_a_version_of_an_older_release_is_fitted_again_at_the_first_start(
    folder: Path, monkeypatch
):
    with monkeypatch.context() as older:
        older.setattr(versions, "FORMAT", 0)
        _open(folder).models.warm_up()
    engine = _open(folder)
    with pytest.raises(OtherFormat, match=r"v0001 was written by another release.*Retrain"):
        engine.offers.recommend("a")
    assert engine.models.age_hours() is None
    engine.models.warm_up()
    assert engine.offers.recommend("a").model_version == "v0002"
    past = engine.models.versions().set_index("version_id")
    assert past["status"].to_dict() == {"v0002": "champion", "v0001": "retired"}
    assert "in place of v0001, which another release of this program wrote" in past["note"]["v0002"]
    with pytest.raises(OtherFormat, match="v0001 was written by another release"):
        engine.models.roll_back()
    assert engine.facts.summary().model_version == "v0002"


def test_a_version_of_a_newer_release_is_refused_and_not_guessed_at(folder: Path, monkeypatch):
    with monkeypatch.context() as newer:
        newer.setattr(versions, "FORMAT", versions.FORMAT + 1)
        newer.setattr(versions, "asdict", lambda facts: {**dataclasses.asdict(facts), "more": 1})
        _open(folder).models.warm_up()
    engine = _open(folder)
    with pytest.raises(OtherFormat, match=f"format {versions.FORMAT + 1}, this one reads"):
        engine.offers.recommend("a")
    assert engine.models.retrain().promoted
    assert engine.offers.recommend("a").model_version == "v0002"


def test_what_a_version_holds_is_of_the_format_that_it_says(demo_state: Path):
    """Whoever changes what is stored finds this failing, and raises versions.FORMAT."""
    folder = next(demo_state.glob("*/versions/v0001"))
    arrays = {path.stem: sorted(np.load(path).files) for path in folder.glob("*.npz")}
    stored = json.loads((folder / "blend.json").read_text("utf-8"))
    assert versions.FORMAT == 4
    assert arrays == {
        "blend": ["customer_keys", "intercepts", "quantiles"],
        "factorization": [
            "customer_bias", "customer_factors", "kind", "product_bias", "product_factors",
        ],
        "item_to_item": ["kind", "weights"],
        "popularity": ["known", "popularity"],
        "transitions": ["intercepts", "kind", "weights"],
    }  # fmt: skip
    assert sorted(stored) == ["blend", "calibration", "product_ids"]
    assert set(stored["blend"]) == {one.name for one in dataclasses.fields(Blend)} - {"intercepts"}
    assert set(stored["blend"]["weights"]) == set(SIGNALS) - {"answers"}, "nobody answered here"


def test_two_processes_that_open_a_new_bank_share_one_first_version(folder: Path):
    one, two = _open(folder), _open(folder)
    fitting, opened = threading.Event(), threading.Event()

    def slow(done: float, step: str) -> None:
        fitting.set()
        assert opened.wait(30)

    first = threading.Thread(target=one.models.warm_up, args=(slow,))
    first.start()
    assert fitting.wait(30)
    steps: list[str] = []

    def waiting(done: float, step: str) -> None:
        steps.append(step)
        opened.set()

    two.models.warm_up(waiting)
    first.join()
    assert steps == ["Another process fits the first version"]
    assert two.models.versions()["version_id"].tolist() == ["v0001"]
    assert two.offers.recommend("a") == one.offers.recommend("a")


def test_a_second_retraining_at_the_same_time_is_refused(folder: Path):
    engine = _open(folder)
    engine.models.warm_up()
    with Registry(_state(folder)).retraining(), pytest.raises(Busy, match="try again"):
        engine.models.retrain()


class _Told:
    """A version before, a training and what was evaluated, as far as they are told of."""

    def __init__(self, known: int, before: int, n: int = 404, held_out: bool = True):
        day = dt.datetime(2026, 3, 1)
        actions = ["shown", "viewed", "accepted", "dismissed", "rated", "accepted"]
        days = [day + dt.timedelta(days=k) for k in (1, 1, 1, 2, 3, -1)]
        events = pd.DataFrame({"action": actions, "recorded_at": days})
        version = SimpleNamespace(
            version_id="v1",
            created_at=day.isoformat(),
            facts=SimpleNamespace(n_adoptions=before),
        )
        trained = SimpleNamespace(n_adoptions=known, holdout=object() if held_out else None)
        self.said = retraining._waits(
            {"events": events}, version, trained, SimpleNamespace(n=n), 200
        )


def test_a_retraining_that_changed_nothing_says_what_it_waits_for():
    assert _Told(508, 508).said == (
        "3 new answers since v1 and no new adoption: at least 1 is needed to move the weights, "
        "which are fitted on adoptions alone. Answers act at once, through each customer's own "
        "signal."
    )
    said = _Told(12, 10, held_out=False).said
    assert said.startswith(
        "3 new answers since v1. 12 adoptions with a day are known; at least 200"
    )
    assert "Until then they follow what is held." in said
    assert "Until then" not in _Told(12, 10, n=0, held_out=False).said
    assert _Told(510, 508).said == (
        "3 new answers since v1 and 2 new adoptions; with them the lists are no better."
    )


def test_a_verdict_speaks_of_places_in_a_hundred_and_not_of_measures():
    judged = SimpleNamespace(n=404, kind="in time")
    told = ("v2", "v1", {"hit@3": 0.4312}, {"hit@3": 0.4388})
    said = retraining._verdict(*told, "challenger", judged, "")
    assert said == (
        "v2 serves in place of v1: it puts what was taken next higher. What was taken next stood "
        "among the first three for 44 in 100 with v2 and for 43 in 100 with v1 (404 customers)."
    )
    kept = retraining._verdict(*told, "champion", judged, "")
    assert kept.startswith("v1 keeps serving: v2 puts what was taken next no higher on the whole.")


def test_F150_a_version_says_how_many_rows_of_objectors_it_was_not_taught_by(folder: Path):
    engine = _open(folder)
    engine.records.set_consent("b", MARKETING, "refused", source="call", actor="Rita")
    engine.records.set_consent("c", SOCIAL, "refused", source="call", actor="Rita")
    report = engine.models.retrain()
    record = json.loads((_versions(folder) / report.version_id / "version.json").read_text())
    assert record["facts"]["details"]["left_out"] == {"customers": 1, "consents": 1}
    said = "Nothing was learned from 1 customer, who opted out or object to marketing."
    assert said in report.notes
    assert {one.product_id for one in engine.offers.recommend("a").offers} == {"p", "q"}
    for one in "ac":
        engine.records.set_consent(one, PERSONALISATION, "refused", source="call", actor="Rita")
    assert engine.models.retrain().notes[-1].startswith("Nothing was learned from 3 customers")
