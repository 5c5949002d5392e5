"""Products and settings in; what one of them earns the bank in a year if it is taken, out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.finances.assumed_amounts import is_assumed
from engine.explain.wording import money
from engine.settings import MoneySettings


def margins(bank: Bank, settings: MoneySettings) -> np.ndarray:
    """Yearly margin of each product, bank's currency, shape (n_products,); NaN where none is set.

    A product's own margin wins over that of its category.
    """
    products = bank["products"]
    known = {name.lower(): value for name, value in settings.product_margin.items()}
    none = np.nan if settings.unlisted_have_no_margin else known.get("default", np.nan)
    category = products["category"].fillna("").str.lower()
    own = products["product_id"].map(settings.margin_of_product).astype("float64")
    by_category = category.map({**known, "default": np.nan}).astype("float64").fillna(none)
    return own.fillna(by_category).to_numpy(dtype=float)


def assumption(product: Mapping[str, Any], settings: MoneySettings, currency: str) -> str:
    """Where a product's margin comes from, in one sentence."""
    product_id, category = str(product["product_id"]), product["category"]
    if product_id in settings.margin_of_product:
        stated = money(settings.margin_of_product[product_id], currency)
        return f"Assumed margin of this product: {stated} a year (the bank's setting)"
    listed = {name.lower(): (name, value) for name, value in settings.product_margin.items()}
    kind = category if isinstance(category, str) and not pd.isna(category) else ""
    name, value = listed.get(kind.lower(), ("default", None))
    if name == "default" and settings.unlisted_have_no_margin:
        what = kind or "products without a category"
        return f"No yearly margin is set for {what}: no worth is shown"
    value = settings.product_margin.get(name, 0.0) if value is None else value
    shipped = is_assumed(name, settings, currency)
    own = "Attune's own assumption, until the bank sets its own"
    source = own if shipped else "the bank's setting"
    what = f"one product of the category {kind}" if name != "default" else "any other product"
    return f"Assumed margin of {what}: {money(value, currency)} a year ({source})"
