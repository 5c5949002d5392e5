import numpy as np
import pytest

from engine.ranking import blend
from engine.settings import default


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


NOBODY = np.zeros(500, dtype=bool)
FREE = ("needs", "suitability", "popularity")
HALF = np.arange(500) % 2 == 0
WEIGHTS = {"needs": 1.0, "suitability": 0.8, "popularity": 0.5, "feedback": 2.0}


def _adopted(raw, candidates, truth) -> np.ndarray:
    rng = np.random.default_rng(2)
    utility = sum(truth[s] * (raw[s] - raw[s].mean()) / raw[s].std() for s in truth)
    utility = np.where(candidates, utility + rng.gumbel(size=utility.shape), -np.inf)
    chosen = np.zeros(candidates.shape, dtype=bool)
    chosen[np.arange(len(chosen)), utility.argmax(axis=1)] = True
    return chosen & candidates


def _fit(start, raw, newcomers, candidates, adopted, *, l2_newcomers=0.1) -> blend.Blend:
    ridge = {"l2_weights": 0.1, "l2_newcomers": l2_newcomers, "l2_intercepts": 100.0}
    ranking = default().ranking.model_copy(update=ridge)
    return blend.fit(start, raw, newcomers, candidates, adopted, ranking)


def test_F99_parts_sum_to_the_score_and_name_each_signal(raw, candidates):
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    parts = fixed.parts(raw, NOBODY)
    assert list(parts) == ["needs", "suitability", "popularity", "feedback", "product"]
    by_hand = WEIGHTS["needs"] * raw["needs"] / fixed.scales["needs"]
    assert parts["needs"] == pytest.approx(by_hand)
    assert not fixed.fitted


def test_no_interest_and_no_feedback_mean_zero(raw, candidates):
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    nothing = {name: np.zeros((1, 8)) for name in raw}
    assert (fixed.parts(nothing, NOBODY[:1])["needs"] == 0).all()
    assert (fixed.parts(nothing, NOBODY[:1])["feedback"] == 0).all()


def test_a_signal_that_is_off_has_no_part(raw, candidates):
    del raw["popularity"]
    fixed = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    assert "popularity" not in fixed.parts(raw, NOBODY)


def test_the_fit_finds_the_weights_that_made_the_choices(raw, candidates):
    truth = {"needs": 2.0, "suitability": 0.0, "popularity": 1.0}
    adopted = _adopted(raw, candidates, truth)
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = _fit(start, raw, NOBODY, candidates, adopted)
    assert found.weights["needs"] == pytest.approx(2.0, abs=0.3)
    assert found.weights["popularity"] == pytest.approx(1.0, abs=0.25)
    assert found.weights["suitability"] == pytest.approx(0.0, abs=0.15)
    assert found.weights["feedback"] == WEIGHTS["feedback"]
    assert found.fitted


def test_a_fitted_weight_is_never_negative(raw, candidates):
    adopted = _adopted(raw, candidates, {"needs": -2.0, "popularity": 1.0})
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = _fit(start, raw, NOBODY, candidates, adopted)
    assert found.weights["needs"] == 0


def test_F123_the_same_history_gives_the_same_bytes(raw, candidates):
    adopted = _adopted(raw, candidates, {"needs": 1.0})
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    one, two = (_fit(start, raw, HALF, candidates, adopted) for _ in range(2))
    assert one.weights == two.weights and one.newcomers == two.newcomers
    assert one.intercepts.tobytes() == two.intercepts.tobytes()


def test_newcomers_have_weights_of_their_own(raw, candidates):
    others = _adopted(raw, candidates, {"needs": 0.0, "popularity": 2.0})
    theirs = _adopted(raw, candidates, {"needs": 2.0, "popularity": 0.0})
    adopted = np.where(HALF[:, None], theirs, others)
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = _fit(start, raw, HALF, candidates, adopted)
    assert found.weights["popularity"] == pytest.approx(2.0, abs=0.4)
    assert found.newcomers["needs"] == pytest.approx(2.0, abs=0.4)
    assert max(found.weights["needs"], found.newcomers["popularity"]) < 0.3
    parts, z = found.parts(raw, HALF), found.standardise(raw)
    for signal in ("needs", "popularity"):
        weight = np.where(HALF, found.newcomers[signal], found.weights[signal])
        assert parts[signal] == pytest.approx(weight[:, None] * z[signal])
    assert parts["feedback"] == pytest.approx(WEIGHTS["feedback"] * z["feedback"])


def test_few_newcomers_keep_to_the_weights_of_the_others(raw, candidates):
    others = _adopted(raw, candidates, {"needs": 0.0, "popularity": 2.0})
    theirs = _adopted(raw, candidates, {"needs": 2.0, "popularity": 0.0})
    few = np.arange(500) < 3
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    adopted = np.where(few[:, None], theirs, others)
    found = _fit(start, raw, few, candidates, adopted, l2_newcomers=100.0)
    for signal, weight in found.newcomers.items():
        assert weight == pytest.approx(found.weights[signal], abs=0.1)
    assert _fit(start, raw, NOBODY, candidates, others).newcomers == {}


def test_the_slope_of_the_likelihood_is_what_small_steps_say(raw, candidates):
    """The optimum beats every small step away from it: the slope that led there was right."""
    adopted = _adopted(raw, candidates, {"needs": 1.0, "popularity": 1.0})
    start = blend.fixed(raw, candidates, WEIGHTS, "fixed")
    found = _fit(start, raw, HALF, candidates, adopted, l2_newcomers=2.0)

    def loss(usual, theirs) -> float:
        weight = np.where(HALF[:, None], *([w[s] for s in FREE] for w in (theirs, usual)))
        z = found.standardise(raw)
        utility = sum(weight[:, [i]] * z[s] for i, s in enumerate(FREE)) + found.intercepts
        utility = np.where(candidates, utility, -np.inf)
        chosen = (
            utility[adopted].sum() - np.log(np.exp(utility).sum(axis=1)[adopted.any(axis=1)]).sum()
        )
        apart = sum((theirs[s] - usual[s]) ** 2 for s in FREE)
        return -chosen + 0.1 * sum(usual[s] ** 2 for s in FREE) + 2.0 * apart

    best = loss(found.weights, found.newcomers)
    for signal in FREE:
        for step in (-0.05, 0.05):
            for moved in (0, 1):
                pair = [dict(found.weights), dict(found.newcomers)]
                pair[moved][signal] = max(0.0, pair[moved][signal] + step)
                assert loss(*pair) >= best - 1e-6
