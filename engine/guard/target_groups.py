"""Products for one group of people (students, seniors, the wealthy ...) and who belongs to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import explode_list
from engine.settings import GuardSettings

PASSED: Final = np.int8(0)
FAILED: Final = np.int8(1)
OPEN: Final = np.int8(2)
"""Outcomes of a clause as small numbers; `OPEN` is "unknown": check first."""

RETIRED = r"\b(?:retired|retiree|pensioner)\b"
_STUDENT = r"\b(?:students?|pupil|undergraduate)\b"
_BUSINESS = (
    r"\b(?:owner|founder|entrepreneur|self-employed|freelancer?|business ?(?:wo)?man|shopkeeper)\b"
)
_NO_JOB = rf"{RETIRED}|{_STUDENT}|\b(?:unemployed|homemaker|housewife)\b"


@dataclass(frozen=True)
class Group:
    """A group that a product may be made for."""

    people: str
    """For sentences: "Is for students ..."."""
    words: str
    """Pattern of the words of a `requires` item that mean this group."""
    names: str = ""
    """Pattern that shows it in a product's name or subcategory, read where the bank states no
    requirement; empty where a name proves nothing."""
    holdings: str = ""
    """Pattern of products whose holder belongs to the group; empty where holding proves nothing."""


GROUPS: Final[dict[str, Group]] = {
    "student": Group("students", r"student", r"\bstudents?\b(?! loan)"),
    "minor": Group(
        "minors and their parents",
        r"minor|child|junior|kid|youth|parent",
        r"\b(?:junior|minors?|kids|teens?)\b",
    ),
    "senior": Group("seniors", r"senior|pensioner|elderly", r"\bseniors?\b|\bpensioners?\b"),
    "business": Group(
        "businesses",
        r"business|company|compan|corporate|enterprise|merchant",
        r"\b(?:business|corporate|merchant)\b",
        r"\b(?:business|corporate|merchant)\b",
    ),
    "wealthy": Group(
        "wealthy customers",
        r"wealth|net.worth|hnw|affluent|private",
        r"\bwealth (?:management|advisory|planning|strategy)\b|\bprivate bank|\bhigh.net.worth\b",
    ),
    "homeowner": Group(
        "home owners",
        r"home ?owner|property|house",
        r"\bhome equity\b|\bloan against property\b",
        r"\bmortgage\b|\bhome (?:loan|insurance|equity)\b",
    ),
    "employed": Group("people with earned income", r"salar|employ|earn|payroll"),
    "income": Group("people with a regular income", r"(?<!high )income"),
    "account": Group("account holders", r"account"),
}
"""The first five need a positive fact; what records cannot show stays open."""


def requirements(products: pd.DataFrame) -> dict[str, np.ndarray]:
    """Which products are made for which group.

    Returns
    -------
    dict of str to ndarray of int
        Group, or a required fact in the bank's own words that no group covers -> positions.

    Notes
    -----
    `requires` is the bank's own statement and wins. Where it is missing, name and subcategory
    are read, so that a student card does not reach everybody because a source left a column out.
    """
    products = products.reset_index(drop=True)
    stated = explode_list(products[["requires"]], "requires")["requires"].str.lower()
    named = [(_group(words), position) for position, words in stated.items()]
    names = (products["name"].fillna("") + " " + products["subcategory"].fillna("")).str.lower()
    silent = products["requires"].isna()
    for name, group in GROUPS.items():
        if group.names:
            shown = np.flatnonzero(silent & names.str.contains(group.names))
            named += [(name, position) for position in shown]
    all_named = {name for name, _ in named}
    order = [*GROUPS, *sorted(all_named - set(GROUPS))]
    return {
        name: np.unique([position for other, position in named if other == name])
        for name in order
        if name in all_named
    }


def _group(words: str) -> str:
    """The group that a requirement names; its own words where it names none."""
    matching = (name for name, group in GROUPS.items() if re.search(group.words, words))
    return next(matching, words)


def belongs(
    bank: Bank,
    *,
    occupation: pd.Series,
    age: np.ndarray,
    income: np.ndarray,
    balance: np.ndarray,
    corporate: np.ndarray,
    settings: GuardSettings,
) -> dict[str, np.ndarray]:
    """Whether each customer is one of each group, int8 of shape (n_customers,).

    Notes
    -----
    Students, minors, seniors, businesses and the wealthy pass on a positive fact and fail without
    one. A home, an income or an account that no record shows is checked first.
    Parents count with minors, since a junior account is opened by a parent.
    """
    customers = bank["customers"]
    holds = {name: _holds(bank, g.holdings) for name, g in GROUPS.items() if g.holdings}
    known_job = (occupation != "").to_numpy()
    positive = {
        "student": _says(occupation, _STUDENT),
        "minor": (age < settings.adult_age) | (customers["dependents"] > 0).to_numpy(),
        "senior": age >= settings.senior_age,
        "business": corporate
        | _says(occupation, _BUSINESS)
        | (customers["annual_revenue"] > 0).to_numpy()
        | holds["business"],
    }
    outcome = {name: np.where(yes, PASSED, FAILED) for name, yes in positive.items()}
    employed = np.where(known_job, PASSED, OPEN)
    outcome["employed"] = np.where(_says(occupation, _NO_JOB), FAILED, employed)
    outcome["homeowner"] = np.where(holds["homeowner"], PASSED, OPEN)
    banks_here = np.zeros(bank.n_customers, dtype=bool)
    owners = bank.customer_positions(bank["accounts"]["customer_id"].unique())
    banks_here[owners[owners >= 0]] = True
    outcome["account"] = np.where(banks_here | bank.held.any(axis=1), PASSED, OPEN)
    return by_money(outcome, income, balance, corporate, settings)


def by_money(
    outcomes: Mapping[str, np.ndarray],
    income: np.ndarray,
    balance: np.ndarray,
    corporate: np.ndarray,
    settings: GuardSettings,
) -> dict[str, np.ndarray]:
    """The same outcomes with those that income and balance decide.

    Wealth is told by balance, or by the income of a person (a company's revenue is no wealth).
    What an occupation shows stands: a higher income makes nobody a student, and no income does
    not undo a job.
    """
    rich = (balance >= settings.wealthy_balance) | (
        ~corporate & (income >= settings.wealthy_income)
    )
    earns = np.where(income > 0, PASSED, OPEN)
    return {
        **outcomes,
        "wealthy": np.where(rich, PASSED, FAILED),
        "income": earns,
        "employed": np.where(outcomes["employed"] == OPEN, earns, outcomes["employed"]),
    }


def _says(occupation: pd.Series, pattern: str) -> np.ndarray:
    return occupation.str.contains(pattern).to_numpy(dtype=bool)


def _holds(bank: Bank, pattern: str) -> np.ndarray:
    """Does the customer hold a product whose name or subcategory matches?"""
    products = bank["products"]
    text = (products["name"].fillna("") + " " + products["subcategory"].fillna("")).str.lower()
    telling = np.flatnonzero(text.str.contains(pattern))
    return bank.held[:, telling].any(axis=1)
