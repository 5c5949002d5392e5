"""Bank, profiles and ranker in, the case of one customer and one product out."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.explain.offer_case import Case, Need, Neighbour, Said

if TYPE_CHECKING:
    from engine.customers.profiles import Profiles
    from engine.models.item_to_item import ItemToItem
    from engine.models.transitions import Transitions
    from engine.ranking.ranker import Ranker, Scores


@dataclass(frozen=True, eq=False)
class Cases:
    """Gathers what the reasons of single offers are written from."""

    bank: Bank
    profiles: "Profiles"
    ranker: "Ranker"

    def case(self, scores: "Scores", which: str, row: int, product: int) -> Case:
        """The case of one offer; for a whole list ask `person` once.

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
        return self.person(int(scores.rows[row])).case(scores, which, row, product)

    def person(self, position: int) -> "Person":
        """What all cases of one customer share, gathered once."""
        return Person(self, position)

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """Each product as a mapping of plain values, by position."""
        return records(self.bank["products"])

    @cached_property
    def n_holders(self) -> np.ndarray:
        """Who holds each product, shape (n_products,)."""
        return self.bank.held.sum(axis=0)

    @cached_property
    def n_meant(self) -> np.ndarray:
        """Customers of each product's audience, shape (n_products,)."""
        return self.ranker.signals.audience.sum(axis=0)


class Person:
    """One customer, as far as it does not depend on the product.

    Parameters
    ----------
    cases : Cases
    position : int
        Of the customer in the bank.
    """

    def __init__(self, cases: Cases, position: int):
        self.cases = cases
        self.position = position
        self.customer = record(cases.bank["customers"], position)
        self.profile = record(cases.profiles.table, position)
        self.held = np.flatnonzero(cases.bank.held[position])
        self.held_names = tuple(str(cases.products[p]["name"]) for p in self.held)
        self._interests = cases.ranker.signals.needs.interests_of(position)
        self._kinds, self._items, self._values, self._n = (
            self._interests[column].tolist() for column in ("kind", "item", "value", "n")
        )
        self._events = self._said()

    def case(self, scores: "Scores", which: str, row: int, product: int) -> Case:
        """The case of one product; see `Cases.case`."""
        cases = self.cases
        return Case(
            customer=self.customer,
            profile=self.profile,
            product=cases.products[product],
            parts=scores.parts_of(which, row, product),
            needs=self._needs(product),
            neighbours=self._said_by_held(self.cases.ranker.signals.learned.item_to_item, product),
            next_steps=self._said_by_held(self.cases.ranker.signals.learned.transitions, product),
            held_names=self.held_names,
            n_holders=int(cases.n_holders[product]),
            n_customers=int(cases.n_meant[product]),
            rules=tuple(
                rule.reason
                for rule in cases.ranker.signals.rules
                if rule.customers[self.position] and rule.products[product]
            ),
            events=self._events.get(str(cases.bank.product_ids[product]), ()),
            which=which,
            currency=cases.bank.manifest.currency,
        )

    def _needs(self, product: int) -> tuple[Need, ...]:
        """The interests, strongest first, with the share of all products that answer them worse."""
        similarity = self.cases.ranker.signals.needs.similarity[self._interests["phrase"]]
        contribution = self._interests["share"].to_numpy() * similarity[:, product]
        answered = (similarity < similarity[:, [product]]).mean(axis=1)
        return tuple(
            Need(
                self._kinds[i],
                self._items[i],
                self._values[i],
                self._n[i],
                float(contribution[i]),
                float(answered[i]),
            )
            for i in np.argsort(-contribution, kind="stable")
        )

    def _said_by_held(
        self, model: "ItemToItem | Transitions | None", product: int
    ) -> tuple[Neighbour, ...]:
        """Every held product with what it says for this one; none where nothing was learned."""
        if model is None:
            return ()
        weights = model.weights[self.held, product].astype(float)
        order = np.argsort(-weights, kind="stable")
        return tuple(Neighbour(self.held_names[i], float(weights[i])) for i in order)

    def _said(self) -> dict[str, tuple[Said, ...]]:
        """Product id -> this customer's own events on it, in the order of the table."""
        events = self.cases.ranker.signals.events
        mine = events["customer_id"] == self.cases.bank.customer_ids[self.position]
        found: dict[str, list[Said]] = {}
        told = events.loc[mine, ["product_id", *Said._fields]]
        for product, *said in told.itertuples(index=False):
            found.setdefault(product, []).append(Said(*said))
        return {product: tuple(said) for product, said in found.items()}


def record(table: pd.DataFrame, position: int) -> dict[str, Any]:
    """One row of a table of mixed columns as plain values."""
    return table.iloc[position].to_dict()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """All rows of a table of mixed columns as plain values."""
    columns = [table[name].astype(object).tolist() for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]
