"""Next steps: what is taken after what, by one regression a product."""

import numpy as np
import pytest

from engine.errors import TrainingError
from engine.models.transitions import Transitions, fit_transitions


def _bank(n: int = 400):
    """Holders of product 0 take product 1, holders of product 2 take product 3; nobody takes 4."""
    rng = np.random.default_rng(3)
    held = np.zeros((n, 5), dtype=bool)
    held[:, 0] = rng.random(n) < 0.5
    held[:, 2] = ~held[:, 0]
    taken = np.zeros_like(held)
    taken[:, 1] = held[:, 0] & (rng.random(n) < 0.4)
    taken[:, 3] = held[:, 2] & (rng.random(n) < 0.4)
    return held, taken, ~held


def test_F104_what_followed_what_scores_higher_for_those_who_hold_it():
    held, taken, could = _bank()
    model = fit_transitions(held, taken, could, inverse_ridge=1.0)
    first, second = model.scores(np.array([[1, 0, 0, 0, 0], [0, 0, 1, 0, 0]], dtype=bool))
    assert first[1] > second[1]
    assert second[3] > first[3]
    assert (np.diag(model.weights) == 0).all()


def test_a_small_inverse_ridge_leaves_how_often_a_product_is_taken_by_anybody():
    held, taken, could = _bank()
    strong = fit_transitions(held, taken, could, inverse_ridge=1.0)
    weak = fit_transitions(held, taken, could, inverse_ridge=1e-6)
    assert np.abs(weak.weights).max() < 1e-3 < np.abs(strong.weights).max()
    share = taken[:, 1].mean()
    assert weak.intercepts[1] == pytest.approx(np.log(share / (1 - share)), abs=0.01)


def test_a_product_that_nobody_took_is_unlikely_and_finite():
    held, taken, could = _bank()
    model = fit_transitions(held, taken, could, inverse_ridge=1.0)
    assert np.isfinite(model.intercepts).all()
    assert model.intercepts[4] == min(model.intercepts)


def test_those_who_could_not_take_it_do_not_count():
    held, taken, could = _bank()
    meant = could.copy()
    meant[200:, 1] = False
    alone = fit_transitions(held[:200], taken[:200], could[:200], inverse_ridge=1.0)
    among = fit_transitions(held, taken, meant, inverse_ridge=1.0)
    assert among.intercepts[1] == alone.intercepts[1]
    assert among.weights[:, 1].tolist() == alone.weights[:, 1].tolist()


def test_scores_are_weights_of_what_is_held_plus_the_intercept_and_survive_saving(tmp_path):
    held, taken, could = _bank()
    model = fit_transitions(held, taken, could, inverse_ridge=0.1)
    slow = np.array(
        [model.intercepts + sum(model.weights[p] for p in np.flatnonzero(row)) for row in held[:20]]
    )
    assert np.allclose(model.scores(held[:20]), slow, atol=1e-6)
    model.save(tmp_path / "transitions.npz")
    loaded = Transitions.load(tmp_path / "transitions.npz")
    assert (loaded.scores(held) == model.scores(held)).all()


def test_tables_of_other_shapes_are_refused():
    with pytest.raises(TrainingError, match="expected three"):
        fit_transitions(np.ones((3, 2)), np.ones((3, 2)), np.ones((2, 2)), inverse_ridge=1.0)


def test_a_catalogue_of_one_product_has_nothing_to_regress_on():
    taken = np.arange(10)[:, None] < 3
    model = fit_transitions(np.zeros_like(taken), taken, ~np.zeros_like(taken), inverse_ridge=1.0)
    assert model.weights.tolist() == [[0.0]]
    assert 1 / (1 + np.exp(-model.intercepts[0])) == pytest.approx(3.5 / 11)
