"""Messages in; what their writers say that they feel about products, by the source's own word, out.

Some sources label a post "Positive", "Negative" or "Neutral" about financial products. It is theirs
and no reading of ours: it is counted and shown, and no score, mood or list reads it.
"""

import json
from typing import Any, Final

import numpy as np
import pandas as pd

from engine import rates

FIELDS: Final = ("feedback_on_financial_products", "product_feedback", "feedback_on_products")
"""Columns of sources, as they are kept with a message; the first that a message has counts."""
LABELS: Final = ("positive", "neutral", "negative")
COLUMNS: Final = ["label", "n", "share", "low", "high"]


def declared(attributes: pd.Series) -> pd.Series:
    """One of LABELS of each message, "" where its source says nothing of the kind.

    Parameters
    ----------
    attributes : Series of str
        What is kept with messages beside our columns, as JSON; missing where there is nothing.
    """
    found = pd.Series("", index=attributes.index, dtype="str")
    said = attributes.str.contains("|".join(FIELDS), regex=True, na=False)
    return found.mask(said, attributes[said].map(_label).astype("str"))


def counted(labels: pd.Series, used: np.ndarray) -> pd.DataFrame:
    """How many messages that may be used say each, with share and 95 % interval.

    Parameters
    ----------
    labels : Series of str
        Of `declared`.
    used : ndarray of bool
        Which messages may be used.

    Returns
    -------
    DataFrame
        COLUMNS, a row for each of LABELS; no rows where no message that may be used has a label.
    """
    n = labels[used].value_counts().reindex(list(LABELS), fill_value=0).to_numpy()
    if not n.sum():
        return pd.DataFrame(columns=COLUMNS)
    share = rates.wilson(n, n.sum())
    told = [list(LABELS), n, share.value, share.low, share.high]
    return pd.DataFrame(dict(zip(COLUMNS, told, strict=True)))


def _label(cell: Any) -> str:
    kept = json.loads(cell)
    said = next((kept[field] for field in FIELDS if kept.get(field) is not None), "")
    word = str(said).strip().lower()
    return word if word in LABELS else ""
