"""What is spoken clearly reaches the recogniser, and nothing else does."""

import numpy as np
import pytest

from engine.models.recognisers.recogniser import RATE, Heard
from engine.results import AGAIN, HEARD, NOTHING, Transcript
from engine.settings import SpeechSettings, load
from engine.speech.hearing import NO_WORDS, NOBODY_SPEAKS, UNSURE, hear
from engine.speech.loudness import loudness
from engine.speech.wav import Recording
from tests.fixtures.sounds import noisy, voice


class Listening:
    """A small recogniser: it says what it is told to, and remembers what it was given."""

    name, identity = "stand-in", "stand-in 1"

    def __init__(self, text: str = "what is the balance of C00001", sure: float | None = 0.9):
        self.says = Heard(text, sure)
        self.given: list[np.ndarray] = []

    def hear(self, samples: np.ndarray) -> Heard:
        self.given.append(samples)
        return self.says


@pytest.fixture(scope="module")
def limits() -> SpeechSettings:
    return load().speech


def recorded(samples: np.ndarray, rate: int = RATE) -> Recording:
    return Recording(np.asarray(samples, dtype=np.float32), rate, 1)


def heard(samples: np.ndarray, limits: SpeechSettings, by: Listening) -> Transcript:
    return hear(recorded(samples), limits, lambda: by)


def test_F133_what_is_said_is_written_down_and_who_wrote_it(limits):
    by = Listening("  What is\n the balance?  ")
    told = heard(noisy(voice(), 40), limits, by)
    assert (told.status, told.text, told.sentence) == (HEARD, "What is the balance?", "")
    assert (told.engine, told.identity, told.confidence) == ("stand-in", "stand-in 1", 0.9)
    assert told.seconds == pytest.approx(3.0) and told.rate == RATE


@pytest.mark.parametrize("snr", [19, 15, 10])
def test_F134_F135_a_noisy_recording_is_asked_for_again_with_its_figure_and_a_hint(limits, snr):
    for seed in range(5):
        by = Listening()
        told = heard(noisy(voice(), snr, seed), limits, by)
        assert told.status == AGAIN and told.text == ""
        assert (
            told.snr_db == pytest.approx(snr, abs=0.9) and f"{told.snr_db:.1f} dB" in told.sentence
        )
        assert "20 dB is needed" in told.sentence and "closer to the microphone" in told.sentence
        assert by.given == []


@pytest.mark.parametrize("snr", [21, 25, 40])
def test_F134_a_clear_recording_is_accepted(limits, snr):
    for seed in range(5):
        assert heard(noisy(voice(), snr, seed), limits, Listening()).status == HEARD


def test_F134_the_bound_is_a_setting(limits):
    lower = limits.model_copy(update={"least_snr_db": 12.0})
    assert heard(noisy(voice(), 15), lower, Listening()).status == HEARD


def test_F134_too_quiet_and_too_loud_are_asked_for_again(limits):
    quiet = heard(noisy(voice(), 30) / 500, limits, Listening())
    assert quiet.status == AGAIN and quiet.sentence.startswith("Too quiet")
    loud = heard(np.clip(noisy(voice(), 40) * 12, -1, 1), limits, Listening())
    assert loud.status == AGAIN and loud.sentence.startswith("Too loud")


def _knocks(rate: int) -> np.ndarray:
    made = np.random.default_rng(2).normal(size=2 * rate) * 1e-3
    for place in range(0, 2 * rate, rate // 4):
        burst = np.random.default_rng(place).normal(size=rate // 50)
        made[place : place + rate // 50] += 0.3 * burst
    return made


@pytest.mark.parametrize(
    "silence",
    [
        np.zeros(2 * RATE),
        np.zeros(10),
        np.random.default_rng(1).normal(size=3 * RATE) * 1e-4,
        np.random.default_rng(1).normal(size=3 * RATE) * 0.1,
        0.1 * np.sin(2 * np.pi * 50 * np.arange(2 * RATE) / RATE),
        _knocks(RATE),
        np.cumsum(np.random.default_rng(4).normal(size=RATE)) * 1e-3,
    ],
    ids=["nothing", "too short", "faint noise", "loud noise", "hum", "knocks", "rumble"],
)
def test_F133_where_nobody_speaks_nothing_is_recognised(limits, silence):
    by = Listening("You")
    told = heard(silence, limits, by)
    assert (told.status, told.text, told.sentence) == (NOTHING, "", NOBODY_SPEAKS)
    assert by.given == []


def test_F133_the_recogniser_gets_what_is_spoken_at_its_own_rate(limits):
    rest = np.zeros(5 * 48_000)
    samples = np.concatenate([rest, voice(1.0, 48_000), rest])
    by = Listening()
    told = hear(recorded(noisy(samples, 40), 48_000), limits, lambda: by)
    (given,) = by.given
    assert given.dtype == np.float32 and len(given) == pytest.approx(1.475 * RATE, abs=0.05 * RATE)
    assert told.spoken_seconds == pytest.approx(len(given) / RATE, abs=1e-3)
    spectrum = np.abs(np.fft.rfft(given[RATE // 3 : RATE]))
    loudest = np.fft.rfftfreq(len(given[RATE // 3 : RATE]), 1 / RATE)[spectrum.argmax()]
    assert loudest == pytest.approx(130, abs=8)


def test_F135_what_was_heard_with_little_certainty_is_said_to_be_unsure(limits):
    assert heard(noisy(voice(), 40), limits, Listening(sure=0.3)).sentence == UNSURE
    assert heard(noisy(voice(), 40), limits, Listening(sure=None)).sentence == ""
    nothing = heard(noisy(voice(), 40), limits, Listening(" ... "))
    assert (nothing.status, nothing.sentence) == (NOTHING, NO_WORDS)


def test_nothing_before_the_first_sound_is_no_pause_and_between_words_it_is(limits):
    noise = noisy(voice(), 15)
    padded = np.concatenate([np.zeros(RATE // 10), noise, np.zeros(RATE // 10)])
    assert heard(padded, limits, Listening()).status == AGAIN
    assert heard(voice(), limits, Listening()).status == HEARD
    even = np.sin(2 * np.pi * 140 * np.arange(RATE) / RATE) * np.linspace(0.1, 0.3, RATE)
    before = np.zeros(RATE // 2)  # clean, and without a pause between words
    assert heard(np.concatenate([before, even]), limits, Listening()).status == HEARD


def test_the_same_recording_gives_the_same_figures_at_every_rate(limits):
    found = [loudness(recorded(noisy(voice(2.0, r), 25), r)).snr_db for r in (8000, 16000, 48000)]
    assert found == pytest.approx([25, 25, 25], abs=1)
