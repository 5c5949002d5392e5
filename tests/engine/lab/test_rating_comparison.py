"""Rivals' models of ratings are fitted on the earlier ones and judged on the later, by customer."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.errors import TrainingError
from engine.lab import rating_comparison, rating_models
from engine.lab.rating_comparison import compare, recall
from engine.lab.rating_models import Ratings, Vectors, fit_all
from tests.conftest import DEMO

N_CUSTOMERS, N_PRODUCTS = 30, 12


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    return Vectors(rng.normal(size=(N_CUSTOMERS, 4)), rng.normal(size=(N_PRODUCTS, 4)))


@pytest.fixture(scope="module")
def known() -> Ratings:
    """Every second product is liked by everybody, and some customers are kinder than others."""
    rng = np.random.default_rng(1)
    customer = rng.integers(0, N_CUSTOMERS, 400)
    product = rng.integers(0, N_PRODUCTS, 400)
    rating_models = 0.3 + 0.4 * (product % 2) + 0.2 * (customer % 3 == 0) + rng.normal(0, 0.05, 400)
    return Ratings(customer, product, np.clip(rating_models, 0, 1))


def test_F88_the_network_learns_what_there_is_and_is_judged_against_the_mean(known, vectors):
    table = compare(known, vectors, seed=7).set_index("system")
    assert table.loc["global mean", "gain"] == 0
    assert table.loc["neural", "gain_low"] > 0
    assert table.loc["means of customer and product", "gain_low"] > 0
    assert (table["low"] <= table["rmse"]).all() and (table["rmse"] <= table["high"]).all()
    assert (table["n"] == 80).all() and (table["n_customers"] <= N_CUSTOMERS).all()


def test_F88_the_network_is_system_Cs(known, vectors, monkeypatch):
    import torch

    made, adam = [], torch.optim.Adam

    def noting(parameters, lr):
        parameters = list(parameters)
        made.append(([tuple(p.shape) for p in parameters], lr))
        return adam(parameters, lr=lr)

    monkeypatch.setattr(torch.optim, "Adam", noting)
    fit_all(known, vectors, 7)
    embeddings = [(N_CUSTOMERS, 32), (N_PRODUCTS, 32)]
    layers = [(64, 64), (64,), (32, 64), (32,), (1, 32), (1,)]
    assert made == [(embeddings + layers, 0.01)]
    assert (rating_models.N_EPOCHS, rating_models.DROPOUT, rating_comparison.TEST_SHARE) == (
        10,
        0.2,
        0.2,
    )


def test_F88_the_error_is_the_slow_obvious_one(known, vectors):
    table = compare(known, vectors, seed=7).set_index("system")
    early, late = known.take(np.arange(320)), known.take(np.arange(320, 400))
    slow = np.sqrt(np.mean([(early.rating.mean() - r) ** 2 for r in late.rating]))
    assert table.loc["global mean", "rmse"] == pytest.approx(slow)


def test_F97_the_forest_does_not_score_the_best_five_alike_and_errors_count_by_customer(
    known, vectors
):
    table = compare(known, vectors, seed=7).set_index("system")
    assert table.loc["forest", "gain_low"] > 0
    assert table.loc["forest", "top_differ"] > 0.9
    assert table.loc["global mean", "top_differ"] == 0


def test_the_same_ratings_and_seed_give_the_same_predictions(known, vectors):
    pairs = np.arange(12), np.arange(12)
    for one, other in zip(
        fit_all(known, vectors, 3).values(), fit_all(known, vectors, 3).values(), strict=True
    ):
        found = one(*pairs)
        assert np.array_equal(found, other(*pairs)) and ((found >= 0) & (found <= 1)).all()


def test_F87_recall_counts_what_was_taken_among_the_first(known):
    scores = np.array([[0.9, 0.8, 0.7, 0.1], [0.1, 0.2, 0.3, 0.4], [1.0, 1.0, 1.0, 1.0]])
    adopted = np.array([[True, False, True, False], [True] + [False] * 3, [False] * 4])
    candidates = np.array([[True, True, True, True], [True, True, True, False], [True] * 4])
    found = recall({"one": scores}, adopted, candidates, k=2, seed=1).iloc[0]
    # The first customer took two, one of them among the first two; the second's is last.
    assert found["recall"] == pytest.approx((1 / 2 + 0) / 2) and found["n"] == 2
    assert recall({"one": scores}, adopted, candidates, k=4, seed=1)["recall"].iloc[0] == 1


def test_ratings_left_as_they_opened_are_counted_and_too_few_are_refused(small_bank: Bank):
    events = pd.DataFrame(
        {
            "event_id": ["a", "b", "c"],
            "recorded_at": pd.Timestamp("2024-06-01"),
            "customer_id": "ann",
            "product_id": "card",
            "action": "rated",
            "rating": [0.5, 0.2, 0.5],
            "relevance": [0.5, 0.2, 0.9],
        }
    )
    with pytest.raises(TrainingError, match=r"2 ratings.*\(1 were left as they opened\); 40"):
        rating_comparison.ratings_of(small_bank.with_tables(events=events))


def test_F87_F88_F97_the_demo_bank_is_told_what_each_model_is_worth(trained_state: Path):
    found = rating_comparison.rating_comparison(
        Engine.open(DEMO, trained_state).snapshots, lambda done, step: None
    )
    assert found.simulated and found.reason == ""
    assert list(found.table["system"]) == [
        "global mean",
        "means of customer and product",
        "neural",
        "forest",
    ]
    assert set(found.recall["system"]) == {"LightFM", "popularity"}
    assert found.recall["recall"].between(0, 1).all()
    assert found.to_json()["recall"][0]["n"] > 300
