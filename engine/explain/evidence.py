"""Bank, profiles and ranker in; everything that the reasons for an offer are written from, out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.profiles import Profiles
from engine.models.item_to_item import ItemToItem
from engine.models.transitions import Transitions
from engine.ranking.ranker import Ranker, Scores


class Need(NamedTuple):
    """One interest of a customer, as it speaks for one product.

    `value` is money a month for spending (else NaN), `n` a number of mentions, `contribution` its
    share of the score, and `answered` the share of all products that answer it worse.
    """

    kind: str
    item: str
    value: float
    n: float
    contribution: float
    answered: float


class Neighbour(NamedTuple):
    """A held product and what it says for another."""

    name: str
    contribution: float


class Reaction(NamedTuple):
    """One standing event of a customer on a product; `reason` is NaN where none was given."""

    action: str
    recorded_at: pd.Timestamp
    reason: str | float


@dataclass(frozen=True, eq=False)
class OfferEvidence:
    """What is known when the reasons for one offer are written."""

    customer: Mapping[str, Any]
    profile: Mapping[str, Any]
    product: Mapping[str, Any]
    """One row of the customers table, of `Profiles.table` and of the products table."""
    parts: Mapping[str, float]
    """What the score is the sum of."""
    needs: tuple[Need, ...]
    """How each interest speaks for the product, strongest first."""
    neighbours: tuple[Neighbour, ...]
    """What each held product says for it, strongest first: what is held together."""
    next_steps: tuple[Neighbour, ...]
    """The same of what is taken after what."""
    held_names: tuple[str, ...]
    """Products that the customer holds."""
    n_holders: int
    n_customers: int
    """Who holds the product, and how many customers of its audience there are."""
    rules: tuple[str, ...]
    """Reasons of the business rules that hold."""
    events: tuple[Reaction, ...]
    """This customer's own standing events on the product."""
    which: str
    """The list: growth or retention."""
    currency: str

    @property
    def name(self) -> str:
        """The product's name."""
        return str(self.product["name"])


@dataclass(frozen=True, eq=False)
class Evidence:
    """Gathers what the reasons of single offers are written from."""

    bank: Bank
    profiles: Profiles
    ranker: Ranker

    def customer(self, position: int) -> "CustomerEvidence":
        """What all offers of one customer share, gathered once."""
        return CustomerEvidence(self, position)

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """Each product as a mapping of plain values, by position."""
        return self.bank["products"].to_dict("records")

    @cached_property
    def n_holders(self) -> np.ndarray:
        """Who holds each product, shape (n_products,)."""
        return self.bank.held.sum(axis=0)

    @cached_property
    def n_meant(self) -> np.ndarray:
        """Customers of each product's audience, shape (n_products,)."""
        return self.ranker.signals.audience.sum(axis=0)


class CustomerEvidence:
    """One customer, as far as it does not depend on the product."""

    def __init__(self, evidence: Evidence, position: int):
        self.evidence = evidence
        self.position = position
        self.customer = evidence.bank["customers"].iloc[position].to_dict()
        self.profile = evidence.profiles.table.iloc[position].to_dict()
        self.held = np.flatnonzero(evidence.bank.held[position])
        self.held_names = tuple(str(evidence.products[p]["name"]) for p in self.held)
        self._interests = evidence.ranker.signals.needs.interests_of(position)
        told = (self._interests[column].tolist() for column in ("kind", "item", "value", "n"))
        self._told = list(zip(*told, strict=True))
        self._events = self._reactions()

    def offer(self, scores: Scores, which: str, row: int, product: int) -> OfferEvidence:
        """What speaks for one product.

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
        evidence = self.evidence
        return OfferEvidence(
            customer=self.customer,
            profile=self.profile,
            product=evidence.products[product],
            parts=scores.parts_of(which, row, product),
            needs=self._needs(product),
            neighbours=self._from_held(evidence.ranker.signals.learned.item_to_item, product),
            next_steps=self._from_held(evidence.ranker.signals.learned.transitions, product),
            held_names=self.held_names,
            n_holders=int(evidence.n_holders[product]),
            n_customers=int(evidence.n_meant[product]),
            rules=tuple(
                rule.reason
                for rule in evidence.ranker.signals.rules
                if rule.customers[self.position] and rule.products[product]
            ),
            events=self._events.get(str(evidence.bank.product_ids[product]), ()),
            which=which,
            currency=evidence.bank.manifest.currency,
        )

    def _needs(self, product: int) -> tuple[Need, ...]:
        """The interests, strongest first, with the share of all products that answer them worse."""
        similarity = self.evidence.ranker.signals.needs.similarity[self._interests["phrase"]]
        contribution = self._interests["share"].to_numpy() * similarity[:, product]
        answered = (similarity < similarity[:, [product]]).mean(axis=1)
        return tuple(
            Need(*self._told[i], float(contribution[i]), float(answered[i]))
            for i in np.argsort(-contribution, kind="stable")
        )

    def _from_held(
        self, model: ItemToItem | Transitions | None, product: int
    ) -> tuple[Neighbour, ...]:
        """Every held product with what it says for this one; none where nothing was learned."""
        if model is None:
            return ()
        weights = model.weights[self.held, product].astype(float)
        order = np.argsort(-weights, kind="stable")
        return tuple(Neighbour(self.held_names[i], float(weights[i])) for i in order)

    def _reactions(self) -> dict[str, tuple[Reaction, ...]]:
        """Product id -> this customer's own events on it, in the order of the table."""
        events = self.evidence.ranker.signals.events
        mine = events["customer_id"] == self.evidence.bank.customer_ids[self.position]
        by_product: dict[str, list[Reaction]] = {}
        table = events.loc[mine, ["product_id", *Reaction._fields]]
        for product, *said in table.itertuples(index=False):
            by_product.setdefault(product, []).append(Reaction(*said))
        return {product: tuple(reactions) for product, reactions in by_product.items()}
