"""Numbers and labels in; a boosted sum of tables of one and two columns out."""

import warnings
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np

from engine.customers.metrics.additive_tables import AdditiveTables, binned
from engine.threads import one_thread

N_BINS: Final = 24
"""Bins of a column at most (own choice)."""
N_PAIRS: Final = 12
"""Pairs of columns at most (own choice); every pair costs a table of 25 by 25."""
N_ROUNDS: Final = 200
"""Trees at most; boosting stops earlier where a seventh that is kept aside no longer gains."""
_COARSE: Final = 8
"""Bins of a column while pairs are looked for."""
_BOOSTING: Final[dict[str, Any]] = {
    "learning_rate": 0.15,
    "max_leaf_nodes": 6,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "validation_fraction": 0.15,
    "n_iter_no_change": 10,
    "early_stopping": True,
    "max_iter": N_ROUNDS,
    "max_bins": N_BINS + 2,
}
"""Own choices, made on generated tables."""


class Additive(NamedTuple):
    """Tables and what they start from."""

    tables: AdditiveTables
    intercept: float

    def raw(self, values: np.ndarray) -> np.ndarray:
        """Log-odds, or the figure."""
        return self.intercept + self.tables.parts(values).sum(axis=1)


def boosted(
    values: np.ndarray,
    label: np.ndarray,
    *,
    chance: bool,
    signs: np.ndarray,
    neutral: np.ndarray,
    seed: int,
) -> Additive:
    """Boost trees that each see one column or one of the chosen pairs, and read them as tables.

    Parameters
    ----------
    values : ndarray of shape (n, n_columns)
        NaN where unknown.
    label : ndarray of shape (n,)
        0 and 1 where `chance`, else figures.
    signs : ndarray of int, shape (n_columns,)
        1 where more of a column never lowers the outcome, -1 where it never raises it. Such a
        column stands in no pair, so that its own table keeps the sign.
    neutral : ndarray of bool, shape (n_columns,)
        Columns of which an unknown value counts as 0.

    Notes
    -----
    Pairs are those whose joint bins explain most of what the columns alone leave over (Lou,
    Caruana, Gehrke & Hooker, Accurate intelligible models with pairwise interactions, KDD 2013).
    The trees are read by asking them: with everything else held at one bin, what a column or a
    pair adds is a difference of answers, and as no tree sees more than a pair, these sum to the
    model exactly.
    """
    values = np.where(np.isnan(values) & neutral, 0.0, values)
    edges = tuple(_cuts(column) for column in values.T)
    bins = binned(values, edges)
    with one_thread(models=True), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        alone = _trees(bins, label, chance, signs, seed, "no_interactions")
        pairs = _strongest(bins, *_gradient(alone, bins, label, chance), signs)
        groups = [set(pair) for pair in pairs] + [{i} for i in range(bins.shape[1])]
        whole = _trees(bins, label, chance, signs, seed, groups) if pairs else alone
        return _read(whole, bins, edges, pairs, chance, neutral)


def _cuts(column: np.ndarray) -> tuple[float, ...]:
    """Between neighbours where there are few values, else at quantiles."""
    known = column[~np.isnan(column)]
    distinct = np.unique(known)
    if len(distinct) <= N_BINS:
        return tuple(((distinct[1:] + distinct[:-1]) / 2).tolist())
    inner = np.linspace(0, 1, N_BINS + 1)[1:-1]
    cuts = np.unique(np.quantile(known, inner, method="lower"))
    return tuple(cuts[cuts < distinct[-1]].tolist())


def _features(bins: np.ndarray) -> np.ndarray:
    return np.where(bins > 0, bins, np.nan)


def _trees(
    bins: np.ndarray, label: np.ndarray, chance: bool, signs: np.ndarray, seed: int, groups: Any
) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if chance else HistGradientBoostingRegressor
    model = kind(interaction_cst=groups, monotonic_cst=signs, random_state=seed, **_BOOSTING)
    given = _features(bins)
    given[:, np.isnan(given).all(axis=0)] = 1.0  # nobody's is known in this fold: no tree asks
    return model.fit(given, label)


def _answers(model: Any, bins: np.ndarray, chance: bool) -> np.ndarray:
    ask = model.decision_function if chance else model.predict
    return np.asarray(ask(_features(bins)), dtype=float)


def _gradient(
    model: Any, bins: np.ndarray, label: np.ndarray, chance: bool
) -> tuple[np.ndarray, np.ndarray]:
    raw = _answers(model, bins, chance)
    if not chance:
        left = label - raw
        return left / (left.std() or 1.0), np.ones(len(label))
    promised = 1 / (1 + np.exp(-raw))
    return label - promised, promised * (1 - promised)


def _strongest(
    bins: np.ndarray, slope: np.ndarray, weight: np.ndarray, signs: np.ndarray
) -> list[tuple[int, int]]:
    """Pairs by how much their joint bins explain of what is left over."""
    coarse = np.zeros_like(bins)
    for i, column in enumerate(bins.T):
        n = np.bincount(column)
        place = (np.cumsum(n) - n / 2) / len(column)
        coarse[:, i] = np.minimum((place * _COARSE).astype(int), _COARSE - 1)[column]
    free = np.flatnonzero((signs == 0) & (bins.max(axis=0) > bins.min(axis=0)))
    gains = []
    for first, second in combinations(free.tolist(), 2):
        cell = coarse[:, first] * _COARSE + coarse[:, second]
        pull = np.bincount(cell, slope, _COARSE**2)
        gain = float((pull**2 / (np.bincount(cell, weight, _COARSE**2) + 1)).sum())
        n_cells = len(np.unique(cell))  # what chance alone explains: one a cell, by a chi-square
        gains.append(((n_cells - gain) / np.sqrt(2 * n_cells), first, second))
    return [(first, second) for gain, first, second in sorted(gains)[:N_PAIRS] if gain < 0]


def _read(
    model: Any,
    bins: np.ndarray,
    edges: tuple[tuple[float, ...], ...],
    pairs: list[tuple[int, int]],
    chance: bool,
    neutral: np.ndarray,
) -> Additive:
    """The tables of a model, each centred on the rows that it was fitted on."""
    n_bins = [len(cuts) + 2 for cuts in edges]
    middle = np.array([np.bincount(column).argmax() for column in bins.T])
    questions = [middle[None, :]]
    for i, n in enumerate(n_bins):
        asked = np.tile(middle, (n, 1))
        asked[:, i] = np.arange(n)
        questions.append(asked)
    for first, second in pairs:
        asked = np.tile(middle, (n_bins[first] * n_bins[second], 1))
        asked[:, first] = np.repeat(np.arange(n_bins[first]), n_bins[second])
        asked[:, second] = np.tile(np.arange(n_bins[second]), n_bins[first])
        questions.append(asked)
    answers = _answers(model, np.vstack(questions), chance)
    start = float(answers[0])
    blocks = np.split(answers[1:] - start, np.cumsum([len(q) for q in questions[1:]])[:-1])
    mains = blocks[: len(n_bins)]
    joint = []
    for (first, second), block in zip(pairs, blocks[len(n_bins) :], strict=True):
        table = block.reshape(n_bins[first], n_bins[second])
        joint.append(table - mains[first][:, None] - mains[second][None, :])
    _centred_pairs(mains, joint, pairs, bins)
    for i, main in enumerate(mains):
        mean = float(main[bins[:, i]].mean())
        mains[i] = main - mean
        start += mean
        if neutral[i]:
            mains[i][0] = mains[i][np.searchsorted(edges[i], 0.0, side="left") + 1]
    tables = AdditiveTables(
        edges,
        tuple(tuple(main.tolist()) for main in mains),
        tuple(pairs),
        tuple(tuple(map(tuple, table.tolist())) for table in joint),
    )
    return Additive(tables, start)


def _centred_pairs(
    mains: list[np.ndarray],
    joint: list[np.ndarray],
    pairs: list[tuple[int, int]],
    bins: np.ndarray,
) -> None:
    """Move what one column of a pair adds alone into its own table; the sums stay."""
    shares = [np.bincount(bins[:, i], minlength=len(m)) / len(bins) for i, m in enumerate(mains)]
    for k, (first, second) in enumerate(pairs):
        of_first = joint[k] @ shares[second]
        rest = joint[k] - of_first[:, None]
        of_second = shares[first] @ rest
        joint[k] = rest - of_second[None, :]
        mains[first] = mains[first] + of_first
        mains[second] = mains[second] + of_second
