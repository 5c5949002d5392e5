"""What every recommender must do, whichever it is."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from engine.errors import StateError, TrainingError
from engine.models.factorization import Factorization, fit_factorization
from engine.models.item_to_item import ItemToItem, fit_item_to_item
from engine.models.recommender import Matrix, Recommender, as_interactions
from engine.models.transitions import Transitions, fit_transitions
from engine.settings import load

SETTINGS = load()


def fit_next_steps(taken: Matrix) -> Transitions:
    """Transitions, as if the last product that each customer took were the next step."""
    owned = as_interactions(taken).toarray() > 0
    last = owned & (owned[:, ::-1].cumsum(axis=1)[:, ::-1] == 1)
    held = owned & ~last
    return fit_transitions(held, last, ~held, inverse_ridge=1.0)


FITS: dict[type[Recommender], Callable[[Matrix], Recommender]] = {
    ItemToItem: lambda taken: fit_item_to_item(taken, SETTINGS),
    Factorization: lambda taken: fit_factorization(taken, SETTINGS),
    Transitions: fit_next_steps,
}


@pytest.fixture
def checkerboard() -> np.ndarray:
    """60 customers, half of whom take the even and half the odd of 6 products, less some holes.

    The last customer took nothing, the last product was taken by nobody.
    """
    owned = (np.arange(60)[:, None] + np.arange(6)) % 2 == 0
    owned[np.arange(60), (np.arange(60) * 7) % 6] = False
    return np.pad(owned, ((0, 1), (0, 1)))


@pytest.fixture(params=list(FITS), ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> type[Recommender]:
    return request.param


def test_every_customer_and_product_gets_a_finite_score(
    kind: type[Recommender], checkerboard: np.ndarray
) -> None:
    model = FITS[kind](checkerboard)
    scores = model.scores(checkerboard)
    assert scores.shape == checkerboard.shape
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_the_same_input_gives_the_same_file(
    kind: type[Recommender], checkerboard: np.ndarray, tmp_path: Path
) -> None:
    FITS[kind](checkerboard).save(tmp_path / "first.npz")
    FITS[kind](checkerboard).save(tmp_path / "second.npz")
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()


def test_saving_and_loading_changes_nothing(
    kind: type[Recommender], checkerboard: np.ndarray, tmp_path: Path
) -> None:
    model = FITS[kind](checkerboard)
    model.save(tmp_path / "deep" / "model.npz")
    loaded = kind.load(tmp_path / "deep" / "model.npz")
    np.testing.assert_array_equal(loaded.scores(checkerboard), model.scores(checkerboard))
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["model.npz"]


def test_a_second_fit_is_another_model_and_leaves_the_first(
    kind: type[Recommender], checkerboard: np.ndarray
) -> None:
    model = FITS[kind](checkerboard)
    before = model.scores(checkerboard).copy()
    other = FITS[kind](np.roll(checkerboard, 1, axis=1))
    assert (other.scores(checkerboard) != before).any()
    np.testing.assert_array_equal(model.scores(checkerboard), before)


def test_dense_and_sparse_input_give_the_same_scores(
    kind: type[Recommender], checkerboard: np.ndarray
) -> None:
    thin = sparse.csr_array(checkerboard)
    dense, sparsely = FITS[kind](checkerboard), FITS[kind](thin)
    np.testing.assert_array_equal(sparsely.scores(thin), dense.scores(checkerboard))


def test_the_input_is_left_as_it_was(kind: type[Recommender]) -> None:
    taken = sparse.csr_array(np.array([[1.0, 0.0], [2.0, 1.0]], np.float32))
    taken.data[0] = 0.0  # a stored zero
    before = taken.data.copy()
    FITS[kind](taken)
    np.testing.assert_array_equal(taken.data, before)


def test_a_product_that_nobody_took_stands_last_for_those_who_took_some(
    kind: type[Recommender], checkerboard: np.ndarray
) -> None:
    scores = FITS[kind](checkerboard).scores(checkerboard)[:-1]
    liked = np.where(checkerboard[:-1], scores, -np.inf).max(axis=1)
    assert (scores[:, -1] <= liked + 1e-6).mean() > 0.9


def test_a_customer_without_history_is_treated_like_any_other_such(
    kind: type[Recommender], checkerboard: np.ndarray
) -> None:
    checkerboard[-2] = False
    scores = FITS[kind](checkerboard).scores(checkerboard)
    np.testing.assert_array_equal(scores[-1], scores[-2])


@pytest.mark.parametrize(
    "bad",
    [np.zeros((0, 3)), np.zeros((3, 0)), np.ones(3), -np.ones((2, 2)), np.full((2, 2), np.nan)],
)
def test_input_that_cannot_be_learned_from_is_refused(
    kind: type[Recommender], bad: np.ndarray
) -> None:
    with pytest.raises(TrainingError, match="expected"):
        FITS[kind](bad)


def test_another_catalogue_is_refused(kind: type[Recommender], checkerboard: np.ndarray) -> None:
    model = FITS[kind](checkerboard)
    with pytest.raises(TrainingError, match="fit the model again"):
        model.scores(checkerboard[:, :3])


def test_a_missing_damaged_or_foreign_file_is_refused(
    kind: type[Recommender], checkerboard: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "model.npz"
    with pytest.raises(StateError, match="cannot be read"):
        kind.load(path)
    FITS[kind](checkerboard).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StateError, match="cannot be read"):
        kind.load(path)
    path.write_bytes(whole)
    stranger = next(other for other in FITS if other is not kind)
    with pytest.raises(StateError, match="expected"):
        stranger.load(path)
