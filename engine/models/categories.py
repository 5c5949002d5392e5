"""Short texts in; the chance of each label, with the words behind it, from a saved classifier."""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
from scipy import sparse

from engine.errors import StateError
from engine.models.encoder import Encoder
from engine.models.recommender import load_arrays, save_arrays

ARRAYS: Final = "text.npz"
FACTS: Final = "text.json"
_KIND: Final = "text classifier 2"
_REMEDY: Final = "Run fit-text again."
_WORD: Final = re.compile(r"[^\W_]+")
_GRAMS: Final = (2, 3, 4, 5)
WHOLE: Final = "the meaning of the whole text"
BEFORE: Final = "how common the label is"


class Why(NamedTuple):
    """What drove an answer.

    Attributes
    ----------
    label, against : str
        The answer, and the label that came next.
    chance : float
    terms : tuple of (str, float)
        Words, the strongest first; they sum to the log-odds of `label` against `against`.
    """

    label: str
    chance: float
    against: str
    terms: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class TextClassifier:
    """Words and characters, an encoder's vectors or both before one linear model.

    Predicting needs no scikit-learn, and no encoder where only words are read.

    Attributes
    ----------
    labels : tuple of str
        In the order of the columns of `chances`.
    grams : tuple of str
        Sorted; a word starts with a space. None where only vectors are read.
    idf : ndarray of shape (n_grams,)
    coefficients : ndarray of shape (n_grams, n_labels), float32
    meaning : ndarray of shape (n_dimensions, n_labels), float32
        Weights of the encoder's vector; no rows where only words are read.
    intercepts : ndarray of shape (n_labels,)
    encoder : Encoder, optional
    """

    labels: tuple[str, ...]
    grams: tuple[str, ...]
    idf: np.ndarray
    coefficients: np.ndarray
    meaning: np.ndarray
    intercepts: np.ndarray
    encoder: Encoder | None = None

    def chances(self, texts: Sequence[str | None]) -> np.ndarray:
        """Chance of each label, shape (n_texts, n_labels); rows sum to 1, NaN for missing texts."""
        known = np.array([isinstance(text, str) for text in texts], dtype=bool)
        read = [text if isinstance(text, str) else "" for text in texts]
        logits = self._words(read) @ self.coefficients + self.intercepts
        if len(self.meaning) and self.encoder is not None:
            logits = logits + self.encoder.encode(read) @ self.meaning
        odds = np.exp(logits - logits.max(axis=1, keepdims=True)) if len(texts) else logits
        return np.where(known[:, None], odds / odds.sum(axis=1, keepdims=True), np.nan)

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """The likeliest label of each text; ties go to the first."""
        return np.array(self.labels, dtype=object)[self.chances(texts).argmax(axis=1)]

    def why(self, text: str) -> Why:
        """The words behind the answer to one text.

        A run of characters counts for the word that it stands in; where several words have it,
        each has its share.
        """
        chances = self.chances([text])[0]
        first, second = np.argsort(-chances, kind="stable")[:2]
        weights = self.coefficients[:, first] - self.coefficients[:, second]
        row = self._words([text])
        drives = dict(zip(row.indices, row.data * weights[row.indices], strict=True))
        places = {gram: place for place, gram in enumerate(self.grams)}
        total = grams_of(text)
        terms: Counter[str] = Counter()
        for words, grams in _parts(text):
            for gram, n in grams.items():
                terms[words] += drives.get(places.get(gram, -1), 0.0) * n / total[gram]
        if len(self.meaning) and self.encoder is not None:
            vector = self.encoder.encode([text])[0]
            terms[WHOLE] = vector @ (self.meaning[:, first] - self.meaning[:, second])
        terms[BEFORE] = self.intercepts[first] - self.intercepts[second]
        ordered = sorted(terms.items(), key=lambda term: (-abs(term[1]), term[0]))
        shown = tuple((word, float(value)) for word, value in ordered if value)
        return Why(self.labels[first], float(chances[first]), self.labels[second], shown)

    def _words(self, texts: Sequence[str]) -> sparse.csr_array:
        return matrix([grams_of(text) for text in texts], self.grams, self.idf)

    def save(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write text.npz and text.json (what it was fitted on and how well it does)."""
        reads = self.encoder if len(self.meaning) else None
        save_arrays(
            folder / ARRAYS,
            _KIND,
            grams=np.array(self.grams, dtype=str),
            labels=np.array(self.labels),
            idf=self.idf,
            coefficients=self.coefficients,
            meaning=self.meaning,
            intercepts=self.intercepts,
            encoder=np.array([reads.name, reads.sha256] if reads else ["", ""]),
        )
        draft = folder / f"{FACTS}.draft"
        draft.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(folder / FACTS)

    @classmethod
    def load(cls, folder: Path, encoder: Callable[[], Encoder] | None = None) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        encoder : callable, optional
            Asked for the encoder where the classifier reads vectors, and only then.

        Raises
        ------
        StateError
            If the folder holds no such model, a damaged one or one of another release, or if it
            was fitted on the vectors of another encoder.
        """
        if not (folder / ARRAYS).is_file():
            raise StateError(
                f"There is no {ARRAYS} in {folder}. Make one with: python -m engine fit-text "
                f"--into {folder}"
            )
        names = ("labels", "grams", "idf", "coefficients", "meaning", "intercepts", "encoder")
        labels, grams, idf, coefficients, meaning, intercepts, fitted_on = load_arrays(
            folder / ARRAYS, _KIND, *names, remedy=_REMEDY
        )
        n = len(labels)
        shapes = (coefficients.shape, meaning.shape[1:], idf.shape, intercepts.shape)
        if shapes != ((len(grams), n), (n,), grams.shape, (n,)):
            raise StateError(f"{folder / ARRAYS} does not fit together. {_REMEDY}")
        used = encoder() if encoder is not None and len(meaning) else None
        name, digest = fitted_on.tolist()
        if len(meaning) and (used is None or used.sha256 != digest):
            found = "there is none" if used is None else f"{used.name} is in use"
            raise StateError(
                f"{folder / ARRAYS} was fitted on the vectors of {name} ({digest[:12]}) and {found}"
                ". Name that encoder in the setting models.encoder, or run fit-text again."
            )
        arrays = (idf, coefficients, meaning, intercepts)
        return cls(tuple(labels.tolist()), tuple(grams.tolist()), *arrays, used)


def grams_of(text: str) -> Counter[str]:
    """Words, pairs of neighbouring words, and runs of characters within each word."""
    found: Counter[str] = Counter()
    for _, grams in _parts(text):
        found.update(grams)
    return found


def _parts(text: str) -> list[tuple[str, Counter[str]]]:
    """Each word with its runs of 2 to 5 characters, and each pair of words; every digit is a 0."""
    words = _WORD.findall(re.sub(r"\d", "0", text.lower()))
    parts = []
    for word in words:
        edged = f"<{word}>"
        runs = (edged[i : i + n] for n in _GRAMS for i in range(len(edged) - n + 1))
        parts.append((word, Counter([f" {word}", *runs])))
    pairs = (f"{word} {after}" for word, after in pairwise(words))
    return [*parts, *((pair, Counter([f" {pair}"])) for pair in pairs)]


def matrix(
    counts: Sequence[Counter[str]], grams: Sequence[str], idf: np.ndarray, little: float = 0.0
) -> sparse.csr_array:
    """Rows of length 1: (1 + log count) * idf of the grams that are known.

    With `little`, a squared length to which that of a row is added, a row of few grams is shorter,
    so that a single word is no proof.
    """
    places = {gram: place for place, gram in enumerate(grams)}
    columns, values, ends = [], [], [0]
    for count in counts:
        known = sorted((places[gram], n) for gram, n in count.items() if gram in places)
        columns += [place for place, _ in known]
        values += [n for _, n in known]
        ends.append(len(columns))
    at, starts = np.array(columns, dtype=np.int32), np.array(ends, dtype=np.int32)
    data = (1 + np.log(np.array(values, dtype=float))) * idf[at]
    table = sparse.csr_array((data, at, starts), shape=(len(counts), len(grams)))
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel() + little)
    table.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(ends))
    return table
