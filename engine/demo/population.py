"""What the simulation knows about a group of customers and the bank does not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demo.catalogue import Catalogue, catalogue
from engine.vocabulary import CORPORATE, RETAIL


@dataclass(frozen=True)
class Population:
    """Customers of one audience with their hidden traits; rows of every array are customers.

    Attributes
    ----------
    customers : DataFrame
        Table `customers` as the truth has it; what the bank does not know is blanked at the end.
    group : ndarray of str, shape (n,)
        Occupation group of a person, "" for a company.
    needs : ndarray of shape (n, n_needs)
        Hidden needs in standard deviations, columns as in the catalogue.
    wealth : ndarray of shape (n,)
        Money kept with the bank beyond the current account, USD.
    mood : ndarray of shape (n,)
        Standing towards the bank, standard deviations.
    decline : ndarray of shape (n,)
        Share of the business that has moved away by the bank's day, 0-1.
    volatility : ndarray of shape (n,)
        Sigma of the log of monthly income and spending.
    save_rate : ndarray of shape (n,)
        Share of income that is not spent.
    turn_need, turn_month : ndarray of int, shape (n,)
        The need that a turn in life raises, and when (position in MONTHS); -1 for no turn.
    n_personas : int
        The first rows are personas.
    """

    audience: str
    customers: pd.DataFrame
    group: np.ndarray
    needs: np.ndarray
    wealth: np.ndarray
    mood: np.ndarray
    decline: np.ndarray
    volatility: np.ndarray
    save_rate: np.ndarray
    turn_need: np.ndarray
    turn_month: np.ndarray
    n_personas: int = 0

    @property
    def n(self) -> int:
        return len(self.customers)

    @property
    def catalogue(self) -> Catalogue:
        return catalogue(self.audience)

    @property
    def income(self) -> np.ndarray:
        """Yearly income of a person, yearly revenue of a company, USD."""
        column = "annual_income" if self.audience == RETAIL else "annual_revenue"
        return self.customers[column].to_numpy()

    @property
    def joined(self) -> np.ndarray:
        """Day on which each customer joined, datetime64[D] of shape (n,)."""
        return self.customers["joined_on"].to_numpy().astype("datetime64[D]")

    @property
    def self_employed(self) -> np.ndarray:
        """Customers who are paid by several clients, bool of shape (n,)."""
        if self.audience == CORPORATE:
            return np.ones(self.n, dtype=bool)
        named = self.customers["occupation"].str.contains("Freelance|Self-employed")
        return named.fillna(False).to_numpy(dtype=bool)

    def need(self, name: str) -> np.ndarray:
        """One need of every customer; zeros where this audience has no such need."""
        names = self.catalogue.needs
        return self.needs[:, names.index(name)] if name in names else np.zeros(self.n)
