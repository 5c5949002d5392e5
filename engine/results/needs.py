"""What it is worth to read needs phrase by phrase, beside one embedding of a whole text."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class NeedsAblation:
    """Needs by phrases beside other ways to compare what a customer wants with a product.

    Attributes
    ----------
    n : int
        Customers compared.
    n_known : int
        Customers of whom any need is known.
    n_adopters : int
        Later adopters with a known need on whom map@7 is measured; 0 without dated adoptions.
    as_of : Timestamp
        Day on which needs and holdings are read: the eve of the test, where there is one.
    encoder : str
    table : DataFrame
        way, measure, value, low, high, n (engine.lab.needs_ablation).
    speed : DataFrame
        way, n_texts (distinct, beside the products), seconds, times (the phrases').
    notes : tuple of str
    simulated : bool
    """

    n: int
    n_known: int
    n_adopters: int
    as_of: pd.Timestamp
    encoder: str
    table: pd.DataFrame
    speed: pd.DataFrame
    notes: tuple[str, ...]
    simulated: bool

    def to_json(self) -> dict[str, Any]:
        """The shape that `evaluate needs --json` prints."""
        figures = self.table.astype(object).where(self.table.notna(), None)
        ways: dict[str, dict[str, Any]] = {}
        for row in figures.to_dict("records"):
            interval = {name: row[name] for name in ("value", "low", "high", "n")}
            ways.setdefault(row["way"], {})[row["measure"]] = interval
        return {
            "n": self.n,
            "n_known": self.n_known,
            "n_adopters": self.n_adopters,
            "as_of": self.as_of.date().isoformat(),
            "encoder": self.encoder,
            "ways": ways,
            "speed": self.speed.to_dict("records"),
            "notes": list(self.notes),
            "simulated": self.simulated,
        }
