"""The rules signal: whom the bank's own rules steer to which products."""

from dataclasses import dataclass

import numpy as np

from engine.bank.bank import Bank
from engine.bank.parsing.word_search import says

WELLNESS = r"(?:financ|money|spending|budget)[a-z]*[ -](?:wellness|wellbeing|coach)|budget.*coach"
"""Names and tags of products that help to keep a budget (own choice of words)."""


@dataclass(frozen=True)
class BusinessRule:
    """A business rule: customers for whom it holds are steered to products that it names."""

    key: str
    reason: str
    customers: np.ndarray
    """bool of shape (n_customers,)."""
    products: np.ndarray
    """bool of shape (n_products,)."""


def business_rules(
    bank: Bank,
    tech_spending_month: np.ndarray,
    threshold: float,
    volatile: np.ndarray | None = None,
) -> tuple[BusinessRule, ...]:
    """The rules that hold in this bank: Tech Banking and wellness.

    Parameters
    ----------
    tech_spending_month : ndarray of shape (n_customers,)
        Technology spending, money a month.
    threshold : float
        From which the Tech Banking rule holds, inclusive, in the bank's currency.
    volatile : ndarray of bool, shape (n_customers,), optional
        Whose monthly spending swings; without it the wellness rule holds for nobody.
    """
    occupation = says(bank["customers"]["occupation"], "developer", any_case=True)
    spends = np.nan_to_num(tech_spending_month) >= threshold
    swings = np.zeros(bank.n_customers, dtype=bool) if volatile is None else volatile
    return (
        BusinessRule(
            key="tech_banking",
            reason="A developer with high technology spending: the Tech Banking rule holds",
            customers=occupation & spends,
            products=_named(bank, r"tech[a-z]*[ -]bank"),
        ),
        BusinessRule(
            key="wellness",
            reason="Spending that swings from month to month: the wellness rule holds",
            customers=np.asarray(swings, dtype=bool),
            products=_named(bank, WELLNESS),
        ),
    )


def _named(bank: Bank, pattern: str) -> np.ndarray:
    """Products whose name or tags match, bool of shape (n_products,)."""
    products = bank["products"]
    text = (products["name"].fillna("") + " " + products["tags"].fillna("")).str.lower()
    return says(text, pattern)


def rules_signal(rules: tuple[BusinessRule, ...], rows: np.ndarray, n_products: int) -> np.ndarray:
    """1 where a rule holds for the customer and names the product, else 0."""
    signal = np.zeros((len(rows), n_products))
    for rule in rules:
        signal = np.maximum(signal, rule.customers[rows][:, None] & rule.products[None, :])
    return signal
