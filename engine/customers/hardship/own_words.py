"""A message in; the sentence of a customer on their own distress, and its topic, out."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.customers.wording import shorten

LEXICON: Final = Path(__file__).with_name("own_words.toml")
_LONGEST: Final = 120
"""Signs of a sentence that is quoted (own choice)."""
_APART: Final = re.compile(r"(?<=[.!?;\n])\s+|\n+|(?<=[a-z][.!?])(?=[A-Z])")
_NEAR: Final = r"(?:\s+\w+)?\s*$"
"""A denial stands directly before a phrase, or one word away."""
_SHORT: Final = (("'m ", " am "), ("'ve ", " have "), ("'re ", " are "))
"""Short forms, as the phrases write them out."""
_HINTS, _LISTS, _NOT_SAID = "hints", "lists", "not_said"


@dataclass(frozen=True)
class Topic:
    """One kind of distress."""

    name: str
    days: int
    """For so many days what was written counts."""
    said: re.Pattern[str]


@dataclass(frozen=True)
class _Words:
    topics: tuple[Topic, ...]
    before: re.Pattern[str]
    denied: re.Pattern[str]
    after: re.Pattern[str]
    hints: str
    """Without one of these a text is not read."""


def topics() -> tuple[Topic, ...]:
    """The topics of own_words.toml, in their order: the first that a sentence names is its own."""
    return _words().topics


def may_name_distress(texts: pd.Series) -> np.ndarray:
    """Which texts are worth reading, bool of the same length: few of many, at little cost."""
    return texts.str.contains(_words().hints, regex=True, na=False).to_numpy(dtype=bool)


@lru_cache(maxsize=1 << 18)
def distress_in(text: object) -> tuple[str, str] | None:
    """Topic and sentence in which somebody writes of their own distress; None where none is.

    Notes
    -----
    Read sentence by sentence. What is supposed ("if I lose my job"), denied, of somebody else, long
    ago or a figure of speech is not said; own_words.toml has the words of each.
    """
    if not isinstance(text, str):
        return None
    words = _words()
    for sentence in _APART.split(text):
        lower = _written_out(sentence)
        for topic in words.topics:
            if _is_said(lower, topic.said, words):
                return topic.name, shorten(" ".join(sentence.split()), _LONGEST)
    return None


def _written_out(text: str) -> str:
    lower = " ".join(text.lower().replace("\u2019", "'").split())
    for short, whole in _SHORT:
        lower = lower.replace(short, whole)
    return lower


def _is_said(sentence: str, pattern: re.Pattern[str], words: _Words) -> bool:
    for found in pattern.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        if not (words.before.search(before) or words.denied.search(before)) and not (
            words.after.search(after)
        ):
            return True
    return False


@lru_cache(maxsize=1)
def _words() -> _Words:
    tables = tomllib.loads(LEXICON.read_text("utf-8"))
    lists, left_out, hints = (tables.pop(name) for name in (_LISTS, _NOT_SAID, _HINTS))
    said = {name: _either([_phrase(one, lists) for one in t["says"]]) for name, t in tables.items()}
    return _Words(
        topics=tuple(
            Topic(name, int(tables[name]["days"]), re.compile(rf"\b(?:{pattern})"))
            for name, pattern in said.items()
        ),
        before=re.compile(rf"\b(?:{_either(left_out['before'])})\b"),
        denied=re.compile(rf"\b(?:{_either(left_out['denied'])}){_NEAR}"),
        after=re.compile(rf"\b(?:{_either(left_out['after'])})"),
        hints=f"(?i){'|'.join(hints['words'])}",
    )


def _either(patterns: list[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns)


def _phrase(written: str, lists: dict[str, Any]) -> str:
    """A phrase of the file as a regular expression that ends with a whole word."""
    for name, items in lists.items():
        written = written.replace(f"{{{name}}}", f"(?:{'|'.join(items)})")
    spread = written.replace("...", r"(?:[\w'-]+ ){0,4}?")
    return rf"{spread}\b" if spread[-1].isalnum() else spread
