"""The bytes of a WAV file in; its samples, or one sentence that says what is wrong, out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from engine.errors import BadInput
from engine.settings import SpeechSettings

LOWEST_RATE, HIGHEST_RATE = 8_000, 48_000
"""Samples a second."""
MOST_CHANNELS = 2
_WHOLE, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_BITS: Final = {_WHOLE: (8, 16, 24, 32), _FLOAT: (32, 64)}
_UNKNOWN: Final = 0xFFFFFFFF
"""Size of the data where a program wrote the file before it knew."""
_MOST_CHUNKS = 200


@dataclass(frozen=True, eq=False)
class Recording:
    """What was recorded.

    Attributes
    ----------
    samples : ndarray of shape (n,)
        float32, -1 to 1, the mean of the channels.
    rate : int
        Samples a second.
    channels : int
    """

    samples: np.ndarray
    rate: int
    channels: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


class _Form(NamedTuple):
    """How samples are written."""

    tag: int
    channels: int
    rate: int
    bits: int


def read(content: bytes, limits: SpeechSettings) -> Recording:
    """Read a WAV file by what it holds, whatever it is called.

    Nothing is decoded before the head is checked and the length is known.

    Parameters
    ----------
    content : bytes
        PCM of 8 to 32 bits or floats, one or two channels, 8 to 48 kHz.
    limits : SpeechSettings
        `most_bytes` and `longest_seconds`.

    Raises
    ------
    BadInput
        One sentence that says what was got and what is expected.
    """
    if len(content) > limits.most_bytes:
        raise BadInput(
            f"The recording has {len(content) / 1e6:.1f} MB; expected at most "
            f"{limits.most_bytes / 1e6:.0f} MB."
        )
    if len(content) < 12 or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise BadInput("The file is not a WAV recording: its first bytes are not those of one.")
    form, data = None, None
    for name, start, size in _chunks(content):
        if name == b"fmt ":
            form = _form(content[start : start + size])
        elif name == b"data":
            data = (start, size)
            break
    if form is None:
        raise BadInput("The WAV file does not say how its samples are written; record it again.")
    if data is None:
        raise BadInput("The WAV file holds no samples; record it again.")
    frame = form.channels * form.bits // 8
    start, n = data[0], data[1] // frame
    if not n:
        raise BadInput("The WAV file holds no samples; record it again.")
    if n > limits.longest_seconds * form.rate:
        raise BadInput(
            f"The recording lasts {n / form.rate:.0f} seconds; expected at most "
            f"{limits.longest_seconds:.0f}."
        )
    values = _values(content[start : start + n * frame], form)
    if not np.isfinite(values).all():
        raise BadInput("The WAV file holds samples that are no numbers; record it again.")
    samples = np.clip(values, -1, 1).reshape(n, form.channels).mean(axis=1, dtype=np.float32)
    return Recording(samples, form.rate, form.channels)


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and size of each part; of data that was cut off, one sentence."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        if place + 8 > len(content):
            return
        name, size = struct.unpack_from("<4sI", content, place)
        left = len(content) - place - 8
        if name == b"data" and size == _UNKNOWN:
            size = left
        if size > left:
            raise BadInput("The WAV file ends before its head says; send or record it again.")
        yield name, place + 8, size
        place += 8 + size + size % 2
    raise BadInput(f"The WAV file has more than {_MOST_CHUNKS} parts; record it again.")


def _form(head: bytes) -> _Form:
    if len(head) < 16:
        raise BadInput("The head of the WAV file is cut off; send or record it again.")
    tag, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", head)
    if tag == _EXTENSIBLE and len(head) >= 26:
        (tag,) = struct.unpack_from("<H", head, 24)
    if tag not in _BITS or bits not in _BITS[tag]:
        raise BadInput(
            f"The WAV file is of kind {tag} with {bits} bits; expected plain samples (PCM) of 8, "
            "16, 24 or 32 bits, or floats."
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise BadInput(f"The WAV file has {channels} channels; expected 1 or {MOST_CHANNELS}.")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise BadInput(
            f"The WAV file has {rate:,} samples a second; expected {LOWEST_RATE:,} to "
            f"{HIGHEST_RATE:,}."
        )
    if block != channels * bits // 8:
        raise BadInput(
            f"The head of the WAV file contradicts itself: {block} bytes a sample for {channels} "
            f"channels of {bits} bits; record it again."
        )
    return _Form(tag, channels, rate, bits)


def _values(data: bytes, form: _Form) -> np.ndarray:
    """Samples as float32, full scale at 1; channels stay one beside the other."""
    if form.tag == _FLOAT:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.frombuffer(data, f"<f{form.bits // 8}").astype(np.float32)
    if form.bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / 128
    if form.bits == 24:
        padded = np.zeros((len(data) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return padded.view("<i4")[:, 0].astype(np.float32) / 2**31
    return np.frombuffer(data, f"<i{form.bits // 8}").astype(np.float32) / 2 ** (form.bits - 1)
