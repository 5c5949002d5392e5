"""Raw signals of one bank on one day, for the customers asked for, and the table that names them.

To add one: its name in engine/vocabulary.py, its label in engine/labels.py, its weight and emphasis
in settings.toml, a module here, a module in engine/explain/signals, and a line in both tables.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.audience import in_audience
from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.ranking.signals import (
    answers,
    collaborative,
    feedback,
    item_to_item,
    mood,
    popularity,
    suitability,
    transitions,
)
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.signals.needs import Needs
from engine.ranking.signals.rules import BusinessRule, business_rules, rules_signal
from engine.ranking.signals.said import Said
from engine.settings import RankingSettings, Settings
from engine.vocabulary import METRICS

_STANDING = (
    "candidates",
    "audience",
    "product_scores",
    "rules",
    "pressure",
    "_metrics",
)
"""What a signal reads that no event changes."""


@dataclass(frozen=True, eq=False)
class Signals:
    """Everything that the signals are computed from."""

    bank: Bank
    """Holdings and products; the order of every row and column."""
    profiles: Profiles
    needs: Needs
    learned: LearnedModels
    """Collaborative models and popularity; empty where there is too little history."""
    events: pd.DataFrame
    settings: Settings
    said: Said | None = None
    """What customers said or paid for, confirmed by a person; nothing is learned from it."""

    def since(self, bank: Bank, touched: np.ndarray, said: Said | None = None) -> "Signals":
        """The same signals with the events that a later bank has of some customers.

        Parameters
        ----------
        said : Said, optional
            What was said until then.
        touched : ndarray of int
            Every customer whose events differ; the others' feedback is not worked out again.
        """
        later = dataclasses.replace(self, bank=bank, events=bank["events"], said=said)
        vars(later).update({name: getattr(self, name) for name in _STANDING})
        if self.learned.answers is not None:
            vars(later)["groups"] = self.groups
        events = later.events.loc[later.events["customer_id"].isin(bank.customer_ids[touched])]
        kept = np.ones(bank.n_customers)
        kept[touched] = 0.0
        untouched = sparse.diags_array(kept) @ self.own_feedback
        untouched.eliminate_zeros()
        vars(later)["own_feedback"] = sparse.csr_array(
            untouched + feedback.own_feedback(bank, events)
        )
        return later

    @cached_property
    def candidates(self) -> np.ndarray:
        """Products of the customer's audience that are not held, bool (n_customers, n_products)."""
        return self.audience & ~self.bank.held

    def n_held(self, rows: np.ndarray) -> np.ndarray:
        """Products held by some customers, int of shape (len(rows),)."""
        return self.bank.held[rows].sum(axis=1)

    def newcomers(self, rows: np.ndarray) -> np.ndarray:
        """Which of some customers hold nothing, bool of shape (len(rows),)."""
        return ~self.bank.held[rows].any(axis=1)

    @cached_property
    def audience(self) -> np.ndarray:
        """Products meant for the customer's audience, bool (n_customers, n_products)."""
        return in_audience(self.bank)

    @cached_property
    def product_scores(self) -> pd.DataFrame:
        return suitability.product_scores(self.bank)

    def score_trust(self, ranking: RankingSettings) -> np.ndarray:
        """What a product's scores count, shape (n_products,): less where a rule estimated them."""
        estimated = self.bank["products"]["scores_estimated"].fillna(False).to_numpy(dtype=bool)
        return np.where(estimated, ranking.estimated_scores, 1.0)

    @cached_property
    def rules(self) -> tuple[BusinessRule, ...]:
        table = self.profiles.table
        return business_rules(
            self.profiles.data.bank,
            table["tech_spending_month"].to_numpy(),
            self.settings.ranking.rule_tech_monthly_spend,
            table["volatile"].to_numpy(dtype=bool),
        )

    @cached_property
    def pressure(self) -> np.ndarray:
        """How hard each product sells, shape (n_products,)."""
        return mood.pressure(self.bank)

    @cached_property
    def own_feedback(self) -> sparse.csr_array:
        """What each customer's reactions say of each product."""
        return feedback.own_feedback(self.bank, self.events)

    @cached_property
    def groups(self) -> answers.Groups:
        """In which groups of those who were asked every customer and product is."""
        return answers.Groups.of_bank(self.bank, self.profiles)

    def answered(self, rows: np.ndarray) -> np.ndarray | None:
        """What others' answers say, (len(rows), n_products); None where nothing was learned."""
        learned = self.learned.answers
        return None if learned is None else learned.raw(self.groups, rows)

    def segment(self, rows: np.ndarray) -> np.ndarray | int:
        """Number of the segment of some customers among those with a popularity of their own."""
        if not self.learned.segments:
            return -1
        return self.learned.segment(self.profiles.table["segment"].iloc[rows])

    def metrics(self, rows: np.ndarray) -> pd.DataFrame:
        """The four metrics of some customers, 0-10."""
        return self._metrics.iloc[rows]

    @cached_property
    def _metrics(self) -> pd.DataFrame:
        return self.profiles.table[list(METRICS)]

    def said_of(self, rows: np.ndarray) -> np.ndarray:
        """The part of the needs that was said, shape (len(rows), n_products)."""
        if self.said is None:
            return np.zeros((len(rows), self.bank.n_products))
        return self.said.scores(rows)

    def needs_of(self, rows: np.ndarray) -> np.ndarray:
        """What is known of needs and what was said of them, shape (len(rows), n_products)."""
        known = self.needs.scores(rows)
        return known if self.said is None else known + self.said.scores(rows)

    def raw(self, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        """Raw signals of some customers, each of shape (len(rows), n_products).

        A signal that is off is left out.
        """
        tables = {name: signal.raw(self, rows) for name, signal in TABLE.items()}
        return {name: table for name, table in tables.items() if table is not None}


@dataclass(frozen=True)
class Signal:
    """One signal, as it stands in the table of signals."""

    raw: Callable[[Signals, np.ndarray], np.ndarray | None]
    """(signals, rows) -> ndarray of shape (len(rows), n_products), higher is better; None where the
    signal is off."""
    centred: bool = True
    """Standardised around its mean; False where 0 means "nothing is known"."""
    scaled: bool = True
    """Divided by its deviation; False where its units mean something already, or where it is too
    sparse for a deviation."""
    fitted: bool = True
    """False where the weight stays the fixed one: too few customers show it in any history."""


TABLE: Final[Mapping[str, Signal]] = {
    "needs": Signal(lambda s, rows: s.needs_of(rows), centred=False),
    "collaborative": Signal(
        lambda s, rows: collaborative.raw(
            s.learned.factorization, s.learned.known, rows, s.audience[rows]
        )
    ),
    "item_to_item": Signal(
        lambda s, rows: item_to_item.raw(
            s.learned.item_to_item, s.bank.held[rows], s.audience[rows]
        )
    ),
    "transitions": Signal(
        lambda s, rows: transitions.raw(s.learned.transitions, s.bank.held[rows], s.audience[rows])
    ),
    "suitability": Signal(
        lambda s, rows: suitability.signal(s.metrics(rows), s.product_scores),
    ),
    "mood": Signal(
        lambda s, rows: mood.mood_signal(s.profiles.table["mood"].to_numpy()[rows], s.pressure),
        centred=False,
        scaled=False,
        fitted=False,
    ),
    "rules": Signal(
        lambda s, rows: rules_signal(s.rules, rows, s.bank.n_products),
        centred=False,
        scaled=False,
        fitted=False,
    ),
    "popularity": Signal(
        lambda s, rows: popularity.raw(
            s.learned.popularity, s.bank.held[rows], s.audience[rows], s.segment(rows)
        )
    ),
    "feedback": Signal(
        lambda s, rows: s.own_feedback[rows].toarray(), centred=False, scaled=False, fitted=False
    ),
    "answers": Signal(lambda s, rows: s.answered(rows), centred=False, scaled=False, fitted=False),
}
NOT_FITTED: Final = tuple(name for name, signal in TABLE.items() if not signal.fitted)
"""Signals whose weight stays the fixed one."""
