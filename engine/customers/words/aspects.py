"""Messages in; which parts of the bank each names, where in it, and the mood of each part, out."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.models.sentiment import CLASSES, sentiment_classes
from engine.results import Mention
from engine.settings import Settings

ASPECTS: Final = Path(__file__).with_name("aspects.toml")


def mentions(texts: Sequence[str | None]) -> list[tuple[Mention, ...]]:
    """Words of each text that name a part of the bank, in the order in which they stand.

    Of words that overlap the longest counts. A place is that of the text as it was given, so that
    a page can mark the word without reading the text anew.
    """
    pattern, names = _words()
    return [
        tuple(
            Mention(names[match.group().lower()], match.start(), match.end())
            for match in pattern.finditer(text)
        )
        if isinstance(text, str)
        else ()
        for text in texts
    ]


def named_in(texts: Sequence[str]) -> np.ndarray:
    """Which texts name which part of the bank, bool of shape (n_texts, n_aspects).

    Columns are those of aspects.toml, in its order.
    """
    columns = {name: i for i, name in enumerate(_aspects())}
    named = np.zeros((len(texts), len(columns)), dtype=bool)
    for row, found in enumerate(mentions(texts)):
        named[row, [columns[one.aspect] for one in found]] = True
    return named


def mood_by_aspect(
    named: np.ndarray, sentiment: np.ndarray, used: np.ndarray, settings: Settings
) -> pd.DataFrame:
    """Mean sentiment of the messages that name each part of the bank, the poorest first.

    Parameters
    ----------
    named : ndarray of bool, shape (n, n_aspects)
        As `named_in` gives it.
    sentiment : ndarray of shape (n,)
        From -1 to 1; NaN where there is none.
    used : ndarray of bool, shape (n,)
        Others are left out.
    settings : Settings
        `models.sentiment_class_bound`.

    Returns
    -------
    DataFrame
        aspect, mood, n (messages), negative (of them of that class of sentiment, a count); a
        message that names two parts counts for both.
    """
    kept = used & ~np.isnan(sentiment)
    named, said = named[kept], sentiment[kept]
    n = named.sum(axis=0)
    unhappy = sentiment_classes(said, settings) == CLASSES[0]
    table = pd.DataFrame(
        {
            "aspect": pd.Series(_aspects(), dtype="str"),
            "mood": said @ named / np.maximum(n, 1),
            "n": n,
            "negative": named[unhappy].sum(axis=0),
        }
    )
    return table[n > 0].sort_values(["mood", "aspect"], ignore_index=True)


@cache
def _aspects() -> tuple[str, ...]:
    return tuple(tomllib.loads(ASPECTS.read_text("utf-8")))


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for aspect, words in tomllib.loads(ASPECTS.read_text("utf-8")).items():
        for word in words:
            names.setdefault(word, aspect)
    longest_first = sorted(names, key=lambda word: (-len(word), word))
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE | re.ASCII), names
