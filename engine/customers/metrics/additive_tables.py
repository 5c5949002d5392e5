"""Tables of what one column, or two together, add in; the share of each column out."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class AdditiveTables:
    """A sum of tables: one a column, and some for two columns together.

    Attributes
    ----------
    edges : tuple of tuple of float
        Per column, ascending: a value falls in the bin before the first edge that it is not above.
    mains : tuple of tuple of float
        Per column: what an unknown value adds, then what each bin adds.
    pairs : tuple of (int, int)
        Positions of two columns.
    joint : tuple of tuple of tuple of float
        Per pair: rows are the bins of the first column, the unknown one first.
    """

    edges: tuple[tuple[float, ...], ...]
    mains: tuple[tuple[float, ...], ...]
    pairs: tuple[tuple[int, int], ...]
    joint: tuple[tuple[tuple[float, ...], ...], ...]

    def parts(self, values: np.ndarray) -> np.ndarray:
        """What each column adds, shape (n, n_columns); two together share theirs by halves.

        The sum of a row is the whole model but for its intercept.
        """
        bins = binned(values, self.edges)
        parts = np.column_stack([np.asarray(m)[bins[:, i]] for i, m in enumerate(self.mains)])
        for (first, second), table in zip(self.pairs, self.joint, strict=True):
            half = np.asarray(table)[bins[:, first], bins[:, second]] / 2
            parts[:, first] += half
            parts[:, second] += half
        return parts

    def scaled(self, factor: float) -> "AdditiveTables":
        """Every entry times a factor."""
        mains = tuple(tuple((np.asarray(main) * factor).tolist()) for main in self.mains)
        joint = tuple(
            tuple(map(tuple, (np.asarray(table) * factor).tolist())) for table in self.joint
        )
        return replace(self, mains=mains, joint=joint)


def binned(values: np.ndarray, edges: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """The bin of each value, from 1; 0 where it is unknown."""
    bins = np.zeros(values.shape, dtype=np.int64)
    for column, cuts in enumerate(edges):
        known = ~np.isnan(values[:, column])
        bins[known, column] = np.searchsorted(cuts, values[known, column], side="left") + 1
    return bins
