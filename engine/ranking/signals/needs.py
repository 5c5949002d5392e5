"""The needs signal: a customer is a weighted bag of short phrases, a product is its text."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.models.encoder import Encoder
from engine.threads import one_thread
from engine.vocabulary import BUSINESS, LIST_SEPARATOR, SECTOR

# What a spending category or a declared interest asks a bank for, in our own words. Anything that
# is not listed speaks for itself.
_PHRASES = {
    "groceries": "everyday shopping and household budget",
    "dining": "dining out, restaurants and gourmet rewards",
    "travel": "frequent travel, flights, hotels and trips abroad",
    "transport": "commuting and getting around",
    "fuel": "driving a car and buying fuel",
    "housing": "paying rent or a mortgage for a home",
    "utilities": "paying household bills",
    "telecom": "phone and internet contracts",
    "shopping": "shopping with cashback and purchase protection",
    "technology": "buying technology, software and electronics",
    "entertainment": "entertainment, events and streaming",
    "lifestyle": "a premium lifestyle with exclusive benefits",
    "health": "health care and medical costs",
    "education": "paying for education and studies",
    "insurance": "protection and insurance cover",
    "investments": "investing money for growth",
    "fees and charges": "an account with low fees",
    "cash and transfers": "sending money and using cash",
    "children and family": "bringing up children and protecting a family",
}
_BY_KIND = {
    "goal": "{}",
    "tolerance": "{}",
    "saving": "{}",
    "topic": "interested in {}",
    "message": "wants {}",
    "occupation": "works as {}",
    "life_stage": "{}",
    "declared": "interested in {}",
    "spending": "spends on {}",
}
KIND_WEIGHTS = {
    "goal": 1.0,
    "tolerance": 1.0,
    "saving": 1.0,
    "message": 0.9,
    "topic": 0.6,
    "spending": 0.7,
    "declared": 0.6,
    "life_stage": 0.5,
    "occupation": 0.3,
}
"""How much one interest of each kind counts against the others of the same customer (own choice:
what a person says they want comes before what is read from their behaviour)."""


def phrase(kind: str, item: str) -> str:
    """The text that is embedded for one interest."""
    item = item.strip()
    if kind == "occupation" and item.endswith(BUSINESS):
        return f"runs a business in {item.removesuffix(BUSINESS)}"
    if kind == "occupation" and item.endswith(SECTOR):
        return f"works in {item.removesuffix(SECTOR)}"
    known = _PHRASES.get(item.lower())
    if known and kind in ("spending", "declared", "topic"):
        return known
    return _BY_KIND.get(kind, "{}").format(item)


def product_texts(bank: Bank) -> list[str]:
    """One text a product: name, category, description, features and tags; order of product_ids."""
    products = bank["products"]
    columns = ["name", "category", "description", "features", "tags"]
    parts = [products[c].fillna("").str.replace(LIST_SEPARATOR, ", ", regex=False) for c in columns]
    texts = parts[0]
    for part in parts[1:]:
        texts = texts.where(part == "", texts + ". " + part)
    return texts.tolist()


@dataclass(frozen=True, eq=False)
class Needs:
    """Weighted phrase-to-product similarities, centred per product."""

    weights: sparse.csr_array
    """Shape (n_customers, n_phrases). Rows sum to 1, or to 0 for a customer of whom nothing is
    known."""
    similarity: np.ndarray
    """Shape (n_phrases, n_products), float64. Cosine of phrase and product, minus the product's
    centre."""
    interests: pd.DataFrame
    """The rows behind the weights, with `phrase` (column of `weights`) and `share`."""
    centre: np.ndarray
    """Shape (n_products,). Mean cosine of each product over the bank's customers."""

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Raw signal of shape (len(rows), n_products); 0 where nothing is known."""
        return np.asarray(self.weights[rows] @ self.similarity)

    @cached_property
    def phrases(self) -> pd.DataFrame:
        """kind, item and n_customers (who have it) of each phrase, in the order of `similarity`."""
        distinct = self.interests.drop_duplicates("phrase").sort_values("phrase", ignore_index=True)
        n = np.bincount(self.interests["phrase"], minlength=len(distinct))
        return distinct[["kind", "item"]].assign(n_customers=n)

    @cached_property
    def _starts(self) -> np.ndarray:
        return np.searchsorted(
            self.interests["position"].to_numpy(), np.arange(self.weights.shape[0] + 1)
        )

    def interests_of(self, row: int) -> pd.DataFrame:
        """The rows of `interests` of one customer."""
        return self.interests.iloc[self._starts[row] : self._starts[row + 1]]


def build(bank: Bank, interests: pd.DataFrame, encoder: Encoder) -> Needs:
    """Embed each distinct phrase and product once and centre the similarities.

    Parameters
    ----------
    interests : DataFrame
        position, kind, item, weight, value, n (engine.customers.profiles).

    Notes
    -----
    The centre of a product is its mean similarity over the bank's customers, so that a product
    whose text is close to everything does not win everywhere (plain averages put 4 products on
    top for all customers, as measured).
    """
    table = interests.loc[interests["weight"] > 0]
    kinds, kind_names = pd.factorize(table["kind"], sort=True)
    items, item_names = pd.factorize(table["item"], sort=True)
    order = np.lexsort((items, kinds, table["position"]))
    table = table.iloc[order].reset_index(drop=True)
    distinct, codes = np.unique((kinds * len(item_names) + items)[order], return_inverse=True)
    pairs = zip(*np.divmod(distinct, max(len(item_names), 1)), strict=True)
    phrases = [phrase(kind_names[kind], item_names[item]) for kind, item in pairs]
    table["phrase"] = codes
    position = table["position"].to_numpy(dtype=np.int64)
    kind = table["kind"].map(KIND_WEIGHTS).fillna(0.5).to_numpy(dtype=float)
    weight = table["weight"].to_numpy(dtype=float) * kind
    table["share"] = weight / np.bincount(position, weight, bank.n_customers)[position]
    shape = (bank.n_customers, len(phrases))
    weights = sparse.csr_array((table["share"].to_numpy(), (position, codes)), shape=shape)
    if not phrases or not bank.n_products:
        nothing = np.zeros((len(phrases), bank.n_products))
        return Needs(weights, nothing, table, np.zeros(bank.n_products))
    vectors = encoder.encode(phrases + product_texts(bank)).astype(np.float64)
    mass = weights.sum(axis=0)
    with one_thread():
        similarity = vectors[: len(phrases)] @ vectors[len(phrases) :].T
        centre = mass @ similarity / mass.sum()
    return Needs(weights, similarity - centre, table, centre)
