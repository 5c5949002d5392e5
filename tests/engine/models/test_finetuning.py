"""An encoder is tuned so that what was wanted lies nearer to what was taken."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from engine.errors import TrainingError
from engine.lab.encoder_tuning import Pairs, fine_tune
from engine.models.encoder import SentenceEncoder
from engine.models.hashes import sha256_of
from engine.models.weights import ModelWeights
from engine.settings import Settings, load

TRAVEL, HOUSE = ("flights to portugal", "savings for retirement")
CARD, LOAN = ("travel card", "a mortgage for a new house")
PAIRS = Pairs((TRAVEL, HOUSE) * 40, (CARD, LOAN) * 40)


def quiet(done: float, step: str) -> None:
    del done, step


@pytest.fixture
def base_model(tiny_encoder: Path) -> ModelWeights:
    return ModelWeights("tiny", "folder", tiny_encoder, "", sha256_of(tiny_encoder))


@pytest.fixture(scope="module")
def quick() -> Settings:
    return load(finetuning={"learning_rate": 0.01, "batch": 16})


@pytest.fixture
def tune(base_model: ModelWeights, quick: Settings) -> Callable[..., list[float]]:
    def run(into: Path, pairs: Pairs = PAIRS, epochs: int = 4, seed: int = 7) -> list[float]:
        return fine_tune(base_model, pairs, into, quick, epochs=epochs, seed=seed, progress=quiet)

    return run


def nearness(folder: Path, base_model: ModelWeights) -> float:
    """How much nearer the wants lie to their own product than to the other's."""
    encoder = SentenceEncoder(ModelWeights("tiny", "folder", folder, "", base_model.sha256))
    travel, house, card, loan = encoder.encode([TRAVEL, HOUSE, CARD, LOAN])
    return float(travel @ card + house @ loan - travel @ loan - house @ card)


def test_F201_wants_move_towards_their_own_product(tune, base_model: ModelWeights, tmp_path: Path):
    losses = tune(tmp_path / "tuned")
    assert losses[-1] < losses[0]
    assert nearness(tmp_path / "tuned", base_model) > nearness(base_model.path, base_model) + 0.1
    assert sha256_of(base_model.path) == base_model.sha256, (
        "the encoder it started from is only read"
    )
    assert not list((tmp_path / "tuned").rglob("*.bin"))


def test_F201_the_same_pairs_and_seed_give_the_same_weights(tune, tmp_path: Path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        tune(tmp_path / name, epochs=1, seed=seed)
    a, b, c = (sha256_of(tmp_path / name) for name in "abc")
    assert a == b != c


def test_a_product_that_comes_twice_in_a_batch_is_no_negative_of_itself(tune, tmp_path: Path):
    same = Pairs((TRAVEL,) * 79 + (HOUSE,), (CARD,) * 79 + (LOAN,))
    losses = tune(tmp_path / "tuned", pairs=same, epochs=1)
    # Nearly every batch holds one product alone, so that nothing competes and no loss arises.
    assert losses[0] < np.log(2)


@pytest.mark.parametrize(
    "pairs", [Pairs((TRAVEL,) * 49, (CARD, LOAN, CARD) * 16 + (CARD,)), Pairs((TRAVEL,), (CARD,))]
)
def test_too_few_pairs_are_refused(tune, tmp_path: Path, pairs: Pairs):
    with pytest.raises(TrainingError, match="at least 50 pairs and 2 products"):
        tune(tmp_path / "tuned", pairs=pairs)


def test_pairs_about_one_product_are_refused(tune, tmp_path: Path):
    with pytest.raises(TrainingError, match="1 products"):
        tune(tmp_path / "tuned", pairs=Pairs((TRAVEL,) * 60, (CARD,) * 60))
