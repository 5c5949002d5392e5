"""A text in; the topics that its sentences tell of, each with the first sentence that does, out."""

import re
from functools import cache
from typing import Final

import pandas as pd

from engine.bank.parsing.sensitive_spending import is_sensitive_word
from engine.customers.interests import TOPIC_ITEMS
from engine.customers.protected_phrases import neutral
from engine.models.keywords import Terms

LONGEST_SENTENCE: Final = 200
_ENDS: Final = re.compile(r"(?<=[.!?;])\s+|\n+")
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot|cancel\w*|refund\w*|stopped?|hate)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""A sentence that denies or takes back tells of no need (own choice; a person checks the rest)."""
_NOT_ASKED: Final = frozenset({"health", "shopping"})
"""Topics that are nothing to offer by: one is sensitive, the other is what every receipt is."""


def topics_said(text: str, *, masked: bool) -> tuple[tuple[str, str], ...]:
    """Topics of a text in their order, each once.

    Parameters
    ----------
    masked : bool
        Is what tells of health, belief and the like left out (consent.mask_sensitive_spending)?
    """
    found: dict[str, str] = {}
    for sentence in _ENDS.split(text):
        said = " ".join(sentence.split())
        if not said or _DENIED.search(said) or (masked and is_sensitive_word(said)):
            continue
        for topic, words in _patterns().items():
            if topic not in found and words.search(said):
                found[topic] = said[:LONGEST_SENTENCE]
    return tuple((topic, said) for topic, said in found.items() if _may_be_said(topic))


def _may_be_said(topic: str) -> bool:
    """Does a topic name no protected trait, and something that a bank offers by?"""
    item = TOPIC_ITEMS.get(topic, topic)
    return topic not in _NOT_ASKED and bool(neutral(pd.Series([item], dtype="str")).iloc[0])


@cache
def topics() -> tuple[str, ...]:
    """Every topic that may be evidence."""
    return tuple(topic for topic in _patterns() if _may_be_said(topic))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    terms = Terms.read()
    return {
        topic: re.compile(
            r"\b(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r")\b",
            re.IGNORECASE,
        )
        for topic, words in zip(terms.topics, terms.phrases, strict=True)
    }
