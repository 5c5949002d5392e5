"""A bank and one product a customer in; the bank as if those products were not held out."""

import re

import numpy as np
import pandas as pd

from engine.bank.bank import TRANSACTIONS, Bank
from engine.bank.stored_rows import HeldRows, StoredRows

NONE = -1
SHORTEST = 4
"""Letters that a name needs to be looked for in texts (own choice)."""
_TEXTS = {
    "accounts": ("kind", "attributes"),
    TRANSACTIONS: ("description", "merchant", "category", "attributes"),
    "messages": ("text", "topics", "attributes"),
    "contacts": ("note",),
}
"""Table -> columns in which a row may name a product."""
_LOANS = re.compile(r"loan|mortgage|credit", re.IGNORECASE)


def without_holdings(bank: Bank, hidden: np.ndarray) -> Bank:
    """The bank as if some customers did not hold one product.

    Parameters
    ----------
    hidden : ndarray of int, shape (n_customers,)
        Position of the product that is hidden of each customer; NONE hides nothing.

    Notes
    -----
    The holding leaves every table that may tell of it: its own row, events and accounts of the
    product, and each payment, message and note of the customer that names the product, its kind or
    its id. A loan's balance leaves the months. Fields of customers that a source kept beside ours
    are emptied for everybody, because they may count or name products.
    """
    frames: dict[str, pd.DataFrame | StoredRows] = {
        table: _without(bank, table, hidden) for table in ("holdings", "events") if len(bank[table])
    }
    patterns = _patterns(bank)
    for table, columns in _TEXTS.items():
        if len(rows := bank.rows(table)):
            frames[table] = rows.where(~_naming(bank, rows, columns, hidden, patterns))
    if len(months := bank["months"]):
        kinds = bank["products"][["name", "category"]].fillna("").agg(" ".join, axis=1)
        loan = kinds.str.contains(_LOANS).to_numpy(dtype=bool)
        owner = bank.customer_positions(months["customer_id"])
        theirs = (owner >= 0) & (hidden[owner] != NONE) & loan[np.maximum(hidden[owner], 0)]
        frames["months"] = months.assign(loan_balance=months["loan_balance"].mask(theirs))
    customers = bank["customers"]
    empty = pd.Series(None, index=customers.index, dtype=customers["attributes"].dtype)
    frames["customers"] = customers.assign(attributes=empty)
    return bank.with_checked(**frames)


def holdings_without(bank: Bank, hidden: np.ndarray) -> Bank:
    """The bank with nothing taken out but the holdings' own rows."""
    return bank.with_checked(holdings=_without(bank, "holdings", hidden))


def _without(bank: Bank, table: str, hidden: np.ndarray) -> pd.DataFrame:
    rows = bank[table]
    owner = bank.customer_positions(rows["customer_id"])
    product = bank.product_positions(rows["product_id"])
    gone = (owner >= 0) & (product >= 0) & (hidden[owner] == product)
    return rows.loc[~gone].reset_index(drop=True)


def _patterns(bank: Bank) -> list[re.Pattern[str] | None]:
    """What names each product in a text; None where nothing long enough does."""
    products, patterns = bank["products"], []
    columns = ["product_id", "name", "category", "subcategory"]
    for row in products[columns].fillna("").astype(str).itertuples(index=False):
        words = {word.strip().casefold().removesuffix("s") for word in row}
        names = sorted(re.escape(word) for word in words if len(word) >= SHORTEST)
        patterns.append(re.compile(rf"\b(?:{'|'.join(names)})", re.IGNORECASE) if names else None)
    return patterns


def _naming(
    bank: Bank,
    rows: HeldRows | StoredRows,
    columns: tuple[str, ...],
    hidden: np.ndarray,
    patterns: list[re.Pattern[str] | None],
) -> np.ndarray:
    """Which rows name the product that is hidden of their customer, bool of shape (n_rows,)."""
    naming = []
    for part in rows.parts(["customer_id", *columns]):
        owner = bank.customer_positions(part["customer_id"])
        product = np.where(owner >= 0, hidden[owner], NONE)
        found = np.zeros(len(part), dtype=bool)
        for one in np.unique(product[product != NONE]):
            if (pattern := patterns[one]) is None:
                continue
            mine = np.flatnonzero(product == one)
            for column in columns:
                texts = part[column].iloc[mine].astype("object").fillna("").astype(str)
                found[mine] |= texts.str.contains(pattern).to_numpy(dtype=bool)
        naming.append(found)
    return np.concatenate(naming) if naming else np.zeros(0, dtype=bool)
