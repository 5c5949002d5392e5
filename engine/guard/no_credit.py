"""Signs of difficulty in; which offers of credit they remove, and with which sentence, out."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.importing.product_scores import lends
from engine.bank.parsing.word_search import says
from engine.customers.hardship import claims
from engine.customers.hardship.signs import SIGNS, Hardship
from engine.guard.preconditions import BlockingRule

_CREDIT: Final = (
    r"\boverdraft|\bbuy[ -]now\b|\bpay[ -]later\b|\bbnpl\b|\bcredit (?:line|facility)\b|"
    r"\bline of credit\b|\bleas(?:e|ing)\b|\bhire[ -]purchase\b|\bfactoring\b|"
    r"\binvoice finance\b|\bfinance plan\b|\bcash advance\b|\bpayday\b"
)
_CARD: Final = r"\bcards?\b"
_REVOLVES: Final = r"\bcredit cards?\b|\bcharge cards?\b|\brevolving\b|\bcredit limit\b"
_PAYS_OWN: Final = r"\b(?:debit|prepaid|gift|maestro|electron|salary) cards?\b|\bdebit\b"
_NONE: Final = r"\bno (?:overdraft|credit)\b(?! check)|\bwithout (?:an )?(?:overdraft|credit)\b"
_SELLS: Final = ("service", "content")


def is_credit(products: pd.DataFrame) -> np.ndarray:
    """Which products are credit: loans, cards with credit, overdrafts, pay later, leasing.

    Returns
    -------
    ndarray of bool, shape (n_products,)

    Notes
    -----
    By name, category and subcategory, or by amounts to lend; a card also by an interest rate or a
    description as a credit card. An account that may also carry an
    overdraft is no credit: the account is what is offered.
    """
    said = products["name"].fillna("")
    for column in ("category", "subcategory"):
        said = said + " " + products[column].fillna("")
    lower = said.astype("str").str.lower()
    named = says(lower, _CREDIT)
    named &= (products["category"].fillna("") != "Insurance").to_numpy(dtype=bool)
    told = products["description"].fillna("").astype("str").str.lower()
    interest = (products["interest_rate"] > 0).fillna(False).to_numpy(dtype=bool)
    revolves = says(told, _REVOLVES) | interest
    named |= says(lower, _CARD) & revolves & ~says(lower + " " + told, _PAYS_OWN)
    found = lends(products) | named
    found &= ~says(lower, _NONE)
    return found & ~products["item_type"].isin(_SELLS).to_numpy()


def blocking(hardship: Hardship, rows: np.ndarray, credit: np.ndarray) -> Iterator[BlockingRule]:
    """One rule a kind of sign, for the customers at `rows`; it removes every product of credit."""
    for kind in SIGNS:
        holds = hardship.holds[kind][rows]

        def text(row: int, _product: int, kind: str = kind) -> str:
            mine = hardship.of(int(rows[row]))
            why = next(sign.why for sign in mine if sign.kind == kind)
            return claims.no_credit(why=why).text

        yield BlockingRule(kind, holds[:, None] & credit[None, :], text)
