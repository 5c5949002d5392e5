"""Several systems' scores and what was adopted in; figures with intervals and a grade out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.audit import metrics
from engine.audit.metrics import METRICS, per_customer
from engine.labels import SYSTEM_LABELS
from engine.rates import Estimate
from engine.threads import one_thread

SIMPLE = ("random", "popular_owned", "popular_adopted")
"""The baselines that a grade is given against."""

GATE_METRIC = "map@7"
N_BOOTSTRAP = 1000
_CELLS = 4_000_000
"""Resampled customers held in memory at once."""


@dataclass(frozen=True)
class Grade:
    """How a system compares with the best simple baseline.

    `letter` is A, B or C (see `grade`); `rival` names the baseline; `difference` is the system
    minus the rival on `metric`, paired by customer, with its 95 % interval; `relative_gain` is
    that difference as a share of the rival's figure; `n` counts adopters.
    """

    letter: str
    rival: str
    metric: str
    value: float
    rival_value: float
    difference: Estimate
    relative_gain: float
    n: int

    @property
    def sentence(self) -> str:
        """What the letter means, in one line."""
        low, high = float(self.difference.low), float(self.difference.high)
        return (
            f"{self.letter}: {self.metric.upper()} {self.value:.3f} against "
            f"{self.rival_value:.3f} of “{SYSTEM_LABELS.get(self.rival, self.rival)}” "
            f"({100 * self.relative_gain:+.0f} %; difference {float(self.difference.value):+.3f}, "
            f"95 % interval {low:+.3f} to {high:+.3f}; {self.n:,} customers who took something)."
        )


def bootstrap(
    values: np.ndarray, *, n: int = N_BOOTSTRAP, seed: int, level: float = 0.95
) -> Estimate:
    """Means with percentile intervals over resampled customers.

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
        tail = (1 - level) / 2
        low, high = np.quantile(means, [tail, 1 - tail], axis=0)
        estimate = Estimate(table.mean(axis=0), low, high)
    return Estimate(*(part[0] for part in estimate)) if flat else estimate


def baselines(
    owned: np.ndarray, adopted_before: np.ndarray, seed: int, rows: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Scores of the simple rivals: chance, what most people hold, what most people took lately.

    Parameters
    ----------
    owned : ndarray of bool, shape (n_customers, n_products)
        Held at the end of the day before the test window.
    adopted_before : ndarray of bool, shape (n_customers, n_products)
        Taken in the training window.
    rows : ndarray of int, optional
        Customers who are evaluated; all by default. Counts always come from all.

    Returns
    -------
    dict of str to ndarray of shape (n_rows, n_products)
        Keys SIMPLE.
    """
    rows = np.arange(len(owned)) if rows is None else rows
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
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    seed: int,
    *,
    product_ids: Sequence[str] | None = None,
    n_bootstrap: int = N_BOOTSTRAP,
) -> pd.DataFrame:
    """Every metric of every system, with intervals over customers.

    Parameters
    ----------
    systems : mapping of str to ndarray of shape (n_customers, n_products)
        Scores; NaN means "not ranked".
    adopted : ndarray of bool, shape (n_customers, n_products)
        What was taken in the test window; what is no candidate does not count.
    candidates : ndarray of bool, shape (n_customers, n_products)
    product_ids : sequence of str, optional
        Ties go to the smaller id; without them, to the earlier column.

    Returns
    -------
    DataFrame
        system, metric, value, low, high, n (customers who adopted a candidate).
    """
    values = _values(systems, adopted, candidates, product_ids)
    means = bootstrap(values.to_numpy(), n=n_bootstrap, seed=seed)
    names = values.columns.to_frame(index=False, name=["system", "metric"])
    return names.assign(value=means.value, low=means.low, high=means.high, n=len(values))


def paired(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    seed: int,
    *,
    champion: str = "blend",
    metric: str = GATE_METRIC,
    product_ids: Sequence[str] | None = None,
    n_bootstrap: int = N_BOOTSTRAP,
) -> pd.DataFrame:
    """One system minus each other on one metric, customer by customer.

    Returns
    -------
    DataFrame
        system (the other), metric, value, low, high, n; above 0 the champion is better.
    """
    values = _values(systems, adopted, candidates, product_ids).xs(metric, axis=1, level=1)
    others = [name for name in systems if name != champion]
    gaps = values[[champion]].to_numpy() - values[others].to_numpy()
    means = bootstrap(gaps, n=n_bootstrap, seed=seed)
    return pd.DataFrame(
        {
            "system": others,
            "metric": metric,
            "value": means.value,
            "low": means.low,
            "high": means.high,
            "n": len(values),
        }
    )


def grade(paired_difference: Estimate, relative_gain: float) -> str:
    """A: at least 10 % better and surely so; B: better; C: not.

    Parameters
    ----------
    paired_difference : Estimate
        Difference to the best simple baseline with its 95 % interval.
    relative_gain : float
        The same difference as a share of the baseline's figure.
    """
    if relative_gain >= 0.10 and paired_difference.low > 0:
        return "A"
    return "B" if paired_difference.value > 0 else "C"


def graded(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    seed: int,
    *,
    champion: str = "blend",
    rivals: Sequence[str] = SIMPLE,
    metric: str = GATE_METRIC,
    product_ids: Sequence[str] | None = None,
) -> Grade | None:
    """Grade one system against the best of the simple ones that are there.

    Returns
    -------
    Grade or None
        None where nobody adopted a candidate: not gradable.
    """
    there = {name: systems[name] for name in (champion, *rivals) if name in systems}
    means = _values(there, adopted, candidates, product_ids).xs(metric, axis=1, level=1).mean()
    if means.isna().any() or len(there) < 2:
        return None
    rival = str(means.drop(champion).idxmax())
    gap = paired(
        {champion: systems[champion], rival: systems[rival]},
        adopted,
        candidates,
        seed,
        champion=champion,
        metric=metric,
        product_ids=product_ids,
    ).iloc[0]
    difference = Estimate(gap["value"], gap["low"], gap["high"])
    gain = _relative(float(gap["value"]), float(means[rival]))
    return Grade(
        letter=grade(difference, gain),
        rival=rival,
        metric=metric,
        value=float(means[champion]),
        rival_value=float(means[rival]),
        difference=difference,
        relative_gain=gain,
        n=int(gap["n"]),
    )


def breadth(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    held: np.ndarray,
) -> pd.DataFrame:
    """Coverage, novelty and popularity bias of every system (`metrics.breadth`).

    Parameters
    ----------
    held : ndarray of bool, shape (n_customers_of_the_bank, n_products)
        Whose column means are the popularity.
    """
    return metrics.breadth(systems, adopted, candidates, popularity=held.mean(axis=0))


def _relative(difference: float, base: float) -> float:
    if base > 0:
        return difference / base
    return float("inf") if difference > 0 else 0.0


def _values(
    systems: Mapping[str, np.ndarray],
    adopted: np.ndarray,
    candidates: np.ndarray,
    product_ids: Sequence[str] | None,
) -> pd.DataFrame:
    """Metrics per adopter: rows adopters, columns (system, metric)."""
    n_products = adopted.shape[1]
    order = np.arange(n_products) if product_ids is None else np.argsort(np.asarray(product_ids))
    rows = np.flatnonzero((adopted & candidates).any(axis=1))
    wanted, open_ = adopted[rows][:, order], candidates[rows][:, order]
    tables = {
        name: per_customer(np.asarray(scores)[rows][:, order], wanted, open_)
        for name, scores in systems.items()
    }
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
