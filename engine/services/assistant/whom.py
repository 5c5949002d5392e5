"""The words of a topic and what was spoken of in; whom and which product it is of, or what to ask
back, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from engine.assistant.phrasings import ABOUT_A_PRODUCT, ABOUT_ONE, ACTIONS, FIRST
from engine.assistant.slots import Slots
from engine.assistant.understanding import Understood
from engine.assistant.words import PRONOUNS
from engine.bank.bank import Bank
from engine.errors import NotFound
from engine.results import Conversation
from engine.services.assistant.asking import customer_name

UNKNOWN: Final = "There is no such customer here. Check the name or the number."
"""Said of whom the bank does not have and of whom the person may not see, alike."""
WHOM: Final = "Whom do you mean? Name a customer or their number."
WHICH: Final = "Which product do you mean? Name one of the catalogue."
GROUP: Final = (
    "I answer this for one customer at a time and work nothing out over several. The list of "
    "customers can be sorted and filtered by it."
)
"""Said of a question about all or several customers that only has an answer of one."""
_MOST_CHOICES: Final = 5
_OPTIONAL: Final = frozenset({"alerts", "complaints", "segment", *FIRST})
"""Topics of one customer or of the whole bank."""
_THIS: Final = frozenset({"it", "that", "this", "them", "one"})
_ONE: Final = "xcustomerx"
_CALLS: Final = frozenset(
    {"called", "call", "reached", "reach", "spoke", "spoken", "talked", "phoned", "phone", "answer"}
)
"""Words of an outcome that is of a call and needs no product."""
_MANY: Final = frozenset(
    [
        "customers",
        "clients",
        "people",
        "everyone",
        "everybody",
        "anyone",
        "anybody",
        "somebody",
        "someone",
        "persons",
        "households",
        "companies",
        "men",
        "women",
        "nobody",
    ]
)
_EXTREME: Final = frozenset(
    [
        "highest",
        "lowest",
        "largest",
        "biggest",
        "smallest",
        "richest",
        "poorest",
        "maximum",
        "minimum",
        "average",
        "averages",
        "median",
        "typical",
        "mean",
        "top",
        "bottom",
        "worst",
    ]
)
_OVER_ALL: Final = _EXTREME | frozenset(
    [
        "all",
        "most",
        "least",
        "total",
        "totals",
        "every",
        "each",
        "overall",
        "sum",
        "typically",
        "who",
        "whose",
        "whom",
        "many",
        "higher",
        "lower",
        "more",
        "less",
        "fewest",
        "best",
    ]
)
"""Words by which a question that names nobody is about all, or about who stands out."""
_OF_ONE: Final = frozenset(
    ["most", "more", "less", "top", "largest", "biggest", "best", "many", "each", "every", "all"]
)
"""Those of them that also tell payments, products or months of one customer apart."""
_COUNTED: Final = frozenset({"spending", "due", "forecast", "offers", "holdings", "why", "used"})
"""Topics of one customer that are of several things."""
_SINGULAR: Final = frozenset({"customer", "client", "person"})
_CHOOSES: Final = frozenset(
    {"which", "what", "every", "each", "all", "any", "average", "typical", "no", "other", "another"}
)
"""Before "customer" they mean several."""
_ASIDE: Final = frozenset({"what_if", *ACTIONS})
"""Topics in which an unknown word behind "of" or "for" may be a thing."""


@dataclass(frozen=True)
class AskBack:
    """What must be known before an answer; `refuses` where no answer would help."""

    sentence: str
    choices: tuple[str, ...] = ()
    refuses: bool = False


def several_named(asked: Understood, bank: Bank, manager: str | None) -> AskBack | None:
    """What to ask where a question names two customers for one topic, or leaves one without."""
    every = _distinct(asked.whole.customers)
    if len(every) < 2 or any(one.intent in FIRST for one in asked.topics):
        return None
    own = [_distinct(one.slots.customers) for one in asked.topics]
    answered = {keys for told in own for keys in told}
    if all(len(told) < 2 for told in own) and answered >= set(every):
        return None
    return _one_of(every, bank, manager)


def of_choice(slots: Slots, whole: Slots) -> Slots:
    """A part of a question, of whom the whole settles that it is: a choice stands behind it all."""
    one = _distinct(whole.customers)
    return replace(slots, customers=tuple(one)) if len(one) == 1 else slots


def customer_of(
    intent: str,
    slots: Slots,
    before: Conversation,
    bank: Bank,
    chosen: str | None,
    manager: str | None,
    continued: bool,
) -> str | AskBack:
    """Whom a topic is of; "" where it is of nobody.

    Parameters
    ----------
    chosen : str or None
        Who is looked at where nobody is named or was spoken of.
    continued : bool
        The question names no topic and goes on with the last.
    """
    if intent not in ABOUT_ONE and intent not in _OPTIONAL:
        return ""
    needs = intent in ABOUT_ONE
    unnamed = slots.stranger or slots.unknown_word or slots.number
    if needs and intent not in ACTIONS and not unnamed and _is_of_many(intent, slots):
        return AskBack(GROUP, refuses=True)
    if named := _distinct(slots.customers):
        if intent in FIRST and len(named) > 1:
            return ""
        if len(named) > 1:
            return _one_of(named, bank, manager)
        seen = tuple(one for one in named[0] if _visible(bank, one, manager))
        if intent in FIRST and len(seen) != 1:
            return ""
        if len(seen) > 1:
            return _several(bank, seen)
        return seen[0] if seen else AskBack(UNKNOWN)
    if slots.number and intent != "what_if":
        return slots.number if _visible(bank, slots.number, manager) else _unknown(intent)
    aside = intent in _ASIDE and _ONE in slots.words
    if slots.stranger or (slots.unknown_word and not aside):
        return _unknown(intent)
    meant = _ONE in slots.words or continued or needs
    spoken_of = before.customer_id or chosen or ""
    if meant and spoken_of and _visible(bank, spoken_of, manager):
        return spoken_of
    return AskBack(WHOM) if needs else ""


def _unknown(intent: str) -> str | AskBack:
    """Steps in an emergency wait for no name."""
    return "" if intent in FIRST else AskBack(UNKNOWN)


def _distinct(named: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Of whom is spoken: a number that follows a name of several says which of them, and one that
    was named before and stands last, as a choice that was clicked does, alone counts."""
    told = list(dict.fromkeys(named))
    if named and len(named[-1]) == 1 and any(set(named[-1]) <= set(keys) for keys in named[:-1]):
        return [named[-1]]
    single = {keys[0] for keys in told if len(keys) == 1}
    return [keys for keys in told if len(keys) == 1 or not single & set(keys)]


def _is_of_many(intent: str, slots: Slots) -> bool:
    """Is a question that only has an answer of one customer about several, or about nobody?"""
    said = slots.said
    told = set(said)
    if told & _MANY:
        return True
    if slots.customers:
        return False
    if any(one in _CHOOSES and other in _SINGULAR for one, other in pairwise(said)):
        return True
    if _ONE in slots.words:
        return not told & (PRONOUNS - _SINGULAR) and bool(told & _EXTREME)
    return bool(told & (_OVER_ALL - _OF_ONE if intent in _COUNTED else _OVER_ALL))


def _one_of(named: Sequence[tuple[str, ...]], bank: Bank, manager: str | None) -> AskBack:
    seen = [one for keys in named for one in keys if _visible(bank, one, manager)]
    seen = list(dict.fromkeys(seen))
    if any(not any(_visible(bank, one, manager) for one in keys) for keys in named):
        return AskBack(UNKNOWN)
    first = tuple(seen[:_MOST_CHOICES])
    said = "; ".join(_called(bank, one) for one in first)
    return AskBack(f"I answer of one customer at a time: {said}. Whom do you mean?", first)


def _several(bank: Bank, seen: tuple[str, ...]) -> AskBack:
    first = seen[:_MOST_CHOICES]
    said = [_called(bank, one) for one in first]
    more = f", and {len(seen) - len(first):,} more" if len(seen) > len(first) else ""
    return AskBack(
        f"{len(seen):,} customers are called so: {'; '.join(said)}{more}. Whom do you mean?", first
    )


def _called(bank: Bank, customer_id: str) -> str:
    """Name and number; the number alone where no name is on record."""
    return ", ".join(dict.fromkeys((customer_name(bank, customer_id), customer_id)))


def _visible(bank: Bank, customer_id: str, manager: str | None) -> bool:
    """Is there such a customer, and may the person see them?"""
    try:
        row = bank.customer_position(customer_id)
    except NotFound:
        return False
    return manager is None or bank["customers"]["relationship_manager"].iloc[row] == manager


def product_of(
    intent: str, slots: Slots, before: Conversation, bank: Bank, customer: str, continued: bool
) -> str | AskBack:
    """Which product a topic is of; "" where it is of none."""
    optional = intent in ("why", "fairness", "outcome")
    if intent not in ABOUT_A_PRODUCT and not optional:
        return ""
    if named := _distinct(slots.products):
        if len(named) > 1:
            return _which(bank, tuple(dict.fromkeys(key for keys in named for key in keys)))
        keys = named[0]
        if len(keys) > 1 and customer:
            keys = _for_audience(bank, keys, customer)
        return _which(bank, keys) if len(keys) > 1 or slots.kind_of_product else keys[0]
    if before.product_id and (continued or set(slots.words) & _THIS):
        return before.product_id
    if intent == "outcome" and not set(slots.said) & _CALLS:
        return AskBack(WHICH)
    return "" if optional else AskBack(WHICH)


def _which(bank: Bank, keys: tuple[str, ...]) -> AskBack:
    first = keys[:_MOST_CHOICES]
    names = [str(bank["products"]["name"].iloc[bank.product_position(key)]) for key in first]
    more = f" or another of {len(keys):,}" if len(keys) > len(first) else ""
    return AskBack(f"Which do you mean: {', '.join(names)}{more}?", tuple(names))


def _for_audience(bank: Bank, keys: tuple[str, ...], customer: str) -> tuple[str, ...]:
    audience = bank["customers"]["audience"].iloc[bank.customer_position(customer)]
    places = np.array([bank.product_position(key) for key in keys])
    mine = (bank["products"]["audience"].iloc[places] == audience).to_numpy(dtype=bool)
    return tuple(np.array(keys, dtype=object)[mine]) or keys
