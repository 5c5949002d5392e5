"""Texts and a pattern in; which of the texts it is found in out."""

import re
from functools import lru_cache

import numpy as np
import pandas as pd


def says(texts: pd.Series, pattern: str, *, any_case: bool = False) -> np.ndarray:
    """Which texts a pattern is found in, bool of shape (len(texts),); a missing text says nothing.

    Notes
    -----
    Each distinct text is read once, by a pattern that is compiled once. pandas takes a pattern
    apart at every call, to learn which library may search for it: for the texts of a catalogue, or
    for occupations, that costs more than the search. Many long texts are better left to it.
    """
    codes, distinct = pd.factorize(texts)
    search = _compiled(pattern, re.IGNORECASE if any_case else re.NOFLAG).search
    found = [search(text) is not None for text in distinct]
    return np.array([*found, False], dtype=bool)[codes]


@lru_cache(maxsize=1024)
def _compiled(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    return re.compile(pattern, flags)
