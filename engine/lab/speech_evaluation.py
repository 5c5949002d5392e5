"""Recordings whose words are known in; how many words a recogniser gets wrong, out."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from engine.errors import BadInput, EngineError, NotFound
from engine.lab.labelled_texts import read_table
from engine.models.recognisers.recogniser import Recogniser
from engine.rates import wilson
from engine.settings import SpeechSettings
from engine.speech import wav
from engine.speech.hearing import refused, resampled
from engine.speech.loudness import loudness

TRANSCRIPTS: Final = "transcripts.csv"
"""Beside the recordings: file, transcript."""
_FOLDERS: Final = ("", "wav")
_ONES: Final = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


@dataclass(frozen=True, eq=False)
class SpeechEvaluation:
    """How well a recogniser writes down what is said.

    Attributes
    ----------
    clips : DataFrame
        One row a recording: file, seconds, snr_db, gate ("accepted", or why it is asked for again
        in a word), n_words, n_wrong, wer, expected, heard, took (seconds).
    n, n_words, n_wrong : int
        Of all clips, whether or not the gate accepts them.
    low, high : float
        Wilson interval (95 %) of the share of wrong words, as if words were wrong one by one.
    engine, identity : str
    """

    clips: pd.DataFrame
    n: int
    n_words: int
    n_wrong: int
    low: float
    high: float
    engine: str
    identity: str

    @property
    def wer(self) -> float:
        return self.n_wrong / self.n_words if self.n_words else 0.0

    def to_json(self) -> dict[str, Any]:
        """The table as a list."""
        whole = {name: getattr(self, name) for name in ("n", "n_words", "n_wrong", "wer")}
        more = {name: getattr(self, name) for name in ("low", "high", "engine", "identity")}
        return {**whole, **more, "clips": self.clips.to_dict("records")}


def evaluate_speech(
    folder: Path, settings: SpeechSettings, recogniser: Recogniser
) -> SpeechEvaluation:
    """Word error rate (WER) of each recording that `transcripts.csv` names, and of all.

    Every clip is recognised, also one that the gate would ask for again; its row says so.

    Raises
    ------
    NotFound
        If there is no such file, or none of its recordings.
    BadInput
        If a recording cannot be used.
    """
    named = folder / TRANSCRIPTS
    if not named.is_file():
        raise NotFound(f"There is no {TRANSCRIPTS} in {folder}; expected columns file, transcript.")
    table = read_table(named)
    if missing := {"file", "transcript"} - set(table.columns):
        raise BadInput(f"{named} lacks the columns {', '.join(sorted(missing))}.")
    rows = [
        _row(_found(folder, str(one.file)), str(one.transcript), settings, recogniser)
        for one in table.itertuples()
    ]
    clips = pd.DataFrame(rows)
    n_words, n_wrong = int(clips["n_words"].sum()), int(clips["n_wrong"].sum())
    estimate = wilson(min(n_wrong, n_words), n_words)
    return SpeechEvaluation(
        clips,
        len(clips),
        n_words,
        n_wrong,
        float(estimate.low),
        float(estimate.high),
        recogniser.name,
        recogniser.identity,
    )


def _found(folder: Path, name: str) -> Path:
    for inside in _FOLDERS:
        if (path := folder / inside / Path(name).name).is_file():
            return path
    raise NotFound(f"{TRANSCRIPTS} names {name}, and there is no such recording in {folder}.")


def _row(
    path: Path, expected: str, settings: SpeechSettings, recogniser: Recogniser
) -> dict[str, Any]:
    try:
        recording = wav.read(path.read_bytes(), settings)
    except EngineError as error:
        raise BadInput(f"{path.name}: {error}") from error
    measured = loudness(recording)
    began = time.perf_counter()
    heard = recogniser.hear(resampled(recording.samples, recording.rate)).text
    took = time.perf_counter() - began
    true, told = words(expected), words(heard)
    wrong = n_wrong(true, told)
    gate = "silent" if measured.spoken is None else refused(measured, settings).split(":")[0]
    return {
        "file": path.name,
        "seconds": round(recording.seconds, 2),
        "snr_db": round(measured.snr_db, 1),
        "gate": gate.lower() or "accepted",
        "n_words": len(true),
        "n_wrong": wrong,
        "wer": round(wrong / len(true), 3) if true else 0.0,
        "took": round(took, 2),
        "expected": expected,
        "heard": heard,
    }


def words(text: str) -> list[str]:
    """The words of a text without case, signs and digits: 7 is seven, 42 is forty two."""
    plain = text.lower().replace("’", "'")
    plain = re.sub(r"\d+", lambda one: f" {_spelt(int(one.group()))} ", plain)
    return [one.strip("'") for one in re.findall(r"[a-z']+", plain) if one.strip("'")]


def _spelt(number: int) -> str:
    """A number below 1,000 in words; a larger one digit by digit."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        rest = f" {_ONES[number % 10]}" if number % 10 else ""
        return _TENS[number // 10 - 2] + rest
    if number < 1000:
        rest = f" {_spelt(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    return " ".join(_ONES[int(digit)] for digit in str(number))


def n_wrong(expected: list[str], heard: list[str]) -> int:
    """Words put in, left out or taken for others: the edit distance of Levenshtein over words."""
    before = list(range(len(heard) + 1))
    for row, mine in enumerate(expected, start=1):
        now = [row]
        for column, theirs in enumerate(heard, start=1):
            swapped = before[column - 1] + (mine != theirs)
            now.append(min(swapped, before[column] + 1, now[-1] + 1))
        before = now
    return before[-1]
