"""The folder of a VOSK model in; what it hears out."""

import importlib
import json
from typing import Any

import numpy as np

from engine.errors import WeightsError
from engine.models.recognisers.recogniser import RATE, Heard
from engine.models.weights import ModelWeights

PACKAGE = "vosk"


class Vosk:
    """A VOSK model, whose folder the settings name.

    Raises
    ------
    WeightsError
        If the package is missing or the folder holds no model.
    """

    def __init__(self, located: ModelWeights):
        self.name = "VOSK"
        self.identity = located.identity
        try:
            self._library: Any = importlib.import_module("vosk")
        except ImportError as error:
            raise WeightsError("A VOSK model is here: pip install vosk.") from error
        self._library.SetLogLevel(-1)
        try:
            self._model = self._library.Model(str(located.path))
        except Exception as error:  # the library raises Exception itself
            raise WeightsError(
                f"{located.path} holds no VOSK model: {error}. Name its folder under "
                "[models.folders]."
            ) from error

    def hear(self, samples: np.ndarray) -> Heard:
        """All of it at once; the mean of the chances of its words."""
        recogniser = self._library.KaldiRecognizer(self._model, RATE)
        recogniser.SetWords(True)
        recogniser.AcceptWaveform(whole_numbers(samples))
        told = json.loads(recogniser.FinalResult())
        chances = [float(one["conf"]) for one in told.get("result", ())]
        return Heard(str(told.get("text", "")), sum(chances) / len(chances) if chances else None)


def whole_numbers(samples: np.ndarray) -> bytes:
    """Samples of -1 to 1 as signed 16-bit numbers, low byte first."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
