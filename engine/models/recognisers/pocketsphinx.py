"""PocketSphinx with the English model of its own package: small, and often wrong."""

import importlib
from typing import Any

import numpy as np

from engine.errors import WeightsError
from engine.models.recognisers.recogniser import RATE, Heard
from engine.models.recognisers.vosk import whole_numbers
from engine.models.weights import version_of

PACKAGE = "pocketsphinx"


class PocketSphinx:
    """The smallest of the recognisers; its probabilities mean nothing, so none is given.

    Raises
    ------
    WeightsError
        If the package is missing or its model cannot be loaded.
    """

    def __init__(self) -> None:
        self.name = "PocketSphinx"
        self.identity = f"{self.name} {version_of(PACKAGE)}"
        try:
            library: Any = importlib.import_module("pocketsphinx")
            self._decoder = library.Decoder(samprate=RATE, loglevel="FATAL")
        except ImportError as error:
            raise WeightsError("PocketSphinx is not here: pip install pocketsphinx.") from error
        except RuntimeError as error:
            raise WeightsError(f"PocketSphinx cannot be loaded: {error}.") from error

    def hear(self, samples: np.ndarray) -> Heard:
        """All of it at once."""
        self._decoder.start_utt()
        self._decoder.process_raw(whole_numbers(samples), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Heard("" if found is None else str(found.hypstr))
