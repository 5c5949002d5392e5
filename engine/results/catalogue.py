"""One product of the bank's catalogue, ready to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.json_values import plain


@dataclass(frozen=True, eq=False)
class ProductSheet:
    """What is known of a product.

    Attributes
    ----------
    product_id, name, category, tier, item_type, audience, description : str
        "" where the bank does not say.
    features, conditions : tuple of str
        What it has, and what it asks of a customer.
    terms : mapping of str to str
        Label -> text: rates, fees, amounts, its own for each kind of product.
    n_holders : int, or None where the bank records no holdings
    share : float, or None
        Of the customers of its audience, how many hold it (0-1).
    scores : mapping of str to float
        The product's ratings, 0-10, where they are known.
    scores_estimated : bool
        They were worked out from the product's terms, not given by the bank.
    """

    product_id: str
    name: str
    category: str
    tier: str
    item_type: str
    audience: str
    description: str
    features: tuple[str, ...]
    conditions: tuple[str, ...]
    terms: Mapping[str, str]
    n_holders: int | None
    share: float | None
    scores: Mapping[str, float]
    scores_estimated: bool

    def to_json(self) -> dict[str, Any]:
        """Every field as a plain value."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}
