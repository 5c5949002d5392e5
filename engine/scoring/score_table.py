"""A snapshot and a moment in; every customer's score and verdict for every product out."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from engine.audit.parity.gap_parts import PRICES
from engine.audit.parity.group_prices import GroupPrices
from engine.bank.bank import Bank
from engine.bank.importing.product_scores import lends
from engine.customers.portfolio import customer_table
from engine.errors import NoVersion
from engine.experiments.arms import ArmsOfOne
from engine.explain.evidence import Evidence
from engine.guard.list_selection import TopK, caps
from engine.guard.verdicts import Verdicts
from engine.progress import Progress
from engine.ranking.ranker import Ranker, Scores
from engine.scoring.product_worth import margins
from engine.settings import Settings
from engine.snapshot.snapshot import Snapshot
from engine.vocabulary import GROWTH, LISTS, RETENTION

CHUNK = 10_000
"""Customers scored at once: 10,000 x 60 products x 10 parts are 48 MB."""


@dataclass(frozen=True, eq=False)
class PairScores:
    """Scores and verdicts of some customers for all products; chances are worked out on demand."""

    ranker: Ranker
    rows: np.ndarray
    """Int, shape (n_rows,). Positions of the customers in the bank."""
    blended: np.ndarray
    """Float64, shape (n_rows, n_products). Sum of the blend's parts: what the chances are read
    from."""
    emphasised: np.ndarray | None
    """Float64, same shape, or None where the bank set no emphasis. The same with the bank's
    emphasis: what the order is read from."""
    codes: np.ndarray
    """Int8, same shape. Of the first rule against the pair, 0 where it may be offered."""
    normaliser: np.ndarray | None
    """Float64, shape (n_rows, 3), or None without history. With which the confidence of one pair is
    worked out without the rest of its row."""

    @property
    def allowed(self) -> np.ndarray:
        """What may be offered, bool of shape (n_rows, n_products)."""
        return self.codes == 0

    @property
    def weighed(self) -> np.ndarray:
        """What the order is read from, but for each list's own aim."""
        return self.blended if self.emphasised is None else self.emphasised

    def total(self, which: str, at: Any = slice(None), products: Any = slice(None)) -> np.ndarray:
        """Score within one list of the pairs of `at`, which counts within `rows`."""
        return self.weighed[at, products] + self.ranker.objectives[which][products]

    def fit(self, at: Any, products: Any) -> np.ndarray:
        """Percentile of the blend's score within the bank, 0-1."""
        return self.ranker.model.calibration.fit_of(self.blended[at, products])

    def confidence(self, at: Any, products: Any) -> np.ndarray | None:
        """Chance of each product given that one is taken; None without history."""
        if self.normaliser is None:
            return None
        candidates = self.ranker.signals.candidates[self.rows[at], products]
        return self.ranker.model.calibration.confidence_at(
            self.blended[at, products], candidates, self.normaliser[at], products
        )

    def take(self, at: np.ndarray) -> "PairScores":
        """Those of some of the customers."""
        return replace(self, rows=self.rows[at], **{n: a[at] for n, a in self._arrays().items()})

    def with_rows(self, other: "PairScores") -> "PairScores":
        """Everybody's, with those of the customers of another in place of their own; a copy."""
        arrays = {name: values.copy() for name, values in self._arrays().items()}
        for name, values in other._arrays().items():
            arrays[name][other.rows] = values
        return replace(self, ranker=other.ranker, **arrays)

    def _arrays(self) -> dict[str, np.ndarray]:
        """Those with a row a customer."""
        names = ("blended", "emphasised", "codes", "normaliser")
        arrays = {name: getattr(self, name) for name in names}
        return {name: values for name, values in arrays.items() if values is not None}


class FirstOffers(NamedTuple):
    """The customer table, and each customer's first offer: -1 and NaN where there is none."""

    people: pd.DataFrame
    products: np.ndarray
    confidence: np.ndarray
    fit: np.ndarray


class ScoreTable:
    """Who scores how for what, and who may be offered it, as of one snapshot and one moment.

    Parameters
    ----------
    earlier : ScoreTable, optional
        Of an earlier snapshot; what nothing recorded since has touched is taken over from it.

    Raises
    ------
    NoVersion
        If no version serves yet.

    Notes
    -----
    Everybody is scored once, at the first question about everybody, and kept: 8 bytes a pair for
    the score (16 where the bank set an emphasis), 1 for the verdict and 16 a customer, so 57 MB
    for 100,000 customers and 62 products, 107 MB with an emphasis. One customer's answer never
    waits for that: it is worked out for their row alone.
    """

    def __init__(self, snapshot: Snapshot, now: datetime, earlier: "ScoreTable | None" = None):
        if snapshot.ranker is None:
            raise NoVersion
        self.snapshot = snapshot
        self.ranker: Ranker = snapshot.ranker
        self.now = now
        self._lock = threading.RLock()
        self._pairs: PairScores | None = None
        self._known = {} if earlier is None else earlier._still_true(self)
        if earlier is not None and earlier._priced_alike(self):
            vars(self)["group_prices"] = earlier.group_prices

    @property
    def bank(self) -> Bank:
        """Of the snapshot."""
        return self.snapshot.bank

    @property
    def settings(self) -> Settings:
        """Of the snapshot."""
        return self.snapshot.signals.settings

    @property
    def version(self) -> str:
        """Name of the version that serves; "" where it has none."""
        return self.snapshot.version.version_id if self.snapshot.version else ""

    # --- some customers, worked out anew

    def lists_that_open(self, rows: np.ndarray) -> np.ndarray:
        """The list that opens first for each of some customers, by churn; scores nobody."""
        churn = self.snapshot.profiles.table["churn"].to_numpy()[rows]
        leaving = churn >= self.settings.metrics.retention_from_churn
        return np.where(leaving, RETENTION, GROWTH)

    def list_that_opens(self, customer_id: str) -> str:
        """The list that opens first for one customer; NotFound for an unknown id."""
        return str(self.lists_that_open(np.array([self.bank.customer_position(customer_id)]))[0])

    def judged(self, rows: np.ndarray) -> tuple[Scores, Verdicts]:
        """Scores with all their parts, and verdicts with their reasons."""
        return self.ranker.scores(rows), self._verdicts(rows)

    def _verdicts(self, rows: np.ndarray) -> Verdicts:
        return self.snapshot.rulebook.judge(self.snapshot.choices, rows, self.now)

    # --- everybody, filled once

    @property
    def pairs(self) -> PairScores:
        """Everybody's; filled at the first call."""
        return self.fill()

    def fill(self, progress: Progress | None = None) -> PairScores:
        """Fill the table unless it is filled, and say how far it is."""
        with self._lock:
            if self._pairs is None:
                if "pairs" in self._known:
                    earlier, rows = self._known["pairs"]
                    self._pairs = earlier.with_rows(self._scored(rows, progress))
                else:
                    self._pairs = self._scored(self.snapshot.all_rows, progress)
                self._known.pop("pairs", None)
            return self._pairs

    def of(self, rows: np.ndarray, progress: Progress | None = None) -> PairScores:
        """Some customers': out of the table where it is filled, else worked out for them alone."""
        if len(rows) == self.bank.n_customers and np.array_equal(rows, self.snapshot.all_rows):
            return self.fill(progress)
        return self._scored(rows, progress) if self._pairs is None else self._pairs.take(rows)

    def parts(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """The parts of some customers' scores by signal, float32 of shape (n_rows, n_products).

        A table that is not filled is filled on the way where `rows` are everybody.
        """
        names = tuple(self.ranker.model.blend.weights)
        shape = (len(rows), self.bank.n_products)
        parts = {name: np.zeros(shape, dtype=np.float32) for name in names}
        with self._lock:
            if self._pairs is None and len(rows) == self.bank.n_customers:
                self._pairs = self._scored(rows, None, parts)
                return parts
        for start in range(0, len(rows), CHUNK):
            here = slice(start, start + CHUNK)
            _keep(parts, here, self.ranker.scores(rows[here]))
        return parts

    def _scored(
        self,
        rows: np.ndarray,
        progress: Progress | None = None,
        parts: Mapping[str, np.ndarray] | None = None,
    ) -> PairScores:
        """Some customers', chunk by chunk; their parts are written into `parts`."""
        shape = (len(rows), self.bank.n_products)
        blended, codes = np.zeros(shape), np.zeros(shape, dtype=np.int8)
        emphasised = np.zeros(shape) if self.ranker.emphasis else None
        history = self.ranker.model.calibration.temperature is not None
        normaliser = np.zeros((len(rows), 3)) if history else None
        for start in range(0, len(rows), CHUNK):
            here = slice(start, start + CHUNK)
            scores = self.ranker.scores(rows[here])
            blended[here], codes[here] = scores.blended, self._verdicts(rows[here]).codes
            if emphasised is not None:
                emphasised[here] = scores.weighed
            if normaliser is not None:
                normaliser[here] = scores.calibration.normaliser(
                    scores.blended, scores.candidates, scores.n_held
                )
            _keep(parts or {}, here, scores)
            if progress is not None:
                done = min(start + CHUNK, len(rows))
                progress(done / len(rows), f"{done:,} of {len(rows):,} customers")
        return PairScores(self.ranker, rows, blended, emphasised, codes, normaliser)

    @property
    def allowed(self) -> np.ndarray:
        """What may be offered to whom, bool of shape (n_customers, n_products)."""
        return self.pairs.allowed

    # --- first offers

    @cached_property
    def overview(self) -> pd.DataFrame:
        """`customer_table` with each customer's next best offer in the list that opens first."""
        first = self.first_offers
        names = self.bank["products"]["name"].array
        return first.people.assign(
            next_offer=names.take(first.products, allow_fill=True),
            next_offer_confidence=first.confidence,
            next_offer_fit=first.fit,
        )

    @cached_property
    def first_offers(self) -> FirstOffers:
        """Everybody's first offer, worked out for those alone whom something has touched."""
        if "first_offers" in self._known:
            return self._refreshed(*self._known["first_offers"])
        n = self.bank.n_customers
        people = customer_table(self.bank, self.snapshot.profiles).reset_index(drop=True)
        none = FirstOffers(people, np.full(n, -1), np.full(n, np.nan), np.full(n, np.nan))
        return self._refreshed(none, self.snapshot.all_rows)

    def _refreshed(self, first: FirstOffers, rows: np.ndarray) -> FirstOffers:
        """First offers with those of the customers at `rows` worked out anew."""
        products, confidence, fit = (array.copy() for array in first[1:])
        products[rows], confidence[rows], fit[rows] = -1, np.nan, np.nan
        pairs, opens = self.of(rows), self.lists_that_open(rows)
        for which in LISTS:
            at = np.flatnonzero(opens == which)
            best = self.top(pairs, at, which, 1)[:, 0]
            at, best = at[best >= 0], best[best >= 0]
            products[rows[at]], fit[rows[at]] = best, pairs.fit(at, best)
            if pairs.normaliser is not None:
                confidence[rows[at]] = pairs.confidence(at, best)
        return FirstOffers(first.people, products, confidence, fit)

    def top(self, pairs: PairScores, at: np.ndarray, which: str, k: int) -> np.ndarray:
        """Lists of some customers of `pairs`: positions of shape (len(at), k), -1 pads."""
        lists = [np.zeros((0, k), dtype=np.int64)]
        for start in range(0, len(at), CHUNK):
            here = at[start : start + CHUNK]
            allowed = pairs.codes[here] == 0
            ordered = self.ordered(which, pairs.rows[here], pairs.total(which, here))
            lists.append(self.top_k.positions(ordered, allowed, k))
        return np.concatenate(lists)

    def ordered(self, which: str, rows: np.ndarray, total: np.ndarray) -> np.ndarray:
        """What the order of a list is read from: the scores, less the prices on groups where the
        bank switched some on; of an arm that has an order of its own, that order. `rows` are
        positions in the bank, as many as `total` has, or one."""
        prices = self.group_prices.of_rows(which, rows)
        ordered = total if prices is None else total - prices
        return ordered if self.arms is None else self.arms.reordered(rows, ordered)

    @cached_property
    def arms(self) -> ArmsOfOne | None:
        """Of the experiment that runs at this moment; None where none does."""
        arms = self.snapshot.choices.arms
        return None if arms is None else arms.now(self.now)

    def not_first(self, rows: np.ndarray, allowed: np.ndarray) -> np.ndarray | None:
        """What a choice of customers may not offer: all but the first of an arm that orders its own
        lists, so that no score chooses among them; bool like `allowed`, None for nothing."""
        return None if self.arms is None else self.arms.withheld(rows, allowed, most=1)

    def parts_ordered(self, which: str, scores: Scores, at: int, product: int) -> dict[str, float]:
        """The parts of what the order is read from: those of the score, and the price where the
        customer at `at` of `scores` is priced."""
        parts = scores.parts_of(which, at, product)
        prices = self.group_prices.of_rows(which, scores.rows[[at]])
        return parts if prices is None else parts | {PRICES: 0.0 - float(prices[0, product])}

    # --- from one snapshot to the next

    def _still_true(self, later: "ScoreTable") -> dict[str, tuple[Any, np.ndarray]]:
        """What is known by name, and the customers of whom it may be true no longer."""
        new = later.snapshot.recorded_bank.since(self.snapshot.recorded_bank)
        same = (
            later.ranker.model is self.ranker.model
            and later.snapshot.profiles is self.snapshot.profiles
            and later.settings == self.settings
            and (later.arms is None) == (self.arms is None)
            and (later.arms is None or later.arms is self.arms)
        )
        if new is None or not same:
            return {}
        back = later.snapshot.choices.hidden.ended(
            pd.Timestamp(self.now).to_datetime64(), pd.Timestamp(later.now).to_datetime64()
        )
        none = np.zeros(0, dtype=np.int64)
        mine = {"pairs": self._pairs, "first_offers": vars(self).get("first_offers")}
        known = self._known | {n: (value, none) for n, value in mine.items() if value is not None}
        return {
            name: (value, np.unique(np.concatenate([rows, new, back])))
            for name, (value, rows) in known.items()
        }

    def _priced_alike(self, later: "ScoreTable") -> bool:
        """Are prices on groups, once worked out, those of a later table too?"""
        return (
            "group_prices" in vars(self)
            and later.settings.fairness == self.settings.fairness
            and later.bank.as_of == self.bank.as_of
            and all(later.bank.is_same(self.bank, table) for table in ("customers", "products"))
        )

    # --- of the catalogue

    @cached_property
    def top_k(self) -> TopK:
        """How lists are put together."""
        widened = self.ranker.model.blend.widened
        return TopK.of(self.bank, self.settings.guard, widened)

    @cached_property
    def group_prices(self) -> GroupPrices:
        """Prices on groups in the order of the lists; none unless the bank switched some on."""
        return GroupPrices.of(self.bank, self.settings.fairness)

    @cached_property
    def evidence(self) -> Evidence:
        """What the reasons of single offers are written from."""
        return Evidence(self.bank, self.snapshot.profiles, self.ranker)

    @cached_property
    def lends(self) -> np.ndarray:
        """Which products lend money, bool of shape (n_products,)."""
        return lends(self.bank["products"])

    @cached_property
    def caps(self) -> np.ndarray:
        """Cap of each product's displayed confidence, NaN for none."""
        return caps(self.bank, self.settings.guard)

    @cached_property
    def margins(self) -> np.ndarray:
        """Yearly margin of each product, money, shape (n_products,); NaN where none is set."""
        return margins(self.bank, self.settings.money)


def _keep(parts: Mapping[str, np.ndarray], here: slice, scores: Scores) -> None:
    for name, values in parts.items():
        if name in scores.parts:
            values[here] = scores.parts[name]
