"""A serving model and one bank's signals in; scores, parts and chances of any customers out."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import StateError
from engine.ranking.blend import Blend
from engine.ranking.calibration import Calibration
from engine.ranking.objectives import objectives
from engine.ranking.signals import Signals
from engine.ranking.signals.learned import LearnedModels


@dataclass(frozen=True, eq=False)
class Model:
    """What a version holds: how signals become a score and a score becomes a chance."""

    blend: Blend
    calibration: Calibration
    learned: LearnedModels
    product_ids: tuple[str, ...]
    customer_keys: np.ndarray | None = None
    """Uint64, shape (n_customers,). Whom the learned models know, in their order; None where the
    release that wrote the model did not keep it."""

    def save(self, folder: Path) -> None:
        """Write the model as arrays and JSON."""
        self.learned.save(folder)
        blend, calibration = vars(self.blend).copy(), vars(self.calibration).copy()
        offsets = None if self.calibration.offsets is None else self.calibration.offsets.tolist()
        np.savez(
            folder / "blend.npz",
            intercepts=blend.pop("intercepts"),
            quantiles=calibration.pop("quantiles"),
            **({} if self.customer_keys is None else {"customer_keys": self.customer_keys}),
        )
        stored = {
            "blend": blend,
            "calibration": calibration | {"offsets": offsets},
            "product_ids": list(self.product_ids),
        }
        text = json.dumps(stored, indent=2, sort_keys=True)
        (folder / "blend.json").write_text(text + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Model":
        """Read what `save` wrote."""
        try:
            stored: dict[str, Any] = json.loads((folder / "blend.json").read_text("utf-8"))
            with np.load(folder / "blend.npz", allow_pickle=False) as arrays:
                intercepts, quantiles = arrays["intercepts"], arrays["quantiles"]
                keys = arrays.get("customer_keys")
            chances = stored["calibration"]
            if chances["propensity"] is not None:
                chances["propensity"] = tuple(chances["propensity"])
            if chances.get("offsets") is not None:
                chances["offsets"] = np.array(chances["offsets"])
            return cls(
                Blend(**stored["blend"], intercepts=intercepts),
                Calibration(**chances, quantiles=quantiles),
                LearnedModels.load(folder),
                tuple(stored["product_ids"]),
                keys,
            )
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise StateError(
                f"The model in {folder} cannot be read ({error}). Retrain, or roll back to an "
                f"earlier version."
            ) from error


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of some customers, with everything that they are the sum of."""

    rows: np.ndarray
    """Int, shape (n_rows,). Positions of the customers in the bank."""
    parts: Mapping[str, np.ndarray]
    """Arrays of shape (n_rows, n_products). The blend's parts; without a list's objective."""
    objectives: Mapping[str, np.ndarray]
    """Arrays of shape (n_products,). By list; added to the score of that list and shown as its own
    part."""
    candidates: np.ndarray
    """Bool, shape (n_rows, n_products)."""
    n_held: np.ndarray
    """Int, shape (n_rows,)."""
    calibration: Calibration
    emphasis: Mapping[str, float] = field(default_factory=dict)
    """By signal, where the bank counts its part more or less often than once in the order of the
    lists. The chances stay those of the fitted blend."""

    @cached_property
    def blended(self) -> np.ndarray:
        """Sum of the blend's parts, the same in every list."""
        return np.sum(list(self.parts.values()), axis=0)

    def total(self, which: str) -> np.ndarray:
        """Score within one list: the blend, with its emphasis, plus the list's objective."""
        return self.weighed + self.objectives[which]

    @cached_property
    def weighed(self) -> np.ndarray:
        """The blend with its emphasis, the same in every list."""
        extra = [(n - 1) * self.parts[s] for s, n in self.emphasis.items() if s in self.parts]
        return np.sum([self.blended, *extra], axis=0) if extra else self.blended

    def parts_of(self, which: str, row: int, product: int) -> dict[str, float]:
        """The parts of one score, row counted within these rows; they sum to `total`."""
        parts = {
            name: self.emphasis.get(name, 1.0) * float(values[row, product]) + 0.0  # never -0.0
            for name, values in self.parts.items()
        }
        return parts | {"objective": float(self.objectives[which][product])}

    @cached_property
    def confidence(self) -> np.ndarray | None:
        """Chance of each product given that one is taken; None without history."""
        return self.calibration.confidence(self.blended, self.candidates, self.n_held)

    @cached_property
    def propensity(self) -> np.ndarray | None:
        """Chance of adoption within the horizon; None without history."""
        return self.calibration.propensity_of(self.confidence)

    @cached_property
    def fit(self) -> np.ndarray:
        """Percentile of the blend's score within the bank, 0-1."""
        return self.calibration.fit_of(self.blended)


@dataclass(frozen=True, eq=False)
class Ranker:
    """Scores any customers of one bank with one model."""

    signals: Signals
    model: Model

    def __post_init__(self) -> None:
        if self.model.product_ids != tuple(self.signals.bank.product_ids):
            raise StateError(
                "The serving version was fitted on another catalogue than this bank's. Retrain it."
            )

    @cached_property
    def objectives(self) -> dict[str, np.ndarray]:
        """Each list's own part, shape (n_products,)."""
        ranking = self.signals.settings.ranking
        return objectives(self.signals, self.model.blend.aims, ranking)

    def scores(self, rows: np.ndarray) -> Scores:
        """Score some customers, by their positions in the bank."""
        return self.scored(rows, self.signals.raw(rows))

    def scored(self, rows: np.ndarray, raw: Mapping[str, np.ndarray]) -> Scores:
        """Scores of raw signals that are at hand, or are other than what is recorded."""
        return Scores(
            rows,
            self.model.blend.parts(raw, self.signals.newcomers(rows)),
            self.objectives,
            self.signals.candidates[rows],
            self.signals.n_held(rows),
            self.model.calibration,
            self.emphasis,
        )

    @cached_property
    def emphasis(self) -> dict[str, float]:
        """Signals that the bank counts other than once."""
        return {s: n for s, n in self.signals.settings.ranking.emphasis.items() if n != 1}
