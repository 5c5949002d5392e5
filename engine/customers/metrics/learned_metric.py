"""Coefficients and what is known of them in; chances and points on the 0-10 scale out."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers.metrics.additive_tables import AdditiveTables
from engine.customers.metrics.scorecard import Scorecard, from_points
from engine.errors import StateError

SCHEMA: Final = 2
READABLE: Final = (1, SCHEMA)
DRIVERS: Final = "drivers"
LINEAR: Final = "linear"
ADDITIVE: Final = "additive"
FORMS: Final = (DRIVERS, LINEAR, ADDITIVE)
"""From the simplest on: a line of the scorecard's drivers; a line of any columns; a boosted sum of
tables of one and two columns."""
FORM_LABELS: Final = {
    DRIVERS: "the scorecard's drivers, weighed",
    LINEAR: "a regression on columns",
    ADDITIVE: "boosted tables of columns and pairs",
}
CHANCE: Final = "chance"
FIGURE: Final = "figure"
FARTHEST: Final = 4.0
"""Inputs count up to this many deviations from the centre: one odd figure decides nothing."""


@dataclass(frozen=True)
class LearnedMetric:
    """A model of one target whose parts are summed: a line, or tables.

    Attributes
    ----------
    metric, target : str
        One of vocabulary.METRICS or expected_loss; the label that it was learned from.
    kind : str
        "chance" for a target of 0 and 1 (log-odds), "figure" for numbers.
    inputs : tuple of str
        Drivers; `centers` and `scales` standardise them, `coefficients` weigh them. The centre
        of a scorecard's driver is 0, so that an unknown driver counts as no sign either way, as
        it does there: what must never lower a metric does not.
    intercept : float
        Log-odds (or figure) of a customer whose inputs all stand at their centre, or are unknown.
    unit : float
        Log-odds, or units of the figure, that are one point: at least ln 2 for a chance, so a
        point at least doubles the odds; half a deviation for a figure.
    n, n_positive : int
        Labels, and how many of them are 1.
    quality, low, high : float
        Cross-validated AUC (rank correlation for a figure) with its 95 % interval.
    known_until : str
        ISO date of the newest label; a bank as of an earlier day does not know the model.
    fitted_on : str
        ISO date.
    form : str
        One of FORMS.
    words : tuple of (str, tuple of (str, float))
        Columns of words, and the number that stands for each word.
    tables : AdditiveTables or None
        In place of `centers`, `scales` and `coefficients`, for ADDITIVE.
    beside : tuple of (str, float, float, float)
        What else was judged on the same labels: name, quality, low, high.
    left_out : tuple of (str, str)
        Columns that were not learned from, and why.
    """

    metric: str
    target: str
    kind: str
    inputs: tuple[str, ...]
    centers: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    unit: float
    n: int
    n_positive: int
    quality: float
    low: float
    high: float
    known_until: str
    fitted_on: str
    form: str = DRIVERS
    words: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    tables: AdditiveTables | None = None
    beside: tuple[tuple[str, float, float, float], ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    def parts(self, design: pd.DataFrame) -> np.ndarray:
        """What each input adds to the log-odds, shape (n_customers, n_inputs); 0 if unknown."""
        given = as_numbers(design.reindex(columns=list(self.inputs)), self.words)
        if self.tables is not None:
            return self.tables.parts(given)
        return standardised(given, self.centers, self.scales) * self.coefficients

    def predict(self, design: pd.DataFrame) -> np.ndarray:
        """Chance from 0 to 1, or the figure, of each customer."""
        raw = self.intercept + self.parts(design).sum(axis=1)
        return 1 / (1 + np.exp(-raw)) if self.kind == CHANCE else raw

    def card(self, design: pd.DataFrame) -> Scorecard:
        """Value from 0 to 10 and its points: 5 is a customer without any sign.

        The points are the log-odds parts in proportion, so that they sum to the value. Where the
        scorecard's drivers were weighed every one of them is there, with 0 where nothing was
        learned about it; else every input is. Who has no known input stays at 5.
        """
        names = design.columns if self.form == DRIVERS else list(self.inputs)
        seen = design.reindex(columns=names)
        known = seen.notna().any(axis=1).to_numpy()
        points = pd.DataFrame(0.0, index=design.index, columns=names)
        points[list(self.inputs)] = self.parts(design) / self.unit
        points.loc[~known] = 0.0
        return from_points(points, known)

    @property
    def sentence(self) -> str:
        """Where the metric comes from, for a page."""
        if self.kind == CHANCE:
            what = f"{self.n:,} labels “{self.target}” ({self.n_positive:,} of them yes)"
            said = "AUC"
            scale = (
                "5 is a customer without a sign either way, each point more doubles the odds"
                if self.form == DRIVERS
                else f"5 is the mean of those customers, each point more multiplies the odds by "
                f"{np.exp(self.unit):.1f}"
            )
        else:
            what = f"{self.n:,} figures “{self.target}”"
            said = "rank correlation"
            middle = "without a sign either way" if self.form == DRIVERS else "like their mean"
            scale = f"5 is a customer {middle}, a point is half a deviation"
        return (
            f"Learned from {what} by {FORM_LABELS[self.form]}, fitted on {self.fitted_on}: "
            f"cross-validated {said} "
            f"{self.quality:.2f} [{self.low:.2f}, {self.high:.2f}]. {scale}."
        )

    def to_json(self) -> str:
        """Coefficients and figures as text; the same model gives the same bytes."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: str) -> "LearnedMetric":
        """The inverse of `to_json`.

        Raises
        ------
        StateError
            If the text is not what `to_json` wrote.
        """
        try:
            stored = json.loads(text)
            if stored.pop("schema") not in READABLE:
                raise ValueError("it was written by another version")
            tables = stored.pop("tables", None)
            read = AdditiveTables(**_tuples(tables)) if tables else None
            return cls(**_tuples(stored), tables=read)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StateError(
                f"{where} cannot be read as a learned metric ({error}). Remove it or learn it "
                "again: python -m engine fit-metric --help"
            ) from error


def as_numbers(
    design: pd.DataFrame, words: tuple[tuple[str, tuple[tuple[str, float], ...]], ...]
) -> np.ndarray:
    """A table of numbers. What is not of the kind that was learned from is unknown."""
    coded = dict(words)
    numbers = {
        name: _code_of(values, coded[name])
        if name in coded
        else pd.to_numeric(values, errors="coerce")
        for name, values in design.items()
    }
    return design.assign(**numbers).to_numpy(dtype=float, na_value=np.nan)


def _code_of(values: pd.Series, codes: tuple[tuple[str, float], ...]) -> pd.Series:
    """The code of each word; of a number that of the one word that reads as that number."""
    by_word = pd.Series(dict(codes), dtype=float)
    if pd.api.types.is_numeric_dtype(values):
        by_word.index = pd.to_numeric(by_word.index, errors="coerce")
        by_word = by_word[by_word.index.notna() & ~by_word.index.duplicated(keep=False)]
    return values.map(by_word)


def _tuples(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    if isinstance(value, dict):
        return {key: _tuples(inner) for key, inner in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


@dataclass(frozen=True, eq=False)
class InUse:
    """A learned metric, its prediction and its inputs for every customer, in the bank's order."""

    model: LearnedMetric
    predicted: np.ndarray
    inputs: pd.DataFrame


def standardised(
    values: np.ndarray, centers: tuple[float, ...], scales: tuple[float, ...]
) -> np.ndarray:
    """Deviations from the centre, cut off far out; 0 where a value is unknown."""
    given = (values - np.asarray(centers)) / np.asarray(scales)
    return np.nan_to_num(np.clip(given, -FARTHEST, FARTHEST), nan=0.0)


def in_use(
    models: Mapping[str, LearnedMetric], strengths: Mapping[str, pd.DataFrame], day: pd.Timestamp
) -> dict[str, InUse]:
    """Learned metrics that a bank of this day may use, with their predictions."""
    return {
        name: InUse(
            model,
            model.predict(strengths[name]),
            strengths[name].reindex(columns=list(model.inputs)),
        )
        for name, model in models.items()
        if name in strengths and not (model.known_until and pd.Timestamp(model.known_until) > day)
    }


def facts(model: LearnedMetric) -> dict[str, Any]:
    """One row of what is in use: metric, source, form, target, n, n_positive, quality, low, high,
    fitted_on."""
    return {
        "metric": model.metric,
        "source": "learned",
        "form": FORM_LABELS.get(model.form, ""),
        "target": model.target,
        "n": model.n,
        "n_positive": model.n_positive,
        "quality": model.quality,
        "low": model.low,
        "high": model.high,
        "fitted_on": model.fitted_on,
    }
