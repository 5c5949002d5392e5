"""A recording and a recogniser in; what was said, or why to say it again, out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from engine.models.recognisers.recogniser import RATE, Heard, Recogniser
from engine.results import AGAIN, HEARD, NOTHING, Transcript
from engine.settings import SpeechSettings
from engine.speech.loudness import Loudness, loudness
from engine.speech.wav import Recording

NOBODY_SPEAKS: Final = "Nobody speaks in this recording. Say it again, close to the microphone."
NO_WORDS: Final = "No words were recognised. Say it again, slowly and in English."
UNSURE: Final = "This may be misheard. Correct it before you send it."
HINT: Final = (
    "Say it again: closer to the microphone, in a quieter place, with a moment of silence before "
    "the first word."
)


def hear(
    recording: Recording, settings: SpeechSettings, recogniser: Callable[[], Recogniser]
) -> Transcript:
    """What is said in a recording.

    The recogniser is loaded and asked only where somebody speaks loudly and clearly enough; it is
    given what was spoken alone, so that silence says nothing.
    """
    measured = loudness(recording)
    if measured.spoken is None:
        return _told(recording, measured, NOTHING, NOBODY_SPEAKS)
    if why := refused(measured, settings):
        return _told(recording, measured, AGAIN, why)
    first, last = (round(second * recording.rate) for second in measured.spoken)
    samples = resampled(recording.samples[first:last], recording.rate)
    asked = recogniser()
    heard = Heard(*asked.hear(samples))
    text = " ".join(heard.text.split())
    if not any(one.isalnum() for one in text):
        return _told(recording, measured, NOTHING, NO_WORDS, asked)
    unsure = heard.confidence is not None and heard.confidence < settings.least_confidence
    said = UNSURE if unsure else ""
    return _told(recording, measured, HEARD, said, asked, text, heard.confidence)


def refused(measured: Loudness, settings: SpeechSettings) -> str:
    """Why a recording is asked for again, with its figure; "" where it is not."""
    if measured.level_db < settings.least_level_db:
        return (
            f"Too quiet: the speech is at {measured.level_db:.0f} dB of full scale, and at least "
            f"{settings.least_level_db:.0f} dB is needed. {HINT}"
        )
    if measured.clipped > settings.most_clipped:
        return (
            f"Too loud: {measured.clipped:.0%} of the recording is cut off at full scale. Say it "
            "again, further from the microphone."
        )
    if measured.snr_db < settings.least_snr_db:
        return (
            f"Too noisy: speech stands {measured.snr_db:.1f} dB above the noise, and at least "
            f"{settings.least_snr_db:g} dB is needed. {HINT}"
        )
    return ""


def resampled(samples: np.ndarray, rate: int) -> np.ndarray:
    """float32 samples at the rate of recognisers, through a filter that keeps out aliases."""
    if rate == RATE:
        return samples.astype(np.float32)
    from scipy.signal import resample_poly

    common = int(np.gcd(rate, RATE))
    return resample_poly(samples, RATE // common, rate // common).astype(np.float32)


def _told(
    recording: Recording,
    measured: Loudness,
    status: str,
    sentence: str,
    recogniser: Recogniser | None = None,
    text: str = "",
    confidence: float | None = None,
) -> Transcript:
    spoken = measured.spoken or (0.0, 0.0)
    return Transcript(
        status=status,
        text=text,
        sentence=sentence,
        confidence=confidence,
        seconds=round(recording.seconds, 3),
        spoken_seconds=round(spoken[1] - spoken[0], 3),
        rate=recording.rate,
        channels=recording.channels,
        level_db=round(measured.level_db, 1),
        snr_db=round(measured.snr_db, 1),
        engine=recogniser.name if recogniser else "",
        identity=recogniser.identity if recogniser else "",
    )
