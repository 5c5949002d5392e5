"""Who would want one product: a ranked table, and what it was made from."""

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, eq=False)
class TakerList:
    """Customers who may be offered a product, the most fitting first.

    Attributes
    ----------
    table : DataFrame
        rank, customer_id, name, segment, relationship_manager, score, confidence (NaN without
        history), fit, propensity (NaN without history), expected_value (a year), churn_band,
        value_band, reason, last_contact.
    product_id, product, category : str
    list : str
        The list whose aim is part of the score.
    n_allowed : int
        Customers who may be offered it.
    n_matching : int
        Of those, how many the filters leave; the table has the first of them.
    removed : DataFrame
        rule, label, n: whom it may not be offered to, by the first rule against it.
    filters : mapping of str to str
        What was asked for.
    basis : str
        "propensity" or "fit": what the expected value rests on.
    currency : str
    bank : str
    model_version : str
    as_of : Timestamp
    simulated : bool
    notes : tuple of str
    """

    table: pd.DataFrame
    product_id: str
    product: str
    category: str
    list: str
    n_allowed: int
    n_matching: int
    removed: pd.DataFrame
    filters: dict[str, str]
    basis: str
    currency: str
    bank: str
    model_version: str
    as_of: pd.Timestamp
    simulated: bool
    notes: tuple[str, ...] = ()

    @property
    def about(self) -> tuple[tuple[str, str | int], ...]:
        """What the list was made from, line by line."""
        chosen = "; ".join(f"{name}: {value}" for name, value in self.filters.items())
        return (
            ("Product", f"{self.product} ({self.product_id})"),
            ("Category", self.category),
            ("Bank", f"{self.bank}, simulated" if self.simulated else self.bank),
            ("Data as of", f"{self.as_of:%d %b %Y}"),
            ("Model version", self.model_version),
            ("Filters", chosen or "none"),
            ("May be offered it", self.n_allowed),
            ("Match the filters", self.n_matching),
            ("In this list", len(self.table)),
            ("Expected value", f"{self.basis} x assumed yearly margin, {self.currency}"),
            *(("Note", note) for note in self.notes),
        )

    def to_json(self) -> dict[str, Any]:
        """Every field; tables as rows, a missing figure as null."""
        found = dict(vars(self))
        for name, value in found.items():
            if isinstance(value, pd.DataFrame):
                shown = value.astype(object)
                found[name] = shown.where(value.notna(), None).to_dict("records")
        return found
