"""Texts and described labels in, the chance of each label out, without training."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.errors import BadInput
from engine.models import weights
from engine.models.encoder import Encoder
from engine.models.pipelines import Classifier, load_pipeline
from engine.models.text_cache import CachedTextModel, TextCache, TextModel, readable

if TYPE_CHECKING:
    from engine.settings import Settings

HYPOTHESIS = "This text is about {}."


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
    shows its labels calls them a guess.
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
        odds = np.exp((cosines - cosines.max(axis=1, keepdims=True)) / self.temperature)
        return odds / odds.sum(axis=1, keepdims=True)


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
