"""What every recommender has in common, and how arrays are kept."""

import zipfile
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from scipy import sparse

from engine.errors import StateError, TrainingError

Matrix = np.ndarray | sparse.sparray | sparse.spmatrix


@dataclass(frozen=True)
class Recommender(ABC):
    """A fitted model, frozen: arrays in, a score for every product out.

    `fit_item_to_item`, `fit_transitions` and `fit_factorization` make one each; fitting again
    makes another and leaves the first as it was. Every field of a model is an array.
    """

    kind: ClassVar[str]
    """What the model is called in its file."""

    @abstractmethod
    def scores(self, owned: Matrix) -> np.ndarray:
        """Score every product, held ones too.

        Parameters
        ----------
        owned : array or sparse matrix of shape (n_customers, n_products)
            True where a customer holds a product.

        Returns
        -------
        ndarray of shape (n_customers, n_products), float32
            Higher is better; comparable within a row only.
        """

    def save(self, path: Path) -> None:
        """Write the arrays to one .npz file, whole or not at all."""
        save_arrays(path, self.kind, **{f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        return cls(*load_arrays(path, cls.kind, *(f.name for f in fields(cls))))


def as_interactions(interactions: Matrix) -> sparse.csr_array:
    """Weights of what customers took, checked.

    Parameters
    ----------
    interactions : array or sparse matrix of shape (n_customers, n_products)
        Zero or False for nothing; repeated entries of a sparse matrix add up.

    Returns
    -------
    csr_array of float32, sorted, without stored zeros

    Raises
    ------
    TrainingError
        If it is not 2-D, is empty, or holds a negative or infinite weight or NaN.
    """
    if getattr(interactions, "ndim", 0) != 2 or 0 in interactions.shape:
        raise TrainingError(
            f"Got interactions of shape {np.shape(interactions)}; expected (n_customers, "
            "n_products) with at least one of each."
        )
    matrix = sparse.csr_array(interactions, dtype=np.float32, copy=True)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
        raise TrainingError(
            "Interactions hold NaN, an infinite or a negative weight; expected weights above 0 "
            "for what a customer took and nothing elsewhere. A dismissal is not an interaction."
        )
    return matrix


def check_width(owned: Matrix, n_products: int) -> None:
    """Refuse a matrix over other products than the model was fitted on.

    Raises
    ------
    TrainingError
        If the width differs; a new catalogue needs a new fit.
    """
    if owned.ndim != 2 or owned.shape[1] != n_products:
        raise TrainingError(
            f"Got a matrix of shape {owned.shape} for a model of {n_products} products. The "
            "catalogue has changed: fit the model again."
        )


def save_arrays(path: Path, kind: str, **arrays: np.ndarray) -> None:
    """Write arrays to an .npz file beside the old one, then put it in its place.

    Parameters
    ----------
    kind : str
        Name of the model, checked by `load_arrays`.
    **arrays : ndarray
        The same arrays give the same bytes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, kind=np.array(kind), **arrays)
    draft.replace(path)


def load_arrays(
    path: Path,
    kind: str,
    *names: str,
    remedy: str = "Retrain, or go back to the version before.",
) -> list[np.ndarray]:
    """Read arrays that `save_arrays` wrote.

    Raises
    ------
    StateError
        If the file is missing, damaged or holds another kind of model.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            got = str(stored["kind"])
            arrays = [stored[name] for name in names] if got == kind else []
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StateError(f"{path} cannot be read as a saved {kind}: {error}. {remedy}") from error
    if got != kind:
        raise StateError(f"{path} holds a model of kind {got!r}, expected {kind!r}. {remedy}")
    return arrays
