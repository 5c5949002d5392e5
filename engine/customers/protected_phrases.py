"""Phrases that customers state in; the same without gender, age, marriage, place, nation out.

And which of them are about a subject that no group of customers is made of
(protected_subjects.toml).
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from engine.customers import lexicon

SUBJECTS: Final = Path(__file__).with_name("protected_subjects.toml")
_DECADES = r"(?:\d0s|(?:twent|thirt|fort|fift|sixt|sevent|eight)ies)"
_AGE = re.compile(
    r"\b(?:aged?|turning) \d{1,3}\b|\b(?:at|by|before|after) \d{2}$|\b\d{1,3}[- ]years?[- ]old\b"
    rf"|\bin (?:my|his|her|their) (?:(?:early|mid|late)[- ])?{_DECADES}\b"
    r"|\b(?:over|under)[- ]?\d0s\b|(?<![\w.,])[2-9]\d\+(?!\w)|\b\d{1,2}(?:st|nd|rd|th) birthday\b"
    r"|\bborn (?:in|on|before|after) [\w ]*\d{4}\b|\b(?:19|20)\d{2}[- ]born\b"
    r"|\b(?:gen(?:eration)?[- ][xyz]|millennials?|(?:baby[- ])?boomers?|teenagers?|middle[- ]aged"
    r"|senior citizens?|elderly|old age)\b"
)
_ORPHAN = re.compile(r"(?<!\w)['\u2019]s\b")
"""What is left of "widow's"."""
_EDGE = re.compile(
    r"^(?:(?:and|of|for|in|to|at|near|from|the|a|as)\b|[^\w]+)+"
    r"|(?:\b(?:and|of|for|in|to|at|near|from|the|a|as|who is)|[^\w%)]+)+$"
)
_SPACES = re.compile(r"\s+(?=[\s,;])|\s{2,}")


def neutral(phrases: pd.Series) -> pd.Series:
    """Take out of lower-case phrases what must not reach a score.

    Parameters
    ----------
    phrases : Series of str
        Goals, occupations, declared interests and topics, in lower case.

    Returns
    -------
    Series of str
        "" where nothing is left. Words that tell gender or marital status give way to a neutral
        one; ages, places and nationalities are left out; each distinct phrase is looked at once.

    Notes
    -----
    The columns of vocabulary.FORBIDDEN_FEATURES are never read, but a person's own words may
    repeat them: "businesswoman", "retired, aged 70", "buy a flat in Paris".
    """
    changed = {phrase: _neutral(phrase) for phrase in phrases.dropna().unique()}
    return phrases.map(changed) if changed else phrases


def _neutral(phrase: str) -> str:
    words, places = _patterns()
    if not (words.search(phrase) or places.search(phrase) or _AGE.search(phrase)):
        return phrase
    cleaned = words.sub(lambda match: lexicon.neutral_words()[match.group()], phrase)
    cleaned = _ORPHAN.sub("", _AGE.sub("", places.sub("", cleaned)))
    return _EDGE.sub("", _SPACES.sub("", _EDGE.sub("", cleaned)).strip()).strip()


def about_protected(items: pd.Series) -> pd.Series:
    """Which topics or hashtags are about belief, health, sexual life, origin, politics or gender.

    Parameters
    ----------
    items : Series of str
        In any case. A hashtag counts as its words where it tells them apart ("#MyPregnancy",
        "#eid_2025"), and as a whole.

    Returns
    -------
    Series of bool
        Words of gender, marriage and nation count as well (`neutral`), names of places do not.
    """
    said = {item: _about_protected(item) for item in items.dropna().unique()}
    return items.map(said).fillna(False).astype(bool)


def _about_protected(item: str) -> bool:
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|[_#-]", " ", item)
    words, parts = _subjects()
    together = re.sub(r"[\W_]", "", item.lower())
    return any(
        words.search(text) or _AGE.search(text) for text in (spread.lower(), together)
    ) or bool(parts.search(together if item.startswith("#") else spread.lower()))


@lru_cache(maxsize=1)
def _subjects() -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = tomllib.loads(SUBJECTS.read_text("utf-8"))
    telling = [word for word, substitute in lexicon.neutral_words().items() if not substitute]
    words = [*listed["words"], *telling, *lexicon.words("nationality")]
    return _either(words), re.compile("|".join(map(re.escape, sorted(listed["parts"]))))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    places = [*lexicon.words("place"), *lexicon.words("nationality")]
    return _either(lexicon.neutral_words()), _either(places)


def _either(words: dict[str, str] | list[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
