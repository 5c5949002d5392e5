"""Customers in the shape of two public churn tables, with a leak, a proxy and a dead column."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from engine import Engine
from engine.bank.importing.import_source import import_bank

NOW = dt.datetime(2026, 1, 1)
LEAKS = {"card": "Closing_Code", "european": "Exit_Survey"}
PROXIES = {"card": "Months_on_book", "european": "PensionSaved"}
LABELS = {"card": "Attrition_Flag", "european": "Exited"}
_EDUCATION = ["Graduate", "High School", "Unknown", "Uneducated", "College"]
_INCOME = ["Less than $40K", "$40K - $60K", "$60K - $80K", "$80K - $120K", "Unknown"]


def card(n: int, seed: int) -> pd.DataFrame:
    """Customers of a card with 20 columns; who left used the card little, in a way of its own."""
    rng = np.random.default_rng(seed)
    level, spread, revolving, limit = rng.normal(size=(4, n))
    count = np.clip(65 + 22 * level + 4 * rng.normal(size=n), 10, 139).round()
    amount = np.clip(np.exp(8.2 + 0.5 * level + 0.3 * spread), 500, 18000).round()
    owed = np.where(rng.random(n) < 0.25, 0, np.clip(1300 + 700 * revolving, 0, 2517)).round()
    credit = np.exp(8.6 + 0.8 * limit).clip(1438, 34516).round(1)
    change = np.clip(0.71 + 0.23 * rng.normal(size=n), 0, 3.7).round(3)
    relations, idle, contacts = rng.integers(1, 7, n), rng.integers(0, 7, n), rng.integers(0, 7, n)
    odds = -3.4 - 0.09 * (count - 65) + 0.0009 * (amount - 3600) * (count < 70)
    odds += -4 * (change - 0.7) - 0.0013 * (owed - 1100) * (amount < 6000)
    odds += -0.6 * (relations - 3.8) + 0.6 * (idle - 3) + 0.6 * (contacts - 3)
    left = rng.random(n) < 1 / (1 + np.exp(-1.5 * odds))
    age = rng.integers(21, 73, n)
    return pd.DataFrame(
        {
            "CLIENTNUM": 700_000 + np.arange(n),
            "Attrition_Flag": np.where(left, "Attrited Customer", "Existing Customer"),
            "Customer_Age": age,
            "Gender": rng.choice(["M", "F"], n),
            "Dependent_count": rng.integers(0, 6, n),
            "Education_Level": rng.choice(_EDUCATION, n),
            "Marital_Status": rng.choice(["Married", "Single", "Divorced"], n),
            "Income_Category": rng.choice(_INCOME, n),
            "Card_Category": rng.choice(["Blue", "Silver", "Gold"], n, p=[0.9, 0.07, 0.03]),
            "Months_on_book": (0.7 * age + rng.normal(0, 2, n)).round(1),
            "Total_Relationship_Count": relations,
            "Months_Inactive": idle,
            "Contacts_Count": contacts,
            "Credit_Limit": credit,
            "Total_Revolving_Bal": owed,
            "Total_Trans_Amt": amount,
            "Total_Trans_Ct": count,
            "Total_Ct_Chng": change,
            "Complaints": rng.poisson(0.3 + 0.3 * left),
            "Closing_Code": np.where(rng.random(n) < 0.998, 3 * left + rng.integers(0, 3, n), 7),
            "Branch_Code": "01",
        }
    )


def european(n: int, seed: int) -> pd.DataFrame:
    """The customers of three countries; how many products and being active matter together."""
    rng = np.random.default_rng(seed)
    age = np.clip(rng.gamma(12, 3.3, n), 18, 92).round()
    products = rng.choice([1, 2, 3, 4], n, p=[0.5, 0.45, 0.04, 0.01])
    active, card_held = rng.integers(0, 2, n), rng.integers(0, 2, n)
    balance = np.where(rng.random(n) < 0.36, 0, rng.normal(120_000, 30_000, n).clip(0)).round(2)
    odds = -2.2 + 0.05 * (age - 39) - 0.9 * active + 0.5 * (balance > 0) * (products == 2)
    odds += np.select([products == 1, products == 2, products == 3], [0.7, -0.9, 2.6], 4.0)
    odds += -0.8 * active * (products == 1)
    left = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    return pd.DataFrame(
        {
            "RowNumber": np.arange(1, n + 1),
            "CustomerId": 15_000_000 + rng.permutation(n),
            "Surname": "Smith",
            "CreditScore": np.clip(rng.normal(650, 96, n), 350, 850).round(),
            "Geography": rng.choice(["France", "Germany", "Spain"], n),
            "Gender": rng.choice(["Male", "Female"], n),
            "Age": age,
            "Tenure": rng.integers(0, 11, n),
            "Balance": balance,
            "NumOfProducts": products,
            "HasCrCard": card_held,
            "IsActiveMember": active,
            "EstimatedSalary": rng.uniform(11, 200_000, n).round(2),
            "PensionSaved": (1000 * age + rng.normal(0, 3000, n)).round(),
            "Exit_Survey": pd.Series(rng.integers(1, 6, n)).where(left == 1),
            "Plan": "standard",
            "Exited": left,
        }
    )


SHAPES = {"card": card, "european": european}


def shuffled(shape: str, n: int, seed: int) -> pd.DataFrame:
    """A table whose label has nothing to do with its other columns."""
    table = SHAPES[shape](n, seed).drop(columns=LEAKS[shape])
    label = np.random.default_rng(seed).permutation(table[LABELS[shape]].to_numpy())
    return table.assign(**{LABELS[shape]: label})


def opened(table: pd.DataFrame, folder: Path) -> Engine:
    """The engine on such a table, imported as anybody would."""
    (folder / "files").mkdir(parents=True)
    table.to_csv(folder / "files" / "customers.csv", index=False)
    import_bank(folder / "files", folder / "bank", now=NOW)
    return Engine.open(folder / "bank", folder / "state", now=lambda: NOW)
