"""Texts in; the chance of each mood, by a linear head over words, their classes and VADER, out."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from scipy import sparse

from engine.errors import StateError
from engine.models.categories import matrix
from engine.models.hashes import sha256_of_file
from engine.models.mood.reading import CUES, grams_of, sentences, without_greeting
from engine.models.mood.vader import VaderSentiment
from engine.models.recommender import load_arrays, save_arrays

ARRAYS: Final = Path(__file__).with_name("head.npz")
FACTS: Final = ARRAYS.with_suffix(".json")
CLASSES: Final = ("negative", "neutral", "positive")
N_SCORES: Final = 4
LITTLE: Final = 100.0
"""Squared length of about four words: a text of one word is a fifth as long (own choice)."""
_KIND: Final = "mood head 1"
_SCORES: Final = "scores 2"
"""Another one where the same arrays give other scores, so that no cache answers for them."""
_REMEDY: Final = "Restore it from the package, or run: python -m engine ship-mood"


@dataclass(frozen=True, eq=False)
class MoodHead:
    """The default model of mood.

    It learned from sentences that were written for it (engine.lab.mood_generator), so it is
    indicative until a bank fits its own labels.

    Attributes
    ----------
    grams : tuple of tuple of str
        Words and classes of words that are known, each sorted.
    idf : tuple of ndarray
    coefficients : ndarray of shape (n_words + n_cues + N_SCORES, 3), float32
        Rows of words, classes and VADER's scores; columns as CLASSES.
    intercepts : ndarray of shape (3,)
    temperature : float
        Logits are divided by it (Guo et al. 2017).
    bar : float
        A text whose likeliest mood has a lower chance is unsure and reads neutral.
    """

    grams: tuple[tuple[str, ...], tuple[str, ...]]
    idf: tuple[np.ndarray, np.ndarray]
    coefficients: np.ndarray
    intercepts: np.ndarray
    temperature: float
    bar: float
    identity: str = ""

    name = "Attune's mood model"
    source = "default"

    def score(self, texts: list[str]) -> np.ndarray:
        """Chance of positive less chance of negative, float32 of shape (n_texts,).

        0 where neutral is likeliest or the likeliest mood is below the bar: a question is no
        complaint for a hundredth.
        """
        chances = self.chances(texts)
        lean = chances[:, 2] - chances[:, 0]
        likeliest = chances.argmax(axis=1)
        unsure = (likeliest == CLASSES.index("neutral")) | (chances.max(axis=1) < self.bar)
        return np.where(unsure, 0.0, lean).astype(np.float32)

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Chance of each of CLASSES, shape (n_texts, 3)."""
        inputs = inputs_of(read(texts), self.grams, self.idf)
        logits = (inputs @ self.coefficients + self.intercepts) / self.temperature
        odds = np.exp(logits - logits.max(axis=1, keepdims=True)) if len(texts) else logits
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def save(self, path: Path, facts: dict[str, Any]) -> None:
        """Write the arrays, and what is to be known of them beside; same model, same bytes."""
        save_arrays(
            path,
            _KIND,
            words=_packed(self.grams[0]),
            cues=_packed(self.grams[1]),
            idf=np.concatenate(self.idf).astype(np.float32),
            coefficients=self.coefficients,
            intercepts=self.intercepts,
            sureness=np.array([self.temperature, self.bar]),
        )
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        path.with_suffix(".json").write_text(text, "utf-8")

    @classmethod
    def load(cls, path: Path = ARRAYS) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        StateError
            If the file is missing, damaged or does not fit together.
        """
        names = ("words", "cues", "idf", "coefficients", "intercepts", "sureness")
        packed_words, packed_cues, idf, coefficients, intercepts, sureness = load_arrays(
            path, _KIND, *names, remedy=_REMEDY
        )
        grams = (_unpacked(packed_words), _unpacked(packed_cues))
        n_words, n = len(grams[0]), len(grams[0]) + len(grams[1])
        shapes = (idf.shape, coefficients.shape, intercepts.shape, sureness.shape)
        if shapes != ((n,), (n + N_SCORES, 3), (3,), (2,)):
            raise StateError(f"{path} does not fit together. {_REMEDY}")
        parts = (sha256_of_file(path), sha256_of_file(CUES), _vader().identity)
        identity = " ".join((_KIND, _SCORES, *parts))
        split = (idf[:n_words], idf[n_words:])
        return cls(grams, split, coefficients, intercepts, *sureness.tolist(), identity=identity)


@dataclass(frozen=True, eq=False)
class ReadTexts:
    """Texts as the head sees them: counts of words and of classes, and N_SCORES of VADER each."""

    words: list[Counter[str]]
    cues: list[Counter[str]]
    scores: np.ndarray


def read(texts: Sequence[str]) -> ReadTexts:
    """Words, classes of words and VADER's scores of texts, without their greetings.

    The scores are those of the whole text and of its highest and lowest sentence, parts above and
    below zero apart.
    """
    bare = [without_greeting(text) for text in texts]
    grams = [grams_of(text) for text in bare]
    parts = [sentences(text) for text in bare]
    vader = _vader()
    of_part = vader.score([part for one in parts for part in one])
    starts = np.cumsum([0, *(len(one) for one in parts)])[:-1]
    whole = vader.score(bare)
    scores = np.zeros((len(bare), N_SCORES), np.float32)
    if len(bare):
        highest = np.maximum.reduceat(of_part, starts)
        lowest = np.minimum.reduceat(of_part, starts)
        columns = (whole.clip(min=0), whole.clip(max=0), highest.clip(min=0), lowest.clip(max=0))
        scores = np.column_stack(columns)
    return ReadTexts([words for words, _ in grams], [cues for _, cues in grams], scores)


def inputs_of(
    texts: ReadTexts,
    grams: tuple[tuple[str, ...], tuple[str, ...]],
    idf: tuple[np.ndarray, np.ndarray],
) -> sparse.csr_array:
    """Rows of words and of classes, each of length 1 at most, and the scores."""
    words = matrix(texts.words, grams[0], idf[0], LITTLE)
    cues = matrix(texts.cues, grams[1], idf[1], LITTLE)
    return sparse.csr_array(sparse.hstack([words, cues, sparse.csr_array(texts.scores)]))


@cache
def _vader() -> VaderSentiment:
    return VaderSentiment()


def _packed(grams: Sequence[str]) -> np.ndarray:
    return np.frombuffer("\n".join(grams).encode(), np.uint8)


def _unpacked(packed: np.ndarray) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))
