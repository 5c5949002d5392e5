"""Transactions in; the same without what tells of health, belief, union, politics or sex life, out.

Which codes, categories and words tell so is read from sensitive_spending.toml.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.parsing.merchant_codes import code_of
from engine.vocabulary import MASKED

RULES: Final = Path(__file__).with_name("sensitive_spending.toml")
READ: Final = ("category", "merchant", "description", "attributes")
"""Columns that tell."""
HIDDEN: Final = (*READ, "location")
"""Columns that are masked; amount, day, account and means of payment stay, so sums do too."""
_CODE_AMONG_FIELDS: Final = r'(?i)"[^"]*(?:mcc|merchant.?category)[^"]*"\s*:\s*"?(\d{3,4})\b'


def masked(transactions: pd.DataFrame) -> pd.DataFrame:
    """The transactions with `MASKED` for merchant and category of those that are sensitive, and
    nothing for their description, place and further fields; the same object where none is.

    Parameters
    ----------
    transactions : DataFrame
        At least the columns of `HIDDEN`; texts may be categories.
    """
    hit = is_sensitive(transactions)
    if not hit.any():
        return transactions
    columns = {}
    for name in HIDDEN:
        values, is_named = transactions[name], name in ("merchant", "category")
        if is_named and isinstance(values.dtype, pd.CategoricalDtype):
            values = values.cat.set_categories(values.cat.categories.union([MASKED], sort=False))
        columns[name] = values.mask(hit, MASKED if is_named else np.nan)
    return transactions.assign(**columns)


def is_sensitive(transactions: pd.DataFrame) -> np.ndarray:
    """Which transactions are, by merchant category code, category or words; bool of shape
    (n_transactions,). Only distinct texts are looked at."""
    hit = np.zeros(len(transactions), dtype=bool)
    for name in ("category", "merchant", "description"):
        codes, distinct = pd.factorize(transactions[name])
        texts = pd.Series(pd.Index(distinct).astype("str"), dtype="str").str.lower().str.strip()
        told = texts.str.contains(_words(), regex=True).fillna(False).to_numpy(dtype=bool)
        if name == "category":
            told = told | np.array([_is_category(text) for text in texts.tolist()], dtype=bool)
        hit |= np.append(told, False)[codes]
    fields = transactions["attributes"]
    if fields.notna().any():
        code = fields.astype("str").str.extract(_CODE_AMONG_FIELDS, expand=False).str.zfill(4)
        hit |= code.isin(_codes()).to_numpy(dtype=bool)
    return hit


def _is_category(text: str) -> bool:
    return text in _categories() or code_of(text) in _codes()


@lru_cache(maxsize=1)
def _rules() -> tuple[dict[str, list[str]], ...]:
    return tuple(tomllib.loads(RULES.read_text("utf-8")).values())


@lru_cache(maxsize=1)
def _categories() -> frozenset[str]:
    return frozenset(name for rule in _rules() for name in rule["categories"])


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    spans = (span.partition("-") for rule in _rules() for span in rule["codes"])
    return frozenset(
        f"{code:04d}"
        for first, _, last in spans
        for code in range(int(first), int(last or first) + 1)
    )


@lru_cache(maxsize=1)
def _words() -> str:
    """Whole words; only syntax that Python and RE2 both read, since pandas hands it to Arrow."""
    words = sorted(
        {word for rule in _rules() for word in rule["words"]}, key=lambda w: (-len(w), w)
    )
    either = "|".join(re.sub(r"([.&+*?()\[\]])", r"\\\1", word) for word in words)
    return rf"(?:^|[^a-z0-9])(?:{either})(?:$|[^a-z0-9])"
