"""Notes of a meeting in; what they say of a customer's life, goals and promises out."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

FILE: Final = Path(__file__).with_name("meeting_facts.toml")
GOAL, PROMISE = "goal", "promise"
LONGEST: Final = 240
"""Signs of a sentence that is read and kept (own choice)."""
_APART: Final = re.compile(r"(?<=[.!?;])\s+|\n+|(?<=[a-z][.!?])(?=[A-Z])")
_BULLET: Final = re.compile(r"^[\s\-–—•*·>]+|^\d+[.)]\s+")
_PARTS: Final = re.compile(r"[,;()]|\s-\s|\b(?:but|because|while|although)\b")
_CLAUSES: Final = re.compile(rf"{_PARTS.pattern}|\band\b")
_LONGEST_GOAL: Final = 60
_SHORT: Final = ((chr(0x2019), "'"), ("'s expecting", " is expecting"), ("’ll", "'ll"))
_WITH_KIN: Final = frozenset({"bereavement"})
"""Kinds that are told of one's own people."""


class Told(NamedTuple):
    """One thing that a sentence says.

    `goal` is the words of a goal; `known` that of the page Preferences which it is, "" for none.
    """

    kind: str
    sentence: str
    goal: str = ""
    known: str = ""


@dataclass(frozen=True)
class _Words:
    kinds: dict[str, re.Pattern[str]]
    goal: re.Pattern[str]
    no_goal: re.Pattern[str]
    less: re.Pattern[str]
    known: dict[str, re.Pattern[str]]
    promise: re.Pattern[str]
    supposed: re.Pattern[str]
    denied: re.Pattern[str]
    others: re.Pattern[str]
    relatives: re.Pattern[str]
    ago: re.Pattern[str]


def kinds() -> tuple[str, ...]:
    """Every kind of thing that can be told."""
    return (*_words().kinds, GOAL, PROMISE)


def told_in(notes: str) -> list[Told]:
    """What each sentence says, in its order; nothing twice.

    Notes
    -----
    A sentence is text alone: nothing in it is followed. What its clause supposes, denies, tells of
    somebody else or of long ago is not said, nor what a question asks. Each is a proposal: a person
    reads the sentence and decides.
    """
    found = [one for sentence in sentences(notes) for one in _told(sentence)]
    return list(dict.fromkeys(found))


def promised(sentence: str) -> str:
    """The words that make a sentence a promise, such as "We will send."; "" where none does.

    They are of meeting_facts.toml alone, so that nothing of a customer's life can be in them.
    """
    words = _words()
    lower = _plain(sentence)
    meant = (one for one in words.promise.finditer(lower) if _is_meant(lower, one, words))
    found = next(meant, None)
    return "" if found is None else f"{found.group().strip(' :').capitalize()}."


def sentences(notes: str) -> Iterator[str]:
    """The sentences of notes without bullets, at most `LONGEST` signs of each."""
    for part in _APART.split(notes):
        plain = " ".join(_BULLET.sub("", part).split())
        if any(sign.isalpha() for sign in plain):
            yield plain[:LONGEST]


def _told(sentence: str) -> Iterator[Told]:
    words, lower = _words(), _plain(sentence)
    if sentence.endswith("?"):
        return
    for kind, pattern in words.kinds.items():
        if any(_is_said(lower, one, words, kind) for one in pattern.finditer(lower)):
            yield Told(kind, sentence)
    for one in words.goal.finditer(lower):
        what = _CLAUSES.split(_wanted(one))[0].strip(" .!:'\"")[:_LONGEST_GOAL]
        if what and not words.no_goal.match(what) and _is_said(lower, one, words, GOAL):
            known = _known(what, words)
            yield Told(GOAL, sentence, what, known)
            break
    if any(_is_meant(lower, one, words) for one in words.promise.finditer(lower)):
        yield Told(PROMISE, sentence)


def _known(what: str, words: _Words) -> str:
    """The goal of the page Preferences that a want is; "" for none, or where it is of less."""
    if words.less.search(what):
        return ""
    return next((goal for goal, told in words.known.items() if told.search(what)), "")


def _plain(sentence: str) -> str:
    """In small letters, with one way to write what is cut short."""
    lower = sentence.lower()
    for short, whole in _SHORT:
        lower = lower.replace(short, whole)
    return lower


def _wanted(found: re.Match[str]) -> str:
    return next((text for name, text in found.groupdict().items() if text), "")


def _is_said(sentence: str, found: re.Match[str], words: _Words, kind: str) -> bool:
    """Is it said of the customer, and so?"""
    before = sentence[: found.start()]
    clause = _CLAUSES.split(before)[-1]
    after = _CLAUSES.split(sentence[found.end() :])[0]
    own = kind in _WITH_KIN or not words.relatives.search(clause)
    return (
        own
        and not (kind == GOAL and words.less.search(clause))
        and not words.supposed.search(_PARTS.split(before)[-1])
        and not words.denied.search(clause)
        and not words.others.search(clause)
        and not words.ago.search(f"{found.group()} {after}")
    )


def _is_meant(sentence: str, found: re.Match[str], words: _Words) -> bool:
    """Is a promise neither supposed nor denied?"""
    clause = _PARTS.split(sentence[: found.start()])[-1]
    return not words.supposed.search(clause) and not words.denied.search(clause)


@lru_cache(maxsize=1)
def _words() -> _Words:
    tables = tomllib.loads(FILE.read_text("utf-8"))
    lists, left_out = tables["lists"], tables["not_said"]
    goal: dict[str, Any] = tables[GOAL]

    def written(patterns: list[str], end: str = r"\b") -> re.Pattern[str]:
        whole = "|".join(f"(?:{_filled(one, lists)})" for one in patterns)
        return re.compile(rf"(?<![\w'])(?:{whole}){end}")

    numbered = [one.replace("(?P<what>", f"(?P<what{n}>") for n, one in enumerate(goal["says"])]
    return _Words(
        kinds={kind: written(table["says"]) for kind, table in tables["kinds"].items()},
        goal=written(numbered, ""),
        no_goal=written(goal["unless"]),
        less=written(goal["less"]),
        known={name: written(patterns) for name, patterns in goal["known"].items()},
        promise=written(tables[PROMISE]["says"], ""),
        **{name: written(patterns) for name, patterns in left_out.items()},
    )


def _filled(pattern: str, lists: dict[str, list[str]]) -> str:
    for name, items in lists.items():
        pattern = pattern.replace(f"{{{name}}}", f"(?:{'|'.join(items)})")
    return pattern
