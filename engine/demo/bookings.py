"""The distinct kinds of booking: merchant, statement text, category and payment method."""

import numpy as np
import pandas as pd

from engine.demo.draws import words
from engine.demo.population import Population
from engine.vocabulary import CORPORATE, INCOME_CATEGORY

PAID_BY_SOMEONE = ("Salary", "Invoice payment", "Customer payment")
"""Income whose merchant is an employer or a client."""

N_TIERS = 3
"""From plain (0) to luxury (2)."""

_MORTGAGE = "Attune Bank | Mortgage instalment | direct debit"
_CARRIED_AWAY = "Rival Savings Bank | Transfer to own account elsewhere | transfer"


class Items:
    """The distinct kinds of booking of one audience, with a place for each category and tier."""

    def __init__(self, audience: str) -> None:
        rows: list[list[str | None]] = []
        self._span: dict[tuple[str, int], tuple[int, int]] = {}
        for category, entry in words("merchants")[audience].items():
            for tier in range(N_TIERS):
                lines = [line for line in entry["items"] if line.endswith(f"| {tier}")]
                self._span[category, tier] = (len(rows), len(rows) + len(lines))
                rows += [[category, *line.split(" | ")[:-1]] for line in lines]
        self.mortgage = len(rows)
        rows.append(["housing", *_MORTGAGE.split(" | ")])
        self.carried_away = len(rows)
        rows.append(["cash and transfers", *_CARRIED_AWAY.split(" | ")])
        self.income = {}
        for name in (*PAID_BY_SOMEONE, "Pension", "Student grant", "Unemployment benefit"):
            self.income[name] = len(rows)
            rows.append([INCOME_CATEGORY, None, name, "transfer"])
        self.table = pd.DataFrame(rows, columns=["category", "merchant", "description", "method"])
        self.housing = (self.table["category"] == "housing").to_numpy()

    def spans(self, categories: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """First kind and number of kinds of each category and tier, shape (k, N_TIERS)."""
        spans = np.array([[self._span[c, tier] for tier in range(N_TIERS)] for c in categories])
        return spans[:, :, 0], spans[:, :, 1] - spans[:, :, 0]

    def income_of(self, population: Population) -> np.ndarray:
        """The booking that a customer's income arrives with, shape (n,)."""
        kind = np.full(population.n, self.income["Salary"])
        for name, holds in (
            ("Pension", population.group == "retired"),
            ("Student grant", population.group == "student"),
            ("Unemployment benefit", population.group == "unemployed"),
            ("Invoice payment", population.self_employed),
            ("Customer payment", np.full(population.n, population.audience == CORPORATE)),
        ):
            kind[holds] = self.income[name]
        return kind
