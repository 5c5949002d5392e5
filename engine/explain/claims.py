"""What a sentence says of a customer or a product, typed: when it may be said, and its words.

A reason is a claim first and words second. Each kind of claim holds the figures that it rests on,
and `tests/engine/explain/oracles.py` works every one of them out again from the raw tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import pandas as pd

from engine.explain.comparable import OFTEN, Counts
from engine.explain.wording import clause, count, day, figure, listing, percent, score
from engine.figures import money, signed

_NEAR: Final = 1.5
"""Product risk and appetite that differ by no more go well together (own choice)."""


class Claim(Protocol):
    """One thing that is said."""

    @property
    def text(self) -> str:
        """In words, without a full stop."""
        ...


@dataclass(frozen=True)
class Interest:
    """A customer is on record with an interest: stated, read from spending or from messages.

    `fact` is what the record says, `item` what it was taken for. Of spending, `value` is money a
    month over whole months, or over `days` where there is no whole month; of messages, `n` is how
    many there are.
    """

    customer_id: str
    kind: str
    item: str
    value: float
    n: float
    days: float
    fact: str

    @property
    def text(self) -> str:
        """For example "Spends USD 1,240 a month on travel"."""
        return self.fact


@dataclass(frozen=True)
class Interests:
    """Several interests to which a product has the same answer."""

    claims: tuple[Interest, ...]

    @property
    def text(self) -> str:
        """For example "Goals: a house and travel"."""
        facts = list(dict.fromkeys(claim.fact for claim in self.claims))
        for start, plural in _PLURALS.items():
            if len(facts) > 1 and all(fact.startswith(start) for fact in facts):
                rest = [fact.removeprefix(start) for fact in facts]
                rest[1:] = [fact.replace(" a month on ", " on ") for fact in rest[1:]]
                return plural + listing(rest)
        return ", ".join([facts[0], *(clause(fact) for fact in facts[1:])])


_PLURALS: Final = {
    "Goal: ": "Goals: ",
    **{start: start for start in ("Spends ", "Messages about ", "Often pays for ", "Prefers ")},
}


@dataclass(frozen=True)
class Answers:
    """A product has something to say to an interest, or, without one, of itself."""

    product_id: str
    name: str
    interest: str
    answer: str

    @property
    def text(self) -> str:
        """For example "Travel card has airport lounge access"."""
        return f"{self.name}{self.answer}"


@dataclass(frozen=True)
class FromHeld:
    """Of the other customers who have `given`, a share has the product, often and more.

    How those have it, and which others they are compared with, is said by each kind.
    """

    given_id: str
    given: str
    product_id: str
    product: str
    counts: Counts

    have: ClassVar[str]
    others: ClassVar[str]

    @property
    def text(self) -> str:
        """For example "Holds Saver; 41 of 120 others who do hold Fund too, 12 % of ..."."""
        n, k, *others = self.counts
        have = self.have.format(self.product)
        share = _share(*others)
        return f"Holds {self.given}; {k:,} of {n:,} others {have}, {share} of those {self.others}"


class HeldTogether(FromHeld):
    """They hold both, for example "... who do hold Fund too, 12 % of those who do not"."""

    have = "who do hold {} too"
    others = "who do not"


class TakenAfter(FromHeld):
    """They took the product later, for example "... took Fund after it, 12 % of those ..."."""

    have = "took {} after it"
    others = "without it"


@dataclass(frozen=True)
class HeldByAlike:
    """Of the customers whose products are most alike, a share holds the product, often and more."""

    customer_id: str
    product_id: str
    product: str
    counts: Counts

    @property
    def text(self) -> str:
        """For example "Of the 104 customers with the most similar products 41 hold Fund ..."."""
        n, k, *others = self.counts
        return (
            f"Of the {n:,} customers with the most similar products {k:,} hold {self.product}, "
            f"{_share(*others)} of all others"
        )


@dataclass(frozen=True)
class Popular:
    """A product that the customer lacks is held by at least a fifth of those it is meant for."""

    product_id: str
    product: str
    n_holders: int
    n_customers: int
    held_before: bool = False

    @property
    def may_be_said(self) -> bool:
        """Is it often held?"""
        return self.n_holders >= OFTEN * max(self.n_customers, 1)

    @property
    def share(self) -> str:
        """For example "340 of 1,000 customers"."""
        return f"{self.n_holders:,} of {self.n_customers:,} customers"

    @property
    def text(self) -> str:
        """For example "340 of 1,000 customers hold Fund, not yet this one"."""
        here = "this one no longer does" if self.held_before else "not yet this one"
        return f"{self.share} hold {self.product}, {here}"


@dataclass(frozen=True)
class Appetite:
    """The customer's appetite for risk beside the product's risk, both 0 to 10.

    `estimated` where the bank's rule and not the catalogue names the product's risk; `against`
    where the sentence speaks against the product.
    """

    customer_id: str
    appetite: float
    product_id: str
    product: str
    risk: float
    estimated: bool
    against: bool

    @property
    def too_much(self) -> bool:
        """Is the product clearly riskier than the customer likes?"""
        return self.risk > self.appetite + _NEAR

    @property
    def too_little(self) -> bool:
        """Is it clearly tamer?"""
        return self.risk < self.appetite - _NEAR

    @property
    def fits(self) -> str:
        """How the two stand."""
        if self.too_much:
            return "which is more than wanted"
        if not self.too_little:
            return "which goes well with it"
        return "which is less than wanted" if self.against else "which is well within it"

    @property
    def figures(self) -> str:
        """Both, for example "Risk appetite 8.5 of 10; Fund has risk 8 of 10"."""
        how = "an estimated risk of" if self.estimated else "risk"
        return f"Risk appetite {score(self.appetite)}; {self.product} has {how} {score(self.risk)}"

    @property
    def text(self) -> str:
        """With how they stand."""
        return f"{self.figures}, {self.fits}"


@dataclass(frozen=True)
class MayLeave:
    """A churn index from which the bank's retention list opens, beside what a product is for."""

    customer_id: str
    churn: float
    product_id: str
    product: str
    retention: float

    @property
    def text(self) -> str:
        """For example "Churn index 7.8 of 10; Saver is scored 8 of 10 for keeping customers"."""
        rated = f"{self.product} is scored {score(self.retention)} for keeping customers"
        return f"Churn index {score(self.churn)}; {rated}"


@dataclass(frozen=True)
class Unhappy:
    """Messages are unhappy, and what is offered is a service."""

    customer_id: str
    mood: float
    product: str

    @property
    def fact(self) -> str:
        """Without the service."""
        return f"Messages are unhappy ({signed(self.mood, 1)} of −1 to 1)"

    @property
    def text(self) -> str:
        """With it."""
        return f"{self.fact}; {self.product} is a service, not a sale"


@dataclass(frozen=True)
class Reacted:
    """What the customer last did with this product."""

    customer_id: str
    product_id: str
    product: str
    action: str
    verb: str
    recorded_at: pd.Timestamp
    reason: str
    rating: float

    @property
    def fact(self) -> str:
        """For example "Dismissed on 12 Mar 2026", "Rated 0.4 of 1 on 19 Jun 2026"."""
        rated = self.action == "rated" and not pd.isna(self.rating)
        how = f" {figure(self.rating)} of 1" if rated else ""
        return f"{self.verb}{how} on {day(self.recorded_at)}"

    @property
    def text(self) -> str:
        """With the product and the reason that was given."""
        given = f" ({clause(self.reason)})" if self.reason else ""
        return f"{self.product}: {clause(self.fact)}{given}"


@dataclass(frozen=True)
class RuleHolds:
    """A rule of the bank holds for the customer and names the product."""

    customer_id: str
    product_id: str
    reason: str

    @property
    def text(self) -> str:
        """The rule's own words."""
        return self.reason


@dataclass(frozen=True)
class NothingStrong:
    """No part of the score gives a reason that may be said."""

    @property
    def text(self) -> str:
        """It is better to say so."""
        return "No strong reason"


def said(claims: Sequence[Claim]) -> str:
    """Claims as one sentence without a full stop."""
    return "; ".join(claim.text for claim in claims)


def amount_spent(value: float, days: float, item: str, until: str = "", *, currency: str) -> str:
    """Spending as a fact: a month over whole months, or over so many days, until when."""
    if not value >= 1:
        return f"{'Spent' if until else 'Spends'} on {item}{until}"
    amount = money(float(round(value)), currency)
    if pd.isna(days):
        return f"{'Spent' if until else 'Spends'} {amount} a month on {item}{until}"
    return f"Spent {amount} on {item} in {count(days, 'day')}{until}"


def _share(n: int, k: int) -> str:
    return percent(k / max(n, 1))


@dataclass(frozen=True)
class AnsweredBy:
    """What customers of one group said who said yes or no to a product or its kind.

    `family` says which group: all who answered about the product or about its kind, those of the
    customer's segment, or those who spend most on the same. Beside them stand all who said yes or
    no to anything. `no` tells which answer is counted. "Not now" and a rating between the ends are
    neither.
    """

    product_id: str
    product: str
    family: str
    group: str
    kind: str
    asked: int
    said: int
    all_asked: int
    all_said: int
    no: bool

    @property
    def text(self) -> str:
        """For example "6 of 9 customers of the same segment who said yes or no to Loan said no"."""
        about = self.product if self.family == "product" else self.kind
        who = {
            "segment": "customers of the same segment",
            "spending": f"customers who spend most on {self.group}",
        }.get(self.family, "customers")
        answer = "no" if self.no else "yes"
        return (
            f"{self.said:,} of {self.asked:,} {who} who said yes or no to {about} said {answer}, "
            f"{self.all_said:,} of {self.all_asked:,} of all who said yes or no to anything"
        )

    @property
    def fact(self) -> str:
        """In short."""
        answer = "no" if self.no else "yes"
        return f"{self.said:,} of {self.asked:,} who said yes or no said {answer}"
