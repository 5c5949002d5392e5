"""The folder of a Whisper model in the form of CTranslate2 in; what it hears out."""

import importlib
import math
from typing import Any

import numpy as np

from engine.errors import WeightsError
from engine.models.recognisers.recogniser import Heard
from engine.models.weights import ModelWeights

PACKAGE = "faster-whisper"
_NEEDED = ("model.bin", "config.json", "tokenizer.json")
"""Without its tokenizer the library would ask the hub for one."""


class Whisper:
    """A Whisper model, run by faster-whisper on the processor in 8-bit whole numbers.

    Parameters
    ----------
    located : ModelWeights
    threads : int

    Raises
    ------
    WeightsError
        If a file of the model or the package that runs it is missing, or it cannot be loaded.
    """

    def __init__(self, located: ModelWeights, threads: int):
        self.name = located.name
        self.identity = located.identity
        if missing := [one for one in _NEEDED if not (located.path / one).is_file()]:
            raise WeightsError(
                f"{located.path} lacks {', '.join(missing)}, which a Whisper model of CTranslate2 "
                "has; convert it anew with its tokenizer."
            )
        try:
            library: Any = importlib.import_module("faster_whisper")
        except ImportError as error:
            raise WeightsError(
                f"{located.name} is here, and the package that runs it is not ({error}): pip "
                "install --require-hashes --no-deps -r requirements-extra.txt"
            ) from error
        try:
            self._model = library.WhisperModel(
                str(located.path),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise WeightsError(f"{located.name} cannot be loaded: {error}.") from error
        self._english = located.name.endswith(".en")

    def hear(self, samples: np.ndarray) -> Heard:
        """One pass without chance: no second try at a higher temperature, no memory of before."""
        found, _ = self._model.transcribe(
            samples,
            language="en" if self._english else None,
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
        )
        segments = list(found)
        text = " ".join(one.text.strip() for one in segments).strip()
        lengths = [max(1, len(one.tokens)) for one in segments]
        if not text:
            return Heard("")
        mean = np.average([one.avg_logprob for one in segments], weights=lengths)
        return Heard(text, min(1.0, math.exp(float(mean))))
