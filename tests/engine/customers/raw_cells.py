"""Raw tables in; rows by customer, items of a cell and what is off about a figure out."""

import math
import re
from typing import Any

import pandas as pd

AWAY = {
    "ten years or more": {
        "retire",
        "retirement",
        "retiring",
        "pension",
        "pensions",
        "wealth",
        "legacy",
    },
    "three to ten years": {
        *("house", "houses", "home", "homes", "education", "business", "businesses", "child"),
        "children",
    },
    "within three years": {
        *("emergency", "emergencies", "travel", "travels", "travelling", "traveling", "wedding"),
        *("weddings", "car", "cars", "holiday", "holidays"),
    },
}
"""How far off a goal is said to be -> words of it that say so; the farthest counts."""


def by_customer(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return dict(list(table.groupby("customer_id")))


def cells(cell: object) -> list[str]:
    return [item.strip().lower() for item in cell.split(";")] if isinstance(cell, str) else []


def off(said: Any, true: Any, within: float = 1e-6) -> str:
    if true is not None and math.isclose(float(said), float(true), rel_tol=within, abs_tol=within):
        return ""
    return f"said {said}, the tables say {true}"


def refuses(consents: pd.DataFrame, customer: str, purpose: str) -> bool:
    """Is the last of a customer's consents to a purpose a refusal?"""
    asked = consents[(consents["customer_id"] == customer) & (consents["purpose"] == purpose)]
    return bool(asked.sort_values("recorded_at")["status"].tail(1).eq("refused").any())


def old(row: dict[str, Any]) -> bool:
    """Is a customer retired, or 50 years old or more?"""
    retired = isinstance(row["occupation"], str) and "retired" in row["occupation"].lower()
    return retired or (not pd.isna(row["age"]) and row["age"] >= 50)


def years_away(goal: str) -> str:
    """How far off a goal of such words usually is, by the table of words; "" for none."""
    words = set(re.findall(r"[a-z]+", goal.lower()))
    if {"long", "term"} <= words or words & AWAY["ten years or more"]:
        return "ten years or more"
    if {"real", "estate"} <= words:
        return "three to ten years"
    return next((away for away, telling in AWAY.items() if words & telling), "")


def mean_missed(text: str, median_moved: float, mean_moved: float) -> str:
    """Does a sentence of a change keep silent of a mean that tells otherwise, or say it wrongly?

    A mean tells otherwise where it moved the other way by 5 % or more, or by half a percent or more
    where the median did too, or 25 % or more where the median moved less than 5 %.
    """
    least = 0.005 if abs(median_moved) >= 0.005 else 0.05
    against = abs(mean_moved) >= least and median_moved * mean_moved < 0
    alone = abs(mean_moved) >= 0.25 and abs(median_moved) < 0.05
    told = re.search(r"the mean (rose|fell) ([\d,.]+) %", text)
    if (told is not None) != (against or alone):
        return "the mean is left out" if told is None else "the mean tells nothing else"
    if told is None:
        return ""
    percent = float(told[2].replace(",", "")) * (1 if told[1] == "rose" else -1)
    return "" if abs(percent - 100 * mean_moved) <= 0.51 else f"the mean moved {mean_moved}"
