"""Customers and a plan in; the arm of each, and what an arm is offered in which order, out.

Chosen by a hash of the customer's number, salted with the bank and the name of the experiment: the
same in every process and edition, another draw for another experiment, and nothing else about the
customer decides it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.experiment_plan import (
    ARMS,
    NO_CONTACT,
    OWN_LIST,
    RANDOM,
    ExperimentPlan,
    ExperimentsSettings,
)

_BITS: Final = 2.0**-53
_OUTSIDE: Final = -1
"""Code of who is in no arm."""


def place(customer_ids: pd.Series, draw: str) -> np.ndarray:
    """A place of each customer between 0 and 1, by a hash that differs from draw to draw."""
    return _fraction(_hashes(customer_ids, draw))


def codes_of(
    customer_ids: pd.Series, bank: str, name: str, shares: Mapping[str, float]
) -> np.ndarray:
    """Arm of each customer as an index into `ARMS`, -1 for none; int8 of shape (n_customers,)."""
    at = place(customer_ids, f"experiment\0{bank}\0{name}")
    sizes = [shares.get(arm, 0.0) for arm in ARMS]
    codes = np.searchsorted(np.cumsum(sizes), at, side="right")
    whole = sum(sizes) > 1 - 1e-9  # thirds add up to a little less than 1
    last = max(i for i, size in enumerate(sizes) if size)
    return np.where(codes < len(ARMS), codes, last if whole else _OUTSIDE).astype(np.int8)


@dataclass(frozen=True, eq=False)
class Arms:
    """The arms of a bank's experiments, of which one at most runs on a day."""

    experiments: ExperimentsSettings
    bank: Bank
    """Its customers and products are read."""

    def now(self, moment: datetime) -> "ArmsOfOne | None":
        """The arms that are kept apart at a moment in UTC; None where no experiment runs."""
        running = self.experiments.running(moment.date())
        if running is None:
            return None
        if running[0] not in self._known:
            self._known[running[0]] = ArmsOfOne(*running, self.bank)
        return self._known[running[0]]

    @cached_property
    def _known(self) -> dict[str, "ArmsOfOne"]:
        return {}


@dataclass(frozen=True, eq=False)
class ArmsOfOne:
    """Who is in which arm of one experiment, and what is kept off whose lists."""

    name: str
    plan: ExperimentPlan
    bank: Bank

    @cached_property
    def codes(self) -> np.ndarray:
        """See `codes_of`."""
        ids = self.bank["customers"]["customer_id"]
        return codes_of(ids, self.bank.bank_id, self.name, self.plan.shares)

    def arm(self, row: int) -> str:
        """Name of one customer's arm; "" for none."""
        code = int(self.codes[row])
        return "" if code == _OUTSIDE else ARMS[code]

    def named(self, rows: np.ndarray) -> np.ndarray:
        """`arm` of some customers, an array of str."""
        return np.array([*ARMS, ""], dtype=object)[self.codes[rows]]

    def is_silent(self, rows: np.ndarray) -> np.ndarray:
        """Who is offered nothing, bool of shape (n_rows,)."""
        return np.asarray(self.codes[rows] == ARMS.index(NO_CONTACT))

    def is_ordered(self, rows: np.ndarray) -> np.ndarray:
        """Of whom the arm and not the score orders the list, bool of shape (n_rows,)."""
        return np.isin(self.codes[rows], (ARMS.index(OWN_LIST), ARMS.index(RANDOM)))

    def withheld(
        self, rows: np.ndarray, allowed: np.ndarray, most: int | None = None
    ) -> np.ndarray | None:
        """What else may be offered and is kept off a customer's lists by their arm.

        Parameters
        ----------
        rows : ndarray of int, shape (n_rows,)
            Positions of customers.
        allowed : ndarray of bool, shape (n_rows, n_products)
            What every other rule leaves.
        most : int, optional
            Offers that the arms with an order of their own keep; those of the plan by default.

        Returns
        -------
        ndarray of bool, same shape, or None
            None where nobody of these is kept apart.
        """
        silent = self.is_silent(rows)
        ordered = np.flatnonzero(self.is_ordered(rows))
        if not silent.any() and not ordered.size:
            return None
        off = allowed & silent[:, None]
        if ordered.size:
            wanted = np.where(allowed[ordered], self.order(rows[ordered]), -np.inf)
            places = np.argsort(np.argsort(-wanted, axis=1, kind="stable"), axis=1, kind="stable")
            kept = np.isfinite(wanted) & (places < (self.plan.offers if most is None else most))
            off[ordered] = allowed[ordered] & ~kept
        return off

    def reordered(self, rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Scores with those of the arms that have an order of their own in it; not changed itself.

        `rows` are positions of customers, as many as `scores` has, or one.
        """
        at = np.flatnonzero(self.is_ordered(rows))
        if not at.size:
            return scores
        order = self.order(rows[at])
        if len(rows) != len(scores):
            return np.broadcast_to(order, scores.shape)
        result = scores.copy()
        result[at] = order
        return result

    def order(self, rows: np.ndarray) -> np.ndarray:
        """Order of the products for customers whose arm has one, float64 (n_rows, n_products).

        More is earlier; -inf for what is not on the bank's own list.
        """
        drawn = (self.codes[rows] == ARMS.index(RANDOM))[:, None]
        return np.where(drawn, self._drawn(rows), self._listed[None, :])

    @cached_property
    def _listed(self) -> np.ndarray:
        products = np.asarray(
            self.bank.product_positions(pd.Series(self.plan.own_list, dtype="str"))
        )
        order = np.full(self.bank.n_products, -np.inf)
        there = products >= 0
        order[products[there]] = -np.flatnonzero(there).astype(float)
        return order

    def _drawn(self, rows: np.ndarray) -> np.ndarray:
        """A number between 0 and 1 a pair, by a hash of both (the finaliser of splitmix64: Steele,
        Lea and Flood, OOPSLA 2014)."""
        draw = f"random\0{self.bank.bank_id}\0{self.name}"
        mine = _hashes(self.bank["customers"]["customer_id"].iloc[rows], draw)
        its = _hashes(self.bank["products"]["product_id"], draw)
        mixed = mine[:, None] + its[None, :] * np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return _fraction(mixed ^ (mixed >> np.uint64(31)))


def _hashes(ids: pd.Series, draw: str) -> np.ndarray:
    key = blake2b(draw.encode(), digest_size=8).hexdigest()
    return pd.util.hash_array(ids.to_numpy(dtype=object), hash_key=key, categorize=False)


def _fraction(hashes: np.ndarray) -> np.ndarray:
    return (hashes >> np.uint64(11)) * _BITS
