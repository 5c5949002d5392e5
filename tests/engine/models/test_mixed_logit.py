"""Effects of crossed groups: exact, shrunken by how little is known, none where nothing is."""

import numpy as np
from scipy import optimize, sparse

from engine.models import mixed_logit
from engine.models.mixed_logit import log_likelihood


def crossed(n: int, seed: int, effect: float = 0.0, groups: int = 6):
    """Answers of groups of one family, each by people of their own; one group says yes more."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, n)
    own = np.unique(rng.integers(0, max(n // 3, 1), n), return_inverse=True)[1]
    yes = (rng.random(n) < 1 / (1 + np.exp(-effect * (group == 0)))).astype(float)
    columns = sparse.csr_array((np.ones(n), (np.arange(n), group)), (n, groups))
    return yes, np.ones(n), columns, np.zeros(groups, dtype=int), own


def test_F165_effects_are_those_of_a_plain_search_with_the_same_ridges():
    yes, weight, columns, family, own = crossed(80, 3, 1.0)
    found = mixed_logit.fit(yes, weight, columns, family, own)
    x = np.hstack([np.ones((80, 1)), columns.toarray(), np.eye(own.max() + 1)[own]])
    ridge = np.concatenate(
        [
            [1 / 1.5**2],
            np.repeat(1 / found.spreads[0] ** 2, 6),
            np.repeat(1 / found.spreads[-1] ** 2, own.max() + 1),
        ]
    )

    def loss(b: np.ndarray) -> float:
        return float(0.5 * (ridge * b**2).sum() - log_likelihood(yes, x @ b).sum())

    best = optimize.minimize(loss, np.zeros(x.shape[1]), method="BFGS", tol=1e-9).x
    mine = np.concatenate([[found.intercept], found.shared, found.own])
    assert np.abs(mine - best).max() < 5e-3  # the spreads moved on by less than that


def test_F165_four_answers_move_a_little_and_four_hundred_a_lot():
    moves = []
    for n in (4, 40, 400):
        yes = np.zeros(2 * n)
        yes[:n] = 1.0
        group = np.repeat([0, 1], n)
        columns = sparse.csr_array((np.ones(2 * n), (np.arange(2 * n), group)), (2 * n, 2))
        found = mixed_logit.fit(yes, np.ones(2 * n), columns, np.zeros(2, int), np.arange(2 * n))
        moves.append(found.shared[0] - found.shared[1])
    assert 0.05 < moves[0] < 0.3
    assert moves[0] < moves[1] < moves[2]
    assert moves[2] > 2.5, "the odds of the one are more than ten times those of the other"


def test_F165_answers_at_random_leave_the_effects_small_and_their_sign_to_chance():
    found = [mixed_logit.fit(*crossed(60, seed)) for seed in range(40)]
    effects = np.array([one.shared for one in found])
    assert np.abs(effects).mean() < 0.1
    assert abs(effects[:, 0].mean()) < 0.05


def test_F165_more_answers_of_a_group_make_its_effect_surer():
    few, many = (mixed_logit.fit(*crossed(n, 5)) for n in (30, 600))
    assert (np.diag(many.covariance)[1:] < np.diag(few.covariance)[1:]).all()
    assert np.linalg.eigvalsh(few.covariance).min() > -1e-12


def test_F165_without_answers_nothing_is_known():
    none = sparse.csr_array((0, 3))
    nothing = np.zeros(0)
    found = mixed_logit.fit(nothing, nothing, none, np.zeros(3, int), np.zeros(0, int))
    assert not found.shared.any() and (np.diag(found.covariance)[1:] > 0).all()
