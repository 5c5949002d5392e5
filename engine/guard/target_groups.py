"""Products for one group of people (students, seniors, the wealthy ...) and who belongs to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.parsing.eligibility_clauses import (
    facts_of_name,
    requires_by_name,
    term_clauses,
)
from engine.bank.parsing.word_search import says
from engine.bank.tables import explode_list
from engine.guard.wishes import wishes
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
NOT_ON_RECORD: Final = "nothing on record says that this customer is one of them"


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
    services: str = ""
    """Pattern of the services that are an answer to this; empty where none is."""
    against: str = NOT_ON_RECORD
    """What is on record of a customer who is not one."""
    unsure: str = "nothing on record says so"
    """What is on record of a customer who may be one."""
    wished: str = ""
    """What is on record of one who may be one and whose goals name it."""
    by_terms: bool = False
    """Judged only where a product's terms are read (`read_terms`)."""


UNASKED: Final = "a reason"
"""What a service asks for that is an answer to nothing that records can show."""
SERVED: Final[dict[str, Group]] = {
    name: Group(people, words, services=services, against=against, by_terms=True)
    for name, people, words, services, against in (
        (
            "open case",
            "customers with an open complaint or request",
            r"complaint|open case|open ticket|open request",
            r"complain|call[- ]?back|service recovery|ombuds",
            "none is on record",
        ),
        (
            "fees",
            "customers who wrote about fees",
            r"\bfees?\b|\bcharges?\b",
            r"\bfee (?:review|check|advice)|\bcharges review",
            "no recent message is about fees",
        ),
        (
            "security",
            "customers who wrote about fraud or security",
            r"fraud|security|scam|stolen",
            r"fraud|security|identity theft|\bscams?\b",
            "no recent message is about it",
        ),
        (
            "money is short",
            "customers whose money is short",
            r"hardship|difficult|arrears|short of money",
            r"hardship|difficult|arrears|debt (?:advice|help|counsel)|payment holiday",
            "neither a balance below zero nor spending above income and balance is on record",
        ),
        (
            "budget",
            "customers whose spending swings or whose accounts are overdrawn",
            r"uneven spending|volatile spending|budget",
            r"wellness|wellbeing|well-being|budget|money coach|financial coach",
            "spending is not known to swing and no balance is below zero",
        ),
    )
}
"""Reason -> for whom it speaks. A service is offered to those for whom its reason is on record."""

GROUPS: Final[dict[str, Group]] = {
    "student": Group(
        "students",
        r"student",
        r"\bstudents?\b(?! loan)",
        unsure="banking of students is named as preferred or a goal, no studies are on record",
    ),
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
        unsure="one is named among goals or preferred services, none is on record",
    ),
    "wealthy": Group(
        "wealthy customers",
        r"wealth|net.worth|hnw|affluent|private(?! (?:individual|person|people|customer))",
        r"\bwealth (?:management|advisory|planning|strategy)\b|\bprivate bank|\bhigh.net.worth\b",
        unsure="a high income level or wealth services are named, no figure is on record",
    ),
    "homeowner": Group(
        "home owners",
        r"home ?owner|property|house",
        r"\bhome equity\b|\bloan against property\b",
        r"\bmortgage\b|\bhome (?:loan|insurance|equity)\b",
    ),
    "salaried": Group(
        "people whose salary is paid here",
        r"salary (?:account|card)|by employers",
        against="no job that pays a salary is on record",
    ),
    "employed": Group("people with earned income", r"salar|employ|earn|payroll"),
    "income": Group("people with a regular income", r"(?<!high )income"),
    "account": Group("account holders", r"account"),
    "high income": Group(
        "people with a high income",
        r"high income",
        against="the income on record is lower",
        unsure="no income is on record",
        by_terms=True,
    ),
    "parent": Group(
        "parents and guardians", r"^$", against="no dependants are on record", by_terms=True
    ),
    "first home": Group(
        "buyers of a first home",
        r"first home|first-time buyer",
        against="a loan on a home is held here",
        wished="a goal names a home to buy; whether it is the first is not on record",
        by_terms=True,
    ),
    "enrolled": Group("people in a course of study", r"enrol|course of study", by_terms=True),
    "current account": Group(
        "holders of a current account",
        r"current account|checking account",
        against="none is held here",
        by_terms=True,
    ),
    "borrower": Group("people with debts", r"\bdebts?\b", by_terms=True),
    "everyone": Group(
        "everyone", r"every ?(?:one|body|customer)|anyone|all customers", by_terms=True
    ),
    UNASKED: Group(
        "customers with a reason on record",
        r"^$",
        against="no record here tells a reason for this service",
        by_terms=True,
    ),
    **SERVED,
}
"""The first five need a positive fact; what records cannot show stays open."""
COVERS: Final = {"homeowner": "home owner", "employed": "employed income"}
"""Fact of a text -> words of it that are judged with it."""
_HOME_LOAN = r"\bmortgage\b|\bhome (?:loan|equity|improvement)\b"


def known_groups(settings: GuardSettings) -> dict[str, Group]:
    """The groups that are judged, by name."""
    served = {*SERVED, UNASKED} if settings.services_need_reason else set()
    return {
        name: group
        for name, group in GROUPS.items()
        if (settings.read_terms or name in served or not group.by_terms)
        and (settings.salary_needs_job or name != "salaried")
    }


def requirements(products: pd.DataFrame, settings: GuardSettings) -> dict[str, np.ndarray]:
    """Which products are made for which group.

    Returns
    -------
    dict of str to ndarray of int
        Group, or a required fact in the bank's own words that no group covers -> positions.

    Notes
    -----
    `requires` is the bank's own statement and wins. Where it is missing, name and subcategory
    are read, so that a student card does not reach everybody because a source left a column out.
    With `read_terms` the eligibility text adds what it asks for, and with `services_need_reason`
    a service asks for its reason.
    """
    products = products.reset_index(drop=True)
    known = known_groups(settings)
    stated = explode_list(products[["requires"]], "requires")["requires"].str.lower()
    service = (products["item_type"] == "service").to_numpy(dtype=bool)
    named = [(_group(words, known, service[at]), at) for at, words in stated.items()]
    for name, positions in by_names(products, settings).items():
        named += [(name, position) for position in positions]
    if settings.read_terms:
        named += [(fact, at) for fact, at in terms_of(products) if fact in GROUPS]
    if settings.services_need_reason:
        named += _reasons_of_services(products, named)
    all_named = {name for name, _ in named}
    order = [*GROUPS, *sorted(all_named - set(GROUPS))]
    return {
        name: np.unique([position for other, position in named if other == name])
        for name in order
        if name in all_named
    }


def by_names(products: pd.DataFrame, settings: GuardSettings) -> dict[str, np.ndarray]:
    """Group -> positions of products whose name or subcategory shows it and that state nothing."""
    products = products.reset_index(drop=True)
    names = (products["name"].fillna("") + " " + products["subcategory"].fillna("")).str.lower()
    silent = products["requires"].isna().to_numpy(dtype=bool)
    return {
        name: np.flatnonzero(silent & says(names, group.names))
        for name, group in known_groups(settings).items()
        if group.names
    }


def told_by_names(products: pd.DataFrame) -> dict[str, np.ndarray]:
    """Group -> positions of products whose name alone shows the group.

    They state nothing, or an import filled `requires` from the name and marked that it did. What
    the bank states is told as its own, whatever the name says.
    """
    unstated = products["requires"].isna().to_numpy(dtype=bool) | requires_by_name(products)
    unwritten = products["eligibility"].isna().to_numpy(dtype=bool) & unstated
    names = (products["name"].fillna("") + " " + products["subcategory"].fillna("")).str.lower()
    shown = [
        {name for name, group in GROUPS.items() if group.names and re.search(group.names, text)}
        | {_group(fact, GROUPS, service=False) for fact in facts_of_name(text)}
        for text in names.where(unwritten, "").tolist()
    ]
    return {
        name: np.flatnonzero(unwritten & np.array([name in groups for groups in shown], dtype=bool))
        for name in GROUPS
    }


def terms_of(products: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Facts that eligibility texts and names ask for, each with the product's position."""
    texts = products[["eligibility", "name"]].fillna("").astype("str")
    for position, product in enumerate(texts.itertuples(index=False)):
        for _, column, fact in term_clauses(product.eligibility, product.name):
            if column == "requires":
                yield str(fact), position


def _reasons_of_services(
    products: pd.DataFrame, named: list[tuple[str, int]]
) -> list[tuple[str, int]]:
    """The reason that each service is an answer to; one without any is for nobody."""
    asked = {position for name, position in named if name in GROUPS}
    texts = products["eligibility"].fillna("").astype("str").str.lower()
    asked |= set(np.flatnonzero(says(texts, GROUPS["everyone"].words)))
    columns = ["name", "subcategory", "tags"]
    said = products[columns].fillna("").to_numpy(dtype=object)
    found = []
    for position in np.flatnonzero((products["item_type"] == "service").to_numpy(dtype=bool)):
        text = " ".join(said[position]).lower()
        reasons = [name for name, group in SERVED.items() if re.search(group.services, text)]
        if not reasons and position not in asked:
            reasons = [UNASKED]
        found += [(name, int(position)) for name in reasons[:1]]
    return found


def _group(words: str, known: Mapping[str, Group], service: bool) -> str:
    """The group that a requirement names; its own words where it names or denies none.

    Only a service is for those who have a reason: "no arrears" of a loan is none.
    """
    if re.match(r"\s*(?:no|not|non|without)\b", words):
        return words
    matching = (
        name
        for name, group in known.items()
        if (service or name not in SERVED) and re.search(group.words, words)
    )
    return next(matching, words)


def belongs(
    bank: Bank,
    *,
    occupation: pd.Series,
    age: np.ndarray,
    income: np.ndarray,
    balance: np.ndarray,
    corporate: np.ndarray,
    reasons: Mapping[str, np.ndarray],
    settings: GuardSettings,
) -> dict[str, np.ndarray]:
    """Whether each customer is one of each group, int8 of shape (n_customers,).

    Notes
    -----
    Students, minors, seniors, businesses and the wealthy pass on a positive fact and fail without
    one. A home, an income or an account that no record shows is checked first. `reasons` are the
    outcomes of what a service may answer (engine.guard.service_reasons).
    Parents count with minors, since a junior account is opened by a parent.
    """
    customers = bank["customers"]
    holds = {name: _holds(bank, g.holdings) for name, g in GROUPS.items() if g.holdings}
    known_job = (occupation != "").to_numpy()
    positive = {
        "student": says(occupation, _STUDENT),
        "minor": (age < settings.adult_age) | (customers["dependents"] > 0).to_numpy(),
        "senior": age >= settings.senior_age,
        "business": corporate
        | says(occupation, _BUSINESS)
        | (customers["annual_revenue"] > 0).to_numpy()
        | holds["business"],
    }
    outcome = {name: np.where(yes, PASSED, FAILED) for name, yes in positive.items()}
    if settings.wishes_tell_group:
        named = wishes(customers)
        for name in ("business", "student"):
            outcome[name][~positive[name] & named[name]] = OPEN
        outcome["may be wealthy"] = np.where(named["wealthy"], OPEN, FAILED)
        outcome["wants first home"] = np.where(named["first home"], OPEN, FAILED)
    employed = np.where(known_job, PASSED, OPEN)
    outcome["job"] = np.where(says(occupation, _NO_JOB), FAILED, employed)
    outcome["of pension age"] = np.where(age >= settings.senior_age, PASSED, FAILED)
    outcome["homeowner"] = np.where(holds["homeowner"], PASSED, OPEN)
    banks_here = np.zeros(bank.n_customers, dtype=bool)
    owners = bank.customer_positions(bank["accounts"]["customer_id"].unique())
    banks_here[owners[owners >= 0]] = True
    known_here = banks_here | bank.held.any(axis=1)
    outcome["account"] = np.where(known_here, PASSED, OPEN)
    outcome |= _by_terms(bank, positive["student"], known_here)
    return by_money({**outcome, **reasons}, income, balance, corporate, settings)


def _by_terms(bank: Bank, student: np.ndarray, known_here: np.ndarray) -> dict[str, np.ndarray]:
    """Outcomes of what eligibility texts ask for; a fact that is on record is never left open."""
    dependents = bank["customers"]["dependents"].to_numpy(dtype=float, na_value=np.nan)
    parent = np.where(dependents > 0, PASSED, FAILED)
    kinds = bank["accounts"]["kind"]
    current = _has_account(bank, kinds == "current") | _holds(
        bank, r"\bcurrent account\b|\bchecking\b|\bbusiness account\b", "category"
    )
    told = known_here & ~_has_account(bank, kinds.isna())
    lent = _holds(bank, r"\bloan\b|\bmortgage\b|\bcredit card\b", "category")
    return {
        "parent": np.where(np.isnan(dependents), OPEN, parent),
        "first home": np.where(_holds(bank, _HOME_LOAN), FAILED, OPEN),
        "enrolled": np.where(student, PASSED, OPEN),
        "current account": np.where(current, PASSED, np.where(told, FAILED, OPEN)),
        "borrower": np.where(lent, PASSED, OPEN),
        "everyone": np.full(bank.n_customers, PASSED),
        UNASKED: np.full(bank.n_customers, FAILED),
    }


def by_money(
    outcomes: Mapping[str, np.ndarray],
    income: np.ndarray,
    balance: np.ndarray,
    corporate: np.ndarray,
    settings: GuardSettings,
) -> dict[str, np.ndarray]:
    """The same outcomes with those that income and balance decide.

    Wealth is told by balance, or by the income of a person (a company's revenue is no wealth).
    What an occupation shows ("job") stands: a higher income makes nobody a student, and no income
    does not undo a job.
    """
    rich = (balance >= settings.wealthy_balance) | (
        ~corporate & (income >= settings.wealthy_income)
    )
    none = FAILED if settings.read_terms else OPEN
    earns = np.where(income > 0, PASSED, np.where(np.isnan(income), OPEN, none))
    high = np.where(income >= settings.high_income, PASSED, FAILED)
    unknown = np.isnan(income) & np.isnan(balance)
    poor = np.where(unknown, outcomes.get("may be wealthy", FAILED), FAILED)
    no_job_seen = outcomes["job"] == OPEN
    pension = outcomes.get("of pension age", FAILED) == PASSED
    return {
        **outcomes,
        "high income": np.where(np.isnan(income), OPEN, high),
        "wealthy": np.where(rich, PASSED, poor),
        "income": earns,
        "employed": np.where(no_job_seen, earns, outcomes["job"]),
        "salaried": np.where(no_job_seen, np.where(pension, FAILED, earns), outcomes["job"]),
    }


def _has_account(bank: Bank, chosen: pd.Series) -> np.ndarray:
    """Has the customer one of the chosen accounts?"""
    owners = bank.customer_positions(bank["accounts"].loc[chosen, "customer_id"].unique())
    found = np.zeros(bank.n_customers, dtype=bool)
    found[owners[owners >= 0]] = True
    return found


def _holds(bank: Bank, pattern: str, *more: str) -> np.ndarray:
    """Does the customer hold a product whose name or subcategory (or one of more) matches?"""
    products = bank["products"]
    text = products["name"].fillna("")
    for column in ("subcategory", *more):
        text = text + " " + products[column].fillna("")
    text = text.str.lower()
    telling = np.flatnonzero(says(text, pattern))
    return bank.held[:, telling].any(axis=1)
