"""A bank's standing orders in; what one customer's say, and how many have them for what, out."""

from typing import Final

import pandas as pd

from engine.bank.bank import Bank
from engine.customers import claims_ahead
from engine.customers.claims import Claim
from engine.vocabulary import ORDERS

MOST: Final = 4
"""Purposes that a sentence names (own choice)."""


def claim_of(bank: Bank, position: int) -> Claim | None:
    """How many orders a customer has on record, their sum, the largest purposes."""
    if not len(bank.rows(ORDERS)):
        return None
    mine = bank.of_customer(ORDERS, position)
    if mine.empty:
        return None
    amounts = mine["amount"].abs()
    sums = amounts.groupby(mine["purpose"]).sum().sort_values(ascending=False, kind="stable")
    return claims_ahead.orders(
        n=len(mine),
        amount=float(amounts.sum()),
        purposes=tuple((str(name), float(value)) for name, value in sums.items())[:MOST],
        currency=bank.manifest.currency,
    )


def purposes_of(bank: Bank, position: int) -> tuple[str, ...]:
    """What a customer's orders are for, the largest sum first."""
    said = claim_of(bank, position)
    return () if said is None else tuple(name for name, _ in said.figures["purposes"])


def most_common(bank: Bank) -> tuple[str, int]:
    """The purpose for which most customers have an order, and how many; ("", 0) without one."""
    if not len(bank.rows(ORDERS)):
        return "", 0
    counts: pd.Series = bank[ORDERS].groupby("purpose")["customer_id"].nunique()
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    return (str(counts.index[0]), int(counts.iloc[0])) if len(counts) else ("", 0)
