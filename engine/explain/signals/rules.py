"""The bank's rules in words: each one that holds for the customer and names the product."""

from collections.abc import Iterator

from engine.explain.claims import Answers, RuleHolds
from engine.explain.evidence import CustomerEvidence, OfferEvidence
from engine.explain.product_facts import point
from engine.explain.signals.explanation import Behind, Reason, SignalWording


def behind(customer: CustomerEvidence, product: int) -> list[Behind]:
    """Each business rule that holds; where several do, the signal is still 1 and they share it."""
    holding = [
        rule.reason
        for rule in customer.evidence.ranker.signals.rules
        if rule.customers[customer.position] and rule.products[product]
    ]
    return [Behind(reason, "", 1 / len(holding)) for reason in holding]


def reasons(offer: OfferEvidence) -> Iterator[Reason]:
    part = offer.parts.get("rules", 0.0)
    product_id = str(offer.product["product_id"])
    itself = Answers(product_id, offer.name, "", point(offer.product, offer.currency))
    for rule in offer.rules:
        holds = RuleHolds(str(offer.customer["customer_id"]), product_id, rule)
        yield Reason("rules", (holds, itself), rule.split(":")[0], part)


WORDING = SignalWording(behind, reasons)
