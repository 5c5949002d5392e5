"""Texts in; how near each is to the phrasings of every intent, and from where on that is enough."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

import numpy as np
from scipy import sparse

from engine.assistant.phrasings import NONE, Phrasings
from engine.assistant.words import FILLER, SLOT, words
from engine.errors import WeightsError
from engine.models.encoder import CachedEncoder, Encoder

_GRAMS: Final = (3, 4, 5)
REFUSED: Final = 0.90
"""Share of what is to be refused that a bar must refuse."""
RIDGE: Final = 1.0
"""Of the regression (.3 to 3 name as many of the phrasings that are left out)."""
_WORD, _PAIR, _RUN, _FILLER = 1.0, 0.7, 0.35, 0.35
"""What a word, a pair of words, a run of letters and a word of little meaning count (own choice,
on the phrasings alone)."""


class Reading(NamedTuple):
    """How a text reads."""

    intent: str
    score: float
    margin: float
    """How much nearer it is than the next intent."""
    phrasing: str


class Reader(Protocol):
    """What tells how near texts are to phrasings."""

    name: str
    phrasings: Phrasings

    def likeness(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """Of texts, as words, to every phrasing: shape (n_texts, n_phrasings), at most 1."""


class LexicalReader:
    """By words, pairs of words and runs of letters, weighed by how telling each is.

    Notes
    -----
    Cosine of vectors of tf-idf (Salton and Buckley 1988). A gram that no phrasing has counts in the
    length of a question as the rarest one does, so that a question of other things is near nothing.
    """

    name = "words"

    def __init__(self, phrasings: Phrasings):
        self.phrasings = phrasings
        told = [words(text) for text in phrasings.texts]
        self.vocabulary = Counter(word for one in told for word in one)
        counts = [_grams(one) for one in told]
        by_intent: dict[str, set[str]] = {}
        for intent, count in zip(phrasings.intents, counts, strict=True):
            by_intent.setdefault(intent, set()).update(count)
        n_with = Counter(gram for grams in by_intent.values() for gram in grams)
        n = len(by_intent)
        self._places = {gram: place for place, gram in enumerate(sorted(n_with))}
        self._idf = np.array([np.log((1 + n) / (1 + n_with[g])) + 0.3 for g in self._places])
        self._rare = float(np.log((1 + n) / 2) + 0.3)
        self._table = self._vectors(counts)

    def likeness(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """Of texts, as words, to every phrasing: shape (n_texts, n_phrasings), 0 to 1."""
        return (self._vectors([_grams(text) for text in texts]) @ self._table.T).toarray()

    def _vectors(self, counts: Sequence[Counter[str]]) -> sparse.csr_array:
        columns, data, ends = [], [], [0]
        for count in counts:
            told = {g: w for g, w in count.items() if g in self._places}
            known = {g: w * self._idf[self._places[g]] for g, w in told.items()}
            other = sum((w * self._rare) ** 2 for g, w in count.items() if g not in told)
            length = np.sqrt(sum(v * v for v in known.values()) + other) or 1.0
            columns += [self._places[gram] for gram in known]
            data += [value / length for value in known.values()]
            ends.append(len(columns))
        return sparse.csr_array(
            (np.array(data), np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int32)),
            shape=(len(counts), len(self._places)),
        )


class MeaningReader:
    """By the vectors of an encoder, beside the words."""

    name = "meaning and words"

    def __init__(self, lexical: LexicalReader, encoder: Encoder, kept: Encoder | None = None):
        """`kept` is the encoder behind a cache, for phrasings; questions are kept nowhere."""
        self.phrasings = lexical.phrasings
        self._lexical, self._encoder = lexical, encoder
        self._table = (kept or encoder).encode([_plain(words(t)) for t in self.phrasings.texts])

    def likeness(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """The mean of both cosines."""
        vectors = self._encoder.encode([_plain(text) for text in texts])
        return (vectors @ self._table.T + self._lexical.likeness(texts)) / 2


def _plain(text: Sequence[str]) -> str:
    return " ".join(word[1:-1] if SLOT.match(word) else word for word in text)


def _grams(text: Sequence[str]) -> Counter[str]:
    """Weights of the grams of one text."""
    found: Counter[str] = Counter()
    for word in text:
        if SLOT.match(word):
            found[f" {word}"] = _WORD / 2
            continue
        weight = _FILLER if word in FILLER else 1.0
        found[f" {word}"] = max(found[f" {word}"], weight * _WORD)
        edged = f"<{word}>"
        runs = [edged[i : i + n] for n in _GRAMS for i in range(len(edged) - n + 1)]
        for run in runs:
            found[run] = max(found[run], weight * _RUN / np.sqrt(max(len(runs) / 8, 1)))
    for one, other in pairwise(text):
        weight = _FILLER if one in FILLER and other in FILLER else 1.0
        found[f" {one} {other}"] = weight * _PAIR
    return found


class Scorer:
    """Scores every intent: the mean of its nearest phrasing's likeness and of a ridge regression on
    all likenesses (Saunders et al. 1998); of the two alone either named fewer of the phrasings that
    were left out in turn.

    Attributes
    ----------
    bars : tuple of float
        Least score that is an answer, for a text that names nobody and nothing, and for one that
        does: of the phrasings of what is refused, each left out in turn, `refused` are.
    accuracy : float
        Share of the phrasings that are read right, each left out in turn.
    """

    def __init__(self, reader: Reader, refused: float = REFUSED):
        self.reader, self.phrasings = reader, reader.phrasings
        self.names = list(self.phrasings.labels)
        place = {name: n for n, name in enumerate(self.names)}
        self._of = np.array([place[intent] for intent in self.phrasings.intents])
        told = [words(text) for text in self.phrasings.texts]
        likeness = reader.likeness(told)
        likeness = (likeness + likeness.T) / 2
        truth = np.eye(len(self.names))[self._of]
        inverse = np.linalg.inv(likeness + RIDGE * np.eye(len(truth)))
        self._weights = inverse @ truth
        left_out = truth - self._weights / np.diag(inverse)[:, None]
        np.fill_diagonal(likeness, 0.0)
        scores = (self._nearest(likeness) + left_out) / 2
        best = scores.argmax(axis=1)
        self.accuracy = float((best == self._of).mean())
        none = place[NONE]
        answered = np.where(best == none, 0.0, scores.max(axis=1))
        names_something = np.array([any(map(SLOT.match, one)) for one in told])
        self.bars = tuple(
            _bar(answered[(self._of == none) & (names_something == named)], refused)
            for named in (False, True)
        )

    def bar(self, text: Sequence[str]) -> float:
        """Least score that is an answer to a text."""
        return self.bars[any(map(SLOT.match, text))]

    def scores(self, texts: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        """Of texts, as words: scores (n_texts, n_intents), and the nearest phrasing of each."""
        likeness = self.reader.likeness(texts)
        return (self._nearest(likeness) + likeness @ self._weights) / 2, likeness.argmax(axis=1)

    def _nearest(self, likeness: np.ndarray) -> np.ndarray:
        columns = [likeness[:, self._of == n].max(axis=1) for n in range(len(self.names))]
        return np.stack(columns, axis=1)


def read(scorer: Scorer, texts: Sequence[Sequence[str]]) -> list[Reading]:
    """The intent of each text, as words."""
    scores, near = scorer.scores(texts)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :2]
    return [
        Reading(
            scorer.names[first],
            float(scores[n, first]),
            float(scores[n, first] - scores[n, second]),
            scorer.phrasings.texts[near[n]],
        )
        for n, (first, second) in enumerate(order)
    ]


def _bar(scores: np.ndarray, refused: float) -> float:
    wrong = np.sort(scores)
    return float(np.nextafter(wrong[int(np.ceil(refused * len(wrong))) - 1], 1.0))


def best_scorer(reads: str, lexical: LexicalReader, encoder: Callable[[], CachedEncoder]) -> Scorer:
    """By meaning where that is asked for, the weights are here and it reads better; else by words.

    Parameters
    ----------
    reads : str
        "meaning" or "words", the setting `questions.reads`.
    encoder : callable
        Gives the bank's encoder, or raises WeightsError.
    """
    by_words = Scorer(lexical)
    if reads == "words":
        return by_words
    try:
        kept = encoder()
        by_meaning = Scorer(MeaningReader(lexical, kept.encoder, kept))
    except WeightsError:
        return by_words
    return max(by_words, by_meaning, key=lambda one: one.accuracy)
