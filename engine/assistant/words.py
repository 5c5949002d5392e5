"""A question in; its words as phrasings have them out: small letters, slips mended, no filler."""

import re
from collections.abc import Mapping
from typing import Final

from engine.bank.parsing.letters import plain

WORD: Final = re.compile(r"[^\W_]+")
SLOT: Final = re.compile(r"^x[a-z]+x$")
_SHORT: Final = {
    **{"what's": "what is", "whats": "what is", "who's": "who is", "where's": "where is"},
    **{"isn't": "is not", "don't": "do not", "doesn't": "does not", "can't": "can not"},
    **{"cannot": "can not", "i'm": "i am", "aren't": "are not", "didn't": "did not"},
    **{"won't": "will not", "haven't": "have not", "hasn't": "has not", "wasn't": "was not"},
    **{"dosent": "does not", "doesnt": "does not", "dont": "do not", "isnt": "is not"},
    **{"pls": "please", "plz": "please", "u": "you", "ur": "your", "r": "are"},
    **{"i've": "i have", "there's": "there is", "let's": "let us", "they've": "they have"},
}
PRONOUNS: Final = frozenset(
    {"she", "he", "her", "him", "his", "hers", "they", "them", "their", "customer", "client"}
)
FILLER: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "please",
        "could",
        "can",
        "would",
        "you",
        "me",
        "i",
        "kindly",
        "just",
        "hi",
        "there",
        "tell",
        "show",
        "give",
        "know",
        "let",
        "want",
        "like",
        "wonder",
        "wondering",
        "think",
        "so",
        "do",
        "we",
        "our",
        "us",
        "ever",
        "actually",
        "really",
        "quite",
        "check",
        "look",
        "also",
        "then",
        "to",
        "of",
        "for",
        "is",
        "are",
        "am",
        "be",
    ]
)
"""Words that phrase a question and say little of what it asks; they count for less."""
_SHORTEST: Final = 4
_MOST_KEPT: Final = 10_000


def words(text: str) -> list[str]:
    """Small letters without accents, short forms written out; a customer's pronoun is a slot."""
    flat = plain(text.replace("’", "'")).casefold()
    flat = re.sub(r"\b[a-z]+'[a-z]+\b|\b[a-z]+\b", lambda m: _SHORT.get(m[0], m[0]), flat)
    flat = re.sub(r"'s\b", "", flat)
    found = ["xcustomerx" if word in PRONOUNS else word for word in WORD.findall(flat)]
    return [word for n, word in enumerate(found) if n == 0 or word != found[n - 1]]


class Spelling:
    """Mends words that nobody wrote in a phrasing but that are a slip away from one.

    One slip from four letters on, two from seven; the first letter stands, or changes its place
    with the second. Of equals the word that phrasings have more often. Distance: optimal string
    alignment, where a swap of neighbours is one slip.

    Parameters
    ----------
    known : mapping of str to int
        Words, and how often phrasings have them.
    """

    def __init__(self, known: Mapping[str, int]):
        self._known = {word: n for word, n in known.items() if not SLOT.match(word)}
        self._long = sorted(word for word in self._known if len(word) >= _SHORTEST - 1)
        self._mended: dict[str, str] = {}

    def mended(self, word: str) -> str:
        """The word itself where it is known, short, or has nothing near it."""
        if len(word) < _SHORTEST or not word.isalpha() or SLOT.match(word) or self.knows(word):
            return word
        if word not in self._mended:
            if len(self._mended) > _MOST_KEPT:
                self._mended.clear()
            self._mended[word] = self._nearest(word)
        return self._mended[word]

    def knows(self, word: str) -> bool:
        """Is it a word of the phrasings, or one that says little anywhere?"""
        from spacy.lang.en.stop_words import STOP_WORDS

        return word in self._known or word in PRONOUNS or word in STOP_WORDS or word in _SHORT

    def _nearest(self, word: str) -> str:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 1 if len(word) < 7 else 2
        near = process.extract(word, self._long, scorer=OSA.distance, score_cutoff=slips, limit=20)
        kept = [
            (distance, -self._known[found], found)
            for found, distance, _ in near
            if found[0] in word[:2]
        ]
        return min(kept)[2] if kept else word
