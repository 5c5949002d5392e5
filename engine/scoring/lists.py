"""One view and one moment in; lists of offers, for one customer in full or for all in a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from engine.customers.portfolio import customer_table
from engine.explain.evidence import Evidence
from engine.guard.list_selection import Selection, caps, select
from engine.guard.verdicts import Verdicts
from engine.ranking.ranker import Ranker, Scores
from engine.results import Recommendation
from engine.scoring import recommendation
from engine.settings import Settings
from engine.snapshot.snapshot import View
from engine.vocabulary import GROWTH, LISTS, RETENTION

ORDERS = ("score", "value", "interests")
"""What a list may be ordered by."""
INTERESTS = ("needs", "mood", "feedback")
"""Parts of a score that say what the customer wants just now."""
CHUNK = 10_000
"""Customers scored at once: 10,000 x 60 products x 10 parts are 48 MB."""


@dataclass(frozen=True, eq=False)
class _First:
    """The customer table, and each customer's first offer: -1 and NaN where there is none."""

    people: pd.DataFrame
    products: np.ndarray
    confidence: np.ndarray
    fit: np.ndarray


@dataclass(frozen=True, eq=False)
class Basis:
    """What one list was worked out from: all that a receipt of it says."""

    chosen: recommendation.Chosen
    k: int
    order: str
    now: datetime


class Lists:
    """Who is offered what, as of one view and one moment.

    Parameters
    ----------
    view : View
        With a ranker.
    settings : Settings
    now : datetime
        Decides what "Not now" still hides.
    before : Lists, optional
        Of an earlier view; what nothing recorded since has touched is taken over from it.
    """

    def __init__(
        self,
        view: View,
        ranker: Ranker,
        settings: Settings,
        now: datetime,
        before: "Lists | None" = None,
    ):
        self.view = view
        self.ranker = ranker
        self.settings = settings
        self.now = now
        self.bank = view.bank
        self.version = view.version.version_id if view.version else ""
        self._earlier = None if before is None else before._still_true(self)

    def which(self, rows: np.ndarray) -> np.ndarray:
        """The list that opens first, by churn (decision 7)."""
        churn = self.view.profiles.table["churn"].to_numpy()[rows]
        leaving = churn >= self.settings.metrics.retention_from_churn
        return np.where(leaving, RETENTION, GROWTH)

    def recommend(
        self, customer_id: str, *, k: int, which: str | None, order: str
    ) -> Recommendation:
        """One list for one customer, with everything that stands behind it."""
        row = self.bank.customer_position(customer_id)
        rows = np.array([row])
        name = which or str(self.which(rows)[0])
        scores, verdicts = self._judged(rows)
        selection = self._selected(scores, verdicts, name, k, order)
        chosen = recommendation.Chosen(
            self.view,
            self.cases.customer(row),
            scores,
            verdicts,
            selection,
            self._expected_value(scores),
            name,
        )
        found = recommendation.recommendation(chosen, self.caps, self.settings, self.ranker.model)
        return replace(found, basis=Basis(chosen, k, order, self.now))

    @cached_property
    def cases(self) -> Evidence:
        """What the reasons of single offers are written from."""
        return Evidence(self.bank, self.view.profiles, self.ranker)

    def score(
        self,
        rows: np.ndarray,
        names: Sequence[str],
        k: int,
        progress: Callable[[float, str], None],
    ) -> pd.DataFrame:
        """Lists of some customers: customer_id, product_id, rank, score, confidence, fit, list,
        model_version; in the order of rows, lists and ranks."""
        found = []
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            scores, verdicts = self._judged(part)
            found += [self._table(scores, verdicts, part, name, k) for name in names]
            done = min(start + CHUNK, len(rows))
            progress(done / len(rows), f"{done:,} of {len(rows):,} customers")
        if not found:
            found = [self._table(*self._judged(rows), rows, GROWTH, k)]
        table = pd.concat(found, ignore_index=True)
        place = pd.Series(np.arange(len(rows)), index=self.bank.customer_ids[rows])
        order = pd.DataFrame(
            {
                "place": table["customer_id"].map(place),
                "list": pd.Categorical(table["list"], categories=list(names), ordered=True),
                "rank": table["rank"],
            }
        ).sort_values(["place", "list", "rank"])
        return table.loc[order.index].reset_index(drop=True)

    @cached_property
    def overview(self) -> pd.DataFrame:
        """`customer_table` with each customer's next best offer in the list that opens first."""
        first = self._first
        names = self.bank["products"]["name"].array
        return first.people.assign(
            next_offer=names.take(first.products, allow_fill=True),
            next_offer_confidence=first.confidence,
            next_offer_fit=first.fit,
        )

    @cached_property
    def _first(self) -> "_First":
        """The first offer of everybody, worked out for those alone whom something has touched."""
        if self._earlier is None:
            n = self.bank.n_customers
            people = customer_table(self.bank, self.view.profiles).reset_index(drop=True)
            blank = _First(people, np.full(n, -1), np.full(n, np.nan), np.full(n, np.nan))
            return self._refreshed(blank, self.view.all_rows)
        return self._refreshed(*self._earlier)

    def _refreshed(self, first: "_First", rows: np.ndarray) -> "_First":
        """The first offers, with those of the customers at `rows` worked out anew."""
        products, confidence, fit = (
            array.copy() for array in (first.products, first.confidence, first.fit)
        )
        which = self.which(rows)
        for name in LISTS:
            mine = rows[which == name]
            for start in range(0, len(mine), CHUNK):
                part = mine[start : start + CHUNK]
                scores, verdicts = self._judged(part)
                best = self._selected(scores, verdicts, name, 1, "score").positions[:, 0]
                products[part], confidence[part], fit[part] = best, np.nan, np.nan
                at = np.flatnonzero(best >= 0)
                fit[part[at]] = scores.fit[at, best[at]]
                if scores.confidence is not None:
                    confidence[part[at]] = scores.confidence[at, best[at]]
        return _First(first.people, products, confidence, fit)

    def _still_true(self, later: "Lists") -> "tuple[_First, np.ndarray] | None":
        """First offers as they were known, and the customers whose own may be another by now."""
        known = (self._first, np.zeros(0, int)) if "_first" in vars(self) else self._earlier
        new = later.view.moment.since(self.view.moment)
        same = (
            later.ranker.model is self.ranker.model
            and later.view.profiles is self.view.profiles
            and later.settings == self.settings
        )
        if known is None or new is None or not same:
            return None
        back = later.view.wishes.hidden.ended(
            pd.Timestamp(self.now).to_datetime64(), pd.Timestamp(later.now).to_datetime64()
        )
        first, rows = known
        return first, np.unique(np.concatenate([rows, new, back]))

    @cached_property
    def eligible(self) -> np.ndarray:
        """What may be offered to whom, bool of shape (n_customers, n_products)."""
        rows = self.view.all_rows
        parts = [
            self._judge(rows[start : start + CHUNK]).allowed for start in range(0, len(rows), CHUNK)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, self.bank.n_products), dtype=bool)

    @cached_property
    def caps(self) -> np.ndarray:
        """Cap of each product's displayed confidence, NaN for none (F118)."""
        return caps(self.bank, self.settings.guard)

    @cached_property
    def margins(self) -> np.ndarray:
        """Yearly margin of each product from stated assumptions, money, shape (n_products,)."""
        by_category = self.settings.money.product_margin
        category = self.bank["products"]["category"].fillna("").str.lower()
        known = {name.lower(): value for name, value in by_category.items()}
        return category.map(known).fillna(by_category["default"]).to_numpy(dtype=float)

    @cached_property
    def _categories(self) -> np.ndarray:
        return self.bank["products"]["category"].to_numpy(dtype=object)

    @cached_property
    def _product_ids(self) -> np.ndarray:
        return self.bank.product_ids.to_numpy(dtype="str")

    def _judge(self, rows: np.ndarray) -> Verdicts:
        return self.view.rulebook.judge(self.view.wishes, rows, self.now)

    def _judged(self, rows: np.ndarray) -> tuple[Scores, Verdicts]:
        return self.ranker.scores(rows), self._judge(rows)

    def _expected_value(self, scores: Scores) -> np.ndarray:
        chance = scores.fit if scores.propensity is None else scores.propensity
        return chance * self.margins

    def _selected(
        self, scores: Scores, verdicts: Verdicts, name: str, k: int, order: str
    ) -> Selection:
        ranked = self._expected_value(scores) if order == "value" else scores.total(name)
        found = select(
            ranked,
            verdicts.allowed,
            self._categories,
            self._product_ids,
            k,
            self.settings.guard,
        )
        return _by_interests(found, scores) if order == "interests" else found

    def _table(
        self, scores: Scores, verdicts: Verdicts, rows: np.ndarray, name: str, k: int
    ) -> pd.DataFrame:
        positions = self._selected(scores, verdicts, name, k, "score").positions
        row, rank = np.nonzero(positions >= 0)
        product = positions[row, rank]
        confidence = scores.confidence
        return pd.DataFrame(
            {
                "customer_id": self.bank.customer_ids[rows[row]],
                "product_id": self.bank.product_ids[product],
                "rank": rank + 1,
                "score": scores.total(name)[row, product],
                "confidence": np.nan if confidence is None else confidence[row, product],
                "fit": scores.fit[row, product],
                "list": name,
                "model_version": self.version,
            }
        )


def _by_interests(found: Selection, scores: Scores) -> Selection:
    """The same offers, those first that the customer's interests, mood and reactions favour (F95).

    What is equal in that stays in the order of the scores.
    """
    wanted = np.sum([scores.parts[part] for part in INTERESTS if part in scores.parts], axis=0)
    there = found.positions >= 0
    shown = np.take_along_axis(wanted, np.maximum(found.positions, 0), axis=1)
    order = np.argsort(np.where(there, -shown, np.inf), axis=1, kind="stable")
    return Selection(np.take_along_axis(found.positions, order, axis=1), found.pushed_out)
