"""Bank, profiles and ranker in, the case of one customer and one product out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.explain.reasons import Case

if TYPE_CHECKING:
    from engine.customers.profiles import Profiles
    from engine.ranking.ranker import Ranker, Scores


@dataclass(frozen=True, eq=False)
class Cases:
    """Gathers what the reasons of single offers are written from."""

    bank: Bank
    profiles: "Profiles"
    ranker: "Ranker"

    def case(self, scores: "Scores", which: str, row: int, product: int) -> Case:
        """The case of one offer.

        Parameters
        ----------
        scores : Scores
            Of the customers among whom this one is.
        which : str
            The list.
        row : int
            Counted within the rows of `scores`.
        product : int
            Position of the product.
        """
        bank, signals = self.bank, self.ranker.signals
        position = int(scores.rows[row])
        held = np.flatnonzero(bank.held[position])
        return Case(
            customer=record(bank["customers"], position),
            profile=record(self.profiles.table, position),
            product=record(bank["products"], product),
            parts=scores.parts_of(which, row, product),
            needs=self._needs(position, product),
            neighbours=self._neighbours(held, product),
            held_names=tuple(str(name) for name in bank["products"]["name"].iloc[held]),
            n_holders=int(bank.held[:, product].sum()),
            n_customers=int(signals.audience[:, product].sum()),
            rules=tuple(
                rule.reason
                for rule in signals.rules
                if rule.customers[position] and rule.products[product]
            ),
            events=self._events(position, product),
            which=which,
            currency=bank.manifest.currency,
        )

    def _needs(self, position: int, product: int) -> pd.DataFrame:
        """The interests, with the share of all products that answer each of them worse."""
        needs = self.ranker.signals.needs
        found = needs.explain(position, product)
        phrases = needs.interests["phrase"].to_numpy()[found.index.to_numpy()]
        similarity = needs.similarity[phrases]
        return found.assign(answered=(similarity < similarity[:, [product]]).mean(axis=1))

    def _neighbours(self, held: np.ndarray, product: int) -> pd.DataFrame:
        """name, contribution of every held product; empty where nothing was learned."""
        model = self.ranker.signals.learned.item_to_item
        if model is None:
            return pd.DataFrame({"name": pd.Series(dtype="str"), "contribution": np.zeros(0)})
        names = self.bank["products"]["name"].iloc[held].to_numpy()
        weights = model.weights[held, product].astype(float)
        table = pd.DataFrame({"name": names, "contribution": weights})
        return table.sort_values("contribution", ascending=False, kind="stable")

    def _events(self, position: int, product: int) -> pd.DataFrame:
        events = self.ranker.signals.events
        mine = events["customer_id"] == self.bank.customer_ids[position]
        return events.loc[mine & (events["product_id"] == self.bank.product_ids[product])]


def record(table: pd.DataFrame, position: int) -> dict[str, Any]:
    """One row of a table of mixed columns as plain values."""
    return table.iloc[position].to_dict()
