"""Customers and products of a bank in; those whom the words of a question name, out."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.assistant.words import FILLER
from engine.customers.name_index import SIMILAR, WHOLE, NameIndex, folded

MOST_WORDS: Final = 60
"""Words of a question that are looked at (own choice: nobody asks longer)."""
_LEAST_ALIKE: Final = 84.0
"""Likeness of letters, 0-100, from which a name of several words is taken for a slip
(own choice)."""
_LEAST_WORD: Final = 70.0
"""The same of each of its words (own choice)."""
_CALLED: Final = frozenset({"customer", "client", "number", "no", "id", "account", "product"})


@dataclass(frozen=True)
class Named:
    """What some words of a question name.

    Attributes
    ----------
    first, last : int
        Its words: first to last, both inside.
    keys : tuple of str
        Ids of all that it may be; empty where it looks like one and is none here.
    similar : bool
        Only by taking it for a slip.
    kind : bool
        It names a kind of products, not one of them.
    """

    first: int
    last: int
    keys: tuple[str, ...]
    similar: bool = False
    kind: bool = False


class People:
    """Finds customers by number and name, also by first or last name alone."""

    def __init__(self, ids: pd.Series, names: pd.Series):
        self._ids = ids.astype("str").to_numpy(dtype=object)
        self._rows = {folded(one): row for row, one in enumerate(self._ids)}
        self._index = NameIndex.of(names)
        self._names = names.fillna("").astype("str").to_numpy(dtype=object)

    def find(self, tokens: Sequence[str], common: Collection[str]) -> list[Named]:
        """Everybody who is named, from the left.

        Parameters
        ----------
        tokens : sequence of str
            As they were typed.
        common : collection of str
            Words in small letters that are no name on their own.
        """
        small = [folded(token) for token in tokens]
        found: list[Named] = []
        taken: set[int] = set()
        for width in (3, 2, 1):
            for start in range(len(tokens) - width + 1):
                span = range(start, start + width)
                if taken & set(span):
                    continue
                if (one := self._named(tokens, small, start, width, common)) is not None:
                    found.append(one)
                    taken |= set(span)
        return sorted(found, key=lambda one: one.first)

    def called_also(self, keys: Sequence[str], word: str) -> tuple[str, ...]:
        """Those of the customers who have another word of their name a slip away from this one."""
        from rapidfuzz.distance import OSA

        def has(key: str) -> bool:
            told = folded(self._names[self._rows[folded(key)]]).split()
            return any(OSA.distance(word, one, score_cutoff=1) <= 1 for one in told)

        return tuple(key for key in keys if has(key))

    def _named(
        self,
        tokens: Sequence[str],
        small: list[str],
        start: int,
        width: int,
        common: Collection[str],
    ) -> Named | None:
        end, words = start + width - 1, small[start : start + width]
        if width == 1:
            called = _is_called(small, start) and small[start - 1] != "product"
            if words[0] in self._rows and (called or not words[0].isdecimal()):
                return Named(start, end, (str(self._ids[self._rows[words[0]]]),))
            if _like_a_number(tokens[start]) or (called and words[0].isdecimal()):
                return Named(start, end, ())
        if any(len(word) < 2 or not word.isalpha() for word in words):
            return None
        known = [word in common for word in words]
        if all(known):
            return None
        if width == 3 and any(known):
            return None
        rows, worth = self._index.find(" ".join(words))
        capital = all(token[:1].isupper() for token in tokens[start : start + width])
        written = tokens[0][:1].isupper()
        if (exact := rows[worth >= WHOLE]).size and (width > 1 or capital or not written):
            return Named(start, end, tuple(self._ids[exact].tolist()))
        if width == 2 and not any(known) and rows.size and worth.max() < SIMILAR + 1:
            return Named(start, end, tuple(self._ids[_best(rows, worth)].tolist()), True)
        if width == 1 and capital and start > 0 and not known[0] and len(words[0]) >= 4:
            return Named(start, end, (), similar=True)
        return None


def _flat(name: str) -> str:
    """Small letters; without the s of a genitive, as questions are read."""
    return re.sub(r"['’]s\b", "", folded(name))


def _best(rows: np.ndarray, worth: np.ndarray) -> np.ndarray:
    return rows[worth >= worth.max() - 1e-9]


def _like_a_number(token: str) -> bool:
    """A letter or more, then figures: C00012, CUST_7."""
    return re.fullmatch(r"[A-Za-z]{1,5}(?:[-_]\d+|\d{2,})", token) is not None


class Shelf:
    """Finds products by id and name, by an end of the name, and past slips; kinds of them too.

    Parameters
    ----------
    ids, names : Series
        Of the catalogue.
    kinds : sequence of Series
        Of each product, what groups it: its category, its subcategory.
    """

    def __init__(self, ids: pd.Series, names: pd.Series, kinds: Sequence[pd.Series] = ()):
        self._ids = ids.astype("str").tolist()
        self._names = [_flat(str(name)) for name in names.fillna("")]
        self._by_words: dict[tuple[str, ...], set[str]] = {}
        for key, name in zip(self._ids, self._names, strict=True):
            told = tuple(re.findall(r"\w+", name))
            ends = [told[-n:] for n in range(2, len(told))]
            for part in {told, told[:2], *ends} if len(told) > 2 else {told}:
                if part and (part == told or part[0] not in FILLER):
                    self._by_words.setdefault(part, set()).add(key)
        for key, name in zip(self._ids, self._names, strict=True):
            if told := tuple(re.findall(r"\w+", name)):
                self._by_words[told] = {
                    other
                    for other, called in zip(self._ids, self._names, strict=True)
                    if called == name
                } | {key}
            self._by_words.setdefault((folded(key),), {key})
        whole = {tuple(re.findall(r"\w+", name)) for name in self._names}
        self._kinds: set[tuple[str, ...]] = set()
        for part, keys in _by_kind(self._ids, kinds).items():
            if part not in whole:
                self._kinds.add(part)
                self._by_words[part] = self._by_words.get(part, set()) | keys
        self._longest = max((len(part) for part in self._by_words), default=0)
        self.words = frozenset(
            word for part in self._by_words for word in part if word.isalpha() and len(word) > 2
        )

    def find(self, tokens: Sequence[str], common: Collection[str]) -> list[Named]:
        """Every product that is named, from the left; the longest name wins."""
        small = [folded(token) for token in tokens]
        found: list[Named] = []
        taken: set[int] = set()
        for width in range(min(self._longest, len(small)), 0, -1):
            for start in range(len(small) - width + 1):
                span = range(start, start + width)
                part = tuple(small[start : start + width])
                keys = self._by_words.get(part)
                if taken & set(span) or not keys or (width == 1 and part[0] in common):
                    continue
                if width == 1 and part[0].isdecimal() and not _is_called(small, start):
                    continue
                kind = part in self._kinds
                found.append(Named(start, start + width - 1, tuple(sorted(keys)), kind=kind))
                taken |= set(span)
        if not found:
            found = self._similar(small)
        return sorted(found, key=lambda one: one.first)

    def _similar(self, small: list[str]) -> list[Named]:
        """The span of words that is most like a name of two words or more."""
        from rapidfuzz import fuzz, process

        names = {part: " ".join(part) for part in self._by_words if len(part) > 1}
        best: tuple[float, int, int, tuple[str, ...]] | None = None
        for width in range(2, min(self._longest, len(small)) + 1):
            for start in range(len(small) - width + 1):
                typed = " ".join(small[start : start + width])
                near = process.extractOne(
                    typed,
                    {part: name for part, name in names.items() if len(part) == width},
                    scorer=fuzz.ratio,
                    score_cutoff=_LEAST_ALIKE,
                )
                if near and not _as_words(small[start : start + width], near[2]):
                    continue
                if near and (best is None or (near[1], width) > best[:2]):
                    best = (near[1], width, start, near[2])
        if best is None:
            return []
        _, width, start, part = best
        keys = tuple(sorted(self._by_words[part]))
        return [Named(start, start + width - 1, keys, True, part in self._kinds)]


def _is_called(small: Sequence[str], start: int) -> bool:
    """Does "product" or "number" stand before a bare number?"""
    return start > 0 and small[start - 1] in _CALLED


def _by_kind(ids: list[str], kinds: Sequence[pd.Series]) -> dict[tuple[str, ...], set[str]]:
    """Words of each kind, in one and in many, and its products; a single word, as "insurance", is
    none: it also says what is spent on."""
    found: dict[tuple[str, ...], set[str]] = {}
    for kind in kinds:
        for key, name in zip(ids, kind.fillna("").astype("str"), strict=True):
            words = re.findall(r"\w+", _flat(name))
            if len(words) < 2:
                continue
            last = words[-1].removesuffix("s")
            for end in (last, f"{last}s"):
                found.setdefault((*words[:-1], end), set()).add(key)
    return found


def _as_words(typed: Sequence[str], name: Sequence[str]) -> bool:
    """May every word be a slip of the name's? An article, or another word that phrases a question,
    is a slip of nothing."""
    from rapidfuzz import fuzz
    from spacy.lang.en.stop_words import STOP_WORDS

    return all(
        one == other
        or (one not in FILLER and one not in STOP_WORDS and fuzz.ratio(one, other) >= _LEAST_WORD)
        for one, other in zip(typed, name, strict=True)
    )
