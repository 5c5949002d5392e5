"""Item-to-item weights solve the ridge regression of each product on all others."""

import numpy as np

from engine.models.item_to_item import fit_item_to_item
from engine.settings import load


def test_the_closed_form_equals_one_ridge_regression_a_product() -> None:
    settings = load(models={"ease_l2": 2.0})
    owned = np.random.default_rng(3).random((200, 5)) < 0.4
    weights = fit_item_to_item(owned, settings).weights
    for product in range(5):
        others = np.delete(np.arange(5), product)
        x = owned[:, others].astype(float)
        slow = np.linalg.solve(x.T @ x + 2.0 * np.eye(4), x.T @ owned[:, product])
        np.testing.assert_allclose(weights[others, product], slow, atol=1e-6)
    assert not np.diag(weights).any()


def test_what_is_bought_together_is_recommended_together() -> None:
    owned = np.zeros((400, 4), bool)
    owned[:200, :2] = True  # 0 goes with 1
    owned[200:, 2:] = True  # 2 goes with 3
    model = fit_item_to_item(owned, load())
    scores = model.scores(np.eye(4, dtype=bool))
    assert scores.argmax(axis=1).tolist() == [1, 0, 3, 2]


def test_a_score_is_the_sum_of_the_rows_of_what_is_held() -> None:
    owned = np.random.default_rng(3).random((50, 5)) < 0.4
    model = fit_item_to_item(owned, load())
    np.testing.assert_allclose(
        model.scores(owned)[7], model.weights[owned[7]].sum(axis=0), rtol=1e-5, atol=1e-7
    )


def test_nothing_held_scores_nothing() -> None:
    model = fit_item_to_item(np.eye(3, dtype=bool), load())
    assert not model.scores(np.zeros((2, 3), bool)).any()
