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

PHRASES: Final = Path(__file__).with_name("phrases")
"""One file a language; English is read first."""
_LONGEST: Final = 120
"""Signs of a sentence that is quoted (own choice)."""
_MONTHS: Final = (
    "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
)
_APART: Final = re.compile(rf"(?<=[.!?;\n])\s+(?!(?:{_MONTHS})\b)|\n+|(?<=[a-z][.!?])(?=[A-Z])")
"""Between sentences; "zum 1. März" is one."""
_ENDS: Final = r"[,:;()]|\s-\s"
"""Where a clause ends, beside the words of `not_said.joins` and `not_said.and`: of others, long ago
or a story is what a clause says, not its neighbour. What is supposed goes on behind an "and"."""
_NEAR: Final = r"(?:\s+\w+)?\s*$"
"""A denial stands directly before a phrase, or one word away."""
_SHORT: Final = (
    *(("'m ", " am "), ("'ve ", " have "), ("'re ", " are ")),
    *((" ive ", " i have "), (" im ", " i am "), (" weve ", " we have ")),
)
"""English short forms, as the phrases write them out."""
_ENGLISH: Final = "en"
_HINTS, _LISTS, _NOT_SAID = "hints", "lists", "not_said"


@dataclass(frozen=True)
class Topic:
    """One kind of distress."""

    name: str
    days: int
    """For so many days what was written counts."""
    said: re.Pattern[str]
    weak: re.Pattern[str] | None = None
    """Counts only in a sentence without a word of `unless`."""
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True)
class _Words:
    is_english: bool
    topics: tuple[Topic, ...]
    parts: re.Pattern[str]
    clauses: re.Pattern[str]
    supposed: re.Pattern[str]
    before: re.Pattern[str]
    denied: re.Pattern[str]
    after: re.Pattern[str]
    ago: re.Pattern[str]
    hints: str
    """Without one of these a text is not read."""


def topics() -> tuple[Topic, ...]:
    """The topics, in their order: the first that a sentence names is its own."""
    return _languages()[0].topics


def may_name_distress(texts: pd.Series) -> np.ndarray:
    """Which texts are worth reading, bool of the same length: few of many, at little cost."""
    hints = "|".join(words.hints for words in _languages())
    return texts.str.contains(f"(?i){hints}", regex=True, na=False).to_numpy(dtype=bool)


@lru_cache(maxsize=1 << 18)
def distress_in(text: object) -> tuple[str, str] | None:
    """Topic and sentence in which somebody writes of their own distress; None where none is.

    Notes
    -----
    Read sentence by sentence, and within one by clauses. What its own clause supposes ("if I lose
    my job"), denies, tells of somebody else or of long ago is not said; the file of each
    language has the words. A figure of speech is left out only where the file knows it.
    """
    if not isinstance(text, str):
        return None
    for sentence in _APART.split(text):
        as_written = _lower(sentence)
        for words in _languages():
            lower = _written_out(as_written) if words.is_english else as_written
            for topic in words.topics:
                strong = _is_said(lower, topic.said, words)
                if strong or _is_weakly_said(lower, topic, words):
                    return topic.name, shorten(" ".join(sentence.split()), _LONGEST)
    return None


def _lower(text: str) -> str:
    return " ".join(text.lower().replace(chr(0x2019), chr(39)).split())


def _written_out(lower: str) -> str:
    lower = f" {lower}"
    for short, whole in _SHORT:
        lower = lower.replace(short, whole)
    return lower.strip()


def _is_weakly_said(sentence: str, topic: Topic, words: _Words) -> bool:
    if topic.weak is None or (topic.unless is not None and topic.unless.search(sentence)):
        return False
    return _is_said(sentence, topic.weak, words)


def _is_said(sentence: str, pattern: re.Pattern[str], words: _Words) -> bool:
    for found in pattern.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        clause = words.clauses.split(before)[-1]
        if (
            not words.supposed.search(words.parts.split(before)[-1])
            and not words.before.search(clause)
            and not words.denied.search(clause)
            and not words.after.search(rest := words.clauses.split(after)[0])
            and not words.ago.search(f"{clause}{found.group()}{rest}".strip())
        ):
            return True
    return False


@lru_cache(maxsize=1)
def _languages() -> tuple[_Words, ...]:
    files = sorted(PHRASES.glob("*.toml"), key=lambda path: (path.stem != _ENGLISH, path.stem))
    return tuple(map(_words, files))


def _words(file: Path) -> _Words:
    tables = tomllib.loads(file.read_text("utf-8"))
    lists, left_out, hints = (tables.pop(name) for name in (_LISTS, _NOT_SAID, _HINTS))

    def phrases(name: str, kind: str) -> re.Pattern[str] | None:
        written = [_phrase(one, lists, left_out["inside"]) for one in tables[name].get(kind, ())]
        return re.compile(rf"\b(?:{_either(written)})") if written else None

    def plain(written: list[str]) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{_either(written)})\b")

    joins = rf"{_ENDS}|\b(?:{_either(left_out['joins'])})\b"
    return _Words(
        is_english=file.stem == _ENGLISH,
        parts=re.compile(joins),
        clauses=re.compile(rf"{joins}|\b(?:{_either(left_out['and'])})\b"),
        topics=tuple(
            Topic(
                name,
                int(table["days"]),
                phrases(name, "says") or re.compile(r"(?!)"),
                phrases(name, "weak"),
                plain(table["unless"]) if "unless" in table else None,
            )
            for name, table in tables.items()
        ),
        supposed=plain(left_out["supposed"]),
        before=plain(left_out["before"]),
        denied=re.compile(rf"\b(?:{_either(left_out['denied'])}){_NEAR}"),
        after=re.compile(rf"\b(?:{_either(left_out['after'])})"),
        ago=re.compile(rf"\b(?:{_either(left_out['ago'])})"),
        hints="|".join(hints["words"]),
    )


def _either(patterns: list[str]) -> str:
    return "|".join(f"(?:{one})" for one in patterns)


def _phrase(written: str, lists: dict[str, Any], never_inside: list[str]) -> str:
    """A phrase of the file as a regular expression that ends with a whole word."""
    for name, items in lists.items():
        written = written.replace(f"{{{name}}}", f"(?:{'|'.join(items)})")
    no = rf"(?!(?:{'|'.join(never_inside)})\b)" if never_inside else ""
    spread = written.replace("...", rf"(?:{no}(?:[\w'-]+|\d[\d.,]*) ){{0,4}}?")
    return rf"{spread}\b" if spread[-1].isalnum() else spread
