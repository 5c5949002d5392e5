import numpy as np
import pytest

from engine.ranking import calibration as chances
from engine.ranking.calibration import Calibration


def _choices(n: int, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores that are `scale` times too sure of themselves, candidates, and what was taken."""
    rng = np.random.default_rng(5)
    utility = rng.normal(0, 1.5, (n, 6))
    candidates = rng.random((n, 6)) < 0.8
    candidates[:, 0] = True
    chance = chances.softmax(utility, candidates)
    taken = (rng.random((n, 1)) < np.cumsum(chance, axis=1)).argmax(axis=1)
    adopted = np.zeros((n, 6), dtype=bool)
    adopted[np.arange(n), taken] = True
    return utility * scale, candidates, adopted


def test_confidence_sums_to_one_over_what_is_not_held():
    score, candidates, _ = _choices(50, 1.0)
    found = Calibration(np.linspace(-3, 3, 1001), temperature=2.0).confidence(
        score, candidates, np.arange(50)
    )
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (found[~candidates] == 0).all()


def test_a_customer_who_holds_everything_has_no_confidence_and_no_nan():
    found = chances.softmax(np.ones((1, 3)), np.zeros((1, 3), dtype=bool))
    assert found.tolist() == [[0.0, 0.0, 0.0]]


def test_the_temperature_undoes_overconfidence():
    score, candidates, adopted = _choices(4000, 3.0)
    t, slope, offsets = chances.scaling(score, candidates, adopted, np.zeros(4000), by_product=True)
    assert slope == pytest.approx(0.0, abs=1e-9)
    assert t == pytest.approx(3.0, rel=0.15)
    assert np.abs(offsets).max() < 0.2


def test_two_products_that_are_always_first_and_second_are_promised_what_they_keep():
    """One temperature says 43 and 35 % of what 63 and 13 % took; each product has its own level."""
    n = 2000
    score = np.tile(np.log([0.43, 0.35, 0.22]), (n, 1))
    candidates = np.ones((n, 3), dtype=bool)
    adopted = np.zeros((n, 3), dtype=bool)
    taken = np.repeat([0, 1, 2], [1260, 260, 480])
    adopted[np.arange(n), taken] = True
    nothing = np.zeros(n)
    scaling = chances.scaling(score, candidates, adopted, nothing, by_product=True)
    found = Calibration(np.zeros(2), **scaling._asdict()).confidence(score, candidates, nothing)
    assert found[0] == pytest.approx([0.63, 0.13, 0.24], abs=0.01)


def test_few_adopters_move_no_product_far():
    score, candidates, adopted = _choices(4, 1.0)
    *_, slope, offsets = chances.scaling(
        score, candidates, adopted, np.array([0, 9, 0, 9]), by_product=True
    )
    assert np.abs(offsets).max() < 1.0
    assert abs(slope) < 0.5


def test_who_holds_much_is_less_sure_where_adopters_say_so():
    """Scores are twice too sure for who holds 7; they are right for who holds nothing."""
    utility, candidates, adopted = _choices(8000, 1.0)
    n_held = np.where(np.arange(8000) % 2, 7, 0)
    score = utility * np.where(n_held, 2.0, 1.0)[:, None]
    t, slope, offsets = chances.scaling(score, candidates, adopted, n_held, by_product=False)
    assert offsets is None
    assert (t, t * 8**slope) == pytest.approx((1.0, 2.0), rel=0.1)


def test_the_confidence_of_one_pair_is_that_of_its_row():
    score, candidates, _ = _choices(50, 1.0)
    found = Calibration(np.zeros(2), temperature=1.5, held_slope=0.4, offsets=np.linspace(-1, 1, 6))
    n_held = np.arange(50) % 5
    whole = found.confidence(score, candidates, n_held)
    at, products = np.arange(50), np.arange(50) % 6
    normaliser = found.normaliser(score, candidates, n_held)
    single = found.confidence_at(
        score[at, products], candidates[at, products], normaliser[at], products
    )
    assert single == pytest.approx(whole[at, products])


def test_F116_calibrated_confidence_is_the_share_that_was_taken():
    score, candidates, adopted = _choices(20_000, 3.0)
    n_held = np.zeros(10_000)
    scaling = chances.scaling(score[::2], candidates[::2], adopted[::2], n_held, by_product=True)
    found = chances.softmax(scaling.utility(score[1::2], n_held), candidates[1::2])
    found = found[candidates[1::2]]
    taken = adopted[1::2][candidates[1::2]]
    for low in (0.0, 0.2, 0.4, 0.6):
        seen = (found >= low) & (found < low + 0.2)
        assert found[seen].mean() == pytest.approx(taken[seen].mean(), abs=0.03)


def test_without_history_there_is_no_confidence_but_a_fit_within_the_bank():
    blank = Calibration(chances.quantiles(np.arange(100.0), np.ones(100, dtype=bool)))
    assert blank.confidence(np.ones((1, 2)), np.ones((1, 2), dtype=bool), np.zeros(1)) is None
    assert blank.propensity_of(None) is None
    assert blank.fit_of(np.array([-5.0, 49.5, 500.0])) == pytest.approx([0.0, 0.5, 1.0])


def test_equal_scores_have_the_fit_in_the_middle_of_theirs_and_none_is_high():
    everywhere = Calibration(chances.quantiles(np.zeros(100), np.ones(100, dtype=bool)))
    assert everywhere.fit_of(np.zeros(3)) == pytest.approx([0.5, 0.5, 0.5])
    assert everywhere.word(None, 0.5) == "low"
    top = np.r_[np.arange(80.0), np.full(20, 90.0)]
    tied = Calibration(chances.quantiles(top, np.ones(100, dtype=bool)))
    assert tied.fit_of(np.array([90.0])) == pytest.approx([0.9], abs=0.01)


def test_propensity_is_the_small_chance_of_adoption_at_all():
    score, candidates, adopted = _choices(4000, 1.0)
    confidence = chances.softmax(score, candidates)
    taken = adopted & (np.random.default_rng(0).random((4000, 1)) < 0.1)
    line = chances.propensity(confidence, candidates, taken)
    found = Calibration(np.zeros(2), temperature=1.0, propensity=line).propensity_of(confidence)
    assert found[candidates].mean() == pytest.approx(taken[candidates].mean(), abs=0.003)
    assert line[1] > 0


@pytest.mark.parametrize("everyone", [True, False])
def test_propensity_of_a_fold_with_one_outcome_is_a_plain_rate(everyone):
    confidence = np.full((10, 2), 0.5)
    candidates = np.ones((10, 2), dtype=bool)
    intercept, slope = chances.propensity(confidence, candidates, np.full((10, 2), everyone))
    assert slope == 0
    assert (intercept > 0) is everyone


def test_propensity_stays_finite_and_never_falls_with_confidence():
    for taken in (np.array([[True, False]] * 5), np.array([[False, True]] * 5)):
        confidence = np.array([[1.0, 0.0]] * 5)
        line = chances.propensity(confidence, np.ones((5, 2), dtype=bool), taken)
        found = Calibration(np.zeros(2), temperature=1.0, propensity=line).propensity_of(confidence)
        assert np.isfinite(found).all()
        assert found[0, 0] >= found[0, 1]


def test_words_follow_the_precision_found_on_the_fold():
    measured = Calibration(np.linspace(0, 1, 1001), temperature=1.0, high=0.6, fair=0.3)
    assert [measured.word(c, 0.0) for c in (0.7, 0.6, 0.4, 0.1)] == ["high", "high", "fair", "low"]
    never = Calibration(np.linspace(0, 1, 1001), temperature=1.0)
    assert never.word(0.99, 1.0) == "low"
    assert [never.word(None, f) for f in (0.97, 0.85, 0.2)] == ["high", "fair", "low"]
