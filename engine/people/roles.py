"""The roles of accounts; what each may ask for stands in `engine.people.rights`."""

from collections.abc import Mapping
from typing import Final

RELATIONSHIP_MANAGER: Final = "relationship_manager"
ANALYST: Final = "analyst"
MANAGER: Final = "manager"
RISK_OFFICER: Final = "risk_officer"
ADMIN: Final = "admin"

ROLES: Final[Mapping[str, str]] = {
    RELATIONSHIP_MANAGER: "Relationship manager: the customers of the own book, nobody else's",
    ANALYST: "Analyst: segments, campaigns, evaluation; pseudonyms unless the bank lets see names",
    MANAGER: "Manager: all customers, settings, experiments",
    RISK_OFFICER: "Risk officer: fairness, governance, the audit trail; the second person",
    ADMIN: "Administrator: people, imports, retention; no customer's record",
}
"""Role -> what it is, in words."""
