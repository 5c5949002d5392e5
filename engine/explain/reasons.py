"""What is known of one customer and one product in, reasons for and against it out."""

from engine.explain import list_objective
from engine.explain.evidence import OfferEvidence
from engine.explain.product_facts import kind_of, point
from engine.explain.signals.explanation import Reason
from engine.explain.signals.table import TABLE
from engine.explain.wording import clause, count, money, shorten

SHORT = 59
"""Characters of a short reason at most."""
_MAX_FOR, _MAX_AGAINST = 4, 2


def reasons(offer: OfferEvidence) -> tuple[Reason, ...]:
    """The reasons of one offer: what speaks for it first, strongest first, then what is against.

    What is popular says nothing of this customer and stands behind what does, however much of the
    score it makes up. There is always one: where no part gives a reason, what is known of the
    product stands beside what is known of the customer.
    """
    written = [reason for signal in TABLE.values() for reason in signal.reasons(offer)]
    written += list_objective.reasons(offer)
    written.sort(key=lambda r: (r.part == "popularity", -abs(r.points)))
    speaking = [r for r in written if r.points >= 0][:_MAX_FOR]
    against = [r for r in written if r.points < 0][:_MAX_AGAINST]
    return (*(speaking or [_fallback(offer)]), *against)


def texts(written: tuple[Reason, ...]) -> tuple[str, ...]:
    """The sentences to show; one that speaks against says so."""
    return tuple(r.text if r.points >= 0 else f"Against it: {clause(r.text)}" for r in written)


def short_reason(written: tuple[Reason, ...]) -> str:
    """The strongest reason in under 60 characters."""
    return shorten(written[0].short, SHORT) if written else ""


def _fallback(offer: OfferEvidence) -> Reason:
    """Where no part speaks: what the customer has, beside what the product is."""
    answer = point(offer.product, "", offer.currency)
    balance = offer.profile.get("balance", float("nan"))
    if balance > 0 and kind_of(offer.product) in ("investment", "account"):
        fact = f"Has a balance of {money(balance, offer.currency)}"
    else:
        held = count(len(offer.held_names), "product") if offer.held_names else "nothing"
        fact = f"Holds {held} here so far"
    return Reason("product", f"{fact}; {offer.name}{answer}", fact, 0.0)
