"""Bank, profiles and ranker in; everything that the reasons for an offer are written from, out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.interests import words_of
from engine.customers.key_figures import spent_until
from engine.customers.profiles import Profiles
from engine.explain.comparable import Comparable, Counts
from engine.models.item_to_item import ItemToItem
from engine.models.transitions import Transitions
from engine.ranking.ranker import Ranker, Scores

TELLING: Final = 0.05
"""A part below this is noise and gives no reason (units of the score, own choice)."""


class Need(NamedTuple):
    """One interest of a customer, as it speaks for one product.

    `value` is money for spending (else NaN), a month or, where `days` is known, over so many days;
    `n` a number of mentions, `contribution` its share of the score, and `answered` the share of
    all products that answer it worse. `until` names the month where spending ends long ago, and
    `words` are those that a topic was read from.
    """

    kind: str
    item: str
    value: float
    n: float
    contribution: float = 0.0
    answered: float = 0.0
    days: float = np.nan
    until: str = ""
    words: tuple[str, ...] = ()


class Neighbour(NamedTuple):
    """A held product, what it says for another, and how others who hold it stand to that."""

    product_id: str
    name: str
    contribution: float
    counts: Counts


class Reaction(NamedTuple):
    """One standing event of a customer on a product; NaN where no reason or rating was given."""

    action: str
    recorded_at: pd.Timestamp
    reason: str | float
    rating: float = np.nan


class Asked(NamedTuple):
    """What a group said to a product or its kind, beside all who said yes or no to anything.

    `family` and `group` as in `engine.ranking.signals.answers`; `asked` and `all_asked` count whole
    answers, yes or no; `said` and `all_said` those who said no where `no` is true, else yes.
    """

    family: str
    group: str
    asked: int
    said: int
    all_asked: int
    all_said: int
    no: bool


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
    """Which held products speak for it, strongest first: what is held together. Empty, as the next
    two, where that part of the score does not tell."""
    next_steps: tuple[Neighbour, ...]
    """The same of what is taken after what."""
    alike: Counts | None
    """How many of the customers with the most similar products hold the product."""
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
    leaves_from: float
    """Churn index from which somebody may leave."""
    currency: str
    answered: Asked | None = None
    """What the group that was asked and moves the score most said; None where nobody was."""
    held_before: bool = False
    """Did the customer hold the product, and no longer does?"""

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
        return next(self.customers([position]))

    def customers(self, positions: Sequence[int]) -> Iterator["CustomerEvidence"]:
        """The same of each of several, for whom the tables are searched once."""
        ids = self.bank.customer_ids[positions]
        reactions, had = self._reactions(ids), self._had(ids)
        for position, one in zip(positions, ids, strict=True):
            yield CustomerEvidence(self, position, reactions.get(one, {}), had.get(one, set()))

    def _reactions(self, ids: pd.Index) -> dict[str, dict[str, tuple[Reaction, ...]]]:
        """Customer -> product -> their own events on it, in the order of the table."""
        events = self.ranker.signals.events
        columns = ["customer_id", "product_id", *Reaction._fields]
        found: dict[str, dict[str, tuple[Reaction, ...]]] = {}
        for customer, product, *said in events.loc[
            events["customer_id"].isin(ids), columns
        ].itertuples(index=False):
            of_one = found.setdefault(customer, {})
            of_one[product] = (*of_one.get(product, ()), Reaction(*said))
        return found

    def _had(self, ids: pd.Index) -> dict[str, set[str]]:
        """Customer -> products that they hold or held."""
        table = self.bank["holdings"]
        mine = table.loc[table["customer_id"].isin(ids), ["customer_id", "product_id"]]
        found: dict[str, set[str]] = {}
        for customer, product in mine.itertuples(index=False):
            found.setdefault(customer, set()).add(product)
        return found

    @cached_property
    def products(self) -> list[dict[str, Any]]:
        """Each product as a mapping of plain values, by position."""
        return self.bank["products"].to_dict("records")

    @cached_property
    def comparable(self) -> Comparable:
        """What other customers hold and took."""
        return Comparable(self.bank, self.ranker.signals.audience)

    @cached_property
    def n_holders(self) -> np.ndarray:
        """Who of its audience holds each product, shape (n_products,)."""
        return (self.bank.held & self.ranker.signals.audience).sum(axis=0)

    @cached_property
    def n_meant(self) -> np.ndarray:
        """Customers of each product's audience, shape (n_products,)."""
        return self.ranker.signals.audience.sum(axis=0)


def asked_of(ranker: Ranker, row: int, product: int) -> Asked | None:
    """What the group said that moves this pair most, where it stands out from all who were asked.

    None where nothing was learned, or no group's answers lie on the side of what they move.
    """
    signals = ranker.signals
    learned = signals.learned.answers
    if learned is None:
        return None
    shares = learned.shares(signals.groups, np.array([row]))
    counts = learned.counts(signals.groups, row, product)
    _, yes_all, no_all = (int(n) for n in learned.asked["product"].sum(axis=0))
    n_all = yes_all + no_all
    by_size = sorted(counts, key=lambda family: -abs(shares[family][0, product]))
    for family in by_size:
        told, share = counts[family], float(shares[family][0, product])
        yes, n = told.yes, told.yes + told.no
        stands_out = (yes * n_all - yes_all * n) * share > 0
        if n and stands_out:
            no = share < 0
            said, all_said = (told.no, no_all) if no else (yes, yes_all)
            return Asked(family, told.group, n, said, n_all, all_said, no)
    return None


class CustomerEvidence:
    """One customer, as far as it does not depend on the product."""

    def __init__(
        self,
        evidence: Evidence,
        position: int,
        events: Mapping[str, tuple[Reaction, ...]],
        had: set[str],
    ):
        self.evidence = evidence
        self.position = position
        self.customer = evidence.bank["customers"].iloc[position].to_dict()
        self.profile = evidence.profiles.table.iloc[position].to_dict()
        self.held = np.flatnonzero(evidence.bank.held[position])
        self.held_names = tuple(str(evidence.products[p]["name"]) for p in self.held)
        self._interests = evidence.ranker.signals.needs.interests_of(position)
        self._events = events
        self._ended = had - {str(evidence.bank.product_ids[p]) for p in self.held}

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
        evidence, others = self.evidence, self.evidence.comparable
        parts, learned = scores.parts_of(which, row, product), evidence.ranker.signals.learned
        tells = {name for name, part in parts.items() if part > TELLING}
        return OfferEvidence(
            customer=self.customer,
            profile=self.profile,
            product=evidence.products[product],
            parts=parts,
            needs=self._needs(product),
            neighbours=self._from_held(learned.item_to_item, product, others.together)
            if "item_to_item" in tells
            else (),
            next_steps=self._from_held(learned.transitions, product, others.after)
            if "transitions" in tells
            else (),
            alike=others.alike(self.position, product)
            if "collaborative" in tells and len(self.held)
            else None,
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
            leaves_from=evidence.ranker.signals.settings.metrics.retention_from_churn,
            currency=evidence.bank.manifest.currency,
            answered=asked_of(evidence.ranker, self.position, product)
            if abs(parts.get("answers", 0.0)) > TELLING
            else None,
            held_before=str(evidence.bank.product_ids[product]) in self._ended,
        )

    def _needs(self, product: int) -> tuple[Need, ...]:
        """The interests, strongest first, with the share of all products that answer them worse."""
        similarity = self.evidence.ranker.signals.needs.similarity[self._interests["phrase"]]
        contribution = self._interests["share"].to_numpy() * similarity[:, product]
        answered = (similarity < similarity[:, [product]]).mean(axis=1)
        return tuple(
            self.interests[i]._replace(
                contribution=float(contribution[i]), answered=float(answered[i])
            )
            for i in np.argsort(-contribution, kind="stable")
        )

    def _from_held(
        self,
        model: ItemToItem | Transitions | None,
        product: int,
        counted: Callable[[int, int, int], Counts],
    ) -> tuple[Neighbour, ...]:
        """The held products that speak for this one, strongest first."""
        if model is None:
            return ()
        weights = model.weights[self.held, product].astype(float)
        return tuple(
            Neighbour(
                str(self.evidence.bank.product_ids[self.held[i]]),
                self.held_names[i],
                float(weights[i]),
                counted(int(self.held[i]), product, self.position),
            )
            for i in np.argsort(-weights, kind="stable")
            if weights[i] > 0
        )

    @cached_property
    def interests(self) -> list[Need]:
        """What is known of the customer, in the order of the needs; for no product yet."""
        columns = ("kind", "item", "value", "n", "days")
        told = zip(*(self._interests[column].tolist() for column in columns), strict=True)
        needs = [Need(*row, days=days) for *row, days in told]
        if any(need.kind == "spending" for need in needs):
            until = spent_until(self.evidence.profiles, self.position)
            needs = [n._replace(until=until) if n.kind == "spending" else n for n in needs]
        data = self.evidence.profiles.data if any(n.kind == "message" for n in needs) else None
        return [
            need._replace(words=words_of(data, self.position, need.item))
            if data is not None and need.kind == "message"
            else need
            for need in needs
        ]
