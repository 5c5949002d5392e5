"""Texts and described labels in, the chance of each label out, without training."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

import numpy as np

from engine.errors import BadInput
from engine.models import weights
from engine.models.encoder import Encoder
from engine.models.pipelines import Classifier, load_pipeline
from engine.models.text_cache import CachedTextModel, TextCache, TextModel, readable

if TYPE_CHECKING:
    from engine.settings import Settings

HYPOTHESIS = "This text is about {}."

TEXTS_AS_NAME: Final = 10.0
"""A label whose texts weigh this much follows them and its own words alike (own choice)."""
_ROUNDS: Final = 10
"""Rounds of `Anchors.of`; chances move by less than .01 after five (measured on 1,000 texts)."""


class ZeroShotModel(TextModel, Protocol):
    """What compares texts with descriptions that it was not trained on."""

    identity: str

    def classify(self, texts: list[str], descriptions: list[str]) -> np.ndarray:
        """Chances of shape (n_texts, n_descriptions); each row sums to 1."""


class EncoderZeroShot:
    """The default: softmax over the cosines of texts and descriptions.

    Notes
    -----
    Weak by nature (below the majority class on three of four public sets, measured): a page that
    shows its labels calls them a guess. `Anchors` do better where there are many texts.
    """

    def __init__(self, encoder: Encoder, temperature: float) -> None:
        self.encoder = encoder
        self.temperature = temperature
        self.name = f"{encoder.name} against descriptions"
        self.source = "default"
        self.identity = f"{encoder.name}@{encoder.sha256} / {temperature}"

    def classify(self, texts: list[str], descriptions: list[str]) -> np.ndarray:
        """Chances of shape (n_texts, n_descriptions); each row sums to 1."""
        cosines = self.encoder.encode(texts) @ self.encoder.encode(descriptions).T
        return _softmax(cosines / self.temperature)


@dataclass(frozen=True, eq=False)
class Anchors:
    """Labels as an encoder sees them, moved towards the texts that they are to tell apart.

    Attributes
    ----------
    middle : ndarray of shape (dimension,)
        Mean of the texts' vectors: what all of them have in common says nothing.
    directions : ndarray of shape (n_labels, dimension)
        Unit vectors.
    temperature : float
    """

    middle: np.ndarray
    directions: np.ndarray
    temperature: float

    @classmethod
    def of(cls, texts: np.ndarray, labels: np.ndarray, temperature: float) -> Self:
        """Learn from texts whose labels are not known.

        Parameters
        ----------
        texts : ndarray of shape (n, dimension)
        labels : ndarray of shape (n_labels, dimension)
            Unit vectors of what the labels are called.

        Notes
        -----
        Spherical k-means with soft assignment (Dhillon and Modha 2001) that begins at the labels'
        names and is held by them: the mean of what a label attracts counts by how much that is.
        """
        middle = texts.mean(axis=0)
        centred, names = _unit(texts - middle), _unit(labels - labels.mean(axis=0))
        anchors = cls(middle, names, temperature)
        for _ in range(_ROUNDS):
            chances = anchors._chances(centred)
            mass = chances.sum(axis=0)[:, None]
            pull = 2 * mass / (mass + TEXTS_AS_NAME)
            directions = _unit(names + pull * _unit(chances.T @ centred))
            anchors = replace(anchors, directions=directions)
        return anchors

    def chances(self, texts: np.ndarray) -> np.ndarray:
        """Chance of each label, shape (n, n_labels), for vectors of shape (n, dimension)."""
        return self._chances(_unit(texts - self.middle))

    def _chances(self, centred: np.ndarray) -> np.ndarray:
        return _softmax(centred @ self.directions.T / self.temperature)


def label_vectors(encoder: Encoder, labels: Mapping[str, str | Sequence[str]]) -> np.ndarray:
    """Unit vectors of labels, shape (n_labels, dimension); of several descriptions their mean."""
    rows = [[said] if isinstance(said, str) else list(said) for said in labels.values()]
    vectors = encoder.encode([said for row in rows for said in row])
    ends = np.cumsum([len(row) for row in rows])
    return _unit(np.stack([part.mean(axis=0) for part in np.split(vectors, ends[:-1])]))


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
    return chances


class EntailmentZeroShot(Classifier):
    """A model of natural-language inference such as BART-MNLI, loaded at the first text."""

    def classify(self, texts: list[str], descriptions: list[str]) -> np.ndarray:
        """Chances of shape (n_texts, n_descriptions); each row sums to 1."""
        answers = self._pipeline(texts, descriptions, hypothesis_template=HYPOTHESIS)
        chances = [dict(zip(a["labels"], a["scores"], strict=True)) for a in answers]
        return np.array([[row[d] for d in descriptions] for row in chances], np.float32)

    @cached_property
    def _pipeline(self) -> Any:
        return load_pipeline("zero-shot-classification", self.weights)


class ZeroShot(CachedTextModel[ZeroShotModel]):
    """Zero-shot labels behind a cache."""

    def classify(self, texts: Sequence[str | None], labels: Mapping[str, str]) -> np.ndarray:
        """Chance of each label for each text.

        Parameters
        ----------
        texts : sequence of str of length n
            None, NaN and blank count as missing.
        labels : mapping
            Label -> description in words, at least two, all different.

        Returns
        -------
        ndarray of shape (n, n_labels), float32
            In the order of `labels`; rows sum to 1, and are NaN for missing texts.

        Raises
        ------
        BadInput
            If there are fewer than two labels or two with one description.
        """
        descriptions = list(labels.values())
        if len(descriptions) < 2 or len(set(descriptions)) < len(descriptions):
            raise BadInput(
                f"Got the labels {dict(labels)}; expected at least two, each with a description "
                "of its own."
            )
        digest = hashlib.sha256(json.dumps(descriptions).encode()).hexdigest()
        present, kept = readable(texts, self.max_chars)
        chances = np.full((len(present), len(descriptions)), np.nan, np.float32)
        chances[present] = self.cache.vectors(
            kept,
            f"zero-shot {self.model.identity} {digest}",
            len(descriptions),
            lambda missing: self.model.classify(missing, descriptions),
        )
        return chances


def load_zero_shot(
    settings: "Settings", encoder: Encoder, *, cache: Path | None = None
) -> ZeroShot:
    """The first zero-shot model of settings that is here, else the encoder; nothing is loaded yet.

    Parameters
    ----------
    settings : Settings
        Reads ``models.zero_shot``, ``zero_shot_temperature`` and ``max_text_chars``.
    encoder : Encoder
        Stands in where no real model is found.
    cache : Path, optional
        Folder of the cache; without one every call computes.
    """
    real_model = weights.find_first(settings.models.zero_shot, settings, cache=cache)
    temperature = settings.models.zero_shot_temperature
    model = EntailmentZeroShot(real_model) if real_model else EncoderZeroShot(encoder, temperature)
    return ZeroShot(model, TextCache(cache), settings.models.max_text_chars)
