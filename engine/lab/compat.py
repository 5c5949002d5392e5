"""The formulas of earlier systems, kept for comparison only.

Those of D are inverted on two axes (a low risk appetite asks for a high product risk), so nothing
but `compat` uses them.
"""

import numpy as np
import pandas as pd

from engine.bank.bank import Bank
from engine.bank.tables import attributes
from engine.errors import BadInput
from engine.vocabulary import PRODUCT_SCORES, RETAIL

DISTANCES = ("mahalanobis", "manhattan", "euclidean", "weighted")
N_TOP = 12
N_PASSIVE = 8
PASSIVE_WEIGHTS = {
    "risk_customer": 0.0,
    "value_customer": 0.2,
    "profit_margin": 0.2,
    "risk_bank": 0.0,
    "retention_value": 0.6,
}
_STORED_NAMES = {
    "churn": "churn_rate",
    "profit": "profit_generated",
    "risk": "risk_appetite",
    "acumen": "financial_acumen",
}


KEYWORDS = {
    "groceries": ("grocery", "supermarket", "food"),
    "entertainment": ("movie", "concert", "game", "event"),
    "utilities": ("electricity", "water", "internet"),
    "shopping": ("mall", "clothes", "shopping"),
}
"""C's categories of spending and their words; the first that a description holds wins."""
OTHERS = "others"


def keyword_category(description: str) -> str:
    """What C's keywords make of a transaction; it counts a salary as others."""
    said = description.lower()
    found = (name for name, words in KEYWORDS.items() if any(word in said for word in words))
    return next(found, OTHERS)


def targets(churn: float, profit: float, risk: float, acumen: float) -> pd.Series:
    """The five scores that D asks for, each clipped to 0-10."""
    asked = {
        "risk_customer": 10 - (0.7 * risk + 0.3 * acumen),
        "value_customer": 0.5 * profit + 0.5 * acumen,
        "profit_margin": 0.7 * profit + 0.3 * acumen,
        "risk_bank": 0.5 * churn + 0.3 * (10 - profit) + 0.2 * (10 - acumen),
        "retention_value": 0.6 * (10 - churn) + 0.4 * profit,
    }
    return pd.Series(asked, index=list(PRODUCT_SCORES)).clip(0, 10)


def top(
    asked: pd.Series, scores: pd.DataFrame, n: int = N_TOP, *, distance: str = "mahalanobis"
) -> pd.Series:
    """The n products whose five scores are nearest to the targets, with their distances.

    Parameters
    ----------
    scores : DataFrame
        The five scores, index product_id.
    distance : str
        One of DISTANCES: mahalanobis under the catalogue's covariance, as D has it; manhattan;
        euclidean; or weighted, which is Euclidean by the weights of the passive list.

    Returns
    -------
    Series
        Distances, index product_id, nearest first; ties keep the catalogue's order.
    """
    if distance not in DISTANCES:
        raise BadInput(f"There is no distance {distance!r}; distances are {', '.join(DISTANCES)}.")
    columns = list(PRODUCT_SCORES)
    values = scores[columns].to_numpy(dtype=float)
    gap = values - asked[columns].to_numpy()
    if distance == "manhattan":
        return _nearest(np.abs(gap).sum(axis=1), scores.index, n)
    if distance == "mahalanobis":
        covariance = np.cov(values, rowvar=False)
        singular = np.linalg.matrix_rank(covariance) < len(columns)
        inverse = np.linalg.pinv(covariance) if singular else np.linalg.inv(covariance)
        squared = np.einsum("ij,jk,ik->i", gap, inverse, gap)
        return _nearest(np.sqrt(np.maximum(squared, 0)), scores.index, n)
    weights = [PASSIVE_WEIGHTS[c] if distance == "weighted" else 1.0 for c in columns]
    return _nearest(np.sqrt((gap**2 * np.array(weights)).sum(axis=1)), scores.index, n)


def passive(asked: pd.Series, scores: pd.DataFrame) -> pd.Series:
    """Weighted Euclidean distance after the risk pre-filter; the nearest."""
    safe = ~(scores[["risk_customer", "risk_bank"]] >= asked[["risk_customer", "risk_bank"]] + 1)
    kept = scores.loc[safe.all(axis=1)]
    weights = pd.Series(PASSIVE_WEIGHTS)
    gap = kept[list(weights.index)] - asked[weights.index]
    return _nearest(np.sqrt((gap**2 * weights).sum(axis=1)).to_numpy(), kept.index, N_PASSIVE)


def lists(
    bank: Bank, customer_id: str, distance: str = "mahalanobis"
) -> tuple[list[str], list[str]]:
    """D's two lists for one customer from the metrics stored with the record.

    Product ids of the top list, by one of `DISTANCES`, and of the passive one; nearest first,
    before guard and caps.

    Raises
    ------
    BadInput
        If the customer's record holds no stored metrics (only D's banks do).
    """
    row = bank["customers"].iloc[bank.customer_position(customer_id)]
    stored = attributes(row).get("input_params")
    if not isinstance(stored, dict) or not set(_STORED_NAMES.values()) <= set(stored):
        raise BadInput(
            f"compat needs the metrics that system D stored with a customer "
            f"({', '.join(_STORED_NAMES.values())}); {customer_id!r} has none. "
            f"Leave --compat away for the default suitability."
        )
    asked = targets(*(float(stored[name]) for name in _STORED_NAMES.values()))
    products = bank["products"]
    retail = products.loc[products["audience"].fillna(RETAIL) == RETAIL]
    scores = retail.set_index("product_id")[list(PRODUCT_SCORES)].dropna()
    return list(top(asked, scores, distance=distance).index), list(passive(asked, scores).index)


def _nearest(distance: np.ndarray, ids: pd.Index, n: int) -> pd.Series:
    order = np.argsort(distance, kind="stable")[:n]
    return pd.Series(distance[order], index=ids[order])
