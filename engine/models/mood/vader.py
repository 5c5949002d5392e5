"""Texts in, VADER's compound score with our banking words on top out."""

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.models import weights
from engine.models.hashes import sha256_of_file

LEXICON: Final = Path(__file__).with_name("banking_lexicon.toml")
_GAP: Final = re.compile(r"[\s-]+")


class VaderSentiment:
    """VADER's compound score with our banking lexicon on top.

    Parameters
    ----------
    lexicon : Path
        TOML with the tables `words` and `phrases`, valence from -4 to 4. A phrase counts as one
        word; a word at 0 is taken out of VADER's own lexicon.
    """

    name = "VADER with a banking lexicon"
    source = "default"

    def __init__(self, lexicon: Path = LEXICON) -> None:
        self.lexicon = lexicon
        version = weights.version_of("vaderSentiment")
        self.identity = f"vader {version} {sha256_of_file(lexicon)}"

    def score(self, texts: list[str]) -> np.ndarray:
        """Sentiment of shape (n_texts,), from -1 to 1."""
        analyzer, phrases = self._loaded
        straight = (text.replace("\u2019", "'") for text in texts)
        joined = (phrases.sub(lambda m: _GAP.sub("_", m.group()), text) for text in straight)
        scores = (analyzer.polarity_scores(text)["compound"] for text in joined)
        return np.fromiter(scores, np.float32, len(texts))

    @cached_property
    def _loaded(self) -> tuple[Any, re.Pattern[str]]:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        ours = tomllib.loads(self.lexicon.read_text("utf-8"))
        analyzer = SentimentIntensityAnalyzer()
        for word, valence in ours["words"].items():
            analyzer.lexicon[word] = valence
            if not valence:
                del analyzer.lexicon[word]
        analyzer.lexicon |= {phrase.replace(" ", "_"): v for phrase, v in ours["phrases"].items()}
        longest_first = sorted(ours["phrases"], key=lambda phrase: (-len(phrase), phrase))
        either = "|".join(re.escape(p).replace(r"\ ", _GAP.pattern) for p in longest_first)
        return analyzer, re.compile(rf"\b(?:{either})\b", re.IGNORECASE)
