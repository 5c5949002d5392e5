"""Needs in words: each interest by its share, and how well the product answers it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.tables import attributes
from engine.customers.claims import mentioned
from engine.customers.interests import TOLERANCE_ITEMS, declared_by
from engine.explain.claims import Answers, Interest, Interests, amount_spent
from engine.explain.evidence import CustomerEvidence, Need, OfferEvidence
from engine.explain.product_facts import answer, names
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.wording import clause, count, figure, listing, percent
from engine.figures import money, signed
from engine.labels import SOURCE_LABELS
from engine.vocabulary import BUSINESS, SECTOR

_ANSWERS: Final = 0.85
"""A product answers an interest if it does so better than this share of all products (own choice):
a small likeness to everything is no reason."""
_MOST: Final = 2
"""Interests in the reasons of one offer."""
_WORDS_SHOWN: Final = 2
_FAMILY: Final = "children and family"
"""Spending on it says nothing of a customer on record without dependents: it may be presents."""
_STATED: Final = ("goal", "declared")
"""Interests in the customer's own words: a product that says them is an answer, whatever others."""
_CAREFUL: Final = TOLERANCE_ITEMS["low"]
_CAREFUL_MOST: Final = 3.0
"""Customer risk (0-10) above which a low tolerance for risk is no reason (own choice)."""
_DECLARED: Final = {
    "FrequentlyUsedTransactionCategory": "Often pays for",
    "main_purchase_cat": "Buys mainly",
    "preferred_services": "Prefers",
}
"""Source column -> how what it names is said."""


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each interest: its share of all times its likeness to the product."""
    table = customer.evidence.ranker.signals.needs
    mine = table.interests_of(customer.position)
    likeness = table.similarity[mine["phrase"].to_numpy(dtype=np.int64), product]
    return [*_known(customer, mine, likeness), *_said(customer, product)]


def _said(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each mention that a person confirmed: its share times its likeness to the product."""
    said = customer.evidence.ranker.signals.said
    if said is None:
        return []
    lines = []
    for row in said.of(customer.position).itertuples(index=False):
        like = float(said.likeness[row.phrase, product])
        told = mentioned(source=SOURCE_LABELS[row.source], on=row.said_on, sentence=row.sentence)
        detail = f"adds {percent(said.share)} of the needs, likeness {signed(like)}"
        lines.append(Behind(told.text, f"{detail} against the usual", said.share * like))
    return lines


def _known(customer: CustomerEvidence, mine: pd.DataFrame, likeness: np.ndarray) -> list[Behind]:
    """Each interest: its share of all times its likeness to the product."""
    return [
        Behind(
            label,
            f"{percent(share)} of the needs, likeness {signed(like)} against the usual",
            float(share * like),
        )
        for label, share, like in zip(labels(customer), mine["share"], likeness, strict=True)
    ]


def labels(customer: CustomerEvidence) -> list[str]:
    """Each interest of a customer as a fact, in the order of the needs; no two are alike."""
    currency = customer.evidence.bank.manifest.currency
    facts = [(interest(need, customer.customer, currency), need) for need in customer.interests]
    return [f"{fact} ({need.item})" if need.kind == "life_stage" else fact for fact, need in facts]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    """The two interests that speak most for the product, each with what the product answers.

    An interest on which nothing of the product bears is no reason, however alike the two sound; a
    goal that the product names in so many words is one, and a low tolerance for risk none for what
    is risky.
    """
    speaking = [need for need in offer.needs if need.contribution > 0]
    total = float(np.sum([need.contribution for need in speaking]))
    part = max(offer.parts.get("needs", 0.0), 0.0) / max(total, 1e-12)
    answers: dict[str, list[tuple[Interest, float]]] = {}
    for need in speaking:
        named = need.kind in _STATED and names(offer.product, str(need.item))
        if (need.answered < _ANSWERS and not named) or sum(map(len, answers.values())) == _MOST:
            continue
        if need.item == _CAREFUL and offer.product["risk_customer"] > _CAREFUL_MOST:
            continue
        if need.item == _FAMILY and need.kind == "spending" and offer.customer["dependents"] == 0:
            continue
        asked = need.item.removesuffix(BUSINESS).removesuffix(SECTOR)
        answered = answer(offer.product, asked, offer.currency, by_name=need.kind == "occupation")
        if answered is not None:
            claim = _claim(offer, need)
            answers.setdefault(answered, []).append((claim, part * need.contribution))
    product_id = str(offer.product["product_id"])
    for answered, facts in answers.items():
        interests = tuple(claim for claim, _ in facts)
        items = " and ".join(claim.item for claim in interests)
        claims = (Interests(interests), Answers(product_id, offer.name, items, answered))
        yield Reason("needs", claims, interests[0].fact, sum(points for _, points in facts))


def _claim(offer: OfferEvidence, need: Need) -> Interest:
    fact = interest(need, offer.customer, offer.currency)
    customer_id = str(offer.customer["customer_id"])
    return Interest(customer_id, need.kind, need.item, need.value, need.n, need.days, fact)


def interest(need: Need, customer: Mapping[str, Any], currency: str) -> str:
    """One interest as the fact that is on record of the customer."""
    kind, item = need.kind, str(need.item)
    if kind == "spending":
        return amount_spent(need.value, need.days, item, need.until, currency=currency)
    if kind == "message" and need.words:
        words = listing([f"“{word}”" for word in need.words[:_WORDS_SHOWN]])
        return f"Mentions {words} ({count(need.n, 'message')})"
    if kind in ("topic", "message"):
        told = "Messages about" if kind == "topic" else "Writes about"
        return f"{told} {clause(item)} ({figure(need.n)})"
    if kind == "goal":
        return f"Goal: {clause(item)}"
    if kind == "tolerance":
        return f"Risk tolerance on record: {customer.get('risk_tolerance', item)}"
    if kind == "saving":
        return f"Has a savings goal of {money(float(customer['savings_goal']), currency)}"
    if kind == "occupation":
        for ending, told in ((BUSINESS, "Runs a business in"), (SECTOR, "Works in")):
            if item.endswith(ending):
                return f"{told} {clause(item.removesuffix(ending))}"
        return f"Occupation: {item}"
    if kind == "life_stage":
        return _life_stage(item, customer)
    source = declared_by(attributes(customer)).get(item)
    return f"{_DECLARED.get(str(source), 'Interested in')} {clause(item)}"


def _life_stage(item: str, customer: Mapping[str, Any]) -> str:
    """What is on record, not what it was taken for."""
    if item in ("children and family", "large family"):
        return f"Dependents or children on record: {figure(customer['dependents'])}"
    if item == "growing company":
        return f"In business for {figure(customer['years_in_business'])} years"
    if item in ("large company", "small company"):
        return f"Has {count(customer['n_employees'], 'employee')}"
    return f"Occupation: {customer['occupation']}"


WORDING = SignalWording(
    behind, reasons, "Each need by its share and how well the product answers it."
)
