"""Products in; which of them are the same product at a lower level, by name or subcategory, out."""

import re
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.parsing.word_search import says

_PLAIN: Final = ("basic", "classic", "standard")
LADDERS: Final = (
    (_PLAIN, ("silver",), ("gold",), ("platinum",)),
    (_PLAIN, ("plus",), ("premium",)),
)
"""Words of levels, lowest first, as issuers of cards use them; no word says which of two ladders
is higher."""
_HAS_LEVELS: Final = r"\b(?:cards?|accounts?|packages?)\b"
"""Kinds of product of which such a word is a level: a gold loan is one on gold."""


def lower_levels(products: pd.DataFrame, *, or_same: bool = False) -> np.ndarray:
    """Which product is a lower level of which.

    Parameters
    ----------
    products : DataFrame
        The products table: name, subcategory, category and audience are read.
    or_same : bool
        Count another product of the same level too ("Basic", "Classic"); and each one itself.

    Returns
    -------
    ndarray of bool, shape (n_products, n_products)
        Row: a product; column: the same product at a lower level.

    Notes
    -----
    It is the same product where audience, category and the name without the word of the level are
    the same. Where no word says a level, nothing is lower.
    """
    n = len(products)
    lower = np.zeros((n, n), dtype=bool)
    columns = ["name", "subcategory", "category", "audience"]
    texts = products[columns].fillna("").astype("str").apply(lambda c: c.str.casefold())
    words = texts["name"] + " " + texts["category"]
    leveled = says(words, _HAS_LEVELS)
    for ladder in LADDERS:
        level, plain = _levels(texts, ladder)
        alike = pd.factorize(plain + "\x1f" + texts["category"] + "\x1f" + texts["audience"])[0]
        known = leveled & (level >= 0)
        below = np.greater_equal if or_same else np.greater
        lower |= (
            (alike[:, None] == alike[None, :])
            & below(level[:, None], level[None, :])
            & known[:, None]
            & known[None, :]
        )
    return lower


def _levels(
    texts: pd.DataFrame, ladder: tuple[tuple[str, ...], ...]
) -> tuple[np.ndarray, pd.Series]:
    """Place of each product on a ladder, -1 where no one word or several say it; its plain name."""
    pattern = re.compile(rf"\b(?:{'|'.join(word for step in ladder for word in step)})\b")
    step_of = {word: step for step, words in enumerate(ladder) for word in words}
    said = [
        {*pattern.findall(name)} or {*pattern.findall(kind)}
        for name, kind in zip(texts["name"], texts["subcategory"], strict=True)
    ]
    level = np.array([step_of[next(iter(one))] if len(one) == 1 else -1 for one in said], dtype=int)
    plain = texts["name"].str.replace(pattern, " ", regex=True).str.split().str.join(" ")
    return level, plain
