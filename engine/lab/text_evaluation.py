"""Labelled texts and systems that label them in; accuracy and macro-F1 with intervals out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.lab.labelled_texts import Labelled, folds
from engine.rates import LEVEL

N_FOLDS: Final = 5
N_RESAMPLES: Final = 1000

System = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Rows to learn from and rows to label in; a label for each of the latter out."""


@dataclass(frozen=True, eq=False)
class TextEvaluation:
    """How well some systems label texts that they have not seen.

    Attributes
    ----------
    table : DataFrame
        system, accuracy, accuracy_low, accuracy_high, macro_f1, macro_f1_low, macro_f1_high.
    data : Labelled
    chief : str
        The system that serves, or would.
    hits : mapping of str to ndarray of bool, shape (n,)
        System -> which held-out texts it labels right.
    seed : int
    """

    table: pd.DataFrame
    data: Labelled
    chief: str
    hits: Mapping[str, np.ndarray]
    seed: int

    def figure(self, name: str) -> dict[str, float]:
        """`accuracy` or `macro_f1` of the chief system: value, low, high."""
        row = self.table.set_index("system").loc[self.chief]
        return {"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}

    def lead(self, system: str, over: str) -> tuple[float, float, float]:
        """By how much more of the texts one system labels right, with the interval of that."""
        weights = _resamples(self.data.groups, self.seed)
        more = self.hits[system].astype(float) - self.hits[over]
        values = weights @ more / weights.sum(axis=1)
        tail = (1 - LEVEL) / 2
        return (float(values[0]), *map(float, np.quantile(values[1:], [tail, 1 - tail])))

    @property
    def sentence(self) -> str:
        """What was judged, and how."""
        data = self.data
        names = ", ".join(data.left_out)
        left = f" Left out: {data.n_left_out} texts of {names}." if data.n_left_out else ""
        return (
            f"{data.n:,} texts of {data.n_groups:,} groups, {len(data.names)} labels; {N_FOLDS} "
            f"folds, no group on both sides; {LEVEL:.0%} intervals over {N_RESAMPLES:,} resamples "
            f"of groups; the most frequent label has {data.majority:.3f}.{left}"
        )


def evaluate(
    data: Labelled, systems: Mapping[str, System], *, seed: int, chief: str = ""
) -> TextEvaluation:
    """Cross-validate systems on the same folds, and judge them on the held-out texts.

    The chief one is the first if none is named.

    A system that learns nothing is asked fold by fold all the same.

    Percentile bootstrap over groups, not texts: payments at one merchant are no independent proof
    (Efron and Tibshirani 1993, chapter 13). All systems share the resamples. Macro-F1 is the mean
    over the labels that occur; a prediction of any other label is merely wrong.
    """
    places = {name: i for i, name in enumerate(data.names)}
    truth = np.array([places[label] for label in data.labels])
    split = folds(data, N_FOLDS, seed)
    weights = _resamples(data.groups, seed)
    rows, hits = [], {}
    for name, system in {**systems, "majority": majority_of(data)}.items():
        guess = np.full(len(truth), len(places))
        for train, test in split:
            guess[test] = [places.get(label, len(places)) for label in system(train, test)]
        hits[name] = guess == truth
        rows.append({"system": name, **_figures(truth, guess, len(places), weights)})
    return TextEvaluation(pd.DataFrame(rows), data, chief or next(iter(systems)), hits, seed)


def majority_of(data: Labelled) -> System:
    """The baseline: the most frequent label of what is learned from, of equals the first."""

    def system(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        names, counts = np.unique(data.labels[train].astype(str), return_counts=True)
        return np.full(len(test), names[counts.argmax()], dtype=object)

    return system


def _resamples(groups: np.ndarray, seed: int) -> np.ndarray:
    """How often each text counts, shape (1 + n_resamples, n); the first row is the data itself."""
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    draws = np.random.default_rng(seed).integers(0, len(names), (N_RESAMPLES, len(names)))
    counts = np.stack([np.bincount(draw, minlength=len(names)) for draw in draws])
    return np.vstack([np.ones(len(groups)), counts[:, codes]])


def _figures(
    truth: np.ndarray, guess: np.ndarray, n_labels: int, weights: np.ndarray
) -> dict[str, float]:
    """Accuracy and macro-F1 of the data, with the percentiles over its resamples."""
    labels = np.arange(n_labels)
    true, said = truth[:, None] == labels, guess[:, None] == labels
    hits, truths, saids = (weights @ table.astype(float) for table in (true & said, true, said))
    both = truths + saids
    f1 = np.divide(2 * hits, both, out=np.full(both.shape, np.nan), where=truths > 0)
    resampled = {
        "accuracy": weights @ (truth == guess) / weights.sum(axis=1),
        "macro_f1": np.nanmean(f1, axis=1),
    }
    tail = (1 - LEVEL) / 2
    figures = {}
    for name, values in resampled.items():
        low, high = np.quantile(values[1:], [tail, 1 - tail])
        figures |= {name: float(values[0]), f"{name}_low": float(low), f"{name}_high": float(high)}
    return figures
