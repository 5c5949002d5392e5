"""Instalments and premiums against what a customer has left in a month."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from engine.figures import figure, money
from engine.guard.customer_facts import CustomerFacts
from engine.guard.eligibility import Clause, Condition
from engine.guard.target_groups import FAILED, OPEN, PASSED
from engine.settings import GuardSettings

_MONTHS = 12


def instalment(products: pd.DataFrame) -> np.ndarray:
    """Monthly instalment of the smallest loan of each product.

    Parameters
    ----------
    products : DataFrame
        loan_amount_min (else loan_amount_max), interest_rate (share a year), term_months.

    Returns
    -------
    ndarray of shape (n_products,)
        Bank's currency; NaN for a product without amount or term.

    Notes
    -----
    An annuity; a missing rate counts as 0, which understates the instalment.
    """
    amount = products["loan_amount_min"].fillna(products["loan_amount_max"]).to_numpy(dtype=float)
    months = products["term_months"].to_numpy(dtype=float)
    rate = np.nan_to_num(products["interest_rate"].to_numpy(dtype=float)) / _MONTHS
    usable = (amount > 0) & (months > 0)
    amount, months = np.where(usable, amount, np.nan), np.where(usable, months, 1.0)
    safe = np.where(rate > 0, rate, 1.0)
    annuity = safe / (1 - (1 + safe) ** -months)
    return amount * np.where(rate > 0, annuity, 1 / months)


def conditions(
    products: pd.DataFrame, settings: GuardSettings, currency: str
) -> Iterator[Condition]:
    """The instalment condition and the premium condition of the products that have them."""
    due = instalment(products)
    if (columns := np.flatnonzero(due > 0)).size:
        share = settings.max_instalment_share
        asked = due[columns]
        yield Condition(
            partial(_instalment, due=asked, columns=columns, share=share, currency=currency),
            columns,
            partial(_market_of_instalment, asked, share, currency),
        )
    premium = products["monthly_premium"].to_numpy(dtype=float)
    if (columns := np.flatnonzero(premium > 0)).size:
        paid, premium_share = premium[columns], settings.max_premium_share
        yield Condition(
            partial(
                _premium, premium=paid, columns=columns, share=premium_share, currency=currency
            ),
            columns,
            partial(_market_of_premium, paid, premium_share, currency),
        )


def _market_of_instalment(
    due: np.ndarray, share: float, currency: str, place: int
) -> tuple[str, str]:
    costs = f"about {_about(due[place], currency)} a month"
    limits = f"{figure(share * 100)} % of income and what spending leaves"
    return f"Whose month carries {costs}: {limits}", f"Whose month does not carry {costs}"


def _market_of_premium(
    premium: np.ndarray, share: float, currency: str, place: int
) -> tuple[str, str]:
    costs = f"{money(premium[place], currency)} a month"
    part = f": at most {figure(share * 100)} % of income" if share else ""
    return (
        f"Whose month or balance carries {costs}{part}",
        f"Whose month and balance do not carry {costs}",
    )


def _instalment(
    facts: CustomerFacts, due: np.ndarray, columns: np.ndarray, share: float, currency: str
) -> Clause:
    """An instalment fits into a share of income, and into what spending leaves of it."""
    income, left = facts.income_month, facts.income_month - facts.spending_month
    bearable = np.fmin(income * share, left)
    fits = due <= bearable[:, None]
    unknown = np.isnan(income) & np.isnan(left)
    outcome = np.where(unknown[:, None], OPEN, np.where(fits, PASSED, FAILED))

    def text(row: int, place: int) -> str:
        costs = f"an instalment of about {_about(due[place], currency)} a month"
        if outcome[row, place] == OPEN:
            return f"Check first: {costs}; this customer's income is not recorded"
        if left[row] < income[row] * share:
            return f"Asks for {costs}; {_leaves(left[row], currency)}"
        return (
            f"Asks for {costs}; {figure(share * 100)} % of this customer's monthly income "
            f"is {_about(income[row] * share, currency)}"
        )

    return Clause("instalment", columns, outcome, text)


def _premium(
    facts: CustomerFacts, premium: np.ndarray, columns: np.ndarray, share: float, currency: str
) -> Clause:
    """A premium fits into what a month leaves, or a year of it into the balance.

    Where the income is known it takes at most a share of that, unless a year of it fits into the
    balance: what a month happens to leave is no reason for a premium that an income cannot bear.
    """
    left = facts.income_month - facts.spending_month
    reserve = facts.balance / _MONTHS
    bearable = np.fmax(left, reserve)
    known = ~np.isnan(left)
    most = np.where(np.isnan(facts.income_month), np.inf, facts.income_month * (share or np.inf))
    dear = (premium > most[:, None]) & ~(premium <= reserve[:, None])
    fits = (premium <= bearable[:, None]) & ~dear
    outcome = np.where(fits, PASSED, np.where(known[:, None], FAILED, OPEN))

    def text(row: int, place: int) -> str:
        costs = f"{money(premium[place], currency)} a month"
        if outcome[row, place] == OPEN:
            return f"Check first: costs {costs}; this customer's income or spending is not recorded"
        if outcome[row, place] == PASSED and not premium[place] <= left[row]:
            balance = _about(facts.balance[row], currency)
            return f"Costs {costs}; this customer's balance of {balance} carries it"
        if dear[row, place] and premium[place] <= left[row]:
            part = _about(most[row], currency)
            return f"Costs {costs}; {figure(share * 100)} % of this customer's income is {part}"
        return f"Costs {costs}; {_leaves(left[row], currency)}"

    return Clause("premium", columns, outcome, text)


def _leaves(amount: float, currency: str) -> str:
    if amount < 0:
        return f"this customer spends {_about(-amount, currency)} a month more than comes in"
    return f"spending leaves this customer {_about(amount, currency)} a month"


def _about(amount: float, currency: str) -> str:
    """A computed amount; its cents would claim more than is known."""
    return money(float(round(amount)), currency)
