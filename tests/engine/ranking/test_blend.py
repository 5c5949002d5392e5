import numpy as np
import pytest

from engine.ranking import blend


@pytest.fixture
def raw() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "needs": rng.normal(0, 0.1, (500, 8)),
        "suitability": rng.normal(-1, 0.3, (500, 8)),
        "popularity": rng.normal(0, 1, (500, 8)),
        "feedback": np.zeros((500, 8)),
    }


@pytest.fixture
def candidates() -> np.ndarray:
    return np.random.default_rng(1).random((500, 8)) < 0.8


WEIGHTS = {"needs": 1.0, "suitability": 0.8, "popularity": 0.5, "feedback": 2.0}


def _adopted(raw, candidates, truth) -> np.ndarray:
    rng = np.random.default_rng(2)
    utility = sum(truth[s] * (raw[s] - raw[s].mean()) / raw[s].std() for s in truth)
    utility = np.where(candidates, utility + rng.gumbel(size=utility.shape), -np.inf)
    chosen = np.zeros(candidates.shape, dtype=bool)
    chosen[np.arange(len(chosen)), utility.argmax(axis=1)] = True
    return chosen & candidates


def test_F99_parts_sum_to_the_score_and_name_each_signal(raw, candidates):
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    parts = fixed.parts(raw)
    assert list(parts) == ["needs", "suitability", "popularity", "feedback", "product"]
    by_hand = WEIGHTS["needs"] * raw["needs"] / fixed.scales["needs"]
    assert parts["needs"] == pytest.approx(by_hand)
    assert not fixed.fitted


def test_no_interest_and_no_feedback_mean_zero(raw, candidates):
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    nothing = {name: np.zeros((1, 8)) for name in raw}
    assert (fixed.parts(nothing)["needs"] == 0).all()
    assert (fixed.parts(nothing)["feedback"] == 0).all()


def test_a_signal_that_is_off_has_no_part(raw, candidates):
    del raw["popularity"]
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    assert "popularity" not in fixed.parts(raw)


def test_the_fit_finds_the_weights_that_made_the_choices(raw, candidates):
    truth = {"needs": 2.0, "suitability": 0.0, "popularity": 1.0}
    adopted = _adopted(raw, candidates, truth)
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = blend.fit(start, raw, candidates, adopted, l2_weights=0.1, l2_intercepts=100.0)
    assert found.weights["needs"] == pytest.approx(2.0, abs=0.3)
    assert found.weights["popularity"] == pytest.approx(1.0, abs=0.25)
    assert found.weights["suitability"] == pytest.approx(0.0, abs=0.15)
    assert found.weights["feedback"] == WEIGHTS["feedback"]
    assert found.fitted


def test_a_fitted_weight_is_never_negative(raw, candidates):
    adopted = _adopted(raw, candidates, {"needs": -2.0, "popularity": 1.0})
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = blend.fit(start, raw, candidates, adopted, l2_weights=0.1, l2_intercepts=100.0)
    assert found.weights["needs"] == 0


def test_F123_the_same_history_gives_the_same_bytes(raw, candidates):
    adopted = _adopted(raw, candidates, {"needs": 1.0})
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    one, two = (
        blend.fit(start, raw, candidates, adopted, l2_weights=1, l2_intercepts=10) for _ in range(2)
    )
    assert one.weights == two.weights
    assert one.intercepts.tobytes() == two.intercepts.tobytes()
