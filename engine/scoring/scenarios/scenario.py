"""One customer's inputs, changed in any number of ways; their scores and permissions out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine.customers import segments
from engine.customers.claims import Claim
from engine.experiments import arm_claims
from engine.guard.verdicts import Verdicts
from engine.ranking.ranker import Scores
from engine.ranking.signals import mood, popularity, suitability
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import METRICS


@dataclass(frozen=True, eq=False)
class Variants:
    """n ways in which one customer might be otherwise; None leaves an input as it is."""

    n: int
    metrics: Mapping[str, np.ndarray]
    """Arrays of shape (n,). Those of churn, profit, risk and acumen that differ, 0-10."""
    mood: np.ndarray | None = None
    """Shape (n,). -1 to 1."""
    needs: np.ndarray | None = None
    """Shape (n, n_products). The raw needs signal."""
    income: np.ndarray | None = None
    balance: np.ndarray | None = None
    """Shape (n,). Bank's currency, a year and in all."""


@dataclass(frozen=True, eq=False)
class CustomerScenario:
    """One customer as the serving model sees them.

    Notes
    -----
    Only what a variant names is worked out anew, by the functions that the signals themselves
    use; every other signal keeps its value, so a signal that is added later needs nothing here.
    """

    table: ScoreTable
    row: int

    @property
    def by_arm(self) -> Claim | None:
        """What is said where the arm of an experiment orders the list; None where none does."""
        arms = self.table.arms
        if arms is None or not arms.is_ordered(np.array([self.row]))[0]:
            return None
        return arm_claims.in_arm(arm=arms.arm(self.row), experiment=arms.name)

    @cached_property
    def today(self) -> Scores:
        """Scores as they are, one row."""
        return self.scores(Variants(1, {}))

    @cached_property
    def verdicts(self) -> Verdicts:
        """What may be offered as things are, one row."""
        return self.judged(Variants(1, {}))

    @cached_property
    def metrics(self) -> dict[str, float]:
        """The four metrics, 0-10."""
        today = self.table.ranker.signals.metrics(np.array([self.row])).iloc[0]
        return {name: float(today[name]) for name in METRICS}

    @cached_property
    def mood(self) -> float | None:
        """-1 to 1; None without messages."""
        value = float(self.table.snapshot.profiles.table["mood"].iloc[self.row])
        return None if np.isnan(value) else value

    @cached_property
    def needs(self) -> pd.DataFrame:
        """The customer's interests: kind, item, share (they sum to 1), phrase, value, n."""
        return self.table.ranker.signals.needs.interests_of(self.row)

    @cached_property
    def said(self) -> np.ndarray:
        """What was said of needs: the part of that raw signal that no assumption moves."""
        return self.table.ranker.signals.said_of(np.array([self.row]))[0]

    @cached_property
    def raw(self) -> Mapping[str, np.ndarray]:
        """Raw signals as they are, each of shape (1, n_products)."""
        return self.table.ranker.signals.raw(np.array([self.row]))

    def scores(self, variants: Variants) -> Scores:
        """Scores of every variant; row i is variant i."""
        n = variants.n
        raw = {
            name: np.broadcast_to(value, (n, value.shape[1])) for name, value in self.raw.items()
        }
        rows = np.full(n, self.row)
        return self.table.ranker.scored(rows, raw | self._changed(variants))

    def _changed(self, variants: Variants) -> dict[str, np.ndarray]:
        """The raw signals that a variant's inputs move."""
        signals, moved = self.table.ranker.signals, {}
        if variants.metrics:
            same = {name: np.full(variants.n, value) for name, value in self.metrics.items()}
            metrics = pd.DataFrame(same | dict(variants.metrics))
            moved["suitability"] = suitability.signal(metrics, signals.product_scores)
            if signals.learned.segments:
                moved["popularity"] = self._popular(self.segments(variants))
        if variants.mood is not None:
            moved["mood"] = mood.mood_signal(variants.mood, signals.pressure)
        if variants.needs is not None:
            moved["needs"] = variants.needs + self.said
        return {name: value for name, value in moved.items() if name in self.raw}

    def segments(self, variants: Variants) -> pd.Series:
        """The segment in every variant: that of churn and profit as they are assumed."""
        today = self.table.snapshot.profiles.table.iloc[self.row]
        known = {
            name: name in variants.metrics or bool(today[f"{name}_known"])
            for name in ("churn", "profit")
        }
        figures = {name: variants.metrics.get(name, self.metrics[name]) for name in known}
        table = pd.DataFrame(figures, index=range(variants.n))
        table = table.assign(**{f"{name}_known": is_known for name, is_known in known.items()})
        return segments.bands(table, self.table.settings.metrics)["segment"]

    def _popular(self, names: pd.Series) -> np.ndarray:
        """The raw signal of popularity in each of some segments."""
        signals, rows = self.table.ranker.signals, np.full(len(names), self.row)
        return popularity.raw(
            signals.learned.popularity,
            signals.bank.held[rows],
            signals.audience[rows],
            signals.learned.segment(names),
        )

    def judged(self, variants: Variants) -> Verdicts:
        """What may be offered in every variant; row i is variant i."""
        table, n = self.table, variants.n
        rulebook = table.snapshot.rulebook
        rows = np.full(n, self.row)
        facts = rulebook.facts.take(rows).changed(
            table.settings.guard,
            appetite=variants.metrics.get("risk"),
            income=variants.income,
            balance=variants.balance,
        )
        return rulebook.judge(table.snapshot.choices, rows, table.now, facts)

    def ordered(self, which: str, totals: np.ndarray) -> np.ndarray:
        """What the order of a list is read from, for scores of every variant."""
        return self.table.ordered(which, np.array([self.row]), totals)

    def listed(self, scores: Scores, allowed: np.ndarray, which: str, k: int) -> list[int]:
        """Positions of the products on the list of one variant, best first."""
        ordered = self.ordered(which, scores.total(which))
        listed = self.table.top_k.positions(ordered, allowed, k)[0]
        return [int(product) for product in listed if product >= 0]

    def allowed(self, variants: Variants) -> np.ndarray:
        """May it be offered? bool of shape (variants.n, n_products)."""
        guarded = "risk" in variants.metrics or variants.income is not None
        if guarded or variants.balance is not None:
            return self.judged(variants).allowed
        return np.broadcast_to(self.verdicts.allowed, (variants.n, self.table.bank.n_products))
