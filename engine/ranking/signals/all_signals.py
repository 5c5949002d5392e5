"""Raw signals of one bank on one day, for the customers asked for: signal name -> table."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.audience import in_audience
from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.ranking.signals import feedback, mood, suitability
from engine.ranking.signals.learned import LearnedModels
from engine.ranking.signals.needs import Needs
from engine.ranking.signals.rules import BusinessRule, business_rules
from engine.ranking.signals.table import TABLE
from engine.settings import Settings
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
    """Metrics, mood and spending of all customers."""
    needs: Needs
    learned: LearnedModels
    """Collaborative models and popularity; empty where there is too little history."""
    events: pd.DataFrame
    """Events that stand."""
    settings: Settings

    def since(self, bank: Bank, touched: np.ndarray) -> "Signals":
        """The same signals with the events that a later bank has of some customers.

        Parameters
        ----------
        bank : Bank
            Differs in its events and consents alone.
        touched : ndarray of int
            Every customer whose events differ; the others' feedback is not worked out again.
        """
        later = dataclasses.replace(self, bank=bank, events=bank["events"])
        vars(later).update({name: getattr(self, name) for name in _STANDING})
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

    def metrics(self, rows: np.ndarray) -> pd.DataFrame:
        """The four metrics of some customers, 0-10."""
        return self._metrics.iloc[rows]

    @cached_property
    def _metrics(self) -> pd.DataFrame:
        return self.profiles.table[list(METRICS)]

    def raw(self, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        """Raw signals of some customers.

        Parameters
        ----------
        rows : ndarray of int
            Positions of customers in the bank.

        Returns
        -------
        mapping of str to ndarray of shape (len(rows), n_products)
            A signal that is off is left out.
        """
        tables = {name: signal.raw(self, rows) for name, signal in TABLE.items()}
        return {name: table for name, table in tables.items() if table is not None}
