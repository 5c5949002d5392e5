"""Phrases that customers state in; the same without gender, age, marriage, place, nation out."""

import re
from functools import lru_cache

import pandas as pd

from engine.customers import lexicon

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


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    places = [*lexicon.words("place"), *lexicon.words("nationality")]
    return _either(lexicon.neutral_words()), _either(places)


def _either(words: dict[str, str] | list[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
