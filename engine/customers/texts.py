"""Settings in; the two text models that customers are read with out, both behind their caches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.models.keywords import load_keywords
from engine.models.sentiment import load_sentiment
from engine.settings import Settings


class Keywords(Protocol):
    """What n texts are about: engine.models.keywords.Keywords, or a test's own."""

    @property
    def counts(self) -> np.ndarray:
        """How often a term of each topic occurs, shape (n, n_topics)."""

    @property
    def topics(self) -> tuple[str, ...]:
        """Names of the topics."""


class SentimentReader(Protocol):
    """Scores texts from -1 to 1; NaN for a missing one."""

    name: str
    source: str

    def score(self, texts: Sequence[str | None]) -> np.ndarray:
        """Sentiment of shape (n,)."""


class KeywordReader(Protocol):
    """Counts terms by topic."""

    name: str
    source: str

    def read(self, texts: Sequence[str | None]) -> Keywords:
        """Topics of each text."""


@dataclass(frozen=True)
class TextModels:
    """The models that read messages; nothing is loaded until a text is new to their caches."""

    sentiment: SentimentReader
    keywords: KeywordReader


def load_texts(
    settings: Settings, *, cache: Path | None = None, shipped: Path | None = None
) -> TextModels:
    """The best sentiment and keyword models on this machine.

    Parameters
    ----------
    settings : Settings
        Section models.
    cache : Path, optional
        Folder of the result cache (STATE/<bank_id>/cache); without one every call computes.
    shipped : Path, optional
        Folder of the results that came with the bank.
    """
    return TextModels(
        load_sentiment(settings, cache=cache, shipped=shipped),
        load_keywords(settings, cache=cache, shipped=shipped),
    )
