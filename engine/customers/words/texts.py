"""Settings in; the two text models that customers are read with out, both behind their caches."""

from dataclasses import dataclass
from pathlib import Path

from engine.models.categories import TextClassifier
from engine.models.encoder import load_encoder
from engine.models.keywords import KeywordReader, load_keywords
from engine.models.sentiment import Sentiment, load_sentiment
from engine.models.text_versions import CATEGORY, SENTIMENT, TextVersions
from engine.settings import Settings


@dataclass(frozen=True)
class TextModels:
    """The models that read messages; nothing is loaded until a text is new to their caches."""

    sentiment: Sentiment
    keywords: KeywordReader
    categoriser: Path | None = None
    """Folder of the classifier of spending that was fitted on this bank's labels and serves."""


def load_texts(
    settings: Settings,
    *,
    cache: Path | None = None,
    shipped: Path | None = None,
    versions: TextVersions | None = None,
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
    versions : TextVersions, optional
        Models fitted on the bank's own labels; where one serves it is used.
    """
    mood = versions.serving_path(SENTIMENT) if versions else None
    return TextModels(
        load_sentiment(settings, cache=cache, shipped=shipped, fitted=mood),
        load_keywords(settings, cache=cache, shipped=shipped),
        versions.serving_path(CATEGORY) if versions else None,
    )


def load_categoriser(settings: Settings, texts: TextModels) -> TextClassifier | None:
    """The classifier of spending that settings name, else the fitted one that serves.

    What it encodes is kept with other texts.
    """
    folder = settings.models.categoriser or texts.categoriser
    if not folder:
        return None
    kept = texts.sentiment.cache
    return TextClassifier.load(
        Path(folder), lambda: load_encoder(settings, cache=kept.folder, shipped=kept.shipped)
    )
