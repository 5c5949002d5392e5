"""A version that was fitted on one edition serves the next, by who is who."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.errors import OtherFormat
from engine.models.factorization import Factorization
from engine.models.item_to_item import ItemToItem
from engine.models.transitions import Transitions
from engine.ranking.alignment import aligned, customer_keys
from engine.ranking.blend import Blend
from engine.ranking.calibration import Calibration
from engine.ranking.ranker import Model
from engine.ranking.signals.learned import LearnedModels


def _bank(customers: str, products: str) -> Bank:
    tables = {
        "customers": pd.DataFrame({"customer_id": list(customers)}),
        "products": pd.DataFrame({"product_id": list(products)}),
    }
    return Bank.from_tables(Manifest("Bank", as_of="2024-06-20"), tables)


@pytest.fixture
def fitted() -> Model:
    bank = _bank("abc", "pq")
    learned = LearnedModels(
        Factorization(
            np.arange(6, dtype=np.float32).reshape(3, 2),
            np.array([1, 2, 3], np.float32),
            np.array([[1, 2], [3, 4]], np.float32),
            np.array([0.5, -0.5], np.float32),
        ),
        ItemToItem(np.array([[0, 7], [8, 0]], np.float32)),
        Transitions(np.array([[0, 5], [6, 0]], np.float32), np.array([-1, -2], np.float32)),
        np.array([[-1.0, -3.0], [-2.0, -1.0]]),
        np.array([True, False, True]),
    )
    blend = Blend({}, {}, {}, np.array([0.1, 0.2]), fitted=True, note="")
    return Model(
        blend,
        Calibration(np.zeros(3), offsets=np.array([0.5, -0.5])),
        learned,
        ("p", "q"),
        customer_keys(bank),
    )


def test_the_same_edition_is_the_same_model(fitted: Model):
    assert aligned(fitted, _bank("abc", "pq")) is fitted


def test_customers_and_products_are_found_by_id_and_newcomers_are_neutral(fitted: Model):
    model = aligned(fitted, _bank("zca", "nqp"))
    learned = model.learned
    assert learned.known.tolist() == [False, True, True]
    assert learned.factorization.customer_factors.tolist() == [[0, 0], [4, 5], [0, 1]]
    assert learned.factorization.product_bias.tolist() == [-0.5, -0.5, 0.5]
    assert learned.item_to_item.weights.tolist() == [[0, 0, 0], [0, 0, 8], [0, 7, 0]]
    assert learned.transitions.intercepts.tolist() == [-2, -2, -1]
    assert learned.popularity.tolist() == [[-3, -3, -1], [-2, -1, -2]]
    assert model.blend.intercepts.tolist() == [0, 0.2, 0.1]
    assert model.product_ids == ("n", "q", "p")


def test_who_is_who_is_kept_with_the_version(fitted: Model, tmp_path):
    fitted.save(tmp_path)
    assert Model.load(tmp_path).customer_keys.tolist() == fitted.customer_keys.tolist()


def test_a_version_that_does_not_know_whom_it_was_fitted_on_serves_its_own_edition_only(fitted):
    older = replace(fitted, customer_keys=None)
    assert aligned(older, _bank("abc", "pq")) is older
    with pytest.raises(OtherFormat, match="retrain"):
        aligned(older, _bank("abcd", "pq"))
