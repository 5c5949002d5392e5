"""LightFM's representations, its errors translated."""

from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from engine.errors import TrainingError
from engine.models.factorization import fit_factorization
from engine.settings import Settings, load


@pytest.fixture
def owned() -> np.ndarray:
    """120 customers: the first half takes products 0-3, the second 4-7, each less one."""
    taken = np.zeros((120, 8), bool)
    taken[:60, :4] = taken[60:, 4:] = True
    taken[np.arange(120), np.arange(120) % 4 + 4 * (np.arange(120) >= 60)] = False
    return taken


def test_a_hole_in_a_pattern_is_filled(owned: np.ndarray) -> None:
    settings = load(models={"epochs": 30, "learning_rate": 0.05})
    scores = fit_factorization(owned, settings).scores()
    scores[owned] = -np.inf
    held_out = np.arange(120) % 4 + 4 * (np.arange(120) >= 60)
    assert (scores.argmax(axis=1) == held_out).mean() > 0.9


def test_scores_equal_the_prediction_of_lightfm(owned: np.ndarray, settings: Settings) -> None:
    from lightfm import LightFM

    chosen = settings.models
    slow = LightFM(
        no_components=chosen.factors,
        loss="warp",
        learning_rate=chosen.learning_rate,
        item_alpha=chosen.l2,
        user_alpha=chosen.l2,
        random_state=chosen.seed,
    ).fit(sparse.coo_matrix(owned, dtype=np.float32), epochs=chosen.epochs)
    users, products = np.repeat(np.arange(120), 8), np.tile(np.arange(8), 120)
    expected = slow.predict(users, products).reshape(120, 8)
    np.testing.assert_allclose(fit_factorization(owned, settings).scores(), expected, atol=1e-6)


def test_heavier_interactions_count_for_more(settings: Settings) -> None:
    taken = np.zeros((100, 3), np.float32)
    taken[:50, 0] = 1
    taken[50:, 1] = 10
    even, heavy = (fit_factorization(x, settings).product_bias for x in (taken > 0, taken))
    assert heavy[1] - heavy[0] > 2 * abs(even[1] - even[0])


def test_another_seed_gives_other_factors(owned: np.ndarray) -> None:
    first, second = (fit_factorization(owned, load(models={"seed": seed})) for seed in (1, 2))
    assert (first.customer_factors != second.customer_factors).any()


def test_a_newcomer_gets_what_its_features_say(owned: np.ndarray) -> None:
    side = np.repeat([[1, 0], [0, 1]], 60, axis=0)
    newcomers = np.array([[1, 0], [0, 1]])
    model = fit_factorization(
        np.vstack([owned, np.zeros((2, 8), bool)]),
        load(models={"epochs": 40, "learning_rate": 0.05}),
        customer_features=np.vstack([side, newcomers]),
    )
    first, second = model.scores()[-2:]
    assert first[:4].min() > first[4:].max()
    assert second[4:].min() > second[:4].max()


def test_a_newcomer_without_features_gets_the_popular_products(
    owned: np.ndarray, settings: Settings
) -> None:
    owned[-1] = False
    model = fit_factorization(owned, settings)
    assert not model.customer_factors[-1].any()
    np.testing.assert_array_equal(model.scores()[-1], model.product_bias)


def test_a_new_product_is_known_by_its_features(owned: np.ndarray) -> None:
    kinds = np.repeat([[1, 0], [0, 1]], [4, 4], axis=0)
    model = fit_factorization(
        np.hstack([owned, np.zeros((120, 1), bool)]),
        load(models={"epochs": 40, "learning_rate": 0.05}),
        product_features=np.vstack([kinds, [[0, 1]]]),
    )
    new = model.scores()[:, 8]
    assert new[60:].mean() > new[:60].mean()


@pytest.mark.parametrize("name", ["customer_features", "product_features"])
@pytest.mark.parametrize("bad", [np.ones((3, 2)), -np.ones((120, 2)), np.full((120, 2), np.inf)])
def test_features_that_do_not_fit_are_refused(
    owned: np.ndarray, settings: Settings, name: str, bad: np.ndarray
) -> None:
    with pytest.raises(TrainingError, match=name):
        fit_factorization(owned, settings, **{name: bad[:8] if name[0] == "p" else bad})


def test_no_interactions_are_a_clear_error(settings: Settings) -> None:
    with pytest.raises(TrainingError, match="No interaction at all"):
        fit_factorization(np.zeros((3, 3)), settings)


def test_a_fit_that_diverges_is_a_clear_error(owned: np.ndarray) -> None:
    with pytest.raises(TrainingError, match="learning_rate"):
        fit_factorization(owned * 1e30, load(models={"learning_rate": 1e30}))


def test_other_customers_than_those_of_the_fit_are_refused(
    owned: np.ndarray, settings: Settings, tmp_path: Path
) -> None:
    model = fit_factorization(owned, settings)
    with pytest.raises(TrainingError, match="fit the model again"):
        model.scores(owned[:5])


def test_one_customer_scores_the_same_to_the_last_bit_whoever_else_is_scored(
    owned: np.ndarray, settings: Settings
) -> None:
    model = fit_factorization(np.tile(owned, (20, 1)), settings)
    everybody = np.arange(2400)
    scores = model.scores_of(everybody)
    for rows in (everybody[:1], everybody[7:12], everybody[::-3]):
        assert (model.scores_of(rows) == scores[rows]).all()
    assert model.scores() == pytest.approx(scores + model.customer_bias[:, None], abs=1e-5)
