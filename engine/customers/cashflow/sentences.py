"""Figures of a cash flow in; the sentences that explain them out."""

import numpy as np
import pandas as pd

from engine.customers import claims, claims_ahead
from engine.customers.cashflow.bookings import as_times
from engine.customers.cashflow.payees import names_of
from engine.customers.claims import Claim
from engine.customers.profiles import Profiles
from engine.results.money import Due
from engine.vocabulary import SPENDING_CATEGORIES

_BASIS = (*(f"for {name}" for name in SPENDING_CATEGORIES), "of any kind")


def reasons(profiles: Profiles, payments: pd.DataFrame) -> list[Claim]:
    """Why each payment of engine.customers.cashflow.unusual stands out."""
    bank = profiles.data.bank
    rows = payments["row"].to_numpy(dtype=np.int64)
    names = names_of(bank.rows("transactions").take(rows, ["merchant", "description"]))
    days, money = as_times(payments["day"].to_numpy()), bank.manifest.currency
    return [
        claims.unusual(
            amount=row.amount,
            payee=name,
            on=pd.Timestamp(day),
            times=row.times,
            usual=row.usual,
            n=row.n,
            of=_BASIS[row.basis],
            currency=money,
        )
        for row, name, day in zip(payments.itertuples(index=False), names, days, strict=True)
    ]


def swings(value: float, n: int, threshold: float, span: str) -> Claim:
    """How much monthly spending swings, over which months, and what counts as much."""
    if np.isnan(value):
        return claims_ahead.swings_unknown()
    return claims.swings(variation=value, n=n, edge=threshold, span=span)


def kept(
    rate: float | None, income: float | None, spending: float | None, n: int, currency: str
) -> Claim:
    """What is left of the income, over how many months."""
    if rate is None or income is None or spending is None:
        return claims_ahead.kept_unknown()
    return claims.kept_of_income(
        rate=rate, income=income, spending=spending, n=n, currency=currency
    )


def ahead(
    salary: Due | None,
    calendar: pd.DataFrame,
    lowest: float | None,
    days: int,
    currency: str,
    seen: bool,
    orders: Claim | None = None,
) -> list[Claim]:
    """What comes in next, what is due within so many days, and how low the balance may fall.

    `seen` where any payment with a day is on record; `orders` are those on record, if any.
    """
    out = calendar[calendar["amount"] < 0]
    said = []
    if salary is not None:
        said.append(
            claims_ahead.income_due(
                amount=salary.amount, payee=salary.name, on=salary.day, currency=currency
            )
        )
    if len(out):
        total = float(-out["amount"].sum())
        said.append(
            claims_ahead.payments_due(n=len(out), amount=total, days=days, currency=currency)
        )
    if lowest is not None and lowest < 0:
        on = calendar["day"].iloc[int(np.nanargmin(calendar["balance_after"]))]
        said.append(claims_ahead.may_fall(amount=lowest, on=on, currency=currency))
    if not said and (seen or orders is None):
        said.append(claims_ahead.none_due(seen=seen))
    return said if orders is None else [*said, orders]
