"""Short texts and their labels in; a classifier that is saved without pickle out."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from scipy import sparse

from engine.errors import BadInput, StateError
from engine.models.recommender import load_arrays, save_arrays

ARRAYS: Final = "text.npz"
FACTS: Final = "text.json"
_KIND: Final = "text classifier"
_WORD: Final = re.compile(r"[^\W_]+")
_GRAMS: Final = (2, 3, 4, 5)
INVERSE_RIDGE: Final = 10.0
"""Of the logistic regression; on 423 statement lines 10 to 100 are alike, 1 is worse (measured)."""


@dataclass(frozen=True, eq=False)
class TextClassifier:
    """Character and word tf-idf before a logistic regression; predicting needs no scikit-learn.

    Attributes
    ----------
    labels : tuple of str
        In the order of the columns of `chances`.
    grams : tuple of str
        Sorted; a word starts with a space.
    idf : ndarray of shape (n_grams,)
    coefficients : ndarray of shape (n_grams, n_labels), float32
    intercepts : ndarray of shape (n_labels,)
    """

    labels: tuple[str, ...]
    grams: tuple[str, ...]
    idf: np.ndarray
    coefficients: np.ndarray
    intercepts: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], labels: Sequence[str], *, seed: int) -> Self:
        """Learn from labelled texts.

        Raises
        ------
        BadInput
            If there are fewer than two labels, or the texts hold no letter or digit.

        Notes
        -----
        Classes weigh alike, however rare. tf-idf of characters and words with a logistic
        regression equals an encoder's vectors with one on statement lines (measured), without a
        network.
        """
        from sklearn.linear_model import LogisticRegression

        names, y = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if len(names) < 2:
            raise BadInput(f"Got the labels {names.tolist()}; expected at least two.")
        counts = [_grams(text) for text in texts]
        grams = tuple(sorted(set().union(*counts)))
        if not grams:
            raise BadInput("The texts hold no letter and no digit; expected statement lines.")
        n_texts_with = Counter(gram for count in counts for gram in count)
        documents = np.array([n_texts_with[gram] for gram in grams])
        idf = np.log((1 + len(texts)) / (1 + documents)) + 1
        model = LogisticRegression(
            C=INVERSE_RIDGE, class_weight="balanced", max_iter=1000, random_state=seed
        ).fit(_matrix(counts, grams, idf), y)
        coefficients, intercepts = model.coef_, model.intercept_
        if len(names) == 2:  # one row says all; the softmax wants one for each label
            coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
            intercepts = np.append(0.0, intercepts)
        return cls(tuple(names.tolist()), grams, idf, coefficients.T.astype(np.float32), intercepts)

    def chances(self, texts: Sequence[str | None]) -> np.ndarray:
        """Chance of each label, shape (n_texts, n_labels); rows sum to 1, NaN for missing texts."""
        known = np.array([isinstance(text, str) for text in texts], dtype=bool)
        counts = [_grams(text) if isinstance(text, str) else Counter() for text in texts]
        logits = _matrix(counts, self.grams, self.idf) @ self.coefficients + self.intercepts
        odds = np.exp(logits - logits.max(axis=1, keepdims=True)) if len(texts) else logits
        return np.where(known[:, None], odds / odds.sum(axis=1, keepdims=True), np.nan)

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """The likeliest label of each text; ties go to the first."""
        return np.array(self.labels, dtype=object)[self.chances(texts).argmax(axis=1)]

    def save(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write text.npz and text.json (what it was fitted on and how well it does)."""
        save_arrays(
            folder / ARRAYS,
            _KIND,
            grams=np.array(self.grams),
            labels=np.array(self.labels),
            idf=self.idf,
            coefficients=self.coefficients,
            intercepts=self.intercepts,
        )
        draft = folder / f"{FACTS}.draft"
        draft.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(folder / FACTS)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        StateError
            If the folder holds no such model or a damaged one.
        """
        if not (folder / ARRAYS).is_file():
            raise StateError(
                f"There is no {ARRAYS} in {folder}. Make one with: python -m engine fit-text "
                f"--into {folder}"
            )
        names = ("labels", "grams", "idf", "coefficients", "intercepts")
        labels, grams, idf, coefficients, intercepts = load_arrays(folder / ARRAYS, _KIND, *names)
        if coefficients.shape != (len(grams), len(labels)) or idf.shape != grams.shape:
            raise StateError(f"{folder / ARRAYS} does not fit together. Run fit-text again.")
        return cls(tuple(labels.tolist()), tuple(grams.tolist()), idf, coefficients, intercepts)


def _grams(text: str) -> Counter[str]:
    """Words, and runs of 2 to 5 characters within each word and its edges; every digit is a 0."""
    grams: Counter[str] = Counter()
    for word in _WORD.findall(re.sub(r"\d", "0", text.lower())):
        grams[f" {word}"] += 1
        edged = f"<{word}>"
        for n in _GRAMS:
            grams.update(edged[i : i + n] for i in range(len(edged) - n + 1))
    return grams


def _matrix(
    counts: Sequence[Counter[str]], grams: Sequence[str], idf: np.ndarray
) -> sparse.csr_array:
    """Rows of length 1: (1 + log count) * idf of the grams that are known."""
    places = {gram: place for place, gram in enumerate(grams)}
    columns, values, ends = [], [], [0]
    for count in counts:
        known = sorted((places[gram], n) for gram, n in count.items() if gram in places)
        columns += [place for place, _ in known]
        values += [n for _, n in known]
        ends.append(len(columns))
    data = (1 + np.log(np.array(values, dtype=float))) * idf[np.array(columns, dtype=np.int64)]
    table = sparse.csr_array((data, columns, ends), shape=(len(counts), len(grams)))
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table.data /= np.repeat(np.where(lengths > 0, lengths, 1.0), np.diff(ends))
    return table
