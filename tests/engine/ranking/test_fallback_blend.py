"""A simple rival that serves in the blend's place is a sum of parts like any blend."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from engine.audit import grading
from engine.audit.shown_lists import ShownLists
from engine.ranking import temporal_split, training
from engine.ranking.fallback_blend import SERVABLE, fallback, servable
from engine.ranking.ranker import Model, Ranker


def _quiet(done: float, step: str) -> None:
    del done, step


@pytest.fixture(scope="module")
def trained(history_bank, signals_of, no_interest, settings):
    return training.train(history_bank, signals_of, no_interest, settings, _quiet)


@pytest.mark.parametrize("name", SERVABLE)
def test_F122_the_order_is_the_rivals_and_the_parts_sum_to_the_score(
    trained, history_bank, signals_of, name
):
    signals = signals_of(history_bank, trained.model.learned)
    blend = fallback(name, trained.fixed, signals, "why")
    rows = np.arange(20)
    raw = signals.raw(rows)
    score = blend.scores(raw, signals.newcomers(rows))
    if name == "popular_owned":
        expected = np.tile(history_bank.held.sum(axis=0), (20, 1))
    elif name == "popular_adopted":
        adoptions = temporal_split.dated_adoptions(history_bank)
        recent = adoptions[adoptions["day"] >= temporal_split.lately(history_bank, adoptions, 0.5)]
        counts = [(recent["product"] == product).sum() for product in range(6)]
        expected = np.tile(counts, (20, 1))
    else:
        signal = {"lightfm": "collaborative", "next_steps": "transitions"}.get(name, name)
        expected = raw[signal]
    for mine, theirs in zip(score, expected, strict=True):
        apart = np.abs(np.subtract.outer(theirs, theirs)) > 1e-6
        order, wanted = (np.sign(np.subtract.outer(each, each)) for each in (mine, theirs))
        assert (order == wanted)[apart].all()
    ranker = Ranker(signals, Model(blend, trained.model.calibration, signals.learned,
                                   tuple(history_bank.product_ids)))  # fmt: skip
    scores = ranker.scores(rows)
    parts = scores.parts_of("growth", 3, 2)
    assert sum(parts.values()) == pytest.approx(scores.total("growth")[3, 2], abs=1e-9)


def test_what_was_never_fitted_still_acts(trained, history_bank, signals_of):
    signals = signals_of(history_bank, trained.model.learned)
    blend = fallback("popular_owned", trained.fixed, signals, "why")
    kept = {name: trained.fixed.weights[name] for name in ("mood", "rules", "feedback")}
    assert dict(blend.weights) == kept
    assert blend.fallback == "popular_owned"


def test_the_list_of_a_fallback_is_in_the_rivals_own_order(trained):
    """No aim turns it round, also where the blend's own aim has its full weight."""
    fold = trained.holdout
    fixed = dataclasses.replace(trained.fixed, aims={"growth": 0.5})
    lists = ShownLists(fold.signals)
    for name in ("popular_owned", "next_steps"):
        blend = fallback(name, fixed, fold.signals, "why")
        shown = lists.scores(blend, fold.raw, fold.newcomers)
        np.testing.assert_allclose(shown, blend.scores(fold.raw, fold.newcomers), atol=1e-12)


def test_a_signal_that_began_after_the_fit_cannot_stand_in(trained):
    """Its scale is not known."""
    centres = {s: c for s, c in trained.fixed.centres.items() if s != "transitions"}
    early = dataclasses.replace(trained.fixed, centres=centres)
    assert set(servable(trained.fixed)) - set(servable(early)) == {"next_steps"}


def test_a_fallback_survives_saving(trained, history_bank, signals_of, tmp_path):
    signals = signals_of(history_bank, trained.model.learned)
    blend = fallback("popular_owned", trained.fixed, signals, "why")
    model = Model(blend, trained.model.calibration, signals.learned, trained.model.product_ids)
    model.save(tmp_path)
    assert Model.load(tmp_path).blend.fallback == "popular_owned"


def test_a_choice_decides_what_serves_and_is_calibrated(
    history_bank, signals_of, no_interest, settings
):
    class Owned:
        def __init__(self, fixed):
            self.fixed = fixed

        def blend(self, signals):
            return fallback("popular_owned", self.fixed, signals, "why")

    found = training.train(
        history_bank,
        signals_of,
        no_interest,
        settings,
        _quiet,
        judge=SimpleNamespace(
            prepared=lambda fixed, trials: fixed,
            verdict=lambda fixed, fitted, later: Owned(fixed),
            offsets_help=lambda trials, seed: False,
        ),
    )
    assert found.model.blend.fallback == "popular_owned"
    assert found.model.calibration.temperature > 0


def test_the_judge_keeps_a_blend_that_learned_something(
    trained, history_bank, signals_of, no_interest, settings, monkeypatch
):
    everything = np.ones(trained.holdout.adopted.shape, dtype=bool)
    monkeypatch.setattr(ShownLists, "allowed", lambda self, rows: everything)
    signals = trained.holdout.signals
    table = signals.profiles.table.assign(segment="Everybody")
    profiles = SimpleNamespace(table=table, data=signals.profiles.data)
    fold = dataclasses.replace(
        trained.holdout, signals=dataclasses.replace(signals, profiles=profiles)
    )
    verdict = grading.Judge().verdict(trained.fixed, trained.model.blend, fold)
    assert verdict.evaluation.n == len(trained.holdout.rows)
    assert verdict.evaluation.letter in ("A", "B", "C")
    if verdict.evaluation.letter == "C":
        assert verdict.fallback or "the blend stays" in verdict.note
    else:
        assert verdict.blend(trained.holdout.signals) is trained.model.blend
    for text in (verdict.evaluation.sentence, verdict.evaluation.meaning):
        assert "nan" not in text.lower()
