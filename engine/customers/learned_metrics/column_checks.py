"""Columns, a label and protected traits in; which columns may not be learned from, and why, out."""

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.columns import MAX_WORDS, attribute_columns, plain_name
from engine.customers.finances.months import last_day
from engine.customers.learned_metrics.accuracy import auc
from engine.customers.learned_metrics.leaks import ALWAYS, MIN_OTHERS, NEVER, TOO_GOOD
from engine.vocabulary import FORBIDDEN_FEATURES

PROXY_FROM: Final = 0.8
"""AUC with which a column tells a protected trait, from which it stands for that trait."""
PAIR_TOO_GOOD: Final = 0.98
SORTS: Final = 0.65
"""AUC from which a customer's number is said to sort with the label (own choice)."""
SCORE_FROM: Final = 0.65
"""AUC from which a column that is named like a model's score is taken for one (own choice)."""
CHANCE_FROM: Final = 0.8
"""AUC from which any column that comes true as a chance is taken for one (own choice)."""
CONSTANT: Final = "has one value"
_SCORE_ERROR: Final = 0.05
_BINS: Final = 12
_PAIR_BINS: Final = 8
_PAIR_ROWS: Final = 4000
_MOST_PAIRED: Final = 40
_MIN_CLASS: Final = 5
_MIN_GROUP: Final = 30
_MODEL_WORDS: Final = frozenset(
    {
        "classifier",
        "prediction",
        "predicted",
        "propensity",
        "probability",
        "proba",
        "pred",
        "scoring",
    }
)
_GROUPS: Final = 10
_PRIOR: Final = 4.0


class _Case(NamedTuple):
    """Everything that a column is held against."""

    label: np.ndarray
    traits: Mapping[str, np.ndarray]
    others: pd.DataFrame


def checked(
    columns: pd.DataFrame, label: np.ndarray, traits: Mapping[str, np.ndarray], others: pd.DataFrame
) -> pd.DataFrame:
    """Every column alone, then pairs of those that are left.

    Parameters
    ----------
    columns : DataFrame of shape (n_labels, n_columns)
        Numbers, or words as objects.
    label : ndarray of shape (n_labels,)
        0 and 1; figures are held against their median.
    traits : mapping
        "gender: female" -> 0 or 1 of each labelled customer, NaN where unknown.
    others : DataFrame
        The same columns of customers without a label.

    Returns
    -------
    DataFrame
        column, auc, known_labelled, known_others, used, suspicious, why: as the leak check gives.
    """
    binary = label if set(np.unique(label)) <= {0.0, 1.0} else label > np.median(label)
    case = _Case(np.asarray(binary, dtype=float), traits, others)
    rows = [_alone(name, columns[name], case) for name in columns.columns]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    for name, first in _again(columns[table.loc[table["used"], "column"]]).items():
        table.loc[table["column"] == name, "used"] = False
        table.loc[table["column"] == name, "why"] = f"says what {first} says"
    left = table.loc[table["used"], "column"].tolist()
    for first, second, value in _pairs(columns[left], case.label):
        both = table["column"].isin([first, second])
        table.loc[both, "why"] = f"{first} with {second} tells the outcomes apart (AUC {value:.3f})"
        table.loc[both, "suspicious"] = True
        table.loc[both, "used"] = False
    return table


_COLUMNS: Final = ["column", "auc", "known_labelled", "known_others", "used", "suspicious", "why"]


def _alone(name: str, values: pd.Series, case: _Case) -> tuple:
    known = values.notna().to_numpy()
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    cells = _cells(values, _BINS)
    value = _tells(numbers, cells, case.label)
    there = float(case.others[name].notna().mean()) if len(case.others) else np.nan
    row = (name, value, float(known.mean()), there)
    if len(np.unique(cells)) < 2:
        return (*row, False, False, CONSTANT)
    if _is_numbering(name, numbers) and value < TOO_GOOD:
        sorts = f" and sorts with the outcome (AUC {value:.2f})" if value > SORTS else ""
        return (*row, False, bool(sorts), f"numbers the customers{sorts}")
    why = []
    if value > TOO_GOOD:
        why.append(f"tells the outcomes apart on its own (AUC {value:.3f})")
    elif said := _earlier_score(name, numbers, value, case.label):
        why.append(said)
    if _either_way(known.astype(float), case.label) > TOO_GOOD:
        why.append("is there for one outcome alone")
    if len(case.others) >= MIN_OTHERS and row[2] >= ALWAYS and there <= NEVER:
        why.append("is there only with the label")
    if trait := _proxy(numbers, cells, case.traits):
        why.append(trait)
    return (*row, not why, bool(why), ", ".join(why))


def _either_way(values: np.ndarray, label: np.ndarray) -> float:
    n_yes = int(label.sum())
    if min(n_yes, len(label) - n_yes) < _MIN_CLASS:
        return 0.5
    one_way = auc(label, values)
    return max(one_way, 1 - one_way)


def _tells(numbers: np.ndarray, cells: np.ndarray, label: np.ndarray) -> float:
    """AUC of a column alone, in whichever order of its values, on cases that did not order them."""
    known = ~np.isnan(numbers)
    ordered = _either_way(numbers[known], label[known]) if known.sum() > _BINS else 0.5
    return max(ordered, _cross_fitted(cells, label))


def _cross_fitted(cells: np.ndarray, label: np.ndarray) -> float:
    """AUC of the rate of yes in each cell, each half of the cases judged by the other's rates."""
    n_yes = int(label.sum())
    if min(n_yes, len(label) - n_yes) < 2 * _MIN_CLASS:
        return 0.5
    half = np.random.default_rng(0).permutation(len(label)) % 2
    n = int(cells.max()) + 1
    score = np.empty(len(label))
    for side in (0, 1):
        from_, to = half == side, half != side
        mean = label[from_].mean()
        sums = np.bincount(cells[from_], label[from_], n) + _PRIOR * mean
        rates = sums / (np.bincount(cells[from_], minlength=n) + _PRIOR)
        score[to] = rates[cells[to]]
    return float(np.mean([auc(label[half == side], score[half == side]) for side in (0, 1)]))


def _cells(values: pd.Series, n_bins: int) -> np.ndarray:
    """A number for each value or bin of values; unknown ones have their own."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > n_bins:
        place = values.rank(method="average", pct=True).to_numpy(dtype=float)
        return np.nan_to_num(np.ceil(place * n_bins), nan=0.0).astype(int)
    return pd.factorize(values, sort=False)[0] + 1


def _is_numbering(name: str, numbers: np.ndarray) -> bool:
    """Whole numbers, one for every customer, that run on or are named like a number."""
    if np.isnan(numbers).any() or len(np.unique(numbers)) < len(numbers) or len(numbers) < 2:
        return False
    if (numbers % 1 != 0).any():
        return False
    dense = numbers.max() - numbers.min() < 2 * len(numbers)
    words = set(plain_name(name).split("_"))
    return bool(dense or words & {"id", "number", "num", "no", "nr", "key", "row", "index"})


def _earlier_score(name: str, numbers: np.ndarray, value: float, label: np.ndarray) -> str:
    """Why a column looks like a chance that an earlier model gave; "" where it does not."""
    known = ~np.isnan(numbers)
    given, yes = numbers[known], label[known]
    if value < SCORE_FROM or len(np.unique(given)) <= 20:
        return ""
    if _MODEL_WORDS & set(plain_name(name).split("_")):
        return f"is named like an earlier model's score (AUC {value:.2f})"
    if value < CHANCE_FROM or given.min() < 0 or given.max() > 1:
        return ""
    groups = np.array_split(np.argsort(given, kind="stable"), _GROUPS)
    errors = [abs(given[group].mean() - yes[group].mean()) for group in groups]
    if np.mean(errors) > _SCORE_ERROR:
        return ""
    return f"comes true as a chance, like an earlier model's score (AUC {value:.2f})"


def _proxy(numbers: np.ndarray, cells: np.ndarray, traits: Mapping[str, np.ndarray]) -> str:
    """Which protected trait a column stands for; "" where none."""
    best = ("", PROXY_FROM)
    for trait, given in traits.items():
        known = ~np.isnan(given)
        value = _tells(numbers[known], cells[known], given[known])
        if value > best[1]:
            best = (trait, value)
    return f"stands for {best[0]} (AUC {best[1]:.2f})" if best[0] else ""


def proxies(columns: pd.DataFrame, traits: Mapping[str, np.ndarray]) -> dict[str, str]:
    """Columns that tell a protected trait, and which: "stands for age above 45 (AUC 0.86)".

    Numbers, or words as objects.
    """
    told = {
        name: _proxy(
            pd.to_numeric(columns[name], errors="coerce").to_numpy(dtype=float),
            _cells(columns[name], _BINS),
            traits,
        )
        for name in columns.columns
    }
    return {name: said for name, said in told.items() if said}


def _pairs(columns: pd.DataFrame, label: np.ndarray) -> list[tuple[str, str, float]]:
    """Two columns whose joint values, or whose difference, give the outcome away."""
    rows = np.random.default_rng(0).permutation(len(label))[:_PAIR_ROWS]
    sample, yes = columns.iloc[rows], label[rows]
    if min(yes.sum(), len(yes) - yes.sum()) < _MIN_GROUP:
        return []
    cells = {name: _cells(sample[name], _PAIR_BINS) for name in sample.columns}
    alone = {name: _cross_fitted(cells[name], yes) for name in cells}
    names = sorted(cells, key=lambda name: (-alone[name], name))[:_MOST_PAIRED]
    found = []
    for first, second in combinations(names, 2):
        joint = cells[first] * (cells[second].max() + 1) + cells[second]
        value = _cross_fitted(joint, yes)
        if all(pd.api.types.is_numeric_dtype(sample[name]) for name in (first, second)):
            apart = (sample[first] - sample[second]).to_numpy(dtype=float)
            value = max(value, _either_way(apart, yes) if not np.isnan(apart).any() else 0.5)
        if value > PAIR_TOO_GOOD:
            found.append((first, second, value))
    return found


def _again(columns: pd.DataFrame) -> dict[str, str]:
    """Columns that say what one before them says, if in other words, and which."""
    hashes = {name: _order(columns[name]).tobytes() for name in columns}
    first: dict[bytes, str] = {}
    return {name: first[key] for name, key in hashes.items() if first.setdefault(key, name) != name}


def _order(values: pd.Series) -> np.ndarray:
    """The same for columns that tell customers apart alike: by value where these are few, else by
    order, whichever end comes first."""
    if values.nunique() <= MAX_WORDS or not pd.api.types.is_numeric_dtype(values):
        return pd.factorize(values)[0].astype(float)
    place = values.rank().to_numpy(dtype=float)
    known = place[~np.isnan(place)]
    return len(known) + 1 - place if known[0] > (len(known) + 1) / 2 else place


def traits_of(bank: Bank) -> dict[str, np.ndarray]:
    """Every protected trait that a bank knows, as groups of its customers, in bank order.

    Words are one group against all others; of a figure such as age, who is above each quarter.
    """
    customers = bank["customers"]
    own = {
        name: customers[name].to_numpy()
        for name in ("gender", "age", "marital_status", "city", "region", "country")
        if name in FORBIDDEN_FEATURES and customers[name].notna().any()
    }
    kept = attribute_columns(customers["attributes"], last_day(bank), protected=True)
    traits: dict[str, np.ndarray] = {}
    for path, values in (*own.items(), *kept.items()):
        column, name = pd.Series(values), path.removeprefix("attributes.")
        known = column.notna().to_numpy()
        if pd.api.types.is_numeric_dtype(column):
            figures = column.to_numpy(dtype=float)
            groups = {
                f"{name} above {edge:g}": figures > edge
                for edge in np.unique(np.nanquantile(figures, (0.25, 0.5, 0.75)))
            }
        else:
            most = column.value_counts().index[:_GROUPS]
            groups = {f"{name}: {word}": (column == word).to_numpy() for word in most}
        for said, belongs in groups.items():
            if min(belongs[known].sum(), (~belongs[known]).sum()) >= _MIN_GROUP:
                traits[said] = np.where(known, belongs, np.nan)
    return traits


def kept_anyway(table: pd.DataFrame, keep: Collection[str]) -> pd.DataFrame:
    """The checks with the columns that the bank decided to use in spite of them."""
    wanted = table["column"].isin(keep) & ~table["used"]
    said = "kept by decision: " + table["why"]
    return table.assign(used=table["used"] | wanted, why=table["why"].mask(wanted, said))
