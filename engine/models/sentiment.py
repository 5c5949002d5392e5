"""Texts in, sentiment from -1 to 1 out, and the words for it."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from engine.errors import WeightsError
from engine.models import weights
from engine.models.categories import ARRAYS, TextClassifier
from engine.models.encoder import load_encoder
from engine.models.hashes import sha256_of_file
from engine.models.mood.head import CLASSES, MoodHead
from engine.models.mood.vader import VaderSentiment
from engine.models.pipelines import Classifier, load_pipeline
from engine.models.text_cache import CachedTextModel, TextCache, TextModel, readable
from engine.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from engine.settings import Settings

VADER: Final = "vader"
WORDS: Final = ("very negative", "negative", "neutral", "positive", "very positive")


class SentimentModel(TextModel, Protocol):
    """What scores texts."""

    identity: str

    def score(self, texts: list[str]) -> np.ndarray:
        """Sentiment of shape (n_texts,), from -1 to 1."""


class TransformerSentiment(Classifier):
    """DistilBERT SST-2, FinBERT or the like: chance of positive less chance of negative.

    Raises
    ------
    WeightsError
        At the first text, if the model's labels do not say which is which.
    """

    def score(self, texts: list[str]) -> np.ndarray:
        """Sentiment of shape (n_texts,), from -1 to 1."""
        classify, signs = self._loaded
        answers = classify(texts, top_k=None, truncation=True, batch_size=32)
        return np.array(
            [sum(signs[a["label"]] * a["score"] for a in answer) for answer in answers], np.float32
        )

    @cached_property
    def _loaded(self) -> tuple[Any, dict[str, int]]:
        classify = load_pipeline("text-classification", self.weights)
        labels = list(classify.model.config.id2label.values())
        signs = {label: _sign(label) for label in labels}
        if {1, -1} - set(signs.values()):
            raise WeightsError(
                f"{self.weights.path} has the labels {labels}; expected one that begins with "
                "'pos' and one with 'neg' in its config.json (id2label)."
            )
        return classify, signs


class FittedSentiment:
    """A classifier fitted on the bank's own labels: chance of positive less chance of negative.

    It is near zero where the classifier is not sure.
    """

    source = "fitted"

    def __init__(self, classifier: TextClassifier, folder: Path) -> None:
        self.classifier = classifier
        self.name = f"fitted on this bank's labels, version {folder.name}"
        self.identity = f"fitted {sha256_of_file(folder / ARRAYS)}"

    def score(self, texts: list[str]) -> np.ndarray:
        """Sentiment of shape (n_texts,), from -1 to 1."""
        labels = self.classifier.labels
        signs = np.array([CLASSES.index(label) - 1 for label in labels], np.float32)
        return (self.classifier.chances(texts) @ signs).astype(np.float32)


class Sentiment(CachedTextModel[SentimentModel]):
    """Sentiment behind a cache."""

    def score(self, texts: Sequence[str | None]) -> np.ndarray:
        """Sentiment of each text.

        Parameters
        ----------
        texts : sequence of str of length n
            None, NaN and blank count as missing.

        Returns
        -------
        ndarray of shape (n,), float32
            From -1 (very negative) to 1; NaN for missing texts.
        """
        present, kept = readable(texts, self.max_chars)
        scores = np.full(len(present), np.nan, np.float32)
        identity = f"sentiment {self.model.identity}"
        scores[present] = self.cache.vectors(kept, identity, 1, self.model.score)[:, 0]
        return scores


def load_sentiment(
    settings: "Settings",
    *,
    cache: Path | None = None,
    shipped: Path | None = None,
    fitted: Path | None = None,
) -> Sentiment:
    """The fitted sentiment model, else the first of settings that is here, else the default.

    Parameters
    ----------
    settings : Settings
        Reads ``models.sentiment``, ``models.sentiment_default`` and ``models.max_text_chars``.
    cache : Path, optional
        Folder of the cache; without one every call computes.
    fitted : Path, optional
        Folder of the version that serves (engine.models.text_versions).

    Raises
    ------
    StateError
        If the fitted one is damaged, or reads another encoder's vectors.
    """
    if fitted is not None:
        read = TextClassifier.load(
            fitted, lambda: load_encoder(settings, cache=cache, shipped=shipped)
        )
        own = FittedSentiment(read, fitted)
        return Sentiment(own, TextCache(cache, shipped), settings.models.max_text_chars)
    real_model = weights.find_first(settings.models.sentiment, settings, cache=cache)
    model = TransformerSentiment(real_model) if real_model else default_sentiment(settings)
    return Sentiment(model, TextCache(cache, shipped), settings.models.max_text_chars)


def default_sentiment(settings: "Settings") -> SentimentModel:
    """What reads mood where no other model is here: the shipped head, or VADER if settings say so.

    Raises
    ------
    StateError
        If the shipped head is damaged.
    """
    if settings.models.sentiment_default == VADER:
        return VaderSentiment()
    return MoodHead.load()


def sentiment_words(scores: np.ndarray, settings: "Settings") -> np.ndarray:
    """Five words for sentiment: >= .7 very positive, >= .3 positive, >= -.3 neutral ...

    NaN reads "unknown"; the bounds are ``models.sentiment_word_bounds``.
    """
    inner, outer = settings.models.sentiment_word_bounds
    edges = np.array([-outer, -inner, inner, outer], np.float32)
    scores = np.asarray(scores, np.float32)
    words = np.array(WORDS)[np.searchsorted(edges, scores, side="right").clip(max=len(edges))]
    return np.where(np.isnan(scores), UNKNOWN, words)


def sentiment_classes(scores: np.ndarray, settings: "Settings") -> np.ndarray:
    """Three classes of sentiment: above .2 positive, below -.2 negative, else neutral.

    NaN reads "unknown"; the bound is ``models.sentiment_class_bound``.
    """
    bound = np.float32(settings.models.sentiment_class_bound)
    scores = np.asarray(scores, np.float32)
    side = (scores > bound).astype(int) - (scores < -bound).astype(int)
    return np.where(np.isnan(scores), UNKNOWN, np.array(CLASSES)[side + 1])


def _sign(label: str) -> int:
    lowered = label.lower()
    return int(lowered.startswith("pos")) - int(lowered.startswith("neg"))
