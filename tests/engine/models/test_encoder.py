"""The encoder gives unit vectors, and is not even imported for texts that are known."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

import engine.models
from engine.errors import WeightsError
from engine.models.encoder import CachedEncoder, SentenceEncoder, load_encoder
from engine.models.text_cache import TextCache
from engine.models.weights import resolve
from engine.settings import Settings

ROOT = Path(engine.models.__path__[0]).parents[1]
TEXTS = ["travel", "buy a house", "travel", "retirement"]


class CountingEncoder:
    """Gives unit vectors that tell texts apart, and remembers what it was asked."""

    name = "counting"
    sha256 = "0"
    dimension = 3

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.asked.append(list(texts))
        raw = np.array([[len(t), ord(t[0]), ord(t[-1])] for t in texts], np.float32)
        return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@pytest.fixture
def tiny_settings(tiny_encoder: Path, with_folder: Callable[..., Settings]) -> Settings:
    return with_folder({"all-MiniLM-L6-v2": tiny_encoder})


def test_a_folder_of_weights_gives_unit_vectors_in_32_bit(tiny_settings: Settings) -> None:
    encoder = load_encoder(tiny_settings)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(vectors[0], vectors[2])
    assert (vectors[0] != vectors[1]).any()
    assert len(encoder.sha256) == 64


def test_the_same_texts_give_the_same_bytes(tiny_settings: Settings) -> None:
    first, second = (load_encoder(tiny_settings).encode(TEXTS) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_F84_the_packaged_minilm_has_384_dimensions_and_knows_what_is_near(
    settings: Settings,
) -> None:
    encoder = load_encoder(settings)
    assert (encoder.name, encoder.dimension) == ("all-MiniLM-L6-v2", 384)
    house, mortgage, shoes = encoder.encode(["buy a house", "mortgage loan", "running shoes"])
    assert house @ mortgage > house @ shoes + 0.2


def test_no_texts_give_an_empty_matrix_of_the_right_width(tiny_settings: Settings) -> None:
    assert load_encoder(tiny_settings).encode([]).shape == (0, 16)
    assert SentenceEncoder(resolve("all-MiniLM-L6-v2", tiny_settings)).encode([]).shape == (0, 16)


def test_only_new_distinct_texts_reach_the_encoder(tmp_path: Path) -> None:
    inner = CountingEncoder()
    encoder = CachedEncoder(inner, TextCache(tmp_path))
    first = encoder.encode(TEXTS)
    again = encoder.encode([*TEXTS, "new"])
    assert inner.asked == [["travel", "buy a house", "retirement"], ["new"]]
    np.testing.assert_array_equal(first, again[:4])
    np.testing.assert_array_equal(first, inner.encode(TEXTS))


def test_other_weights_do_not_share_the_cache(tmp_path: Path) -> None:
    inner = CountingEncoder()
    other = CountingEncoder()
    other.sha256 = "1"
    CachedEncoder(inner, TextCache(tmp_path)).encode(["a"])
    CachedEncoder(other, TextCache(tmp_path)).encode(["a"])
    assert inner.asked == other.asked == [["a"]]


def test_a_start_with_nothing_new_to_embed_imports_no_encoder(
    settings: Settings, tmp_path: Path
) -> None:
    cold = load_encoder(settings, cache=tmp_path).encode(TEXTS)
    code = f"""
import sys
from pathlib import Path
from engine.models.encoder import load_encoder
from engine.settings import load
vectors = load_encoder(load(), cache=Path({str(tmp_path)!r})).encode({TEXTS!r})
heavy = {{"torch", "transformers", "sentence_transformers", "sklearn", "spacy"}}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
sys.stdout.buffer.write(vectors.tobytes())
"""
    warm = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert warm.stdout == cold.tobytes()


def test_a_folder_that_is_no_encoder_says_what_was_expected(
    tiny_distilbert: Path, tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    encoder = load_encoder(with_folder({"all-MiniLM-L6-v2": tiny_distilbert}))
    with pytest.raises(WeightsError, match=r"modules\.json"):
        encoder.encode(["travel"])


def test_damaged_weights_are_a_clear_error(
    tiny_encoder: Path, tmp_path: Path, with_folder: Callable[..., Settings]
) -> None:
    for file in tiny_encoder.rglob("*.json"):
        copy = tmp_path / file.relative_to(tiny_encoder)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    encoder = load_encoder(with_folder({"all-MiniLM-L6-v2": tmp_path}))
    with pytest.raises(WeightsError, match="does not load as the encoder"):
        encoder.encode(["travel"])
