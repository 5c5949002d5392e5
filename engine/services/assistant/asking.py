"""What every topic's answer is made from: the engine's services, and what was asked of whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from engine import figures
from engine.assistant.phrasings import shipped
from engine.assistant.slots import Slots
from engine.bank.bank import Bank
from engine.customers.claims import Claim
from engine.results import Answer, Fact, Profile

if TYPE_CHECKING:
    from engine.services.customers import Customers
    from engine.services.day import Days
    from engine.services.fairness import Fairness
    from engine.services.feedback import Feedback
    from engine.services.offers import Offers
    from engine.services.opening.bank_facts import BankFacts
    from engine.services.portfolio.alerts import Alerting
    from engine.services.portfolio.prospects import Prospects
    from engine.services.portfolio.segments import Segments
    from engine.services.products import Products
    from engine.services.scenarios import Scenarios


@dataclass(frozen=True)
class Sources:
    """The services that the answers come from."""

    customers: "Customers"
    offers: "Offers"
    scenarios: "Scenarios"
    prospects: "Prospects"
    products: "Products"
    alerts: "Alerting"
    segments: "Segments"
    days: "Days"
    fairness: "Fairness"
    feedback: "Feedback"
    facts: "BankFacts"

    @classmethod
    def of(cls, engine: object) -> Self:
        """Those of an engine, by their names there."""
        return cls(**{one.name: getattr(engine, one.name) for one in fields(cls)})


@dataclass(frozen=True)
class Asking:
    """One topic of one question.

    Attributes
    ----------
    customer_id, product_id : str
        Settled; "" where the topic needs none or none was named.
    question : str
        As it was typed; only looked at for words, never run or shown as markup.
    manager : str or None
        Whose customers the person may see, None for all.
    """

    sources: Sources
    bank: Bank
    intent: str
    slots: Slots
    customer_id: str = ""
    product_id: str = ""
    question: str = ""
    manager: str | None = None
    today: pd.Timestamp = field(default_factory=lambda: pd.Timestamp(0))

    @property
    def currency(self) -> str:
        return self.bank.manifest.currency

    @cached_property
    def profile(self) -> Profile:
        """The record of the customer; only where one is settled."""
        return self.sources.customers.profile(self.customer_id)

    @property
    def customer(self) -> str:
        """What the customer is called, or their number; "" for the bank as a whole."""
        return customer_name(self.bank, self.customer_id) if self.customer_id else ""

    @property
    def product(self) -> str:
        """The product's name."""
        place = self.bank.product_position(self.product_id)
        name = self.bank["products"]["name"].iloc[place]
        return self.product_id if pd.isna(name) else str(name)

    def answer(
        self,
        source: str,
        *said: Claim | str,
        page: str = "",
        link: str = "",
        query: Mapping[str, str] | None = None,
        facts: tuple[Fact, ...] = (),
        lines: tuple[str, ...] = (),
        **more: Any,
    ) -> Answer:
        """An answer of this topic; claims become sentences.

        Parameters
        ----------
        source : str
            Which answer of the engine it is, in words.
        page, link, query
            Where the same is shown; a customer's page takes the customer along.
        """
        sentences = tuple(text for one in said if (text := sentence(one)))
        own = {"customer": self.customer_id} if self.customer_id else {}
        return Answer(
            intent=self.intent,
            title=shipped().labels[self.intent],
            sentences=sentences,
            source=source,
            page=page,
            query=own | dict(query or {}),
            link=link,
            facts=facts,
            lines=lines,
            customer_id=self.customer_id,
            customer=self.customer,
            product_id=self.product_id,
            as_of=self.bank.as_of,
            **more,
        )

    def asked_back(self, why: str, link: str = "") -> Answer:
        """What has to be said before this topic can be answered."""
        return self.answer("your question", why, link=link, asks_back=True)


Answering = Callable[[Asking], Answer]


def sentence(said: Claim | str) -> str:
    """A claim, or a text of the engine, with a full stop."""
    text = (said if isinstance(said, str) else said.text).strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def customer_name(bank: Bank, customer_id: str) -> str:
    """What a customer is called, or their number."""
    name = bank["customers"]["name"].iloc[bank.customer_position(customer_id)]
    return customer_id if pd.isna(name) else str(name)


def amount(label: str, value: float | None, currency: str, remark: str = "") -> Fact:
    """A figure of money; its text as everywhere."""
    known = None if value is None or pd.isna(value) else float(value)
    text = figures.MISSING if known is None else figures.money(known, currency)
    return Fact(label, text, known, remark)


def share(label: str, value: float | None, remark: str = "") -> Fact:
    """A figure of 0 to 1."""
    known = None if value is None or pd.isna(value) else float(value)
    return Fact(label, figures.MISSING if known is None else figures.percent(known), known, remark)


def number(label: str, value: float, remark: str = "") -> Fact:
    """A count."""
    return Fact(label, figures.figure(float(value)), float(value), remark)
