"""Word lists of lexicon.toml in, compiled patterns for lower-case texts out."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

LEXICON = Path(__file__).with_name("lexicon.toml")


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Any]:
    return tomllib.loads(LEXICON.read_text("utf-8"))


def pattern(words: Iterable[str]) -> str:
    """A regular expression that finds any of the words, whole, in a lower-case text.

    Longer words come first. Only syntax that both Python and RE2 read is used, because pandas
    hands it to Arrow; a lone group keeps the word out of any capture.
    """
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    either = "|".join(re.sub(r"([.&+*?()\[\]])", r"\\\1", word) for word in longest_first)
    return rf"(?:^|[^a-z0-9])(?:{either})(?:$|[^a-z0-9])"


@lru_cache(maxsize=1)
def source_categories() -> dict[str, str]:
    """Source category in lower case -> category of the vocabulary."""
    return dict(_lexicon()["sources"])


@lru_cache(maxsize=1)
def merchant_codes() -> dict[str, str]:
    """Merchant category code of four digits -> category of the vocabulary, for those that tell."""
    spans = {}
    for span, name in _lexicon()["merchant_codes"].items():
        first, _, last = span.partition("-")
        spans[int(first), int(last or first)] = name
    widest_first = sorted(spans, key=lambda ends: ends[0] - ends[1])
    return {
        f"{code:04d}": spans[first, last]
        for first, last in widest_first
        for code in range(first, last + 1)
    }


@lru_cache(maxsize=1)
def spending_patterns() -> tuple[tuple[str, str], ...]:
    """Category and its pattern, in the order in which they are tried."""
    tables = (_lexicon()[table].items() for table in ("spending", "spending_last"))
    return tuple((name, pattern(words)) for table in tables for name, words in table)


def words(name: str) -> list[str]:
    """One of the lists under [words]."""
    return list(_lexicon()["words"][name])


@lru_cache(maxsize=16)
def word_pattern(name: str) -> str:
    """Pattern of one of the lists under [words]."""
    return pattern(words(name))


@lru_cache(maxsize=1)
def neutral_words() -> dict[str, str]:
    """Word that tells gender or marital status -> its neutral substitute, "" for none."""
    return dict(_lexicon()["neutral"])


@lru_cache(maxsize=1)
def goal_risks() -> tuple[tuple[str, float], ...]:
    """Pattern of a goal and its appetite for risk, -1 to 1; longer goals come first."""
    goals = sorted(_lexicon()["goal_risk"].items(), key=lambda pair: -len(pair[0]))
    return tuple((pattern([goal]), float(risk)) for goal, risk in goals)


@lru_cache(maxsize=4096)
def goal_risk(goal: str) -> float | None:
    """What one goal says about appetite for risk, by its longest entry; None for nothing."""
    found = (risk for words, risk in goal_risks() if re.search(words, goal.lower()))
    return next(found, None)


def mentions(texts: pd.Series, name: str) -> pd.Series:
    """Which lower-case texts hold a word of one of the lists; a missing text holds none."""
    return texts.str.contains(word_pattern(name), regex=True).fillna(False).astype(bool)
