"""The models behind the signals that need history, as of one day: fitted, written and read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.audience import in_audience
from engine.bank.bank import Bank
from engine.models.factorization import Factorization
from engine.models.item_to_item import ItemToItem, fit_item_to_item
from engine.models.transitions import Transitions
from engine.ranking.signals import collaborative, transitions
from engine.ranking.signals.answers import AnswerModel
from engine.ranking.signals.popularity import log_rates, stock_log_rates
from engine.settings import Settings

_MODELS = {
    "factorization": Factorization,
    "item_to_item": ItemToItem,
    "transitions": Transitions,
}
"""Each model by its name here, which is also that of its file."""


@dataclass(frozen=True, eq=False)
class LearnedModels:
    """Fitted models, each None where there is too little history."""

    factorization: Factorization | None = None
    item_to_item: ItemToItem | None = None
    transitions: Transitions | None = None
    popularity: np.ndarray | None = None
    """Shape (n_groups, n_products). See `popularity.log_rates`; comparable within an audience."""
    known: np.ndarray | None = None
    """Shape (n_customers,), bool. Customers with an interaction or a need; the others get a neutral
    collaborative score."""
    segments: tuple[str, ...] = ()
    """Segments that have a popularity of their own, in the order of their groups."""
    answers: AnswerModel | None = None
    """What was learned from answers to offers that were made here."""

    def save(self, folder: Path) -> None:
        """Write the arrays of the models that are there."""
        for name in _MODELS:
            if (model := getattr(self, name)) is not None:
                model.save(folder / f"{name}.npz")
        if self.popularity is not None and self.known is not None:
            arrays = {"popularity": self.popularity, "known": self.known}
            segments = {"segments": np.array(self.segments)} if self.segments else {}
            np.savez(folder / "popularity.npz", **arrays, **segments)
        if self.answers is not None:
            self.answers.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "LearnedModels":
        """Read what `save` wrote; models that were off stay off."""
        if not (folder / "popularity.npz").is_file():
            return cls(answers=AnswerModel.load(folder))
        with np.load(folder / "popularity.npz", allow_pickle=False) as arrays:
            popularity, known = arrays["popularity"], arrays["known"]
            segments = tuple(arrays["segments"].tolist()) if "segments" in arrays else ()
        # Whether a file that should be there is there was checked with the version's hashes.
        files = {name: folder / f"{name}.npz" for name in _MODELS}
        there = {name: _MODELS[name].load(file) for name, file in files.items() if file.is_file()}
        answers = AnswerModel.load(folder)
        return cls(**there, popularity=popularity, segments=segments, known=known, answers=answers)

    def segment(self, names: pd.Series) -> np.ndarray:
        """Number of each segment, -1 for one without a popularity of its own."""
        return pd.Index(self.segments, dtype="object").get_indexer(names.astype("object"))


def fit_stock(
    bank: Bank,
    interest: pd.DataFrame,
    settings: Settings,
    *,
    wants: sparse.csr_array | None = None,
    others: np.ndarray | None = None,
    segment: pd.Series | None = None,
) -> LearnedModels:
    """What holdings teach without their days: how popular products are, and which go together.

    Parameters
    ----------
    bank, interest, settings, wants
        See `fit`.
    others : ndarray of bool, shape (n_customers,), optional
        Whom popularity and item to item are learned from; everybody by default.
    segment : Series of str, length n_customers, optional
        As it is seen without the last product; popularity is then one by segment.
    """
    if not bank.held.any():
        return LearnedModels()
    taught = np.ones(bank.n_customers, dtype=bool) if others is None else others
    factors, known = collaborative.fit(bank, interest, settings, wants)
    numbers, names = (None, ()) if segment is None else pd.factorize(segment[taught], sort=True)
    return LearnedModels(
        factors,
        fit_item_to_item(bank.held[taught], settings),
        popularity=stock_log_rates(
            bank.held[taught], in_audience(bank)[taught], settings.ranking, numbers, len(names)
        ),
        segments=tuple(names),
        known=known,
    )


def fit(
    bank: Bank,
    interest: pd.DataFrame,
    settings: Settings,
    *,
    wants: sparse.csr_array | None = None,
) -> LearnedModels:
    """Fit the models on what is held and what events say.

    Parameters
    ----------
    bank : Bank
        As known on the day of the fit (`Bank.until`).
    interest : DataFrame
        customer_id, product_id, weight: what events add to holdings.
    wants : csr_array of shape (n_customers, n_phrases), optional
        Shares of each customer's needs on that day (`Needs.weights`).
    """
    factors, known = collaborative.fit(bank, interest, settings, wants)
    return LearnedModels(
        factors,
        fit_item_to_item(bank.held, settings),
        transitions.fit(bank, settings),
        log_rates(bank, settings.ranking),
        known,
    )
