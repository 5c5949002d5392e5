"""Names and numbers in; the entries that a few typed words mean out, best first."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from engine.bank.parsing.letters import plain

WHOLE, BEGUN, SIMILAR = 3.0, 2.0, 1.0
"""What a typed word is worth: it is a word of the entry, begins one, or is like one."""
MOST_WORDS: Final = 6
MOST_LETTERS: Final = 100
"""How much of a typed text is looked at (own choice: no name has more)."""
_SIMILAR_WORDS: Final = 100
"""Words that are taken for one that was mistyped, the nearest first (own choice)."""
_APART = re.compile(r"[^\w]+")
_ZEROS, _LETTERS = r"^(\D*)0+(?=\d)", r"^\D+(?=\d)"


def folded(text: str) -> str:
    """Without accents, in small letters."""
    return (text if text.isascii() else plain(text)).casefold()


def words_of(token: str) -> tuple[str, ...]:
    """How a word may be typed: "O'Neil" as oneil, o and neil."""
    word = folded(token)
    if word.isalnum():
        return (word,)
    parts = [part for part in _APART.split(word) if part]
    return tuple(dict.fromkeys(("".join(parts), *parts))) if parts else ()


@dataclass(frozen=True, eq=False)
class NameIndex:
    """Which entries have which words.

    Attributes
    ----------
    words : list of str
        All words, sorted.
    ends : ndarray of shape (n_words + 1,)
        Where the entries of each word begin in `rows`.
    rows : ndarray
        Positions of entries, word after word.
    n : int
        Entries.
    """

    words: list[str]
    ends: np.ndarray
    rows: np.ndarray
    n: int

    @classmethod
    def of(cls, names: pd.Series, numbers: pd.Series | None = None) -> Self:
        """From names, and numbers such as C00012, which are also found as C12 and 12."""
        texts = [names.fillna("").astype("str").str.split().reset_index(drop=True).explode()]
        if numbers is not None:
            ids = numbers.astype("str").reset_index(drop=True)
            short = ids.str.replace(_ZEROS, r"\1", regex=True)
            texts += [ids, short, short.str.replace(_LETTERS, "", regex=True)]
        tokens = pd.concat(texts).dropna()
        codes, distinct = pd.factorize(tokens)
        pairs = [(n, word) for n, token in enumerate(distinct) for word in words_of(token)]
        tokens_of, spelled = zip(*pairs, strict=True) if pairs else ((), ())
        words = sorted(set(spelled))
        place = {word: n for n, word in enumerate(words)}
        word_codes = [place[word] for word in spelled]
        # Token by word, and entry by token: their product says which entry has which word.
        shape = (len(words), len(distinct))
        token_of = csr_matrix((np.ones(len(pairs), np.int8), (word_codes, tokens_of)), shape)
        entries = (np.ones(len(tokens), np.int8), (codes, tokens.index.to_numpy()))
        found = token_of @ csr_matrix(entries, (len(distinct), len(names)))
        return cls(words, found.indptr, found.indices, len(names))

    def find(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Entries in which every typed word is found, and what each is worth (see WHOLE).

        Mistyped words are looked for only where the words as they were typed lead nowhere.
        """
        typed = ["".join(_APART.split(token)) for token in folded(text[:MOST_LETTERS]).split()]
        typed = [word for word in dict.fromkeys(typed) if word][:MOST_WORDS]
        if not typed or not self.n:
            return np.empty(0, dtype=np.int64), np.empty(0)
        worth = [self._as_typed(word) for word in typed]
        total = np.minimum.reduce(worth)
        if not total.any():
            for word, found in zip(typed, worth, strict=True):
                self._add_similar(word, found)
            total = np.minimum.reduce(worth)
        rows = np.flatnonzero(total)
        return rows, total[rows] + np.add.reduce([one[rows] for one in worth]) / 100

    def _as_typed(self, word: str) -> np.ndarray:
        worth = np.zeros(self.n)
        first, last = bisect_left(self.words, word), bisect_left(self.words, f"{word}\U0010ffff")
        worth[self._rows(first, last)] = BEGUN
        if first < last and self.words[first] == word:
            worth[self._rows(first, first + 1)] = WHOLE
        return worth

    def _add_similar(self, word: str, worth: np.ndarray) -> None:
        """One slip from four letters on, two from eight; a number with one, among numbers only."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 0 if len(word) < 4 else 1 if len(word) < 8 or _has_digit(word) else 2
        near = process.extract(
            word,
            self._numbers if _has_digit(word) else self._letters,
            scorer=OSA.distance,
            score_cutoff=slips,
            limit=_SIMILAR_WORDS,
        )
        for _, _, place in near if slips else ():
            rows = self._rows(place, place + 1)
            worth[rows] = np.maximum(worth[rows], SIMILAR)

    def _rows(self, first: int, last: int) -> np.ndarray:
        return self.rows[self.ends[first] : self.ends[last]]

    @cached_property
    def _numbers(self) -> dict[int, str]:
        return {place: word for place, word in enumerate(self.words) if _has_digit(word)}

    @cached_property
    def _letters(self) -> dict[int, str]:
        return {place: word for place, word in enumerate(self.words) if place not in self._numbers}


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))
