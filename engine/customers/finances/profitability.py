"""Balances, spending and holdings in; what each customer earns the bank in a year out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.customers.finances.months import Months
from engine.customers.finances.spending import Spending
from engine.customers.row_index import customer_positions, total
from engine.settings import MoneySettings
from engine.vocabulary import CORPORATE

DEPOSIT_KINDS = ("current", "savings", "deposit")
LOAN_KINDS = ("loan",)
INVESTMENT_KINDS = ("investment",)


@dataclass(frozen=True, eq=False)
class Money:
    """Money of each customer, every array of shape (n_customers,), NaN where unknown.

    Attributes
    ----------
    balance : ndarray
        Current, savings and deposit accounts, else the last monthly balance.
    in_accounts : ndarray of bool
        The balance is of accounts.
    income_year : ndarray
        As stated (a company's revenue), else 12 times the monthly income.
    """

    balance: np.ndarray
    in_accounts: np.ndarray
    loans: np.ndarray
    investments: np.ndarray
    income_year: np.ndarray
    income_month: np.ndarray
    spending_month: np.ndarray
    n_account_kinds: np.ndarray


def balance_of_kinds(bank: Bank, kinds: Sequence[str]) -> np.ndarray:
    """What each customer has in accounts of some kinds, NaN where no balance is known."""
    accounts = bank["accounts"]
    balances = accounts["balance"].to_numpy(dtype=float)
    mine = accounts["kind"].isin(kinds).to_numpy() & ~np.isnan(balances)
    rows = customer_positions(bank, accounts["customer_id"])[mine]
    sums = total(rows, bank.n_customers, balances[mine])
    return np.where(total(rows, bank.n_customers) > 0, sums, np.nan)


def money_of(bank: Bank, months: Months, spending: Spending) -> Money:
    """Gather balances, income and spending; what a source states wins over what is computed."""
    customers = bank["customers"]
    accounts = bank["accounts"]
    rows = customer_positions(bank, accounts["customer_id"])
    stated = customers["annual_income"].to_numpy(dtype=float)
    corporate = (customers["audience"] == CORPORATE).to_numpy(dtype=bool)
    revenue = customers["annual_revenue"].to_numpy(dtype=float)
    stated = np.where(corporate & ~np.isnan(revenue), revenue, stated)
    received = months.mean_of_year("income")
    received = np.where(received > 0, received, np.nan)
    spent = months.mean_of_year("spending")
    whole = np.isnan(spending.days) & (spending.stated > 0)
    by_category = np.where(whole.any(axis=1), (spending.stated * whole).sum(axis=1), np.nan)
    deposits = balance_of_kinds(bank, DEPOSIT_KINDS)
    kinds = pd.DataFrame({"row": rows, "kind": accounts["kind"]}).drop_duplicates()
    return Money(
        balance=_first(deposits, months.latest("balance")),
        in_accounts=~np.isnan(deposits),
        loans=np.abs(_first(balance_of_kinds(bank, LOAN_KINDS), months.latest("loan_balance"))),
        investments=balance_of_kinds(bank, INVESTMENT_KINDS),
        income_year=_first(stated, received * 12),
        income_month=_first(received, stated / 12),
        spending_month=_first(spent, by_category),
        n_account_kinds=total(kinds["row"].to_numpy()[kinds["kind"].notna()], bank.n_customers),
    )


def yearly_value(bank: Bank, money: Money, settings: MoneySettings) -> pd.DataFrame:
    """Margin a year that each customer brings, before the price of money and tax.

    Returns
    -------
    DataFrame of shape (n_customers, 7)
        deposits, investments, loans, card spending, fees, products, cost to serve; a row sums to
        the value. All NaN where no balance, spending or holding is known.

    Notes
    -----
    Every rate is an assumption that stands in settings.toml under [money]. The flat margin per
    product is used only where neither a balance nor spending is known, so that nothing counts
    twice. Loan margins are after expected loss.

    Fees and margins are added up holding by holding. A matrix product of yes and no with them
    would go through BLAS, whose kernels work on whole vector registers: what lies in the lanes
    beyond the data can raise the processor's floating-point flags, and NumPy then warns about a
    result that is right.
    """
    customer, product = np.nonzero(bank.held)

    def held_sum(figures: pd.Series) -> np.ndarray:
        sums = total(customer, bank.n_customers, figures.to_numpy(dtype=np.float32)[product])
        return sums.astype(np.float32)

    products = bank["products"]
    fees = products["annual_fee"].fillna(0) + 12 * products["monthly_fee"].fillna(0)
    margins = products["category"].map(settings.product_margin)
    margins = margins.fillna(settings.product_margin.get("default", 0.0))
    figures = np.column_stack([money.balance, money.investments, money.loans, money.spending_month])
    blind = np.isnan(figures).all(axis=1)
    known = ~blind | bank.held.any(axis=1)
    corporate = (bank["customers"]["audience"] == CORPORATE).to_numpy(dtype=bool)
    by_card = np.where(corporate, settings.corporate_card_share, settings.card_share)
    parts = pd.DataFrame(
        {
            "deposits": np.clip(money.balance, 0, None) * settings.deposit_margin,
            "investments": np.clip(money.investments, 0, None) * settings.investment_margin,
            "loans": money.loans * settings.loan_margin,
            "card spending": money.spending_month * 12 * by_card * settings.card_interchange,
            "fees": held_sum(fees),
            "products": np.where(blind, held_sum(margins), 0.0),
            "cost to serve": -settings.cost_to_serve,
        },
        index=bank.customer_ids,
    ).astype(float)
    return parts.fillna(0.0).where(known[:, None] & np.ones(parts.shape[1], dtype=bool))


def _first(values: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), otherwise, values)
