"""A customer's stated preferences in, cells of the customers table out, and back."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from engine.bank.tables import attributes, join_list
from engine.errors import BadInput
from engine.results import Preferences
from engine.vocabulary import LIST_SEPARATOR, RISK_TOLERANCES, Kind

INCOME_LEVELS: Final = ("Low", "Medium", "High", "Very High")
FREQUENCIES: Final = ("Rarely", "Monthly", "Weekly", "Daily")
GOALS: Final = (
    "Save for Retirement",
    "Build Emergency Fund",
    "Buy a Home",
    "Invest for Growth",
    "Pay off Debt",
    "Save for Education",
)
SERVICES: Final[Mapping[str, tuple[str, ...]]] = {
    "Accounts": (
        "Current Account",
        "Savings Account",
        "Fixed Deposit",
        "Joint Account",
        "Foreign Currency Account",
        "Student Account",
    ),
    "Cards and payments": (
        "Debit Card",
        "Credit Card",
        "Travel Card",
        "Mobile Payments",
        "Money Transfer",
        "Bill Payment",
    ),
    "Loans": (
        "Home Loan",
        "Personal Loan",
        "Car Loan",
        "Education Loan",
        "Business Loan",
        "Overdraft",
    ),
    "Investments": (
        "Investment Services",
        "Mutual Funds",
        "Stock Trading",
        "Bonds",
        "Retirement Plan",
        "Wealth Management",
    ),
    "Insurance and advice": (
        "Life Insurance",
        "Health Insurance",
        "Home Insurance",
        "Travel Insurance",
        "Tax Advice",
        "Financial Planning",
    ),
}
"""Thirty services in five groups (the names are our own choice)."""
OTHER: Final = "Other"
STATED: Final[dict[str, Kind]] = {
    "income_level": "text",
    "preferred_services": "text",
    "banking_frequency": "text",
}
"""Preferences without a column of their own: fields that stand in `attributes`."""
EDITED: Final = ("risk_tolerance", "goals", *STATED)


def preferences(customer: pd.Series) -> Preferences:
    """What is on record for one row of the customers table."""
    stated = attributes(customer)
    goals = _items(customer["goals"], LIST_SEPARATOR.strip())
    services = _items(stated.get("preferred_services"), ",")
    known = {service for group in SERVICES.values() for service in group}
    beside = tuple(service for service in services if service not in known)
    return Preferences(
        customer_id=str(customer["customer_id"]),
        income_level=_text(stated.get("income_level")),
        risk_tolerance=_text(customer["risk_tolerance"]),
        goals=goals,
        services=services,
        frequency=_text(stated.get("banking_frequency")),
        income_choices=INCOME_LEVELS,
        risk_choices=RISK_TOLERANCES,
        frequency_choices=FREQUENCIES,
        goal_choices=tuple(dict.fromkeys([*GOALS, *goals])),
        service_choices={**SERVICES, **({OTHER: beside} if beside else {})},
    )


def cells(
    before: Preferences,
    *,
    income_level: str,
    risk_tolerance: str,
    goals: Iterable[str],
    services: Iterable[str],
    frequency: str,
) -> dict[str, str | None]:
    """Column -> new value, of those that change; an empty one empties it.

    Raises
    ------
    BadInput
        If something is chosen that neither may be chosen nor was on record.
    """
    goals, services = tuple(goals), tuple(services)
    offered = tuple(s for group in before.service_choices.values() for s in group)
    _expect("income level", [income_level], (*INCOME_LEVELS, before.income_level, ""))
    _expect("risk tolerance", [risk_tolerance], (*RISK_TOLERANCES, before.risk_tolerance, ""))
    _expect("frequency", [frequency], (*FREQUENCIES, before.frequency, ""))
    _expect("goal", goals, before.goal_choices)
    _expect("service", services, offered)
    changes = {
        "income_level": (before.income_level, income_level),
        "risk_tolerance": (before.risk_tolerance, risk_tolerance),
        "goals": (join_list(before.goals), join_list(goals)),
        "preferred_services": (", ".join(before.services), ", ".join(services)),
        "banking_frequency": (before.frequency, frequency),
    }
    return {
        column: new or None for column, (old, new) in changes.items() if (old or "") != (new or "")
    }


def merged(cell: Any, stated: Mapping[str, Any]) -> str | None:
    """An `attributes` cell with some of its fields changed; a missing value takes one away."""
    fields = json.loads(cell) if isinstance(cell, str) and cell else {}
    for name, value in stated.items():
        if pd.isna(value):
            fields.pop(name, None)
        else:
            fields[name] = value
    return json.dumps(fields, ensure_ascii=False) if fields else None


def _items(cell: Any, separator: str) -> tuple[str, ...]:
    if isinstance(cell, list):
        return tuple(str(item).strip() for item in cell)
    texts = (part.strip() for part in _text(cell).split(separator))
    return tuple(dict.fromkeys(text for text in texts if text))


def _text(value: Any) -> str:
    return "" if value is None or (not isinstance(value, list) and pd.isna(value)) else str(value)


def _expect(what: str, got: Iterable[str], expected: Iterable[str]) -> None:
    known = set(expected)
    for one in got:
        if one not in known:
            said = ", ".join(sorted(known - {""}))
            raise BadInput(f"There is no {what} {one!r}; expected one of {said}.")
