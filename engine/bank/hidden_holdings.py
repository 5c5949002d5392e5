"""A bank and one product a customer in; the bank as if those products were not held out."""

import re

import numpy as np
import pandas as pd

from engine.bank.bank import TRANSACTIONS, Bank
from engine.bank.parsing.words import account_kind
from engine.bank.stored_rows import HeldRows, StoredRows

NONE = -1
SHORTEST = 4
"""Letters that a name needs to be looked for in texts (own choice)."""
_WORDS = ("product_id", "name", "category", "subcategory")
"""Columns of a product that tell its accounts; the first two name it in a text."""
_TEXTS = {
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
    The holding leaves every table that may tell of it: its own row, events of the product, accounts
    of its kind, and each payment, message and note of the customer that has its name or id. One
    that names its kind alone ("card payment", "mortgage instalment") stays, because it may be of
    another product; what it tells is seen. A loan's balance leaves the months. Fields of customers
    that a source kept beside ours are emptied for everybody, because they may count or name
    products.
    """
    frames: dict[str, pd.DataFrame | StoredRows] = {
        table: _without(bank, table, hidden) for table in ("holdings", "events") if len(bank[table])
    }
    if len(accounts := bank.rows("accounts")):
        told = _naming(bank, accounts, ("kind", "attributes"), hidden, _patterns(bank, _WORDS))
        frames["accounts"] = accounts.where(~(told | _of_its_kind(bank, hidden)))
    patterns = _patterns(bank, _WORDS[:2])
    for table, columns in _TEXTS.items():
        if len(rows := bank.rows(table)):
            frames[table] = rows.where(~_naming(bank, rows, columns, hidden, patterns))
    if len(months := bank["months"]):
        kinds = bank["products"][["name", "category"]].fillna("").agg(" ".join, axis=1)
        loan = kinds.str.contains(_LOANS).to_numpy(dtype=bool)
        product = _hidden_of(bank, months, hidden)
        theirs = (product != NONE) & loan[np.maximum(product, 0)]
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


def _patterns(bank: Bank, columns: tuple[str, ...]) -> list[re.Pattern[str] | None]:
    """What names each product in a text, as whole words; None where nothing long enough does."""
    patterns = []
    for row in bank["products"][list(columns)].fillna("").astype(str).itertuples(index=False):
        words = {word.strip().casefold().removesuffix("s") for word in row}
        names = "|".join(sorted(re.escape(word) for word in words if len(word) >= SHORTEST))
        named = re.compile(rf"(?<!\w)(?:{names})s?(?!\w)", re.IGNORECASE) if names else None
        patterns.append(named)
    return patterns


def _naming(
    bank: Bank,
    rows: HeldRows | StoredRows,
    columns: tuple[str, ...],
    hidden: np.ndarray,
    patterns: list[re.Pattern[str] | None],
) -> np.ndarray:
    """Which rows name the product that is hidden of their customer, bool of shape (n_rows,)."""
    naming = [np.zeros(0, dtype=bool)]
    for part in rows.parts(["customer_id", *columns]):
        product = _hidden_of(bank, part, hidden)
        found = np.zeros(len(part), dtype=bool)
        for one in np.unique(product[product != NONE]):
            if (pattern := patterns[one]) is None:
                continue
            mine = np.flatnonzero(product == one)
            for column in columns:
                texts = part[column].iloc[mine].astype("object").fillna("").astype(str)
                found[mine] |= texts.str.contains(pattern).to_numpy(dtype=bool)
        naming.append(found)
    return np.concatenate(naming)


def _of_its_kind(bank: Bank, hidden: np.ndarray) -> np.ndarray:
    """Accounts of the kind that an import makes of the hidden product's words."""
    accounts, products = bank["accounts"], bank["products"]
    words = [products[column].astype("str") for column in _WORDS[1:]]
    single = [cells.str.replace(r"s\b", "", regex=True) for cells in words]
    kinds = np.stack([account_kind(cells).fillna("") for cells in [*words, *single]], axis=1)
    product = _hidden_of(bank, accounts, hidden)
    own = account_kind(accounts["kind"]).fillna("").to_numpy(dtype=object)
    same = (kinds[np.maximum(product, 0)] == own[:, None]).any(axis=1)
    return same & (product != NONE) & (own != "")


def _hidden_of(bank: Bank, rows: pd.DataFrame, hidden: np.ndarray) -> np.ndarray:
    """Position of the product that is hidden of each row's customer; NONE without one."""
    owner = bank.customer_positions(rows["customer_id"])
    return np.where(owner >= 0, hidden[owner], NONE)
