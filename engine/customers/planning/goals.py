"""A customer's savings goal and monthly figures in; how far it is and when it is reached out."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import attributes
from engine.customers import claims, claims_ahead
from engine.customers.claims import Claim
from engine.customers.finances.months import last_day
from engine.customers.finances.profitability import balance_of_kinds
from engine.customers.profiles import Profiles
from engine.errors import BadInput
from engine.results.money import Goal

SAVING_KINDS: Final = ("savings", "deposit")
STATED_SPENDING: Final = "expenses"
"""Source field with what a customer says to spend in a month; it wins over what is computed."""
_DAYS_A_MONTH: Final = 30.4375
_FURTHEST_MONTHS: Final = 1200.0
"""Beyond a century no date is given (own choice)."""


def goal(
    bank: Bank,
    profiles: Profiles,
    customer_id: str,
    *,
    target: float | None = None,
    saved: float | None = None,
    income: float | None = None,
    spending: float | None = None,
) -> Goal:
    """Time to a savings goal: (goal - saved) / (income - spending) months.

    Parameters
    ----------
    target, saved, income, spending : float, optional
        What to calculate with instead of the customer's own figures; income and spending a month.

    Raises
    ------
    NotFound
        If the bank has no such customer.
    BadInput
        If no goal is known or given, or a figure is no amount.
    """
    position = bank.customer_position(customer_id)
    customer = bank["customers"].iloc[position]
    row = profiles.table.iloc[position]
    wanted = _given("goal", target, customer["savings_goal"])
    if wanted is None or wanted <= 0:
        raise BadInput(
            f"Customer {customer_id!r} has named no savings goal; give an amount above 0."
            if target is None
            else f"Got the goal {target:g}; expected an amount above 0."
        )
    stated = pd.to_numeric(attributes(customer).get(STATED_SPENDING), errors="coerce")
    have = _given("saved amount", saved, savings_of(bank, profiles)[position], signed=True)
    earns = _given("income", income, row["income_month"])
    spends = _given("spending", spending, row["spending_month"] if pd.isna(stated) else stated)
    named = saved is not None or bool(has_savings(bank)[position])
    return _planned(bank, customer_id, wanted, have or 0.0, earns, spends, named=named)


def goal_or_none(bank: Bank, profiles: Profiles, customer_id: str) -> Goal | None:
    """`goal`, or None where the customer has named none."""
    position = bank.customer_position(customer_id)
    named = bank["customers"]["savings_goal"].iloc[position] > 0  # False for NaN
    return goal(bank, profiles, customer_id) if named else None


def savings_of(bank: Bank, profiles: Profiles) -> np.ndarray:
    """What each customer has saved, shape (n_customers,), NaN where unknown.

    Savings and deposit accounts; the balance as a whole where the bank knows of neither.
    """
    saved = balance_of_kinds(bank, SAVING_KINDS)
    return np.where(np.isnan(saved), profiles.table["balance"].to_numpy(dtype=float), saved)


def has_savings(bank: Bank) -> np.ndarray:
    """Who has a savings or deposit account with a known balance, shape (n_customers,)."""
    return ~np.isnan(balance_of_kinds(bank, SAVING_KINDS))


def _given(what: str, value: float | None, known: Any, *, signed: bool = False) -> float | None:
    if value is None:
        return None if pd.isna(known) else float(known)
    if not np.isfinite(value) or (value < 0 and not signed):
        raise BadInput(f"Got {value:g} as {what}; expected an amount of money.")
    return float(value)


def _planned(
    bank: Bank,
    customer_id: str,
    wanted: float,
    have: float,
    earns: float | None,
    spends: float | None,
    *,
    named: bool,
) -> Goal:
    spare = None if earns is None or spends is None else earns - spends
    never = have < wanted and spare is not None and spare <= 0
    months = None
    if have >= wanted:
        months = 0.0
    elif spare is not None and spare > 0:
        months = (wanted - have) / spare
    known = months is not None and months <= _FURTHEST_MONTHS
    day = last_day(bank)
    plan = Goal(
        customer_id=customer_id,
        currency=bank.manifest.currency,
        goal=wanted,
        saved=have,
        share=have / wanted,
        income_month=earns,
        spending_month=spends,
        spare_month=spare,
        months=months,
        reached_on=day + pd.Timedelta(days=round(months * _DAYS_A_MONTH)) if known else None,
        never=never,
        sentence="",
    )
    return replace(plan, sentence=f"{goal_claim(plan, named=named).text}.")


def goal_claim(plan: Goal, *, named: bool) -> Claim:
    """How far it is; `named` where it is known of savings or deposit accounts, or was given."""
    money = plan.currency
    progress = claims.saved(amount=plan.saved, goal=plan.goal, named=named, currency=money)
    if plan.reached:
        return claims_ahead.goal_reached(progress=progress)
    if plan.spare_month is None:
        missing = "income" if plan.income_month is None else "spending"
        return claims_ahead.goal_open(progress=progress, missing=missing)
    rate = {"income": plan.income_month, "spending": plan.spending_month, "currency": money}
    if plan.never:
        return claims_ahead.goal_never(progress=progress, **rate)
    return claims_ahead.goal_takes(
        progress=progress, months=plan.months, on=plan.reached_on, **rate
    )
