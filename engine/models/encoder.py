"""Texts in, unit vectors out; a text that was ever embedded costs no encoder."""

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from engine.errors import WeightsError
from engine.models import weights
from engine.models.text_cache import TextCache
from engine.threads import one_torch_thread

if TYPE_CHECKING:
    from engine.settings import Settings

BATCH = 32
"""Texts at a time; 32 was the fastest for the default encoder (measured)."""


class Encoder(Protocol):
    """What turns texts into vectors whose product is their cosine."""

    name: str
    sha256: str

    @property
    def dimension(self) -> int:
        """Numbers per vector."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of shape (n_texts, dimension), float32."""


class SentenceEncoder:
    """A Sentence Transformers model, loaded from its folder at the first text.

    Parameters
    ----------
    model : ModelWeights
        From `weights.resolve`.

    Notes
    -----
    Runs on one thread of the CPU, so that machines with a GPU or another number of cores give
    the same vectors (short texts are no faster with more). A vector depends on its neighbours in
    the batch by about 1e-7 (measured): the same texts in the same order give the same bytes, and
    the cache keeps what was computed first. Encoders of the same weights share them in memory.
    """

    def __init__(self, model: weights.ModelWeights) -> None:
        self.weights = model
        self.name, self.sha256 = model.name, model.sha256

    @cached_property
    def dimension(self) -> int:
        """Numbers per vector, read from the model's configuration without loading it."""
        return _dimension(self.weights.path)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of shape (n_texts, dimension), float32."""
        if not len(texts):
            return np.empty((0, self.dimension), np.float32)
        with one_torch_thread():
            vectors: np.ndarray = self._model.encode(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return vectors.astype(np.float32, copy=False)

    @cached_property
    def _model(self) -> Any:
        return _in_memory(self.weights)


class CachedEncoder:
    """An encoder behind a cache: texts that are known do not reach it."""

    def __init__(self, encoder: Encoder, cache: TextCache) -> None:
        self.encoder = encoder
        self.cache = cache
        self.name, self.sha256 = encoder.name, encoder.sha256

    @property
    def dimension(self) -> int:
        """Numbers per vector."""
        return self.encoder.dimension

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of shape (n_texts, dimension), float32."""
        return self.cache.vectors(
            texts, f"encoder {self.name}@{self.sha256}", self.dimension, self.encoder.encode
        )


def load_encoder(
    settings: "Settings", *, cache: Path | None = None, shipped: Path | None = None
) -> CachedEncoder:
    """The encoder that settings name, behind its cache; nothing is loaded yet.

    Parameters
    ----------
    settings : Settings
        Reads ``models.encoder``, ``models.folders`` and ``models.allow_hub``.
    cache : Path, optional
        Folder of the cache; without one every call computes.
    shipped : Path, optional
        Folder of the results that came with the bank.

    Raises
    ------
    WeightsError
        If its weights are not on this machine or are not the ones they claim to be.
    """
    model = weights.resolve(settings.models.encoder, settings, cache=cache)
    return CachedEncoder(SentenceEncoder(model), TextCache(cache, shipped))


@lru_cache(maxsize=2)
def _in_memory(model: weights.ModelWeights) -> Any:
    return sentence_transformer(model)


def sentence_transformer(model: weights.ModelWeights) -> Any:
    """The model of a Sentence Transformers folder, on the CPU.

    Raises
    ------
    WeightsError
        If the folder does not load as one.
    """
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return SentenceTransformer(
            str(model.path),
            device="cpu",
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(
            f"{model.path} does not load as the encoder {model.name}: {error}. Expected a "
            "Sentence Transformers folder (modules.json, config.json, model.safetensors)."
        ) from error


def _dimension(folder: Path) -> int:
    """Width that the last module of a Sentence Transformers folder gives out."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        for module in reversed(modules):
            config = folder / module["path"] / "config.json"
            keys = json.loads(config.read_text("utf-8")) if config.is_file() else {}
            for key in ("out_features", "word_embedding_dimension", "embedding_dimension"):
                if key in keys:
                    return int(keys[key])
        return int(json.loads((folder / "config.json").read_text("utf-8"))["hidden_size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"{folder} is not a Sentence Transformers folder: {error!r}. Expected modules.json "
            "and the configuration of each module."
        ) from error
