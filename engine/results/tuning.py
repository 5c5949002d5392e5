"""What a search for settings tried, and what it kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class Tuning:
    """Trials of settings on folds in time (F204).

    Attributes
    ----------
    table : DataFrame
        trial, seed, judged (by whose ranking), fold, from, until, n, map@7, a column a setting,
        and ahead, ahead_low, ahead_high: the lead over trial 0, which has today's, over all folds.
    mean : Series
        Trial -> map@7 over the adopters of all folds.
    best : int
        The trial with the highest mean of those surely ahead; 0 where none is.
    changes : mapping
        Setting -> value of the best trial; empty for trial 0.
    log : str
        File that holds the table.
    name : str
        Under which the best is saved and put in force.
    """

    table: pd.DataFrame
    mean: pd.Series
    best: int
    changes: Mapping[str, float]
    log: str
    name: str

    def to_json(self) -> dict[str, Any]:
        """The shape that `tune --json` prints."""
        trials = self.table.assign(
            **{name: self.table[name].dt.strftime("%Y-%m-%d") for name in ("from", "until")}
        )
        return {
            "best": self.best,
            "changes": dict(self.changes),
            "mean": {
                str(trial): None if value != value else float(value)
                for trial, value in self.mean.items()
            },
            "trials": trials.astype(object).where(trials.notna(), None).to_dict("records"),
            "log": self.log,
        }
