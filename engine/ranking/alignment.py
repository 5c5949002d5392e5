"""A model that was fitted on one edition of a bank in; the same for another edition out."""

from dataclasses import replace

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.errors import OtherFormat
from engine.models.factorization import Factorization
from engine.models.item_to_item import ItemToItem
from engine.models.transitions import Transitions
from engine.ranking.ranker import Model
from engine.ranking.signals.learned import LearnedModels


def aligned(model: Model, bank: Bank) -> Model:
    """The model in the order of a bank's customers and products, by who and which they are.

    A customer who came later gets a neutral collaborative score, as one without history does. A
    product that came later is as popular as the least popular one, and goes with no other.

    Raises
    ------
    OtherFormat
        If the bank is another edition, and the model was written by a release that did not keep
        whom it was fitted on.
    """
    ids = tuple(bank.product_ids)
    keys = customer_keys(bank)
    if model.customer_keys is None:
        known = model.learned.known
        if model.product_ids == ids and (known is None or len(known) == len(keys)):
            return model
        raise OtherFormat(
            "The version that serves was fitted on another edition of this bank. "
            "Run: python -m engine retrain"
        )
    same_customers = np.array_equal(model.customer_keys, keys)
    if same_customers and model.product_ids == ids:
        return model
    customers, products = places_in(model, bank)
    chances = model.calibration
    if chances.offsets is not None:
        chances = replace(chances, offsets=_picked(chances.offsets, products))
    return replace(
        model,
        calibration=chances,
        blend=replace(model.blend, intercepts=_picked(model.blend.intercepts, products)),
        learned=_learned(model.learned, customers, products),
        product_ids=ids,
        customer_keys=keys,
    )


def places_in(model: Model, bank: Bank) -> tuple[np.ndarray, np.ndarray]:
    """Places of a bank's customers and products among those that a model knows, -1 for new."""
    customers = pd.Index(model.customer_keys).get_indexer(pd.Index(customer_keys(bank)))
    products = pd.Index(model.product_ids).get_indexer(pd.Index(tuple(bank.product_ids)))
    return customers, products


def customer_keys(bank: Bank) -> np.ndarray:
    """A number for each customer that tells them apart and names nobody, uint64 (n_customers,)."""
    return pd.util.hash_array(bank.customer_ids.to_numpy(dtype=object), categorize=False)


def _learned(learned: LearnedModels, customers: np.ndarray, products: np.ndarray) -> LearnedModels:
    factors, pairs, steps = learned.factorization, learned.item_to_item, learned.transitions
    if factors is not None:
        factors = Factorization(
            _picked(factors.customer_factors, customers),
            _picked(factors.customer_bias, customers),
            _picked(factors.product_factors, products),
            _picked(factors.product_bias, products, factors.product_bias.min()),
        )
    if pairs is not None:
        pairs = ItemToItem(_both_ways(pairs.weights, products))
    if steps is not None:
        steps = Transitions(
            _both_ways(steps.weights, products),
            _picked(steps.intercepts, products, steps.intercepts.min()),
        )
    rates, known = learned.popularity, learned.known
    if rates is not None:
        rates = np.stack([_picked(group, products, group.min()) for group in rates])
    if known is not None:
        known = _picked(known, customers)
    answers = learned.answers and learned.answers.aligned(customers, products)
    return LearnedModels(factors, pairs, steps, rates, known, learned.segments, answers)


def _picked(values: np.ndarray, places: np.ndarray, newcomer: float = 0.0) -> np.ndarray:
    """Values at these places; `newcomer` where there is none."""
    picked = values[places]
    picked[places < 0] = newcomer
    return picked


def _both_ways(weights: np.ndarray, places: np.ndarray) -> np.ndarray:
    return _picked(_picked(weights, places).T, places).T.copy()
