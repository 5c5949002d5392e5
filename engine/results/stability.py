"""How far lists move when nothing that matters has changed."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class StabilityReport:
    """Lists of the same customers, made twice.

    Attributes
    ----------
    table : DataFrame
        change (another seed, small input noise), segment ("Everybody" first), n (customers with
        an offer either time), moved (share whose scores changed at all), jaccard (mean overlap of
        the first `k`), low, high, same_first (share whose first offer stays), first_low,
        first_high; intervals of 95 %.
    k : int
        First offers compared.
    list : str
    seed, other_seed : int
    balance_noise : float
        Largest change of a balance or a month's spending, as a share.
    sentiment_noise : float
        Largest change of a message's sentiment, on its scale of -1 to 1.
    model_version : str
        Serves the lists that the noise is measured against.
    simulated : bool
    sentence : str
    """

    table: pd.DataFrame
    k: int
    list: str
    seed: int
    other_seed: int
    balance_noise: float
    sentiment_noise: float
    model_version: str
    simulated: bool
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Every field; the table as rows, a missing figure as null."""
        shown = self.table.astype(object)
        return vars(self) | {"table": shown.where(self.table.notna(), None).to_dict("records")}
