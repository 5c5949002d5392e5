"""Accounts behind the holdings, with balances that follow wealth, debt and the last month."""

import numpy as np
import pandas as pd

from engine.demo.adoption import is_open
from engine.demo.dates import AS_OF
from engine.demo.draws import stream, with_ids
from engine.demo.loans import left_on
from engine.demo.population import Population

KIND_OF = {
    "Savings": "savings", "Business Savings": "savings", "Deposit": "deposit",
    "Credit Card": "card", "Business Card": "card",
    "Loan": "loan", "Mortgage": "loan", "Business Loan": "loan",
    "Investment": "investment", "Pension": "investment",
}  # fmt: skip
"""Category -> kind of account; other categories have none of their own."""

# Relative share of a customer's wealth that one account of a kind takes (own choice).
_WEIGHT = {"savings": 0.5, "deposit": 0.8, "investment": 1.0}


def accounts(
    population: Population,
    holdings: pd.DataFrame,
    borrowed: pd.DataFrame,
    balance: np.ndarray | None,
    seed: int,
    ids: pd.Series,
) -> pd.DataFrame:
    """Table `accounts`: one current account each, then one per holding that has a balance.

    Debts of loans and cards are positive amounts owed.
    """
    rng = stream(seed, population.audience, "accounts")
    current = pd.DataFrame(
        {
            "row": np.arange(population.n),
            "kind": "current",
            "balance": balance,
            "opened_on": population.customers["joined_on"],
        }
    )
    held = _of_holdings(population, holdings[is_open(holdings)], rng)
    held = _with_debt(held, borrowed)
    held = _with_wealth(held, population, rng)
    every = pd.concat([current, held], ignore_index=True)
    every = every.sort_values(["row", "opened_on", "kind"], kind="stable").drop(columns="product")
    return with_ids(every, ids).assign(as_of=pd.Timestamp(AS_OF))


def _of_holdings(
    population: Population, held: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    details = population.catalogue.products.iloc[held["product"]].reset_index(drop=True)
    low, high = details["credit_limit_min"], details["credit_limit_max"]
    limit = low + (high - low) * rng.beta(1.5, 2.5, len(held))
    kind = details["category"].map(KIND_OF)
    used = np.clip(rng.beta(1.1, 3.5, len(held)), 0, 1)
    frame = pd.DataFrame(
        {
            "row": held["row"].to_numpy(),
            "product": held["product"].to_numpy(),
            "kind": kind.astype("str"),
            "credit_limit": limit.round(-2),
            "interest_rate": details["interest_rate"],
            "opened_on": held["opened_on"].to_numpy(),
            "floor": details[["min_balance", "min_investment"]].max(axis=1).fillna(0),
        }
    )
    frame["balance"] = np.where(kind == "card", (limit * used).round(2), np.nan)
    return frame[kind.notna()].reset_index(drop=True)


def _with_debt(held: pd.DataFrame, borrowed: pd.DataFrame) -> pd.DataFrame:
    key = ["row", "product", "opened_on"]
    debt = borrowed[key].assign(owed=left_on(borrowed, AS_OF)).drop_duplicates(key)
    joined = held.merge(debt, on=key, how="left")
    joined["balance"] = joined["balance"].where(joined["kind"] != "loan", joined["owed"])
    return joined.drop(columns="owed")


def _with_wealth(
    held: pd.DataFrame, population: Population, rng: np.random.Generator
) -> pd.DataFrame:
    """Wealth divided over savings, deposits and investments; never below a product's minimum."""
    weight = held["kind"].map(_WEIGHT).to_numpy() * rng.lognormal(0, 0.4, len(held))
    row = held["row"].to_numpy()
    total = np.bincount(row, np.nan_to_num(weight), minlength=population.n)
    share = population.wealth[row] * weight / np.maximum(total[row], 1e-9)
    placed = np.maximum(share, held["floor"] * 1.02).round(2)
    return held.assign(balance=held["balance"].where(np.isnan(weight), placed)).drop(
        columns="floor"
    )
