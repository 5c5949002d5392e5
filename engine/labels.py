"""What rules, metrics, parts of a score, systems, lists, actions and alerts are called for people.

Every table is complete: a test holds each to the names that it gives words to.
"""

from collections.abc import Mapping
from typing import Final

RULE_LABELS: Final[Mapping[str, str]] = {
    "allowed": "May be offered",
    "consent": "Opted out of personal recommendations",
    "objection": "Objects to marketing",
    "status": "Relationship has ended",
    "audience": "For other customers",
    "held": "Already held",
    "hidden": "Accepted, postponed or unwanted",
    "eligibility": "Not eligible",
    "affordability": "Not affordable",
    "suitability": "Too much risk",
    "category limit": "Category limit",
}
"""Rule of the guard, or of the list's variety -> why a product is left out."""

METRIC_LABELS: Final[Mapping[str, str]] = {
    "churn": "Churn index",
    "profit": "Profit",
    "risk": "Risk appetite",
    "acumen": "Financial acumen",
}
"""Metric of a customer, 0-10 -> what it measures."""

METRIC_MEANINGS: Final[Mapping[str, str]] = {
    "churn": "10 is the most likely to leave.",
    "profit": "Of this bank's customers, 10 is the most profitable.",
    "risk": "10 accepts the most risk.",
    "acumen": "10 is the most experienced.",
}
"""Metric -> what its highest value means."""

LEARNED_METRIC_LABELS: Final[Mapping[str, str]] = {"churn": "Churn, learned"}
"""Metric that is no index once it is learned from labels of 0 and 1 -> what it is called then."""

PRODUCT_SCORE_LABELS: Final[Mapping[str, str]] = {
    "risk_customer": "Risk for the customer",
    "value_customer": "Value to the customer",
    "profit_margin": "Margin for the bank",
    "risk_bank": "Risk for the bank",
    "retention_value": "Keeping the customer",
}
"""Score of a product, 0-10 -> what it measures."""

PART_LABELS: Final[Mapping[str, str]] = {
    "needs": "Needs",
    "collaborative": "Similar customers",
    "item_to_item": "Products held",
    "transitions": "Usual next step",
    "suitability": "Suitability",
    "mood": "Mood",
    "rules": "Bank's rules",
    "popularity": "Popularity",
    "feedback": "Earlier feedback",
    "product": "Product itself",
    "objective": "Aim of this list",
}
"""Signal or other part of a score -> where it comes from."""

SYSTEM_LABELS: Final[Mapping[str, str]] = {
    "blend": "The blend of all signals",
    "fixed_weights": "The blend with fixed weights",
    "random": "By chance",
    "popular_owned": "What most people hold",
    "popular_adopted": "What most people took lately",
    "rules": "Rules, then what the segment holds",
    "item_to_item": "What goes with products held",
    "logistic": "A regression for each product",
    "lightfm": "Similar customers (LightFM)",
    "next_steps": "What holders took next",
    "popularity": "Popularity alone",
    "needs": "Needs alone",
    "suitability": "Suitability alone",
    "mood": "Mood alone",
    "feedback": "Own feedback alone",
}
"""System of an evaluation -> how it makes its lists."""

LIST_LABELS: Final[Mapping[str, str]] = {"growth": "Growth", "retention": "Retention"}
"""List of offers -> its aim."""

ACTION_LABELS: Final[Mapping[str, str]] = {
    "shown": "Shown",
    "viewed": "Viewed",
    "clicked": "Clicked",
    "selected": "Selected",
    "accepted": "Accepted",
    "postponed": "Not now",
    "dismissed": "Not suitable",
    "rated": "Rated",
    "purchased": "Purchased",
    "retracted": "Undone",
}
"""Action of an event -> what was done with an offer."""

PURPOSE_LABELS: Final[Mapping[str, str]] = {
    "personalisation": "Personal recommendations",
    "social": "Use of social posts",
    "marketing": "Marketing contact",
}
"""Purpose of a consent -> what is agreed to."""

ALERT_TITLES: Final[Mapping[str, str]] = {
    "open_complaint": "Complaint left open",
    "churn": "May leave",
    "shortfall": "Shortfall ahead",
    "mood_shift": "Mood has turned",
    "unusual_transaction": "Unusual payment",
    "spending_limit": "Spending limit passed",
    "volatility": "Spending swings",
    "loan_nearly_repaid": "Loan nearly repaid",
    "savings_goal": "Savings goal reached",
    "fairness": "Fairness of the lists",
}
"""Kind of an alert -> its title."""


def rule_label(name: str) -> str:
    """What people call a rule; its own name where a receipt holds one that is no more."""
    return RULE_LABELS.get(name, name.capitalize())


def part_label(name: str) -> str:
    """What people call a part; its own name in words where it is a new one."""
    words = name.replace("_", " ")
    return PART_LABELS.get(name, words[:1].upper() + words[1:])
