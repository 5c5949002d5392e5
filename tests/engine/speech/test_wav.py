"""WAV files of every form are read; broken, long and large ones are one sentence each."""

import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput
from engine.settings import Settings, SpeechSettings, load
from engine.speech.wav import read
from tests.fixtures.sounds import RATE, voice, wav

CLIP = voice(0.5)
N_BROKEN = 150


@pytest.fixture(scope="module")
def limits() -> SpeechSettings:
    settings: Settings = load()
    return settings.speech


@pytest.mark.parametrize(
    ("bits", "tag", "near"),
    [(8, 1, 0.01), (16, 1, 1e-4), (24, 1, 1e-6), (32, 1, 1e-6), (32, 3, 1e-6), (64, 3, 1e-6)],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_F03_every_form_gives_the_same_samples(limits, bits, tag, near, channels):
    for rate in (8_000, 48_000):
        recording = read(wav(CLIP, rate, bits, channels, tag), limits)
        assert (recording.rate, recording.channels) == (rate, channels)
        assert recording.samples.dtype == np.float32
        assert np.abs(recording.samples - CLIP).max() <= near


def test_F03_parts_that_are_not_known_and_a_length_that_was_never_written_are_read(limits):
    tagged = wav(CLIP, before=struct.pack("<4sI", b"LIST", 3) + b"abc\0")
    assert np.array_equal(read(tagged, limits).samples, read(wav(CLIP), limits).samples)
    streamed = wav(CLIP).replace(
        struct.pack("<4sI", b"data", 2 * len(CLIP)), b"data\xff\xff\xff\xff"
    )
    assert len(read(streamed, limits).samples) == len(CLIP)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a WAV"),
        (b"ID3\x03" + bytes(64), "not a WAV"),
        (wav(CLIP)[:30], "ends before its head says"),
        (wav(CLIP)[:36], "no samples"),
        (wav(CLIP)[:-100], "ends before its head says"),
        (wav(CLIP[:0]), "no samples"),
        (wav(CLIP, rate=4000), "8,000 to 48,000"),
        (wav(CLIP, rate=96000), "8,000 to 48,000"),
        (wav(CLIP, channels=3), "expected 1 or 2"),
        (wav(CLIP).replace(b"\x10\x00data", b"\x0c\x00data"), "plain samples"),
        (wav(CLIP, tag=7), "plain samples"),
        (wav(np.full(9, np.nan), bits=32, tag=3), "no numbers"),
        (wav(CLIP).replace(b"fmt ", b"fmtX"), "how its samples are written"),
        (wav(CLIP, before=struct.pack("<4sI", b"junk", 0) * 300), "more than 200 parts"),
    ],
)
def test_F03_what_cannot_be_used_is_one_sentence(limits, content, said):
    with pytest.raises(BadInput, match=said) as told:
        read(content, limits)
    assert str(told.value).count(". ") == 0 and str(told.value).endswith(".")


def test_F03_long_and_large_recordings_are_refused_before_they_are_decoded(limits):
    hours = wav(np.zeros(0), rate=8000)[:-4] + struct.pack("<I", 19_000_000) + bytes(19_000_000)
    tracemalloc.start()
    with pytest.raises(BadInput, match="lasts 1188 seconds; expected at most 60"):
        read(hours, limits)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    with pytest.raises(BadInput, match=r"20.0 MB|20.1 MB"):
        read(hours + bytes(1_050_000), limits)


def broken(n: int, seed: int = 3) -> list[bytes]:
    """Sound files of several forms with bytes changed, cut, doubled and swapped."""
    draw = np.random.default_rng(seed)
    whole = [wav(CLIP[:4000]), wav(CLIP[:4000], 48_000, 24, 2), wav(CLIP[:4000], bits=32, tag=3)]
    made = []
    for k in range(n):
        content = bytearray(whole[k % 3])
        for _ in range(int(draw.integers(1, 6))):
            place = int(draw.integers(0, 48 if draw.random() < 0.8 else len(content)))
            content[place] = int(draw.integers(256))
        if k % 4 == 1:
            content = content[: int(draw.integers(0, len(content)))]
        elif k % 4 == 2:
            cut = int(draw.integers(0, 60))
            content = content[:cut] + content[cut + int(draw.integers(1, 9)) :]
        made.append(bytes(content))
    return made


def test_F03_150_broken_files_are_read_or_are_one_sentence_each_in_little_memory(limits):
    said = []
    tracemalloc.start()
    for content in broken(N_BROKEN):
        try:
            recording = read(content, limits)
        except BadInput as told:
            said.append(str(told))
        else:
            assert np.isfinite(recording.samples).all() and recording.seconds <= 60
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert all(one.endswith(".") and "\n" not in one and len(one) < 200 for one in said)
    assert len(said) > N_BROKEN / 2 and peak < 50_000_000


def test_F03_a_real_header_of_a_recorder_is_accepted(limits, tmp_path: Path):
    import wave

    path = tmp_path / "recorded.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((CLIP * 32767).astype("<i2").tobytes())
    recording = read(path.read_bytes(), limits)
    assert recording.seconds == pytest.approx(len(CLIP) / RATE)
