"""Several systems' scores and what was adopted in; figures with intervals and a grade out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.audit.metrics import METRICS, per_customer
from engine.figures import signed
from engine.labels import SYSTEM_LABELS
from engine.rates import LEVEL, Estimate
from engine.threads import one_thread

GATE_METRIC = "map@7"
SERVED = "served"
"""The system that a grade is about: the growth list as it is shown."""
MARGIN = 0.005
"""By so much a B may be behind a rival within its interval (own choice)."""
N_BOOTSTRAP = 1000
_CELLS = 4_000_000
"""Resampled customers held in memory at once."""


@dataclass(frozen=True)
class Grade:
    """How lists as they are shown compare with the simple rivals."""

    letter: str
    """A, B or C (see `grade`)."""
    rival: str
    """Name of the best of them."""
    metric: str
    value: float
    rival_value: float
    difference: Estimate
    """The system minus the rival on the metric, paired by customer, with its 95 % interval."""
    relative_gain: float
    """That difference as a share of the rival's figure."""
    n: int
    """Adopters."""

    @property
    def sentence(self) -> str:
        """What the letter means, in one line."""
        low, high = float(self.difference.low), float(self.difference.high)
        return (
            f"{self.letter}: {self.metric.upper()} {self.value:.3f} against "
            f"{self.rival_value:.3f} of “{SYSTEM_LABELS.get(self.rival, self.rival)}” "
            f"({signed(100 * self.relative_gain, 0)} %; "
            f"difference {signed(float(self.difference.value), 3)}, "
            f"95 % interval {signed(low, 3)} to {signed(high, 3)}: {standing(low, high)}; "
            f"{self.n:,} customers)."
        )


def standing(low: float, high: float) -> str:
    """What the interval of a difference says: surely ahead, surely behind or not told apart."""
    return "surely ahead" if low > 0 else "surely behind" if high < 0 else "not told apart"


def bootstrap(values: np.ndarray, *, n: int = N_BOOTSTRAP, seed: int) -> Estimate:
    """Means with 95 % percentile intervals over resampled customers.

    Parameters
    ----------
    values : ndarray of shape (n_customers,) or (n_customers, n_columns)
        One row a customer. Columns share the resamples, so that they can be compared.
    n : int
        Resamples.

    Returns
    -------
    Estimate
        Scalars or arrays of shape (n_columns,); NaN where there is no customer.

    Notes
    -----
    Percentile bootstrap (Efron & Tibshirani 1993, chapter 13).
    """
    table = np.asarray(values, dtype=float)
    flat = table.ndim == 1
    table = table[:, None] if flat else table
    n_rows = len(table)
    if n_rows == 0:
        nothing = np.full(table.shape[1], np.nan)
        estimate = Estimate(nothing, nothing, nothing)
    else:
        means = _resampled_means(table, n, seed)
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(means, [tail, 1 - tail], axis=0)
        estimate = Estimate(table.mean(axis=0), low, high)
    return Estimate(*(part[0] for part in estimate)) if flat else estimate


def baselines(
    owned: np.ndarray, adopted_before: np.ndarray, seed: int, rows: np.ndarray
) -> dict[str, np.ndarray]:
    """Scores of the simple rivals: chance, what most people hold, what most people took lately.

    Parameters
    ----------
    owned : ndarray of bool, shape (n_customers, n_products)
        Held at the end of the day before the test window.
    adopted_before : ndarray of bool, shape (n_customers, n_products)
        Taken in the training window.
    rows : ndarray of int
        Customers who are evaluated. Counts come from all.
    """
    shape = (len(rows), owned.shape[1])
    return {
        "random": np.random.default_rng(seed).random(owned.shape)[rows],
        "popular_owned": np.broadcast_to(owned.sum(axis=0, dtype=float), shape),
        "popular_adopted": np.broadcast_to(adopted_before.sum(axis=0, dtype=float), shape),
    }


def with_random_ties(
    systems: Mapping[str, np.ndarray], adopted: np.ndarray, candidates: np.ndarray, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """The same tables with each customer's products in an order of chance.

    Ties then go by chance, alike for all systems. In the order of a catalogue a coarse system
    would be flattered, or slighted, by how its products happen to be sorted.
    """
    order = np.random.default_rng(seed).permuted(
        np.tile(np.arange(adopted.shape[1]), (len(adopted), 1)), axis=1
    )

    def mixed(table: np.ndarray) -> np.ndarray:
        return np.take_along_axis(np.asarray(table), order, axis=1)

    return (
        {name: mixed(scores) for name, scores in systems.items()},
        mixed(adopted),
        mixed(candidates),
    )


def evaluate_systems(
    systems: Mapping[str, np.ndarray], adopted: np.ndarray, candidates: np.ndarray, seed: int
) -> pd.DataFrame:
    """Every metric of every system, with intervals over customers.

    Parameters
    ----------
    systems : mapping of str to ndarray of shape (n_customers, n_products)
        Scores; NaN means "not ranked". Ties go to the earlier column.
    adopted : ndarray of bool, shape (n_customers, n_products)
        What was taken in the test window; what is no candidate does not count.
    candidates : ndarray of bool, shape (n_customers, n_products)

    Returns
    -------
    DataFrame
        system, metric, value, low, high, n (customers who adopted a candidate).
    """
    values = _values(systems, adopted, candidates)
    means = bootstrap(values.to_numpy(), seed=seed)
    names = values.columns.to_frame(index=False, name=["system", "metric"])
    return names.assign(**means._asdict(), n=len(values))


def paired(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    seed: int,
    *,
    champion: str = SERVED,
) -> pd.DataFrame:
    """One system minus each other on `GATE_METRIC`, customer by customer.

    system (the other), metric, value, low, high, n, standing (of the champion, see `standing`);
    above 0 the champion is better.
    """
    values = _values(systems, adopted, candidates).xs(GATE_METRIC, axis=1, level=1)
    others = [name for name in systems if name != champion]
    gaps = values[[champion]].to_numpy() - values[others].to_numpy()
    means = bootstrap(gaps, seed=seed)
    table = pd.DataFrame({"system": others, "metric": GATE_METRIC} | means._asdict())
    said = [standing(low, high) for low, high in zip(table["low"], table["high"], strict=True)]
    return table.assign(n=len(values), standing=said)


def gaps(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    names: Sequence[str],
) -> dict[str, np.ndarray]:
    """Some systems minus what is served on `GATE_METRIC`, each of shape (n_adopters,)."""
    values = _values(systems, adopted, candidates).xs(GATE_METRIC, axis=1, level=1)
    return {name: (values[name] - values[SERVED]).to_numpy() for name in names}


def grade(ahead: pd.DataFrame, relative_gain: float) -> str:
    """A: a tenth better than the best rival, and surely ahead of each; B: better than each, and
    surely behind none by more than `MARGIN`; C: not.

    `ahead` has value and low of the difference to each rival, paired by customer.
    """
    if relative_gain >= 0.10 and (ahead["low"] > 0).all():
        return "A"
    return "B" if (ahead["value"] > 0).all() and (ahead["low"] > -MARGIN).all() else "C"


def graded(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    seed: int,
    *,
    rivals: Sequence[str],
) -> Grade | None:
    """Grade what is served against all the rivals there are; None where nobody adopted."""
    there = {name: systems[name] for name in (SERVED, *rivals) if name in systems}
    means = _values(there, adopted, candidates).xs(GATE_METRIC, axis=1, level=1).mean()
    if means.isna().any() or len(there) < 2:
        return None
    rival = str(means.drop(SERVED).idxmax())
    gaps = paired(there, adopted, candidates, seed).set_index("system")
    gap = gaps.loc[rival]
    difference = Estimate(gap["value"], gap["low"], gap["high"])
    value, rival_value = float(means[SERVED]), float(means[rival])
    gain = _relative(float(gap["value"]), rival_value)
    letter = grade(gaps, gain)
    return Grade(letter, rival, GATE_METRIC, value, rival_value, difference, gain, int(gap["n"]))


def _relative(difference: float, base: float) -> float:
    if base > 0:
        return difference / base
    return float("inf") if difference > 0 else 0.0


def _values(
    systems: Mapping[str, np.ndarray], adopted: np.ndarray, candidates: np.ndarray
) -> pd.DataFrame:
    """Metrics per adopter: rows adopters, columns (system, metric)."""
    tables = {name: per_customer(scores, adopted, candidates) for name, scores in systems.items()}
    if not tables:
        return pd.DataFrame(columns=pd.MultiIndex.from_product([[], METRICS]))
    return pd.concat(tables, axis=1)


def _resampled_means(table: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Means of n resamples, shape (n, n_columns): counts of each customer times the values."""
    rng = np.random.default_rng(seed)
    n_rows = len(table)
    step = max(1, _CELLS // n_rows)
    means = np.empty((n, table.shape[1]))
    for start in range(0, n, step):
        size = min(step, n - start)
        drawn = rng.integers(0, n_rows, (size, n_rows)) + np.arange(size)[:, None] * n_rows
        counts = np.bincount(drawn.ravel(), minlength=size * n_rows).reshape(size, n_rows)
        with one_thread():
            means[start : start + size] = counts @ table / n_rows
    return means
