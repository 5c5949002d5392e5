"""One view and one moment in; lists of offers, for one customer in full or for all in a table."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from engine import offers
from engine.customers.portfolio import customer_table
from engine.explain.cases import Cases
from engine.guard.limits import Selection, caps, select
from engine.guard.verdicts import Verdicts
from engine.ranking.ranker import Ranker, Scores
from engine.results import Recommendation
from engine.settings import Settings
from engine.view import View
from engine.vocabulary import GROWTH, RETENTION

CHUNK = 10_000
"""Customers scored at once: 10,000 x 60 products x 10 parts are 48 MB."""


class Lists:
    """Who is offered what, as of one view and one moment.

    Parameters
    ----------
    view : View
        With a ranker.
    settings : Settings
    now : datetime
        Decides what "Not now" still hides.
    """

    def __init__(self, view: View, ranker: Ranker, settings: Settings, now: datetime):
        self.view = view
        self.ranker = ranker
        self.settings = settings
        self.now = now
        self.bank = view.bank
        self.version = view.version.version_id if view.version else ""

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
        chosen = offers.Chosen(
            self.view,
            self.cases.person(row),
            scores,
            verdicts,
            selection,
            self._expected_value(scores),
            name,
        )
        return offers.recommendation(chosen, self.caps, self.settings, self.ranker.model)

    @cached_property
    def cases(self) -> Cases:
        """What the reasons of single offers are written from."""
        return Cases(self.bank, self.view.profiles, self.ranker)

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
        table = customer_table(self.bank, self.view.profiles).reset_index(drop=True)
        rows = self.view.all_rows
        first = {
            name: self.score(rows[self.which(rows) == name], [name], 1, lambda *_: None)
            for name in (GROWTH, RETENTION)
        }
        best = pd.concat(first.values()).set_index("customer_id")
        names = self.bank["products"].set_index("product_id")["name"]
        ids = table["customer_id"]
        return table.assign(
            next_offer=ids.map(best["product_id"]).map(names),
            next_offer_confidence=ids.map(best["confidence"]),
            next_offer_fit=ids.map(best["fit"]),
        )

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
        return select(
            ranked,
            verdicts.allowed,
            self._categories,
            self._product_ids,
            k,
            self.settings.guard,
        )

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
