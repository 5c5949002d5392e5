"""Loans and mortgages that are held: their amounts at the start and what is left of them."""

import numpy as np
import pandas as pd

from engine.demo.catalogue import LOAN_CATEGORIES
from engine.demo.dates import AS_OF, MONTHS, N_MONTHS
from engine.demo.draws import stream
from engine.demo.population import Population

_SHARE_OF_INCOME = {"Loan": (0.1, 0.5), "Mortgage": (2.2, 3.8), "Business Loan": (0.04, 0.25)}
_OPEN_ENDED_MONTHS = 120


def loans(population: Population, holdings: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row per loan holding: row, opened_on, closed_on, principal, term_months, mortgage."""
    rng = stream(seed, population.audience, "loans")
    products = population.catalogue.products
    category = products["category"].to_numpy(dtype=object)[holdings["product"]]
    taken = holdings[np.isin(category, LOAN_CATEGORIES)].reset_index(drop=True)
    details = products.iloc[taken["product"]]
    low, high = (
        details["category"].map({k: v[side] for k, v in _SHARE_OF_INCOME.items()}).to_numpy()
        for side in (0, 1)
    )
    income = population.income[taken["row"]]
    principal = income * (low + (high - low) * rng.random(len(taken)))
    bounds = details["loan_amount_min"].to_numpy(), details["loan_amount_max"].to_numpy()
    return taken.assign(
        principal=np.round(np.clip(principal, *bounds), -2),
        term_months=details["term_months"].fillna(_OPEN_ENDED_MONTHS).to_numpy(),
        mortgage=(details["subcategory"] == "home mortgage").to_numpy(),
    )


def left_on(borrowed: pd.DataFrame, day: np.datetime64) -> np.ndarray:
    """What is owed on a day, USD; zero before the payout and after the end."""
    opened = borrowed["opened_on"].to_numpy().astype("datetime64[D]")
    closed = borrowed["closed_on"].to_numpy().astype("datetime64[D]")
    months = (day - opened).astype(np.float64) / 30.44
    share = np.clip(1 - months / borrowed["term_months"].to_numpy(), 0, 1)
    stands = (months >= 0) & ~(closed <= day)
    return np.round(borrowed["principal"].to_numpy() * share * stands, 2)


def owed(borrowed: pd.DataFrame, n: int) -> np.ndarray:
    """Debt of each customer at the end of each month, shape (n, N_MONTHS)."""
    table = np.zeros((n, N_MONTHS))
    for month in range(N_MONTHS):
        end = (MONTHS[month] + 1).astype("datetime64[D]") - 1
        np.add.at(table[:, month], borrowed["row"].to_numpy(), left_on(borrowed, end))
    return table


def home_owners(borrowed: pd.DataFrame, n: int) -> np.ndarray:
    """Customers who pay a mortgage of their own home, bool of shape (n,)."""
    paying = borrowed["mortgage"].to_numpy() & (left_on(borrowed, AS_OF) > 0)
    owners = np.zeros(n, dtype=bool)
    owners[borrowed["row"].to_numpy()[paying]] = True
    return owners
