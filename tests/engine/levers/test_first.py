"""The fast first offers are those of the guard's own list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.guard.list_selection import select
from engine.scoring.first_offers import first_offers
from engine.settings import default


@given(
    st.integers(0, 10_000),
    st.integers(1, 12),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 7),
)
def test_F103_the_list_is_the_guards(seed: int, width: int, kinds: int, limit: int, k: int):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 4, size=(20, width)).astype(float)  # many ties
    allowed = rng.random((20, width)) < 0.7
    category = rng.integers(0, kinds, size=width)
    ids = np.array([f"p{i:02}" for i in range(width)])
    rule = default().guard.model_copy(update={"max_per_category": limit})
    expected = select(scores, allowed, category.astype(str), ids, k, rule).positions
    found = first_offers(scores.copy(), allowed, category, k, limit)
    assert (found == expected).all()


@pytest.mark.parametrize("shape", [(0, 3), (2, 1)])
def test_a_list_may_be_empty_or_short(shape: tuple[int, int]):
    found = first_offers(
        np.zeros(shape), np.ones(shape, dtype=bool), np.zeros(shape[1], dtype=int), 3, 2
    )
    assert found.shape == (shape[0], 3)
    assert (found[:, 1:] == -1).all() or shape[0] == 0 or shape[1] > 1
