"""The search for settings: every trial is logged, the best is derived again from the log."""

import datetime as dt
import json
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from engine.errors import BadInput, TrainingError
from engine.ranking.signals import collaborative
from engine.services.versions.tuning import GRID, Tuner, best_of
from engine.settings import load
from engine.state.named_settings import NamedSettings
from engine.state.state import State

NOW = dt.datetime(2026, 11, 21, 9, 0)


@pytest.fixture
def tuner_of(tmp_path, settings, signals_of, no_interest):
    def build(bank, name: str = "one") -> Tuner:
        snapshots = SimpleNamespace(
            settings=settings,
            state=State(tmp_path / name, bank.bank_id),
            teaching_bank=lambda: bank,
            signals_of=signals_of,
            interest_of=no_interest,
        )
        in_force = partial(NamedSettings(snapshots.state).apply, now=NOW)
        return Tuner(snapshots, lambda: NOW, in_force)

    return build


def _tune(tuner: Tuner, **options):
    return tuner.tune(lambda done, step: None, trials=2, seed=3, actor="Rita", **options)


def test_F204_every_trial_is_logged_with_its_seed_and_the_best_follows_from_the_log(
    tuner_of, history_bank
):
    found = _tune(tuner_of(history_bank))
    log = pd.read_csv(found.log)
    assert sorted(log["trial"].unique()) == [0, 1, 2]
    assert (log["seed"] == 3).all()
    mean = (log["map@7"] * log["n"]).groupby(log["trial"]).sum() / log.groupby("trial")["n"].sum()
    sure = [trial for trial, rows in log.groupby("trial") if rows["ahead_low"].iloc[0] > 0]
    assert found.best == max(sure, key=lambda trial: mean[trial], default=0)
    assert log.groupby("trial")["ahead"].first().to_numpy() == pytest.approx(mean - mean[0])
    assert {".".join(path) for path in GRID} <= set(log.columns)


def test_F204_the_same_seed_tries_the_same_and_finds_the_same(tuner_of, history_bank):
    one, two = (_tune(tuner_of(history_bank, name)) for name in ("one", "two"))
    pd.testing.assert_frame_equal(one.table, two.table)


def test_F204_the_best_is_in_force_only_where_it_beats_what_was(tuner_of, history_bank):
    tuner = tuner_of(history_bank)
    found = _tune(tuner)
    store = NamedSettings(tuner._snapshots.state)
    assert store.in_force() == (["tuned"] if found.best else [])
    assert found.mean[found.best] >= found.mean[0]


def test_nothing_after_the_stated_day_is_looked_at(tuner_of, history_bank):
    until = history_bank.as_of - pd.Timedelta(days=100)
    found = _tune(tuner_of(history_bank), until=until)
    assert found.table["until"].max() <= until


def test_a_bank_without_history_says_what_tuning_needs(tuner_of, small_bank):
    with pytest.raises(BadInput, match="dated adoptions"):
        _tune(tuner_of(small_bank))


def test_F204_lightfm_is_tuned_by_its_own_ranking_over_its_own_settings(tuner_of, history_bank):
    tuner = tuner_of(history_bank)
    found = _tune(tuner, judged="lightfm")
    log = pd.read_csv(found.log)
    assert (log["judged"] == "lightfm").all()
    tried = [column for column in log if column.startswith("models.")]
    assert tried == [
        f"models.{name}"
        for name in ("factors", "epochs", "learning_rate", "l2", "customer_features")
    ]
    assert log[log["trial"] > 0][tried].drop_duplicates().shape[0] == 2
    store = NamedSettings(tuner._snapshots.state)
    assert store.in_force() == (["tuned-lightfm"] if found.best else [])
    if found.best:
        assert store.load("tuned-lightfm") == {
            tuple(key.split(".")): value for key, value in found.changes.items()
        }


def test_an_unknown_judge_is_named(tuner_of, history_bank):
    with pytest.raises(BadInput, match="expected blend or lightfm"):
        _tune(tuner_of(history_bank), judged="luck")


def test_what_leads_by_chance_alone_is_not_put_in_force():
    log = pd.DataFrame(
        {"trial": [0, 1, 2], "n": 50, "map@7": [0.5, 0.52, 0.51], "ahead_low": [0.0, -0.01, 0.001]}
    )
    assert best_of(log) == 2
    assert best_of(log.assign(ahead_low=[0.0, -0.01, -0.02])) == 0
    assert best_of(log.assign(ahead_low=[0.0, np.nan, np.nan])) == 0


def test_settings_that_cannot_be_fitted_are_logged_and_never_kept(
    tuner_of, history_bank, monkeypatch
):
    fitted = collaborative.fit_factorization

    def diverging(matrix, settings, **features):
        if settings.models.epochs != load().models.epochs:
            raise TrainingError("diverged")
        return fitted(matrix, settings, **features)

    monkeypatch.setattr(collaborative, "fit_factorization", diverging)
    found = _tune(tuner_of(history_bank), judged="lightfm")
    failed = found.table[found.table["map@7"].isna()]
    assert (
        set(failed["trial"])
        == set(found.table.loc[found.table["models.epochs"] != load().models.epochs, "trial"])
        != set()
    )
    assert found.best not in set(failed["trial"])
    assert json.dumps(found.to_json(), allow_nan=False, default=str)
