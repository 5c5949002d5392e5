"""A brief in; the titles of its parts with their texts, the same for every way of printing, out."""

from engine.figures import day
from engine.results import Brief, BriefOffer

Part = tuple[str, tuple[str, ...]]
"""A title and its texts."""


def parts(brief: Brief) -> tuple[Part, ...]:
    """The whole page without its charts, from the top down."""
    head = (f"{brief.name}. {subtitle(brief)}", (brief.line,))
    money = ("Money", brief.money_notes)
    told = tuple(part for column in talk(brief) for part in column)
    lines = [text for one in brief.offers for text in _flat(*offer_lines(one))]
    first = (brief.action,) if brief.action else ()
    offers = (offers_title(brief), (*first, *lines))
    all_ = (head, *facts(brief), money, *told, offers, ("Sources", brief.sources))
    return tuple(part for part in all_ if part[1])


def _flat(head: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    return head, *(f"  {text}" for text in texts)


def subtitle(brief: Brief) -> str:
    """Under the name: the number, and which day it is of."""
    return f"Meeting brief, {day(brief.today)}. Data as of {day(brief.as_of)}."


def facts(brief: Brief) -> tuple[Part, ...]:
    """Who they are, what they have at the bank, key figures."""
    return (
        ("On record", _pairs(brief.who)),
        ("At the bank", brief.relations or ("No product and no account on record",)),
        ("Key figures", _pairs(brief.figures) or ("None known",)),
    )


def talk(brief: Brief) -> tuple[tuple[Part, ...], ...]:
    """What was promised and must not be said, what is new, how they feel; column by column."""
    last = brief.last_contact
    since = "Latest on record" if last is None else f"Since the last contact, {day(last)}"
    news = brief.changes or ("Nothing on record",)
    if last is None:
        news = ("No contact on record", *brief.changes)
    said = (
        ("What not to say", brief.avoid or ("Nothing special on record",)),
        ("Promised", brief.promises or ("No open promise",)),
    )
    mood = (("Mood and cases", brief.mood or ("Not known, or not to be used",)),)
    note = (("Noted last", (brief.last_note,)),) if brief.last_note else ()
    return said, ((since, news),), (*mood, *note)


def offers_title(brief: Brief) -> str:
    """How many offers follow."""
    return f"Offers: {len(brief.offers)}" if brief.offers else "Offers"


def offer_lines(offer: BriefOffer) -> tuple[str, tuple[str, ...]]:
    """The heading of an offer, and why it is there and what to check."""
    head = f"{offer.rank}. {offer.name} ({offer.category}): {offer.sure}"
    return head, (*offer.reasons, *offer.checks) or ("No strong reason",)


def _pairs(told: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(f"{label}: {text}" for label, text in told)
