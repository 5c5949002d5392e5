"""Holdings or accounts without a catalogue in; the products that stand in for one out."""

from collections.abc import Iterable

import pandas as pd

from engine.bank.decision import counted
from engine.bank.importing.columns.mapping import FILE, LINE
from engine.vocabulary import ACCOUNT_KINDS

STAND_IN = "stand-in catalogue"
_NOUNS = frozenset({"card", "loan", "deposit", "investment"})
_PLAIN = {
    kind: kind.capitalize() if kind in _NOUNS else f"{kind.capitalize()} account"
    for kind in ACCOUNT_KINDS
}
"""Kind of account -> its product in the catalogue that stands in."""


def is_plain(product_ids: Iterable[str]) -> bool:
    """Is a catalogue none but the one that stands in?"""
    return set(product_ids) <= set(_PLAIN.values())


def with_catalogue(
    frames: dict[str, pd.DataFrame], is_plain: bool
) -> tuple[dict[str, pd.DataFrame], str]:
    """A catalogue from what is held, else a plain one where that may be; and what to know of it."""
    frames, n_made = products_of_holdings(frames)
    if n_made:
        made = f"{counted(n_made, 'product')} {'was' if n_made == 1 else 'were'} made"
        return frames, f"{made} from what is held: there is no catalogue."
    if "products" in frames or "customers" not in frames or not is_plain:
        return frames, ""
    return with_plain_products(frames), (
        "Nothing says which products there are, so one plain product for each kind of account "
        "stands in for the catalogue. Bring a file of products for real offers."
    )


def with_plain_products(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """One plain product for each kind of account, where nothing says what can be offered."""
    names = list(_PLAIN.values())
    products = pd.DataFrame({"product_id": names, "name": names}, dtype="str")
    products = products.assign(**{FILE: STAND_IN, LINE: range(1, len(names) + 1)})
    accounts = frames.get("accounts")
    if accounts is None or "kind" not in accounts or "holdings" in frames:
        return {**frames, "products": products}
    held = accounts[["customer_id", FILE, LINE]].assign(product_id=accounts["kind"].map(_PLAIN))
    held = held.dropna(subset=["product_id"]).drop_duplicates(["customer_id", "product_id"])
    return {**frames, "products": products, "holdings": held.reset_index(drop=True)}


def products_of_holdings(frames: dict[str, pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], int]:
    """A catalogue from what is held, where there is none; how many products it has."""
    held = frames.get("holdings")
    if held is None or len(frames.get("products", ())) or "product_id" not in held:
        return frames, 0
    kept = held.dropna(subset=["product_id"]).drop_duplicates("product_id")
    places = [c for c in kept.columns if c.startswith("_")]
    products = kept[["product_id", *places]].assign(name=kept["product_id"])
    return {**frames, "products": products.reset_index(drop=True)}, len(products)
