"""A tiny text model whose answers are known by eye, and profiles of the hand-made bank."""

from dataclasses import dataclass

import numpy as np
import pytest

from engine.bank.consents import effective_consents
from engine.customers.profiles import build
from engine.customers.words.texts import TextModels
from engine.settings import default

GOOD = ("love", "great", "enjoy", "thank")
BAD = ("terrible", "angry", "hate", "awful", "charged twice")
TOPICS = {"travel": ("flight", "travel", "trip"), "investing": ("share", "fund", "etf")}


class FakeSentiment:
    """+.9 for a good word, -.9 for a bad one, 0 otherwise; NaN for a missing text."""

    name = identity = "fake sentiment"
    source = "test"

    def score(self, texts):
        return np.array(
            [
                np.nan
                if not isinstance(text, str) or not text.strip()
                else 0.9 * any(w in text.lower() for w in GOOD)
                - 0.9 * any(w in text.lower() for w in BAD)
                for text in texts
            ],
            dtype=np.float32,
        )


@dataclass(frozen=True)
class FakeFound:
    counts: np.ndarray
    topics: tuple[str, ...]


class FakeKeywords:
    """Counts words of two topics."""

    name = identity = "fake keywords"
    source = "test"

    def read(self, texts):
        counts = [
            [sum(str(t).lower().count(w) for w in words) for words in TOPICS.values()]
            for t in texts
        ]
        return FakeFound(np.array(counts, dtype=float).reshape(len(counts), 2), tuple(TOPICS))


@pytest.fixture(scope="session")
def texts() -> TextModels:
    return TextModels(FakeSentiment(), FakeKeywords())


@pytest.fixture(scope="session")
def profile_of(texts):
    """Build the profiles of a bank with the fake text models."""

    def profiles(bank, settings=None, **arguments):
        settings = settings or default()
        consents = effective_consents(bank, settings)
        return build(bank, consents=consents, texts=texts, settings=settings, **arguments)

    return profiles


@pytest.fixture(scope="session")
def small_profiles(small_bank, profile_of):
    return profile_of(small_bank)
