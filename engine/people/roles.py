"""One table of who may do what: roles, and the pages and actions that are open to them."""

from collections.abc import Mapping
from typing import Final

RELATIONSHIP_MANAGER: Final = "relationship_manager"
ANALYST: Final = "analyst"
MANAGER: Final = "manager"
RISK_OFFICER: Final = "risk_officer"
ADMIN: Final = "admin"

ROLES: Final[Mapping[str, str]] = {
    RELATIONSHIP_MANAGER: "Relationship manager: the customers of the own book, nobody else's",
    ANALYST: "Analyst: segments, campaigns, evaluation",
    MANAGER: "Manager: all customers, settings, experiments",
    RISK_OFFICER: "Risk officer: fairness, governance, the audit trail; the second person",
    ADMIN: "Administrator: people and imports",
}
"""Role -> what it is, in words."""

OFFERED: Final = (MANAGER, RISK_OFFICER, ADMIN)
"""Roles that accounts may have now: those of which nobody's customers have to be kept back."""
NOT_YET: Final[Mapping[str, str]] = {
    RELATIONSHIP_MANAGER: "other managers' customers are not kept from a relationship manager",
    ANALYST: "names are not kept from an analyst",
}
"""Role -> why no account has it yet."""
