"""Figures of a cash flow in; the sentences that explain them out."""

import numpy as np
import pandas as pd

from engine.customers import claims, wording
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


def swings(value: float, n: int, threshold: float) -> str:
    """How much monthly spending swings, and what counts as much."""
    if np.isnan(value):
        return "Fewer than 3 months of spending are known."
    return f"{claims.swings(variation=value, n=n, edge=threshold).text}."


def savings_sentence(
    rate: float | None, income: float | None, spending: float | None, n: int, currency: str
) -> str:
    """What is left of the income, over how many months."""
    if rate is None or income is None or spending is None:
        return "Income and spending are not both known for long enough."
    said = claims.kept_of_income(
        rate=rate, income=income, spending=spending, n=n, currency=currency
    )
    return f"{said.text}."


def summary(
    salary: Due | None,
    calendar: pd.DataFrame,
    lowest: float | None,
    horizon_days: int,
    currency: str,
) -> str:
    """What comes in next, what is due, and how low the balance may fall."""
    out = calendar[calendar["amount"] < 0]
    parts = []
    if salary is not None:
        money = wording.money(salary.amount, currency)
        parts.append(f"{money} from {salary.name} expected on {wording.day(salary.day)}.")
    if len(out):
        sums = wording.money(-out["amount"].sum(), currency)
        payments = wording.count(len(out), "payment")
        parts.append(f"{payments} of {sums} in all due within {horizon_days} days.")
    if lowest is not None and lowest < 0:
        day = calendar["day"].iloc[int(np.nanargmin(calendar["balance_after"]))]
        parts.append(
            f"The balance may fall to {wording.money(lowest, currency)} by {wording.day(day)}."
        )
    return " ".join(parts) or "No recurring payment is expected."
