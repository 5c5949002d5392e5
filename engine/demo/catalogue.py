"""The catalogue in, the products table and the hidden appeal of each product out."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from engine.bank.tables import coerce, join_list
from engine.demo.draws import words
from engine.vocabulary import RETAIL

LOAN_CATEGORIES = ("Loan", "Mortgage", "Business Loan")
"""Categories whose holdings are debts."""

_HIDDEN = ("appeal", "popularity", "scores")
_SCORES = ("risk_customer", "risk_bank", "profit_margin", "value_customer", "retention_value")


@dataclass(frozen=True)
class Catalogue:
    """The products of one audience and what makes people take them.

    Attributes
    ----------
    products : DataFrame
        Table `products`, one audience, sorted by product_id.
    needs : tuple of str
        Names of the hidden needs, in column order of every needs array.
    appeal : ndarray of shape (n_needs, n_products)
        How much one standard deviation of a need adds to a product's utility.
    popularity : ndarray of shape (n_products,)
        Log popularity; -inf for what nobody takes unasked.
    lift : tuple of (owned position, other position, added utility)
    """

    products: pd.DataFrame
    needs: tuple[str, ...]
    appeal: np.ndarray
    popularity: np.ndarray
    lift: tuple[tuple[int, int, float], ...]

    @property
    def subcategories(self) -> np.ndarray:
        """Subcategory code of each product, int64 of shape (n_products,)."""
        keys = self.products["category"] + "/" + self.products["subcategory"]
        return pd.factorize(keys)[0].astype(np.int64)


@cache
def catalogue(audience: str) -> Catalogue:
    """The catalogue of one audience."""
    entries = [p for p in words("catalogue")["product"] if _audience(p) == audience]
    entries.sort(key=lambda p: p["id"])
    needs = tuple(words("people")["needs"][audience])
    appeal = np.array([[p["appeal"].get(n, 0.0) for p in entries] for n in needs])
    with np.errstate(divide="ignore"):
        popularity = np.log(np.array([p["popularity"] for p in entries], dtype=np.float64))
    position = {p["id"]: i for i, p in enumerate(entries)}
    lift = tuple(
        (position[owned], position[other], added)
        for owned, others in words("catalogue")["lift"].items()
        if owned in position
        for other, added in others.items()
    )
    return Catalogue(_products(entries), needs, appeal, popularity, lift)


def _audience(entry: dict) -> str:
    return entry.get("audience", RETAIL)


def _products(entries: list[dict]) -> pd.DataFrame:
    rows = []
    for entry in entries:
        row = {k: v for k, v in entry.items() if k not in _HIDDEN}
        row["product_id"] = row.pop("id")
        row["audience"] = _audience(entry)
        row["item_type"] = entry.get("item_type", "product")
        row["sensitive"] = entry.get("sensitive", False)
        row["scores_estimated"] = False
        row |= {k: join_list(entry.get(k, ())) for k in ("features", "tags", "requires")}
        row |= dict(zip(_SCORES, entry["scores"], strict=True))
        rows.append(row)
    return coerce("products", pd.DataFrame(rows))
