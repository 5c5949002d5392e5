"""A question and what was spoken of in; its topics in order, with what they are of, out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import pandas as pd

from engine.assistant import nearest
from engine.assistant.nearest import Reading, Scorer
from engine.assistant.phrasings import FIRST, NONE, shipped, slot_word
from engine.assistant.slots import Finder, Slots
from engine.assistant.words import FILLER, SLOT, words
from engine.results.assistant import Conversation

MOST_TOPICS: Final = 3
"""Topics of one question that are answered (own choice)."""
MOST_LETTERS: Final = 1000
"""How much of a question is read (own choice)."""
_JOINING: Final = frozenset(
    [
        "and",
        "or",
        "for",
        "of",
        "in",
        "the",
        "with",
        "on",
        "at",
        "please",
        "hi",
        "hello",
        "there",
        "so",
        "then",
        "now",
        "but",
        "that",
        "it",
    ]
)
_ELLIPTIC: Final = _JOINING | frozenset(
    [
        "what",
        "is",
        "about",
        "how",
        "a",
        "to",
        "do",
        "does",
        "did",
        "was",
        "are",
        "same",
        "too",
        "as",
        "well",
        "if",
    ]
)
"""Words of which a question is made that goes on with the last: "and what about last month?"."""
_ASSUMED: Final = frozenset({"income", "balance", "offers"})
_SURE: Final = 1.2
"""Of the bar: a part of a question must be so near to fraud or distress to hush all else; the whole
need not (own choice)."""
_GRAVE: Final = frozenset(
    [
        "widow",
        "widowed",
        "widower",
        "buried",
        "funeral",
        "bereaved",
        "bereavement",
        "suicide",
        "suicidal",
        "died",
        "dying",
        "terminally",
        "mourning",
        "evicted",
        "homeless",
    ]
)
"""Words that say distress of whoever is spoken of, however the rest reads."""
_LIFE: Final = frozenset({"suicide", "suicidal", "kill", "die"})
_OF_GROUPS: Final = frozenset({"who", "which", "what", "how", "is", "are", "do", "does"})
_OWN: Final = frozenset({"she", "he", "her", "his", "him", "my", "i", "customer", "client"})
_STEPS: Final = frozenset({"do", "should", "can", "must", "shall", "to", "i", "we"})
_SHOP: Final = frozenset(
    [
        "fair",
        "fairly",
        "fairness",
        "offered",
        "product",
        "products",
        "insurance",
        "insurances",
        "cover",
        "policy",
        "biased",
        "customers",
        "clients",
        "people",
        "segment",
        "segments",
    ]
)
_CRIMES: Final = frozenset(
    {"scam", "theft", "thief", "crook", "robbery", "robbed", "crime", "police", "attack", "stole"}
)
"""What is reported in an emergency."""
_CLEAR: Final = frozenset({"clear", "forget", "reset"})
_SLOTS: Final = frozenset(map(slot_word, ("customer", "product", "category", "period", "amount")))


@dataclass(frozen=True)
class Topic:
    """One thing that is asked.

    Attributes
    ----------
    slots : Slots
        Of its part of the question; what that lacks is taken from the whole.
    """

    intent: str
    slots: Slots
    score: float = 1.0
    phrasing: str = ""


@dataclass(frozen=True)
class Understood:
    """What a question asks; no topic where it is refused."""

    topics: tuple[Topic, ...]
    whole: Slots
    clears: bool = False
    continued: bool = False
    """It names no topic and goes on with the last."""


def understand(
    question: str,
    finder: Finder,
    scorer: Scorer,
    said_before: Conversation,
    as_of: pd.Timestamp,
    today: pd.Timestamp,
) -> Understood:
    """Read a question: the topics of its parts where they have their own, else that of the whole.

    Fraud and distress come first and alone, wherever in the question they stand.
    """
    parts = finder.parts(question[:MOST_LETTERS], as_of, today)
    whole = parts[0]
    said = {word for word in whole.words if not SLOT.match(word)}
    if said & _CLEAR and len(whole.words) <= 4 and not whole.customers:
        return Understood((), whole, clears=True)
    if said <= _ELLIPTIC and said_before.intents and set(whole.words) & _SLOTS:
        topics = [Topic(intent, whole) for intent in said_before.intents]
        return Understood(tuple(topics), whole, continued=True)
    calm = _no_emergency(whole)
    if "distress" not in calm and _names_one(whole) and set(whole.said) & _GRAVE:
        return Understood((Topic("distress", whole),), whole)
    told = [whole, *(part for part in parts[1:] if _tells(part))]
    readings = nearest.read(scorer, [part.words for part in told])
    pairs = [
        (part, one) for part, one in zip(told, readings, strict=True) if _is_said(one, part, scorer)
    ]
    pairs = [(part, one) for part, one in pairs if one.intent not in calm]
    pairs = [(part, one) for part, one in pairs if one.intent not in FIRST or _presses(part)]
    for part, one in pairs:
        if one.intent in FIRST and (part is whole or one.score >= _SURE * scorer.bar(part.words)):
            return Understood((Topic(one.intent, _filled(part, whole), one.score),), whole)
    if not pairs:
        return Understood((), whole)
    chosen = _chosen(pairs, whole)
    return Understood(tuple(_without_echoes(chosen)[:MOST_TOPICS]), whole)


def _chosen(pairs: Sequence[tuple[Slots, Reading]], whole: Slots) -> list[Topic]:
    """The topics of the parts where at least two differ; else the one of the whole."""
    of_parts: dict[str, Topic] = {}
    for part, one in pairs:
        if part is whole or one.intent == "help":
            continue
        if one.intent not in of_parts:
            of_parts[one.intent] = Topic(one.intent, _filled(part, whole), one.score, one.phrasing)
    of_whole = next((one for part, one in pairs if part is whole), None)
    surer = of_whole is not None and all(of_whole.score > one.score for one in of_parts.values())
    if len(of_parts) > 1 and not surer:
        return list(of_parts.values())
    if of_whole is not None:
        return [Topic(of_whole.intent, whole, of_whole.score, of_whole.phrasing)]
    if of_parts:
        return list(of_parts.values())
    return [Topic(one.intent, whole, one.score, one.phrasing) for _, one in pairs[:1]]


def _without_echoes(topics: list[Topic]) -> list[Topic]:
    """Without what another topic of the same question answers: a what-if shows offers, and says of
    which income; why not is no why."""
    names = [one.intent for one in topics]
    kept = [one for one in topics if not (one.intent == "why" and "why_not" in names)]
    if "what_if" in names:
        at = names.index("what_if")
        assumed = [one for one in topics[at + 1 :] if one.intent in _ASSUMED]
        kept = [one for one in kept if one not in assumed]
    return kept


def _is_said(one: Reading, part: Slots, scorer: Scorer) -> bool:
    return one.intent != NONE and one.score >= scorer.bar(part.words)


def _presses(part: Slots) -> bool:
    """Has it another word than "report" that emergencies are told with, where it has that?"""
    return "report" not in part.words or bool(_emergency_words() & set(part.words))


@cache
def _emergency_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    phrasings = shipped()
    told = zip(phrasings.intents, phrasings.texts, strict=True)
    own = {word for intent, text in told if intent in FIRST for word in words(text)}
    kept = own - STOP_WORDS - FILLER - _SLOTS - {"report", "customer", "account", "think"}
    return frozenset(kept) | _CRIMES


def _tells(part: Slots) -> bool:
    """Does a part say something besides names, days and words that phrase a question?"""
    return any(word not in _JOINING and word not in _SLOTS for word in part.words)


def _names_one(whole: Slots) -> bool:
    return bool(whole.customers) or slot_word("customer") in whole.words


def _no_emergency(whole: Slots) -> frozenset[str]:
    """Which of fraud and distress a question of nobody's own is not about: a group ("who lost their
    job"), or a product by which things are kept from going wrong."""
    if whole.customers or _LIFE & set(whole.said):
        return frozenset()
    said, told = [*whole.said, "", ""], set(whole.said)
    if said[0] == "who" and said[1] not in _STEPS and not told & _OWN:
        return frozenset({"distress"}) | (frozenset(FIRST) if told & _SHOP else frozenset())
    asks = said[0] in _OF_GROUPS and not told & _OWN
    shop = bool(told & _SHOP) and (asks or not _names_one(whole))
    return frozenset(FIRST) if shop else frozenset()


def _filled(part: Slots, whole: Slots) -> Slots:
    """A part with what only the rest of the question names."""
    return replace(
        part,
        customers=part.customers or whole.customers,
        stranger=part.stranger or whole.stranger,
        unknown_word=part.unknown_word or whole.unknown_word,
        products=part.products or whole.products,
        kind_of_product=(part if part.products else whole).kind_of_product,
        attribute=part.attribute or whole.attribute,
    )
