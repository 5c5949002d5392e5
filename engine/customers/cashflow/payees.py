"""Merchants and descriptions in; one name for each payee, without numbers and dates, out."""

import re
from calendar import month_abbr, month_name
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from engine.vocabulary import MASKED

_WORD: Final = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*")
_DATE_WORDS: Final = frozenset(
    word.lower() for month in range(1, 13) for word in (month_name[month], month_abbr[month])
)
_NOISE: Final = frozenset(
    ["card", "debit", "effec", "ltd", "no", "payment", "pmt", "pos", "pty", "purchase", "ref"]
)
"""Words that a statement line carries whoever is paid (own list)."""


def normalise(texts: Iterable[str]) -> list[str]:
    """Lower-case words without numbers, dates and words that every statement line carries.

    A text of nothing else keeps its words, so two such texts are one only where they are equal.
    """
    kept = []
    for text in texts:
        words = _WORD.findall(text.lower())
        telling = [w for w in words if not any(c.isdigit() for c in w) and w not in _DATE_WORDS]
        kept.append(" ".join([w for w in telling if w not in _NOISE] or telling or words))
    return kept


def names_of(transactions: pd.DataFrame) -> pd.Series:
    """With whom each transaction was: the merchant, else the description."""
    return transactions["merchant"].fillna(transactions["description"])


def payees_of(transactions: pd.DataFrame) -> np.ndarray:
    """A code for whom each transaction was with: the merchant, else the description.

    Parameters
    ----------
    transactions : DataFrame
        merchant, description.

    Returns
    -------
    ndarray of int64, shape (n_transactions,)
        Equal where the normalised names are equal; -1 where there is no text at all.
    """
    codes, distinct = pd.factorize(names_of(transactions))
    if not len(distinct):
        return np.full(len(transactions), -1)
    merged = pd.factorize(np.array(normalise(distinct), dtype=object))[0]
    return np.where(codes >= 0, merged[codes], -1)


def masked_apart(payees: np.ndarray, transactions: pd.DataFrame) -> np.ndarray:
    """The codes of `payees_of`, where payments to whom is masked are one payee only if they are of
    one exact amount.

    All masked payees have one name, and payments to several of them are no series. Nothing else is
    known of them by design, so what is paid to them and varies does not recur. Masked income stays
    one, since few have two employers of that kind.

    Parameters
    ----------
    payees : ndarray of int64, shape (n_transactions,)
    transactions : DataFrame
        merchant, amount.
    """
    masked = (transactions["merchant"] == MASKED).to_numpy(dtype=bool, na_value=False)
    if not masked.any():
        return payees
    apart = payees.copy()
    paid = np.minimum(transactions["amount"].to_numpy(dtype=float)[masked], 0)
    apart[masked] = payees.max() + 1 + np.unique(np.rint(paid * 100), return_inverse=True)[1]
    return apart
