"""Columns and a label in; the columns that give the label away out."""

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.learned_metrics.accuracy import auc
from engine.vocabulary import FORBIDDEN_FEATURES

TOO_GOOD: Final = 0.95
"""AUC of a single column from which it is suspicious: no honest one is that good (own choice)."""
ALWAYS: Final = 0.95
NEVER: Final = 0.05
"""Known for this share of labelled customers, and at most that of the others: it came with the
label (own choices)."""
MIN_OTHERS: Final = 30
_MIN_CLASS: Final = 5
_MAX_WORDS: Final = 20
_OUTSIDE: Final = frozenset({"customer_id", "relationship_manager", "attributes", "joined_on"})


def leaks(
    labelled: pd.DataFrame, label: np.ndarray, others: pd.DataFrame, used: Collection[str]
) -> pd.DataFrame:
    """Check every column alone.

    Parameters
    ----------
    labelled : DataFrame of shape (n_labels, n_columns)
        Numbers; NaN where unknown.
    label : ndarray of shape (n_labels,)
        0 or 1.
    others : DataFrame
        The same columns of customers without a label.
    used : collection of str
        Columns that a model would be fitted on.

    Returns
    -------
    DataFrame
        column, auc (either way round; NaN where it cannot be said), known_labelled, known_others
        (shares), used, suspicious, why. Suspicious ones first.
    """
    rows = []
    for column in labelled.columns:
        values = labelled[column].to_numpy(dtype=float)
        known = ~np.isnan(values)
        by_value = _either_way(values[known], label[known])
        by_presence = _either_way(known.astype(float), label)
        here = float(known.mean()) if len(known) else 0.0
        there = float(others[column].notna().mean()) if len(others) else np.nan
        why = []
        if by_value > TOO_GOOD:
            why.append("tells the outcomes apart on its own")
        if by_presence > TOO_GOOD:
            why.append("is there for one outcome alone")
        if len(others) >= MIN_OTHERS and here >= ALWAYS and there <= NEVER:
            why.append("is there only with the label")
        rows.append(
            {
                "column": column,
                "auc": by_value,
                "known_labelled": here,
                "known_others": there,
                "used": column in used,
                "suspicious": bool(why),
                "why": ", ".join(why),
            }
        )
    columns = pd.DataFrame(rows)
    order = ["suspicious", "auc", "column"]
    return columns.sort_values(order, ascending=[False, False, True], ignore_index=True)


def _either_way(values: np.ndarray, label: np.ndarray) -> float:
    n_yes = int(label.sum())
    if min(n_yes, len(label) - n_yes) < _MIN_CLASS:
        return np.nan
    one_way = auc(label, values)
    return max(one_way, 1 - one_way)


def source_columns(bank: Bank, label: pd.Series) -> pd.DataFrame:
    """Columns of the customers table that a model does not read, as numbers, in bank order.

    Parameters
    ----------
    label : Series indexed by customer_id
        Texts are coded by the mean label of those who share them.

    Notes
    -----
    Their values are of the day of the import, so they may have been written after the outcome:
    an account's status is the usual leak. Fields of `attributes` are checked by presence. None of
    FORBIDDEN_FEATURES is read.
    """
    customers = bank["customers"].set_index("customer_id", drop=False)
    numbers = {}
    for column in customers.columns:
        if column in FORBIDDEN_FEATURES or column in _OUTSIDE or customers[column].isna().all():
            continue
        values = customers[column]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            numbers[f"customers.{column}"] = values.astype("float64").to_numpy(dtype=float)
        elif pd.api.types.is_string_dtype(values) and values.nunique() <= _MAX_WORDS:
            rates = label.groupby(values.reindex(label.index)).mean()
            coded = values.map(rates).fillna(label.mean()).where(values.notna())
            numbers[f"customers.{column}"] = coded.to_numpy(dtype=float)
    texts = customers["attributes"].fillna("")
    for key in sorted(set(texts.str.findall(r'"(\w+)": ').explode().dropna())):
        there = texts.str.contains(f'"{key}": ', regex=False)
        if key.lower() not in FORBIDDEN_FEATURES:
            numbers[f"attributes.{key}"] = np.where(there, 1.0, np.nan)
    return pd.DataFrame(numbers, index=customers.index)
