"""The distinct kinds of booking: merchant, statement text, category and payment method."""

import numpy as np
import pandas as pd

from engine.bank.generate.draws import words
from engine.bank.generate.population import Population
from engine.vocabulary import CORPORATE, INCOME_CATEGORY

PAID_BY_SOMEONE = ("Salary", "Invoice payment", "Customer payment")
"""Income whose merchant is an employer or a client."""

_MORTGAGE = "Attune Bank | Mortgage instalment | direct debit"
_CARRIED_AWAY = "Rival Savings Bank | Transfer to own account elsewhere | transfer"


class Items:
    """The distinct kinds of booking of one audience, with a place for each category and tier."""

    def __init__(self, audience: str) -> None:
        rows, place = [], {}
        for category, entry in words("merchants")[audience].items():
            for tier in range(3):
                place[category, tier] = len(rows)
                rows += [
                    [category, *line.rsplit(" | ", 1)[0].split(" | ")]
                    for line in entry["items"]
                    if line.endswith(f"| {tier}")
                ]
                place[category, tier] = (place[category, tier], len(rows))
        self.mortgage = len(rows)
        rows.append(["housing", *_MORTGAGE.split(" | ")])
        self.carried_away = len(rows)
        rows.append(["cash and transfers", *_CARRIED_AWAY.split(" | ")])
        self.income = {}
        for name in (*PAID_BY_SOMEONE, "Pension", "Student grant", "Unemployment benefit"):
            self.income[name] = len(rows)
            rows.append([INCOME_CATEGORY, None, name, "transfer"])
        self.table = pd.DataFrame(rows, columns=["category", "merchant", "description", "method"])
        self.place = place

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
