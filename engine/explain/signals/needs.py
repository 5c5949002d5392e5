"""Needs in words: each interest by its share, and how well the product answers it."""

from collections.abc import Iterator

import numpy as np

from engine.explain.evidence import CustomerEvidence, OfferEvidence
from engine.explain.product_facts import point
from engine.explain.signals.explanation import Behind, Reason, SignalWording
from engine.explain.wording import clause, count, figure, listing, percent
from engine.vocabulary import BUSINESS, SECTOR

_ANSWERS = 0.85
"""A product answers an interest if it does so better than this share of all products (own choice):
a small likeness to everything is no reason."""
_GOAL = "Goal: "
_SPENT = " a month on "
_TALKS, _LIKES, _STAGE = "Talks about ", "Interested in ", "Life stage: "
_PLURALS = {
    _GOAL: "Goals: ",
    "Spends ": "Spends ",
    **{start: start for start in (_TALKS, _LIKES, _STAGE)},
}


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each interest: its share of all times its likeness to the product."""
    table = customer.evidence.ranker.signals.needs
    mine = table.interests_of(customer.position)
    likeness = table.similarity[mine["phrase"].to_numpy(dtype=np.int64), product]
    rows = zip(mine["kind"], mine["item"], mine["value"], mine["n"], strict=True)
    return [
        Behind(
            need_label(kind, str(item), value, n),
            f"{percent(share)} of the needs, likeness {like:+.2f} against the usual",
            float(share * like),
        )
        for (kind, item, value, n), share, like in zip(rows, mine["share"], likeness, strict=True)
    ]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    """The two interests that speak most for the product, each with what the product answers."""
    speaking = [need for need in offer.needs if need.contribution > 0]
    total = float(np.sum([need.contribution for need in speaking]))
    part = max(offer.parts.get("needs", 0.0), 0.0) / max(total, 1e-12)
    answers: dict[str, list[tuple[str, float]]] = {}
    for need in [need for need in speaking if need.answered >= _ANSWERS][:2]:
        fact = interest(need.kind, str(need.item), need.value, need.n)
        answer = point(offer.product, str(need.item), offer.currency)
        answers.setdefault(answer, []).append((fact, part * need.contribution))
    for answer, facts in answers.items():
        told = _joined([fact for fact, _ in facts])
        points = sum(points for _, points in facts)
        yield Reason("needs", f"{told}; {offer.name}{answer}", facts[0][0], points)


def _joined(facts: list[str]) -> str:
    """Facts with one answer as one clause: "Goals: a house and travel"."""
    for start, plural in _PLURALS.items():
        if len(facts) > 1 and all(fact.startswith(start) for fact in facts):
            rest = [fact.removeprefix(start) for fact in facts]
            rest[1:] = [fact.replace(_SPENT, " on ") for fact in rest[1:]]
            return plural + listing(rest)
    return ", ".join([facts[0], *(clause(fact) for fact in facts[1:])])


def interest(kind: str, item: str, value: float, n: float) -> str:
    """One interest as a fact about the customer."""
    if kind == "spending":
        amount = figure(round(value)) if value >= 1 else ""
        return f"Spends {amount}{_SPENT}{item}" if amount else f"Spends on {item}"
    if kind in ("topic", "message"):
        mentions = f" ({count(n, 'message')})" if n > 0 else ""
        return f"{_TALKS}{clause(item)}{mentions}"
    if kind == "goal":
        return f"{_GOAL}{clause(item)}"
    if kind == "occupation":
        for ending, told in ((BUSINESS, "Runs a business in"), (SECTOR, "Works in")):
            if item.endswith(ending):
                return f"{told} {clause(item.removesuffix(ending))}"
        return f"Works as {item}"
    return f"{_STAGE if kind == 'life_stage' else _LIKES}{clause(item)}"


def need_label(kind: str, item: str, value: float, n: float) -> str:
    """One interest in words that tell it from every other of the same customer.

    A reason need not say where talk was found; side by side, topics and messages must differ.
    """
    said = interest(kind, item, value, n)
    return said.replace("Talks about", "Writes about", 1) if kind == "message" else said


WORDING = SignalWording(
    behind, reasons, "Each need by its share and how well the product answers it."
)
