"""The suitability signal: what the four metrics ask for against a product's five scores."""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.vocabulary import PRODUCT_SCORES

GAPS = ("excess_risk", "value_shortfall", "retention_shortfall", "bank_risk_excess", "goal_fit")
"""The terms of the signal; `goal_fit` may be positive, the others are never above 0."""

GAP_WEIGHTS = {
    "excess_risk": 1.0,
    "value_shortfall": 0.5,
    "retention_shortfall": 0.3,
    "bank_risk_excess": 0.3,
    "goal_fit": 1.0,
}
"""Own choice: too much risk counts most, as no other quality makes up for it."""

NEUTRAL = 5.0


def product_scores(bank: Bank) -> pd.DataFrame:
    """The five scores of every product, 0-10, 5 where a source has none."""
    return bank["products"][list(PRODUCT_SCORES)].fillna(NEUTRAL)


def asks(metrics: pd.DataFrame) -> pd.DataFrame:
    """What each customer asks for, on the products' 0-10 scales.

    Parameters
    ----------
    metrics : DataFrame
        churn, profit, risk, acumen, 0-10, one row a customer.

    Returns
    -------
    DataFrame
        risk_customer (at most), value_customer (at least), retention_value (at least), risk_bank
        (at most). Low appetite asks for low risk, high churn for high retention; the mixes are
        those of an earlier system, which had both of them the wrong way round.
    """
    return pd.DataFrame(_asks(metrics), index=metrics.index)


def _asks(metrics: pd.DataFrame) -> dict[str, np.ndarray]:
    names = ("churn", "profit", "risk", "acumen")
    churn, profit, risk, acumen = (metrics[name].to_numpy() for name in names)
    return {
        "risk_customer": 0.7 * risk + 0.3 * np.minimum(acumen, risk),
        "value_customer": 0.5 * profit + 0.5 * acumen,
        "retention_value": 0.6 * churn + 0.4 * profit,
        "risk_bank": 10 - (0.5 * churn + 0.3 * (10 - profit) + 0.2 * (10 - acumen)),
    }


def terms(metrics: pd.DataFrame, scores: pd.DataFrame) -> dict[str, np.ndarray]:
    """The signal's weighted terms, each of shape (n_customers, n_products), on a 0-1 scale.

    Notes
    -----
    Gaps are one-sided, so a product that is better than asked is not punished.
    Gaps alone never say that too little risk is wrong, hence the goal-fit term: risk appetite
    times product risk, both from -1 to 1.
    """
    wanted = _asks(metrics)

    def over(column: str) -> np.ndarray:
        product, ask = scores[column].to_numpy(), wanted[column]
        return np.maximum(product[None, :] - ask[:, None], 0) / 10

    def under(column: str) -> np.ndarray:
        product, ask = scores[column].to_numpy(), wanted[column]
        return np.maximum(ask[:, None] - product[None, :], 0) / 10

    appetite = (metrics["risk"].to_numpy() - NEUTRAL) / 5
    product_risk = (scores["risk_customer"].to_numpy() - NEUTRAL) / 5
    raw = {
        "excess_risk": -over("risk_customer"),
        "value_shortfall": -under("value_customer"),
        "retention_shortfall": -under("retention_value"),
        "bank_risk_excess": -over("risk_bank"),
        "goal_fit": appetite[:, None] * product_risk[None, :],
    }
    return {name: GAP_WEIGHTS[name] * value for name, value in raw.items()}


def signal(metrics: pd.DataFrame, scores: pd.DataFrame) -> np.ndarray:
    """Sum of the terms, shape (n_customers, n_products); higher suits better."""
    return np.sum(list(terms(metrics, scores).values()), axis=0)
