"""Word errors by hand, and a folder of recordings judged by a small recogniser."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.errors import BadInput, NotFound
from engine.lab.speech_evaluation import evaluate_speech, n_wrong, words
from engine.models.recognisers import choose
from engine.models.recognisers.recogniser import Heard
from engine.settings import load
from tests.conftest import DEMO
from tests.fixtures.sounds import noisy, voice, wav


class ByLength:
    """It hears the same words in every recording, and one more in a long one."""

    name, identity = "stand-in", "stand-in 1"

    def hear(self, samples: np.ndarray) -> Heard:
        return Heard("we must find" + " out" * (len(samples) > 40_000), 0.8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wav").mkdir()
    (tmp_path / "wav" / "short.wav").write_bytes(wav(noisy(voice(1.0), 40)))
    (tmp_path / "wav" / "long.wav").write_bytes(wav(noisy(voice(2.0), 10)))
    table = "file,transcript\nshort.wav,We must find!\nlong.wav,we must find seven of 42\n"
    (tmp_path / "transcripts.csv").write_text(table)
    return tmp_path


def test_words_are_compared_without_case_signs_and_digits():
    assert words("Ask NOT, 7 of “it’s” 42.") == [
        "ask",
        "not",
        "seven",
        "of",
        "it's",
        "forty",
        "two",
    ]
    assert words("300 or 415") == ["three", "hundred", "or", "four", "hundred", "fifteen"]


@pytest.mark.parametrize(
    ("expected", "heard", "wrong"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "", 3),
        ("", "a b", 2),
        ("a b c", "a x c", 1),
        ("a b c", "b c d", 2),
        ("was stolen", "wasn't over", 2),
    ],
)
def test_wrong_words_are_those_put_in_left_out_or_taken_for_others(expected, heard, wrong):
    assert n_wrong(expected.split(), heard.split()) == wrong


def test_F133_every_recording_has_its_error_and_what_the_gate_says(folder: Path):
    judged = evaluate_speech(folder, load().speech, ByLength())
    clips = judged.clips.set_index("file")
    assert clips["n_wrong"].to_dict() == {"short.wav": 0, "long.wav": 4}
    assert clips["wer"].to_dict() == {"short.wav": 0.0, "long.wav": round(4 / 7, 3)}
    assert clips["gate"].to_dict() == {"short.wav": "accepted", "long.wav": "too noisy"}
    assert (judged.n, judged.n_words, judged.n_wrong) == (2, 10, 4)
    assert judged.low < judged.wer == 0.4 < judged.high
    assert judged.engine == "stand-in"


def test_F133_what_is_missing_is_said(folder: Path, tmp_path: Path):
    (folder / "transcripts.csv").write_text("file,transcript\n../other.wav,x\n")
    with pytest.raises(NotFound, match="no such recording"):
        evaluate_speech(folder, load().speech, ByLength())
    (folder / "transcripts.csv").write_text("name\nx\n")
    with pytest.raises(BadInput, match="lacks the columns file, transcript"):
        evaluate_speech(folder, load().speech, ByLength())
    with pytest.raises(NotFound, match=r"no transcripts\.csv"):
        evaluate_speech(tmp_path / "wav", load().speech, ByLength())


def test_F133_the_commands_write_down_and_judge(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(choose, "load", lambda *_, **__: ByLength())
    run = CliRunner().invoke
    judged = json.loads(run(app, ["evaluate", "speech", "--dir", str(folder), "--json"]).stdout)
    assert (judged["n"], judged["wer"], len(judged["clips"])) == (2, 0.4, 2)
    printed = run(app, ["evaluate", "speech", "--dir", str(folder)]).stdout
    assert "Words wrong: 4 of 10, WER 0.400 (Wilson 0.168 to 0.687); stand-in 1" in printed
    where = ["--data", str(DEMO), "--state", str(tmp_path / "state")]
    short, long = (str(folder / "wav" / name) for name in ("short.wav", "long.wav"))
    told = json.loads(run(app, ["transcribe", short, "--json", *where]).stdout)
    assert (told["status"], told["text"], told["engine"]) == ("heard", "we must find", "stand-in")
    assert "Too noisy" in run(app, ["transcribe", long, *where]).stdout
    assert "There is no file" in str(run(app, ["transcribe", "gone.wav", *where]).exception)
    assert not (tmp_path / "state").exists() or not list((tmp_path / "state").rglob("*.wav"))
