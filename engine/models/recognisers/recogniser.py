"""What every recogniser of speech is asked and answers."""

from typing import NamedTuple, Protocol

import numpy as np

RATE = 16_000
"""Samples a second that a recogniser is given."""


class Heard(NamedTuple):
    """What was recognised.

    `confidence` is the mean chance of a word, 0-1, None where the recogniser gives none that
    means anything.
    """

    text: str
    confidence: float | None = None


class Recogniser(Protocol):
    """Writes down what was said; words alone, never who speaks or how they feel."""

    name: str
    """As people read it."""
    identity: str
    """Name with version or hash."""

    def hear(self, samples: np.ndarray) -> Heard:
        """What is said in float32 samples of shape (n,), -1 to 1, `RATE` a second, one channel."""
        ...
