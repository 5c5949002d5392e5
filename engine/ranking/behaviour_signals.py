"""Signals read from conduct: mood against sales pressure, business rules, own feedback."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from engine.bank.bank import Bank
from engine.vocabulary import RATING_ASPECTS

# Units of the feedback signal for one event (own choice). "Not suitable" also removes the product
# in the guard; a rating counts by its distance from the middle.
ACTION_UNITS = {
    "dismissed": -1.0,
    "postponed": -0.3,
    "clicked": 0.2,
    "selected": 0.4,
    "accepted": 0.5,
}
WELLNESS = r"(?:financ|money|spending|budget)[a-z]*[ -](?:wellness|wellbeing|coach)|budget.*coach"
"""Names and tags of products that help to keep a budget (F49, own choice of words)."""
MAX_UNITS = 2.0
"""However often one person repeats themselves, the signal stays within -2..2."""


def pressure(bank: Bank) -> np.ndarray:
    """How hard a product sells, shape (n_products,): 0.2-1 for a product, -1 for a service."""
    products = bank["products"]
    margin = products["profit_margin"].fillna(5.0).to_numpy() / 10
    sensitive = products["sensitive"].fillna(False).to_numpy(dtype=bool)
    selling = np.clip(0.2 + 0.6 * margin + 0.2 * sensitive, 0.2, 1.0)
    service = (products["item_type"] == "service").to_numpy()
    return np.where(service, -1.0, selling)


def mood_signal(mood: np.ndarray, selling: np.ndarray) -> np.ndarray:
    """A negative mood lowers sales pressure and raises service items (F90).

    Parameters
    ----------
    mood : ndarray of shape (n_customers,)
        -1..1, NaN where nothing is known; over all of a customer's messages.
    selling : ndarray of shape (n_products,)
        From `pressure`.

    Returns
    -------
    ndarray of shape (n_customers, n_products)
        0 for a neutral, good or unknown mood.
    """
    return np.minimum(np.nan_to_num(mood), 0)[:, None] * selling[None, :]


@dataclass(frozen=True)
class Rule:
    """A business rule: customers for whom it holds are steered to products that it names."""

    key: str
    reason: str
    customers: np.ndarray
    """bool of shape (n_customers,)."""
    products: np.ndarray
    """bool of shape (n_products,)."""


def rules(
    bank: Bank,
    tech_spending_month: np.ndarray,
    threshold: float,
    volatile: np.ndarray | None = None,
) -> tuple[Rule, ...]:
    """The rules that hold in this bank: Tech Banking (F100) and wellness (F49).

    Parameters
    ----------
    tech_spending_month : ndarray of shape (n_customers,)
        Technology spending, money a month.
    threshold : float
        From which the Tech Banking rule holds, inclusive, in the bank's currency.
    volatile : ndarray of bool, shape (n_customers,), optional
        Whose monthly spending swings (F48); without it the wellness rule holds for nobody.
    """
    occupation = bank["customers"]["occupation"].fillna("").str.contains("developer", case=False)
    spends = np.nan_to_num(tech_spending_month) >= threshold
    swings = np.zeros(bank.n_customers, dtype=bool) if volatile is None else volatile
    return (
        Rule(
            key="tech_banking",
            reason="A developer with high technology spending: the Tech Banking rule holds",
            customers=occupation.to_numpy(dtype=bool) & spends,
            products=_named(bank, r"tech[a-z]*[ -]bank"),
        ),
        Rule(
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
    return text.str.contains(pattern, regex=True).to_numpy(dtype=bool)


def rules_signal(found: tuple[Rule, ...], rows: np.ndarray, n_products: int) -> np.ndarray:
    """1 where a rule holds for the customer and names the product, else 0."""
    signal = np.zeros((len(rows), n_products))
    for rule in found:
        signal = np.maximum(signal, rule.customers[rows][:, None] & rule.products[None, :])
    return signal


def own_feedback(bank: Bank, events: pd.DataFrame) -> sparse.csr_array:
    """What a customer's own reactions say about each product, shape (n_customers, n_products).

    Parameters
    ----------
    events : DataFrame
        Events that stand (retracted ones already left out).

    Returns
    -------
    csr_array
        Within -2..2; a rating of 0-1 counts as (rating - .5) * 2, so a default .5 counts nothing.
    """
    rows = bank.customer_positions(events["customer_id"])
    columns = bank.product_positions(events["product_id"])
    rating = events["rating"].fillna(events[list(RATING_ASPECTS)].mean(axis=1))
    units = events["action"].map(ACTION_UNITS).fillna(0.0)
    units = units.where(events["action"] != "rated", ((rating - 0.5) * 2).fillna(0.0))
    units = units.to_numpy(dtype=float)
    known = (rows >= 0) & (columns >= 0) & (units != 0)
    summed = sparse.coo_array(
        (units[known], (rows[known], columns[known])), shape=(bank.n_customers, bank.n_products)
    ).tocsr()
    summed.sum_duplicates()
    summed.data = np.clip(summed.data, -MAX_UNITS, MAX_UNITS)
    return summed
