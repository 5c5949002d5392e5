"""One customer's inputs, changed in any number of ways; their scores and permissions out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from engine.guard.list_selection import Selection, select
from engine.guard.verdicts import Verdicts
from engine.ranking.ranker import Scores
from engine.ranking.signals import mood, suitability
from engine.scoring.lists import Lists
from engine.vocabulary import METRICS


@dataclass(frozen=True, eq=False)
class Variants:
    """n ways in which one customer might be otherwise; None leaves an input as it is.

    Attributes
    ----------
    n : int
    metrics : mapping of str to ndarray of shape (n,)
        Those of churn, profit, risk and acumen that differ, 0-10.
    mood : ndarray of shape (n,) or None
        -1 to 1.
    needs : ndarray of shape (n, n_products) or None
        The raw needs signal.
    income, balance : ndarray of shape (n,) or None
        Bank's currency, a year and in all.
    """

    n: int
    metrics: Mapping[str, np.ndarray]
    mood: np.ndarray | None = None
    needs: np.ndarray | None = None
    income: np.ndarray | None = None
    balance: np.ndarray | None = None


class Scene:
    """One customer as the serving model sees them.

    Parameters
    ----------
    lists : Lists
        Their moment is the scene's.
    row : int
        Position of the customer in the bank.

    Notes
    -----
    Only what a variant names is worked out anew, by the functions that the signals themselves
    use; every other signal keeps its value, so a signal that is added later needs nothing here.
    """

    def __init__(self, lists: Lists, row: int):
        self.lists = lists
        self.row = row

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
        found = self.lists.ranker.signals.metrics(np.array([self.row])).iloc[0]
        return {name: float(found[name]) for name in METRICS}

    @cached_property
    def mood(self) -> float | None:
        """-1 to 1; None without messages."""
        value = float(self.lists.view.profiles.table["mood"].iloc[self.row])
        return None if np.isnan(value) else value

    @cached_property
    def needs(self) -> pd.DataFrame:
        """The customer's interests: kind, item, share (they sum to 1), phrase, value, n."""
        return self.lists.ranker.signals.needs.interests_of(self.row)

    @cached_property
    def raw(self) -> Mapping[str, np.ndarray]:
        """Raw signals as they are, each of shape (1, n_products)."""
        return self.lists.ranker.signals.raw(np.array([self.row]))

    def scores(self, variants: Variants) -> Scores:
        """Scores of every variant; row i is variant i."""
        ranker, n = self.lists.ranker, variants.n
        raw = {
            name: np.broadcast_to(value, (n, value.shape[1])) for name, value in self.raw.items()
        }
        raw |= self._changed(variants)
        rows = np.full(n, self.row)
        return ranker.scored(rows, raw)

    def _changed(self, variants: Variants) -> dict[str, np.ndarray]:
        """The raw signals that a variant's inputs move."""
        signals, found = self.lists.ranker.signals, {}
        if variants.metrics:
            metrics = self._metrics(variants)
            found["suitability"] = suitability.signal(metrics, signals.product_scores)
        if variants.mood is not None:
            selling = mood.pressure(signals.bank)
            found["mood"] = mood.mood_signal(variants.mood, selling)
        if variants.needs is not None:
            found["needs"] = variants.needs
        return {name: value for name, value in found.items() if name in self.raw}

    def _metrics(self, variants: Variants) -> pd.DataFrame:
        same = {name: np.full(variants.n, value) for name, value in self.metrics.items()}
        return pd.DataFrame(same | dict(variants.metrics))

    def judged(self, variants: Variants) -> Verdicts:
        """What may be offered in every variant; row i is variant i."""
        lists, n = self.lists, variants.n
        rulebook = lists.view.rulebook
        rows = np.full(n, self.row)
        facts = rulebook.facts.take(rows).changed(
            lists.settings.guard,
            appetite=variants.metrics.get("risk"),
            income=variants.income,
            balance=variants.balance,
        )
        return rulebook.judge(lists.view.wishes, rows, lists.now, facts)

    def allowed(self, variants: Variants) -> np.ndarray:
        """May it be offered? bool of shape (variants.n, n_products)."""
        guarded = "risk" in variants.metrics or variants.income is not None
        if guarded or variants.balance is not None:
            return self.judged(variants).allowed
        return np.broadcast_to(self.verdicts.allowed, (variants.n, self.lists.bank.n_products))

    def selected(self, totals: np.ndarray, allowed: np.ndarray, k: int) -> Selection:
        """The lists that scores and permissions of n variants give, category limit included."""
        bank = self.lists.bank
        return select(
            totals,
            allowed,
            bank["products"]["category"].to_numpy(dtype=object),
            bank.product_ids.to_numpy(dtype="str"),
            k,
            self.lists.settings.guard,
        )
