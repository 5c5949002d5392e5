"""A claim on a weak spot, the lists that were judged and the tables, in; what is wrong with it out.

Slow on purpose: customer by customer, product by product, from the tables of the day of the lists.
"""

import math
from collections import Counter
from typing import Any

import numpy as np

from engine.audit.grading import Verdict
from engine.audit.slices import Condition
from engine.audit.weak_spots import halves
from engine.customers.claims import Claim
from engine.results import WeakSpots


class WeakSpotOracle:
    """Judges what is said of the groups that a training named."""

    def __init__(self, verdict: Verdict, found: WeakSpots):
        self.found = found
        one = verdict.judged[0]
        self.bank, self.profiles = one.fold.signals.bank, one.fold.signals.profiles
        self.customers: list[str] = []
        self.hit: dict[str, bool] = {}
        self.popular: dict[str, bool] = {}
        for judged in verdict.judged:
            fold, ids = judged.fold, judged.fold.signals.bank.customer_ids
            ranked = judged.lists.of(fold, verdict.blend(fold.signals))
            owners = Counter(self.bank["holdings"].loc[self._open(), "product_id"])
            often = [float(owners[p]) for p in self.bank.product_ids]
            for row, position in enumerate(fold.rows):
                customer = str(ids[position])
                self.customers.append(customer)
                taken = fold.adopted[row] & fold.candidates[row]
                self.hit[customer] = self._stands(ranked[row], fold.candidates[row], taken)
                self.popular[customer] = self._stands(often, fold.candidates[row], taken)
        looked = halves(len(self.customers), one.seed)
        self.looked = dict(zip(self.customers, looked.tolist(), strict=True))

    def _open(self) -> np.ndarray:
        holdings = self.bank["holdings"]
        return holdings["closed_on"].isna().to_numpy()

    @staticmethod
    def _stands(scores: Any, candidates: Any, taken: Any, k: int = 3) -> bool:
        """Is anything taken among the first k? Scores are all different here."""
        there = [p for p in range(len(candidates)) if candidates[p] and not math.isnan(scores[p])]
        first = sorted(there, key=lambda p: -scores[p])[:k]
        return any(taken[p] for p in first)

    def _value(self, column: str, customer: str) -> Any:
        """What the bank's tables say of one customer; the profile's own word for what it made."""
        table, _, name = column.partition(".")
        if table == "customers":
            rows = self.bank["customers"].set_index("customer_id")
            value = rows.loc[customer, name]
            return (self.bank.as_of - value).days if "_on" in name else value
        if table == "holdings":
            mine = self.bank["holdings"].loc[self._open()]
            mine = mine[mine["customer_id"] == customer]
            kinds = self.bank["products"].set_index("product_id")["category"]
            named = mine["product_id"].map(kinds)
            return float(len(mine) if name == "number" else (named == name).sum())
        if table == "profile":
            return self.profiles.table.loc[customer, name]
        raise LookupError(column)

    def _holds(self, condition: Condition, customer: str) -> bool:
        value = self._value(condition.column, customer)
        if value is None or value != value:
            return not condition.known
        if condition.word:
            return str(value) == condition.word
        return condition.known and condition.low <= float(value) < condition.high

    def counts(self, addresses: list[str], *, found: bool) -> tuple[int, int, int, int]:
        """Customers and hits of a group and of all others, on one half."""
        conditions = [Condition.read(address) for address in addresses]
        half = [c for c in self.customers if self.looked[c] == found]
        mine = [c for c in half if all(self._holds(one, c) for one in conditions)]
        others = sorted(set(half) - set(mine))
        hits = [sum(self.hit[c] for c in group) for group in (mine, others)]
        return len(mine), hits[0], len(others), hits[1]

    def popular_hits(self, addresses: list[str]) -> int:
        """Members on the half that judges for whom what most hold would have found it."""
        conditions = [Condition.read(address) for address in addresses]
        return sum(
            self.popular[c]
            for c in self.customers
            if not self.looked[c] and all(self._holds(one, c) for one in conditions)
        )

    def wrong(self, addresses: list[str], claim: Claim) -> str:
        """What is wrong with it, "" where nothing is."""
        said = claim.figures
        if claim.kind == "popular":
            true = (self.counts(addresses, found=False)[0], self.popular_hits(addresses))
            told = (said["n"], said["popular"])
        else:
            true = self.counts(addresses, found=claim.kind == "found_by")
            told = (said["n"], said["hits"], said["n_others"], said["hits_others"])
        if told != true:
            return f"says {told}, the tables {true}"
        if claim.kind == "weak":
            gap = true[1] / true[0] - true[3] / true[2]
            if not math.isclose(said["gap"], gap, abs_tol=1e-12):
                return f"says a difference of {said['gap']}, the tables {gap}"
            if not (said["low"] <= true[1] / true[0] <= said["high"]):
                return "is outside its own interval"
            if not (said["gap_low"] <= gap <= said["gap_high"]):
                return "has a difference outside its own interval"
        return ""
