"""Zero-shot labels: chances that sum to one, from whichever model is there."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadInput
from engine.models.encoder import CachedEncoder, load_encoder
from engine.models.zero_shot import load_zero_shot
from engine.settings import Settings

LABELS = {
    "home": "buying a house with a mortgage",
    "travel": "flights, hotels and holidays",
    "card": "a problem with a credit card",
}
TEXTS = ["We booked a flight to Lisbon", None, "Looking for a home loan", "My card was declined"]


@pytest.fixture
def minilm(settings: Settings, tmp_path: Path) -> CachedEncoder:
    return load_encoder(settings, cache=tmp_path)


def test_the_encoder_tells_plain_texts_apart(minilm: CachedEncoder, settings: Settings) -> None:
    zero_shot = load_zero_shot(settings, minilm)
    chances = zero_shot.classify(TEXTS, LABELS)
    assert zero_shot.source == "default"
    assert chances.shape == (4, 3)
    assert np.isnan(chances[1]).all()
    np.testing.assert_allclose(chances[[0, 2, 3]].sum(axis=1), 1, atol=1e-6)
    assert chances[[0, 2, 3]].argmax(axis=1).tolist() == [1, 0, 2]


def test_bart_is_used_when_its_weights_are_there(
    tiny_bart: Path, with_folder: Callable[..., Settings], minilm: CachedEncoder, tmp_path: Path
) -> None:
    settings = with_folder({"facebook/bart-large-mnli": tiny_bart})
    zero_shot = load_zero_shot(settings, minilm, cache=tmp_path)
    assert (zero_shot.name, zero_shot.source) == ("bart-large-mnli", "folder")
    chances = zero_shot.classify(TEXTS, LABELS)
    np.testing.assert_allclose(chances[[0, 2, 3]].sum(axis=1), 1, atol=1e-5)
    turned = zero_shot.classify(TEXTS, dict(reversed(LABELS.items())))
    np.testing.assert_allclose(turned[:, ::-1], chances, atol=1e-5)
    np.testing.assert_array_equal(zero_shot.classify(TEXTS[:1], LABELS), chances[:1])


@pytest.mark.parametrize("labels", [{}, {"one": "text"}, {"one": "same", "two": "same"}])
def test_labels_that_cannot_be_told_apart_are_refused(
    labels: dict[str, str], minilm: CachedEncoder, settings: Settings
) -> None:
    with pytest.raises(BadInput, match="at least two"):
        load_zero_shot(settings, minilm).classify(TEXTS, labels)


def test_no_texts_give_no_rows(minilm: CachedEncoder, settings: Settings) -> None:
    assert load_zero_shot(settings, minilm).classify([], LABELS).shape == (0, 3)
