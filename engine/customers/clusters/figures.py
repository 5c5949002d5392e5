"""Profiles in; the figures that customers are compared by, on one scale, out.

None is a protected trait: profiles are read from a bank without them. A figure that tells one all
the same (AUC from .8) is left out, and so are spending on health and on children.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.learned_metrics.column_checks import proxies, traits_of
from engine.customers.profiles import Profiles

MONEY, YEARS, SCORE, SHARE, COUNT = "money", "years", "score", "share", "count"
MEANS, RELATION, SERVICE, HABITS, OUTCOME = "means", "relation", "service", "habits", "outcome"
THEMES: Final = (MEANS, RELATION, SERVICE, HABITS)
"""What groups are made by; an outcome only describes them."""
A_THEME: Final = 2
"""Figures of one theme that groups are made by, so that none outweighs the others (own choice)."""
KNOWN_FROM: Final = 0.5
"""Share of customers of whom a figure must be known (own choice)."""
ALIKE_FROM: Final = 0.9
"""Correlation from which a figure says what one before it says (own choice)."""
MIN_N: Final = 30
"""Customers below whom no figure is put on a scale (own choice)."""
_EDGES: Final = (0.01, 0.99)
"""Quantiles beyond which a value counts as the edge: one odd figure moves no group."""


@dataclass(frozen=True)
class Figure:
    """One figure of a customer: what it is called, and what having much or little of it is."""

    label: str
    theme: str
    unit: str
    high: str
    low: str
    scale: str = "linear"
    """How it is put on a scale: "log" for money, "root" for counts, years and shares."""
    is_mean: bool = False
    """Whether the mean stands for a group, else the median."""


FIGURES: Final[Mapping[str, Figure]] = {
    "balance": Figure("Balance", MEANS, MONEY, "high balances", "low balances", "log"),
    "income": Figure("Income a year", MEANS, MONEY, "high incomes", "low incomes", "log"),
    "spending_month": Figure(
        "Spending a month", MEANS, MONEY, "high spending", "low spending", "log"
    ),
    "credit_score": Figure(
        "Credit score", MEANS, SCORE, "high credit scores", "low credit scores"
    ),
    "n_holdings": Figure(
        "Products held", RELATION, COUNT, "many products", "few products", "root", True
    ),
    "tenure_years": Figure(
        "Years with the bank", RELATION, YEARS, "long relationships", "short relationships", "root"
    ),
    "n_account_kinds": Figure(
        "Kinds of account", RELATION, COUNT, "many kinds of account", "few kinds of account",
        "root", True,
    ),
    "n_cases": Figure(
        "Cases on record", SERVICE, COUNT, "many cases", "few cases",
        "root", True,
    ),
    "mood": Figure(
        "Mood of messages (−1 to 1)", SERVICE, SCORE, "good mood", "poor mood"
    ),
    "satisfaction": Figure("Satisfaction (−1 to 1)", SERVICE, SCORE, "satisfied", "unsatisfied"),
    "investing": Figure(
        "Share of spending invested", HABITS, SHARE, "much invested",
        "little invested", "root",
    ),
    "travel": Figure(
        "Share of spending on travel", HABITS, SHARE, "much travel", "little travel", "root"
    ),
    "technology": Figure(
        "Share of spending on technology", HABITS, SHARE, "much technology",
        "little technology", "root",
    ),
    "leisure": Figure(
        "Share of spending on dining out", HABITS, SHARE, "much dining out",
        "little dining out", "root",
    ),
    "balance_change": Figure(
        "Change of balance", HABITS, SHARE, "growing balances", "falling balances"
    ),
    "spending_change": Figure(
        "Change of spending", HABITS, SHARE, "growing spending", "falling spending"
    ),
    "spending_variation": Figure(
        "Swing of monthly spending", HABITS, SHARE, "uneven spending",
        "steady spending",
    ),
    "tolerance": Figure(
        "Tolerance for risk (−1 to 1)", HABITS, SCORE, "bold about risk",
        "careful about risk",
    ),
    "churn": Figure(
        "Churn index (0 to 10)", OUTCOME, SCORE, "high churn", "low churn", is_mean=True
    ),
    "value_a_year": Figure(
        "Value a year", OUTCOME, MONEY, "high value", "low value", "log"
    ),
}  # fmt: skip
"""Name -> figure; of each theme the first that a bank knows make the groups, all describe them."""


@dataclass(frozen=True, eq=False)
class Scales:
    """How figures of some customers are put on one scale: deviations from their mean.

    Attributes
    ----------
    names : tuple of str
    low, high, mean, deviation : ndarray of shape (n_figures,)
        Edges beyond which a value counts as the edge; mean and standard deviation between them.
    """

    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    def of(self, raw: pd.DataFrame) -> np.ndarray:
        """Deviations, shape (n_customers, n_figures); NaN where a figure is not known."""
        given = np.clip(_bent(raw[list(self.names)]), self.low, self.high)
        return (given - self.mean) / self.deviation

    def only(self, names: tuple[str, ...]) -> "Scales":
        """Those of some figures alone."""
        at = [self.names.index(name) for name in names]
        arrays = (self.low, self.high, self.mean, self.deviation)
        return Scales(names, *(one[at] for one in arrays))

    def moved_to(self, other: "Scales", centres: np.ndarray) -> np.ndarray:
        """Centres on these scales as they are on others of the same figures."""
        plain = centres * self.deviation + self.mean
        return np.asarray((plain - other.mean) / other.deviation)


def raw_figures(profiles: Profiles) -> pd.DataFrame:
    """Every figure as it is known, one row a customer; NaN where it is not."""
    table, features, spending = profiles.table, profiles.features, profiles.spending
    spent = spending.sum(axis="columns").to_numpy(dtype=float)
    known = profiles.data.spending.known & (spent > 0)

    def share(*categories: str) -> np.ndarray:
        part = spending[list(categories)].sum(axis="columns").to_numpy(dtype=float)
        return np.divide(part, spent, out=np.full(len(spent), np.nan), where=known)

    columns = {
        "investing": share("investments"),
        "travel": share("travel"),
        "technology": share("technology"),
        "leisure": share("dining"),
    }
    for name in FIGURES:
        if name not in columns:
            source = table if name in table else features
            columns[name] = source[name].to_numpy(dtype=float)
    columns["churn"] = table["churn"].where(table["churn_known"]).to_numpy(dtype=float)
    if not table["n_messages"].any():
        columns["n_cases"] = np.full(len(table), np.nan)
    return pd.DataFrame(columns, index=table.index)[list(FIGURES)]


def scales_of(raw: pd.DataFrame) -> Scales:
    """Scales of the figures that are known of enough customers and not the same for all."""
    names, rows = [], []
    if len(raw) >= MIN_N:
        bent = _bent(raw)
        for name, values in zip(raw.columns, bent.T, strict=True):
            given = values[~np.isnan(values)]
            if len(given) < max(KNOWN_FROM * len(raw), MIN_N):
                continue
            low, high = np.quantile(given, _EDGES)
            inside = np.clip(given, low, high)
            if inside.std() > 1e-9 * max(1.0, abs(inside.mean())):
                names.append(name)
                rows.append((low, high, inside.mean(), inside.std()))
    arrays = np.array(rows, dtype=float).reshape(len(names), 4).T
    return Scales(tuple(names), *arrays)


def making(scales: Scales, raw: pd.DataFrame, told: Mapping[str, str]) -> tuple[str, ...]:
    """The figures that groups are made by: the first of each theme that say something new.

    Parameters
    ----------
    told : mapping
        Figure -> the protected trait that it stands for.
    """
    deviations = np.nan_to_num(scales.of(raw))
    chosen: list[str] = []
    for theme in THEMES:
        mine: list[str] = []
        for name in (n for n in scales.names if FIGURES[n].theme == theme and n not in told):
            values = deviations[:, scales.names.index(name)]
            others = [deviations[:, scales.names.index(other)] for other in (*chosen, *mine)]
            alike = any(abs(_correlation(values, other)) > ALIKE_FROM for other in others)
            if not alike and len(mine) < A_THEME:
                mine.append(name)
        chosen += mine
    return tuple(chosen)


def telling(raw: pd.DataFrame, bank: Bank) -> dict[str, str]:
    """Figures that stand for a protected trait, and for which: "stands for age above 45 (...)"."""
    return proxies(raw, traits_of(bank))


def _bent(raw: pd.DataFrame) -> np.ndarray:
    """Values on the scale of each figure: money as a logarithm, counts and shares as a root."""
    values = raw.to_numpy(dtype=float).copy()
    for column, name in enumerate(raw.columns):
        given, scale = values[:, column], FIGURES[name].scale
        if scale == "log":
            values[:, column] = np.sign(given) * np.log1p(np.abs(given))
        elif scale == "root":
            values[:, column] = np.sign(given) * np.sqrt(np.abs(given))
    return values


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    deviations = one - one.mean(), other - other.mean()
    length = float(np.sqrt((deviations[0] ** 2).sum() * (deviations[1] ** 2).sum()))
    return float((deviations[0] * deviations[1]).sum()) / length if length > 0 else 0.0
