"""A few typed words in; the customers, products and pages that they may mean, out."""

import threading
from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from engine.customers.name_index import BEGUN, NameIndex
from engine.results import Found
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots

CUSTOMER, PRODUCT, PAGE = "customer", "product", "page"
MOST_BOOKS = 64
"""Books whose names are kept ready (own choice)."""


class Search:
    """Looks things up by name or number, accents, small and large letters and slips aside.

    Whoever was erased is not found. Of a customer only name and number are told, so that nothing
    is said of somebody who objects to it.
    """

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots
        self._lock = threading.RLock()
        self._results = LastResults()

    def find(
        self,
        text: str,
        pages: Mapping[str, str] | None = None,
        k: int = 5,
        *,
        among: Collection[str] | None = None,
    ) -> list[Found]:
        """What a text may mean, the best first; at most k of each kind.

        Parameters
        ----------
        among : collection of str, optional
            Numbers of the customers who may be found; by default everybody.
        pages : mapping, optional
            Address of a page -> its name and other words for it.
        """
        customers, products = self._indices()
        customers = customers if among is None else self._among(frozenset(among))
        found = [(CUSTOMER, *one) for one in customers.best(text, k)]
        found += [(PRODUCT, *one) for one in products.best(text, k)]
        of_pages = pd.Series(pages or {}, dtype="str")
        named = _Named(of_pages.index.to_series(), of_pages, NameIndex.of(of_pages))
        found += [(PAGE, *one) for one in named.best(text, k)]
        found.sort(key=lambda one: -one[3])  # stable: customers, products, pages
        return [Found(kind, key, name, worth < BEGUN) for kind, key, name, worth in found]

    def warm_up(self) -> None:
        """Make the index before anybody asks."""
        self._indices()

    def _indices(self) -> "tuple[_Named, _Named]":
        base = self._snapshots.base
        with self._lock:
            return self._results.get(
                "indices",
                base,
                lambda: (
                    _Named.of(base["customers"], "customer_id"),
                    _Named.of(base["products"], "product_id"),
                ),
            )

    def _among(self, ids: frozenset[str]) -> "_Named":
        """Some customers alone: what others are called changes nothing of what is found."""
        base = self._snapshots.base
        with self._lock:
            known = self._results.get("books", base, dict[frozenset[str], _Named])
            if ids not in known:
                if len(known) >= MOST_BOOKS:
                    known.clear()
                customers = base["customers"]
                mine = customers[customers["customer_id"].isin(ids)]
                known[ids] = _Named.of(mine, "customer_id")
            return known[ids]


class _Named:
    """Things with a key and a name, and the index that finds them."""

    def __init__(self, keys: pd.Series, names: pd.Series, index: NameIndex):
        self._keys = keys.to_numpy(dtype=object)
        self._names = names.to_numpy(dtype=object)
        self._index = index

    @classmethod
    def of(cls, table: pd.DataFrame, key: str) -> "_Named":
        keys = table[key].astype("str")
        names = table["name"].astype("str").where(table["name"].notna(), keys)
        return cls(keys, names, NameIndex.of(names, keys))

    def best(self, text: str, k: int) -> list[tuple[str, str, float]]:
        """Key, name and worth of the best; equals by name, then by key."""
        rows, worth = self._index.find(text)
        order = np.lexsort((self._keys[rows], self._names[rows], -worth))[:k]
        return [
            (self._keys[row], self._names[row], worth[n])
            for n, row in zip(order, rows[order], strict=True)
        ]
