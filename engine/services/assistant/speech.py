"""A recording in; what was said in it, for a person to correct, out. Nothing of it is kept."""

import threading
from typing import Final

from engine.errors import WeightsError
from engine.models.recognisers import choose
from engine.models.recognisers.recogniser import Recogniser
from engine.results import Listener, Transcript
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots
from engine.speech import wav
from engine.speech.hearing import hear

_MEGA: Final = 1e6


class Speech:
    """Writes down what is said, on this machine alone.

    Notes
    -----
    Neither a recording nor a transcript is kept or logged, and nothing but words is taken from a
    voice: not who speaks, and not how they feel.
    """

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots
        self._lock = threading.RLock()
        self._results = LastResults()

    def listener(self) -> Listener:
        """Who would write down a recording, or how to have somebody; nothing is loaded."""
        settings = self._snapshots.settings
        limits = settings.speech
        found, note = None, ""
        try:
            found = choose.choose(settings, cache=self._snapshots.state.folder("cache"))
        except WeightsError as error:
            note = str(error)
        if found is None and not note:
            note = choose.NOBODY
        return Listener(
            found.name if found else "", note, limits.longest_seconds, limits.most_bytes / _MEGA
        )

    def transcribe(self, content: bytes) -> Transcript:
        """What is said in a WAV file.

        Raises
        ------
        BadInput
            If it is no WAV file of 8 to 48 kHz, too long or too large; one sentence.
        WeightsError
            If somebody speaks and no recogniser is here; says how to add one.
        """
        limits = self._snapshots.settings.speech
        recording = wav.read(content, limits)
        with self._lock:  # a recogniser hears one recording at a time
            return hear(recording, limits, self._recogniser)

    def _recogniser(self) -> Recogniser:
        """Loaded once, until the settings name another."""
        settings = self._snapshots.settings
        cache = self._snapshots.state.folder("cache")
        key = (settings.speech, settings.models.folders)
        with self._lock:
            return self._results.get("recogniser", key, lambda: choose.load(settings, cache=cache))
