"""Texts of products in; which topics each is about, by likeness of meaning alone, out."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from engine.models.encoder import Encoder
from engine.models.zero_shot import label_vectors

TOPICS: Final = Path(__file__).with_name("product_topics.toml")
LIKELY: Final = 0.25
"""Chance from which a topic is named beside the likeliest (chosen on one half of our own labelled
texts; the other half judges, see `evaluate product-topics`)."""


@cache
def topics() -> tuple[str, ...]:
    """The ten topics, in the order of the columns of `chances`."""
    return tuple(_described())


@cache
def _described() -> dict[str, str]:
    return dict(tomllib.loads(TOPICS.read_text("utf-8"))["topics"])


def chances(texts: Sequence[str], encoder: Encoder, temperature: float) -> np.ndarray:
    """Chance of each topic for each text, shape (n_texts, n_topics); rows sum to 1.

    Notes
    -----
    Softmax of the cosines between a text and each topic, as the mean of its name and its
    description (zero-shot: nothing was learned from labelled products).
    """
    if not len(texts):
        return np.zeros((0, len(topics())))
    labels = label_vectors(encoder, {name: [name, said] for name, said in _described().items()})
    logits = encoder.encode(list(texts)) @ labels.T / temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
    return shares


def named(chance: np.ndarray) -> np.ndarray:
    """Which topics are named: the likeliest, and any other from `LIKELY` on; bool of its shape."""
    found = chance >= LIKELY
    if len(chance):
        found[np.arange(len(chance)), chance.argmax(axis=1)] = True
    return found
