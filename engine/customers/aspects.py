"""Messages in; which parts of the bank each names, where in it, and the mood of each part, out."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from engine.results import Mention

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


def mood_by_aspect(texts: pd.Series, sentiment: np.ndarray, used: np.ndarray) -> pd.DataFrame:
    """Mean sentiment of the messages that name each part of the bank, the poorest first.

    Parameters
    ----------
    texts : Series of str of length n
    sentiment : ndarray of shape (n,)
        From -1 to 1; NaN where there is none.
    used : ndarray of bool, shape (n,)
        Others are left out.

    Returns
    -------
    DataFrame
        aspect, mood, n (messages), negative (of them, a count); a message that names two parts
        counts for both.
    """
    rows = np.flatnonzero(used & ~np.isnan(sentiment))
    named = [{one.aspect for one in found} for found in mentions(texts.iloc[rows].tolist())]
    table = pd.DataFrame(
        [(aspect, row) for row, found in zip(rows, named, strict=True) for aspect in sorted(found)],
        columns=["aspect", "row"],
    )
    said = sentiment[table["row"].to_numpy(dtype=int)]
    table = table.assign(mood=said, negative=said < 0)
    grouped = table.groupby("aspect", sort=True)
    by_aspect = grouped.agg(mood=("mood", "mean"), n=("mood", "size"), negative=("negative", "sum"))
    return by_aspect.reset_index().sort_values(["mood", "aspect"], ignore_index=True)


@cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    names: dict[str, str] = {}
    for aspect, words in tomllib.loads(ASPECTS.read_text("utf-8")).items():
        for word in words:
            names.setdefault(word, aspect)
    longest_first = sorted(names, key=lambda word: (-len(word), word))
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE | re.ASCII), names
