"""Ratings in; predicted ratings of any customer and product out, by four models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.threads import one_torch_thread

SHRINKAGE = 5.0
"""Ratings of everybody that a customer's or product's own mean is mixed with (own choice)."""
N_EMBEDDING, N_EPOCHS, LEARNING_RATE, DROPOUT = 32, 10, 0.01, 0.2
"""An earlier system's network: embeddings of 32, layers of 64 and 32, Adam at .01, ten epochs."""
N_TREES = 100
"""The forest of an earlier system."""
_BATCH = 32


@dataclass(frozen=True, eq=False)
class Ratings:
    """Who rated what how well."""

    customer: np.ndarray
    product: np.ndarray
    """Both int, shape (n,). Positions in the bank."""
    rating: np.ndarray
    """Shape (n,). 0-1."""

    def __len__(self) -> int:
        return len(self.rating)

    def take(self, rows: np.ndarray) -> "Ratings":
        """Some of them."""
        return Ratings(self.customer[rows], self.product[rows], self.rating[rows])


@dataclass(frozen=True, eq=False)
class Vectors:
    """What is known of customers and products beside the ratings."""

    customers: np.ndarray
    """Shape (n_customers, n_features)."""
    products: np.ndarray
    """Shape (n_products, n_dimensions)."""

    def of(self, customer: np.ndarray, product: np.ndarray) -> np.ndarray:
        """Features of pairs: customer, product and, where the widths agree, their product."""
        left, right = self.customers[customer], self.products[product]
        both = [left * right] if left.shape[1] == right.shape[1] else []
        return np.column_stack([left, right, *both])


Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Positions of customers and products, shape (n,) each -> ratings 0-1."""


def fit_all(known: Ratings, vectors: Vectors, seed: int) -> Mapping[str, Predict]:
    """Every model, the plain mean first; the same ratings and seed give the same predictions."""
    return {
        "global mean": _mean(known),
        "means of customer and product": _means(known, vectors),
        "neural": _neural(known, vectors, seed),
        "forest": _forest(known, vectors, seed),
    }


def _mean(known: Ratings) -> Predict:
    mean = float(known.rating.mean())
    return lambda customer, _: np.full(len(customer), mean)


def _means(known: Ratings, vectors: Vectors) -> Predict:
    """The mean, plus what a customer and what a product differ from it, both shrunken."""
    mean = known.rating.mean()

    def own(index: np.ndarray, left: np.ndarray, size: int) -> np.ndarray:
        total = np.bincount(index, left, minlength=size)
        return total / (np.bincount(index, minlength=size) + SHRINKAGE)

    of_product = own(known.product, known.rating - mean, len(vectors.products))
    left = known.rating - mean - of_product[known.product]
    of_customer = own(known.customer, left, len(vectors.customers))
    return lambda customer, product: np.clip(
        mean + of_customer[customer] + of_product[product], 0, 1
    )


def _neural(known: Ratings, vectors: Vectors, seed: int) -> Predict:
    """That network; on one thread, so that a seed gives the same weights."""
    import torch
    from torch import nn

    with one_torch_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        users = nn.Embedding(len(vectors.customers), N_EMBEDDING)
        items = nn.Embedding(len(vectors.products), N_EMBEDDING)
        layers = nn.Sequential(
            *(nn.Linear(2 * N_EMBEDDING, 64), nn.ReLU(), nn.Dropout(DROPOUT)),
            *(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1)),
        )
        model = nn.ModuleList([users, items, layers])
        optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
        customer, product = (torch.from_numpy(a) for a in (known.customer, known.product))
        wanted = torch.from_numpy(known.rating.astype(np.float32))
        for _ in range(N_EPOCHS):
            for batch in torch.randperm(len(known)).split(_BATCH):
                pair = torch.cat([users(customer[batch]), items(product[batch])], dim=1)
                loss = nn.functional.mse_loss(layers(pair)[:, 0], wanted[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        model.eval()

    def predict(customer: np.ndarray, product: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            pair = [users(torch.from_numpy(customer)), items(torch.from_numpy(product))]
            predicted = layers(torch.cat(pair, dim=1))[:, 0].numpy()
        return np.clip(predicted, 0, 1).astype(float)

    return predict


def _forest(known: Ratings, vectors: Vectors, seed: int) -> Predict:
    """The forest over the vectors of customer and product."""
    from sklearn.ensemble import RandomForestRegressor

    model = RandomForestRegressor(N_TREES, random_state=seed, n_jobs=1)
    model.fit(vectors.of(known.customer, known.product), known.rating)
    return lambda customer, product: model.predict(vectors.of(customer, product))
