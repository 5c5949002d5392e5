"""How well models foresee ratings, and collaborative filtering what is taken."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class RatingsReport:
    """Rivals' models on this bank's own ratings and adoptions.

    Attributes
    ----------
    table : DataFrame
        Of engine.lab.rating_comparison.compare; empty where there are too few ratings.
    reason : str
        Why it is empty.
    n_untouched : int
        Ratings left out because no slider was moved.
    recall : DataFrame
        system, recall (at 10), low, high, n: held-out adopters; empty without history.
    simulated : bool
    """

    table: pd.DataFrame
    reason: str
    n_untouched: int
    recall: pd.DataFrame
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """Every field; tables as rows."""
        return vars(self) | {
            "table": self.table.to_dict("records"),
            "recall": self.recall.to_dict("records"),
        }
