"""Who took what between two days, and what was known of them on the day before."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.ranking import blend as blending
from engine.ranking import temporal_split
from engine.ranking.blend import Blend
from engine.ranking.signals import Signals
from engine.settings import RankingSettings


@dataclass(frozen=True, eq=False)
class Adopters:
    """Customers who took something between two days, as they looked on the day before."""

    since: pd.Timestamp
    until: pd.Timestamp
    """First and last day, both included."""
    raw: Mapping[str, np.ndarray]
    """Arrays of shape (n_adopters, n_products)."""
    newcomers: np.ndarray
    """Bool, shape (n_adopters,). Who held nothing then."""
    candidates: np.ndarray
    adopted: np.ndarray
    """Both bool, shape (n_adopters, n_products)."""
    rows: np.ndarray
    signals: Signals
    """Of the whole bank on that day."""

    @classmethod
    def between(
        cls, signals: Signals, adoptions: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp
    ) -> "Adopters":
        """Who took a candidate between two days, by the signals of the day before."""
        shape = (signals.bank.n_customers, signals.bank.n_products)
        adopted = temporal_split.window(adoptions, since, until, shape) & signals.candidates
        rows = np.flatnonzero(adopted.any(axis=1))
        raw, newcomers = signals.raw(rows), signals.newcomers(rows)
        candidates = signals.candidates[rows]
        return cls(since, until, raw, newcomers, candidates, adopted[rows], rows, signals)

    @classmethod
    def pooled(cls, folds: Sequence["Adopters"]) -> "Adopters":
        """Several windows as one; a signal that an early one lacks is 0 there: nothing is known."""
        last = folds[-1]

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(fold, name) for fold in folds])

        raw = {
            name: np.concatenate(
                [fold.raw.get(name, np.zeros(fold.adopted.shape)) for fold in folds]
            )
            for name in last.raw
        }
        tables = (joined(name) for name in ("newcomers", "candidates", "adopted", "rows"))
        return cls(folds[0].since, last.until, raw, *tables, last.signals)

    def take(self, kept: np.ndarray) -> "Adopters":
        """Those where `kept`, bool of shape (n_adopters,), is true."""
        names = ("newcomers", "candidates", "adopted", "rows")
        tables = {name: getattr(self, name)[kept] for name in names}
        raw = {name: values[kept] for name, values in self.raw.items()}
        return dataclasses.replace(self, raw=raw, **tables)

    def within(self, allowed: np.ndarray) -> "Adopters":
        """Those who took something that is allowed, with all else no candidate and not taken.

        `allowed` is bool of shape (n_adopters, n_products).
        """
        narrowed = dataclasses.replace(
            self, candidates=self.candidates & allowed, adopted=self.adopted & allowed
        )
        return narrowed.take(narrowed.adopted.any(axis=1))

    def scores(self, blend: Blend) -> np.ndarray:
        """Blended scores of the adopters, shape (n_adopters, n_products)."""
        return blend.scores(self.raw, self.newcomers)

    def fitted(self, start: Blend, ranking: RankingSettings) -> Blend:
        """The blend that these adopters teach, from fixed weights; `start` says which signals."""
        return blending.fit(start, self.raw, self.newcomers, self.candidates, self.adopted, ranking)

    @property
    def measured(self) -> np.ndarray:
        """The half of the adopters that no calibration sees, bool of shape (n_adopters,)."""
        return self.rows % 2 == 1
