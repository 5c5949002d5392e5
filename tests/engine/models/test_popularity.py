"""Popularity is the share of customers who took a product."""

import numpy as np

from engine.models.popularity import fit_popularity


def test_shares_are_counted_by_weight() -> None:
    taken = np.array([[1, 0, 0.5], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    np.testing.assert_allclose(fit_popularity(taken).shares, [0.75, 0.25, 0.125])
