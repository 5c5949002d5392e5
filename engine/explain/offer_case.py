"""One customer and one product: everything that the reasons for an offer are written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd


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


class Said(NamedTuple):
    """One standing event of a customer on a product; `reason` is NaN where none was given."""

    action: str
    recorded_at: pd.Timestamp
    reason: str | float


@dataclass(frozen=True, eq=False)
class Case:
    """What is known when the reasons for one offer are written.

    Attributes
    ----------
    customer, profile, product : mapping
        One row of the customers table, of `Profiles.table` and of the products table.
    parts : mapping of str to float
        What the score is the sum of.
    needs : tuple of Need
        How each interest speaks for the product, strongest first.
    neighbours : tuple of Neighbour
        What each held product says for it, strongest first: what is held together.
    next_steps : tuple of Neighbour
        The same of what is taken after what.
    held_names : tuple of str
        Products that the customer holds.
    n_holders, n_customers : int
        Who holds the product, and how many customers of its audience there are.
    rules : tuple of str
        Reasons of the business rules that hold.
    events : tuple of Said
        This customer's own standing events on the product.
    which : str
        The list: growth or retention.
    currency : str
    """

    customer: Mapping[str, Any]
    profile: Mapping[str, Any]
    product: Mapping[str, Any]
    parts: Mapping[str, float]
    needs: tuple[Need, ...]
    neighbours: tuple[Neighbour, ...]
    next_steps: tuple[Neighbour, ...]
    held_names: tuple[str, ...]
    n_holders: int
    n_customers: int
    rules: tuple[str, ...]
    events: tuple[Said, ...]
    which: str
    currency: str

    @property
    def name(self) -> str:
        """The product's name."""
        return str(self.product["name"])

    def facts(self) -> tuple[Any, ...]:
        """Everything that a number in a reason may come from (`numerals.check_numerals`)."""
        return (
            *self.customer.values(),
            *self.profile.values(),
            *self.product.values(),
            *(fact for need in self.needs for fact in (need.item, need.value, need.n)),
            *(neighbour.name for neighbour in (*self.neighbours, *self.next_steps)),
            *self.held_names,
            *self.rules,
            *(fact for said in self.events for fact in (said.recorded_at, said.reason)),
            self.n_holders,
            self.n_customers,
            len(self.held_names),
            10,
        )
