"""What is known of one customer and one product in, reasons for and against it out."""

from engine.explain import list_objective
from engine.explain.claims import Answers, NothingStrong, Popular
from engine.explain.evidence import OfferEvidence
from engine.explain.product_facts import point
from engine.explain.signals.explanation import Reason
from engine.explain.signals.table import TABLE
from engine.explain.wording import clause, shorten

SHORT = 59
"""Characters of a short reason at most."""
_MAX_FOR, _MAX_AGAINST = 4, 2


def reasons(offer: OfferEvidence) -> tuple[Reason, ...]:
    """The reasons of one offer: what speaks for it first, strongest first, then what is against.

    What is popular says nothing of this customer and stands behind what does, however much of the
    score it makes up. There is always one: where no claim may be made, it says just that.
    """
    written = [reason for signal in TABLE.values() for reason in signal.reasons(offer)]
    written += list_objective.reasons(offer)
    written.sort(key=lambda r: (r.part == "popularity", -abs(r.points)))
    speaking = [r for r in written if r.points >= 0][:_MAX_FOR]
    against = [r for r in written if r.points < 0][:_MAX_AGAINST]
    return (*(speaking or [_fallback(offer)]), *against)


def texts(written: tuple[Reason, ...]) -> tuple[str, ...]:
    """The sentences to show; one that speaks against says so."""
    return tuple(r.text if r.points >= 0 else f"Against it: {_inside(r)}" for r in written)


def _inside(reason: Reason) -> str:
    """A reason inside a sentence; the name of a product keeps its first letter."""
    name = getattr(reason.claims[0], "product", "") if reason.claims else ""
    return reason.text if name and reason.text.startswith(name) else clause(reason.text)


def short_reason(written: tuple[Reason, ...]) -> str:
    """The strongest reason in under 60 characters."""
    return shorten(written[0].short, SHORT) if written else ""


def _fallback(offer: OfferEvidence) -> Reason:
    """Where no part speaks: that there is no strong reason, and how many hold it or what it is."""
    product_id = str(offer.product["product_id"])
    held = offer.n_holders, offer.n_customers, offer.held_before
    popular = Popular(product_id, offer.name, *held)
    if popular.may_be_said:
        return Reason("product", (NothingStrong(), popular), f"Held by {popular.share}", 0.0)
    said = point(offer.product, offer.currency)
    if not said:
        return Reason("product", (NothingStrong(),), NothingStrong().text, 0.0)
    itself = Answers(product_id, offer.name, "", said)
    return Reason("product", (NothingStrong(), itself), NothingStrong().text, 0.0)
