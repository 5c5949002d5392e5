"""Settings in; the first recogniser that is on this machine, or what to do to have one, out."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.errors import WeightsError
from engine.models import weights
from engine.models.recognisers import pocketsphinx, vosk, whisper
from engine.models.recognisers.pocketsphinx import PocketSphinx
from engine.models.recognisers.recogniser import Recogniser
from engine.models.recognisers.vosk import Vosk
from engine.models.recognisers.whisper import Whisper
from engine.models.weights import ModelWeights

if TYPE_CHECKING:
    from engine.settings import Settings

HOW_TO_ADD: Final = "pip install --require-hashes --no-deps -r requirements-extra.txt"
NOBODY: Final = f"Speech is not recognised here. To add it: {HOW_TO_ADD}"
SMALLEST: Final = "pocketsphinx"


class Choice(NamedTuple):
    """A recogniser that can be loaded, and its weights where the package does not bring them."""

    name: str
    weights: ModelWeights | None = None


def choose(settings: "Settings", *, cache: Path | None = None) -> Choice | None:
    """The first of ``speech.recognisers`` that is here with the package that runs it.

    Raises
    ------
    WeightsError
        If weights are here and are not the ones they claim to be.
    """
    for name in settings.speech.recognisers:
        if name == SMALLEST:
            if weights.version_of(pocketsphinx.PACKAGE):
                return Choice(name)
            continue
        located = weights.find(name, settings, cache=cache, fetch=False)
        if located is not None and find_spec(_runs(name)) is not None:
            return Choice(name, located)
    return None


def load(settings: "Settings", *, cache: Path | None = None) -> Recogniser:
    """The recogniser itself; takes seconds.

    Raises
    ------
    WeightsError
        If there is none; says how to add one.
    """
    chosen = choose(settings, cache=cache)
    if chosen is None:
        raise WeightsError(NOBODY)
    if chosen.weights is None:
        return PocketSphinx()
    if _runs(chosen.name) == vosk.PACKAGE:
        return Vosk(chosen.weights)
    return Whisper(chosen.weights, settings.speech.threads)


def _runs(name: str) -> str:
    """The module that runs a model of this name."""
    short = name.rsplit("/", 1)[-1].lower()
    return vosk.PACKAGE if short.startswith("vosk") else whisper.PACKAGE.replace("-", "_")
