"""What a version's confidences promised on held-out adoptions, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class ConfidenceReport:
    """Promises against outcomes, on adopters that no calibration saw.

    Every interval is of 95 %. The calibration half of the fold set the temperature, the words,
    the bar and the set; the measured half only checks them.

    Attributes
    ----------
    n_calibration, n_measured : int
        Adopters of the two halves.
    fold : str
        Days of the adoptions, in words.
    figures : DataFrame
        measure (ece, brier), over (all, first), value, low, high, expected, n. "all" is over all
        products not held, "first" over each customer's first alone; expected is what chance
        alone gives where every confidence is exactly right (NaN for brier).
    reliability : DataFrame
        over, lower, upper, n, confidence, taken, low, high.
    curve : DataFrame
        half (calibration, measured), threshold, n, coverage, precision: each customer's first
        three offers, from the threshold on that ten of them reach.
    words : DataFrame
        word, start, n, precision (calibration), n_measured, taken, low, high.
    bar : float or None
        Confidence under which the surest offer is no confident one.
    abstained : float
        Share of the customers with a list whose surest offer lay under the bar on that day.
    sets : DataFrame
        rule, served, n_products (mean size), smallest, largest (10th and 90th percentile), narrow
        (share of customers with at most `set_shown` products), coverage, low, high, n.
    marks : DataFrame
        name (high, fair, bar), threshold, coverage, precision: where they lie on the curve of the
        calibration half.
    set_level : float
    set_shown : int
        Products up to which a set says something.
    simulated : bool
    reason : str
        Why there is nothing to show, "" where there is.
    """

    n_calibration: int
    n_measured: int
    fold: str
    figures: pd.DataFrame
    reliability: pd.DataFrame
    curve: pd.DataFrame
    words: pd.DataFrame
    bar: float | None
    abstained: float
    sets: pd.DataFrame
    set_level: float
    set_shown: int
    simulated: bool = False
    reason: str = ""
    marks: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def measured(self) -> bool:
        """True where there is something to show."""
        return not self.reason

    def to_json(self) -> dict[str, Any]:
        """Every field; tables as lists of rows, a missing figure as null."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _plain(value) for name, value in found.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ConfidenceReport":
        """What `to_json` gave."""
        return cls(
            **{
                name: pd.DataFrame(value) if isinstance(value, list) else value
                for name, value in stored.items()
            }
        )

    @classmethod
    def nothing(cls, reason: str, simulated: bool = False) -> "ConfidenceReport":
        """A report of a version whose confidences cannot be checked."""
        empty = [pd.DataFrame() for _ in range(5)]
        return cls(0, 0, "", *empty[:4], None, 0.0, empty[4], 0.9, 0, simulated, reason)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        shown = value.astype(object)
        return shown.where(value.notna(), None).to_dict("records")
    return value
