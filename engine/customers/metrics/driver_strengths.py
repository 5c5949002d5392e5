"""Features of all customers in; the strengths of each metric's drivers out."""

import pandas as pd

from engine.customers.metrics import acumen, churn, profit, risk
from engine.customers.metrics.reference import Reference
from engine.settings import Settings


def strengths_of(
    features: pd.DataFrame, reference: Reference, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Metric -> how strongly each driver speaks for it, -1 to 1, NaN where unknown.

    Whether a scorecard weighs them or weights are learned from labels, more strength never means
    less of the metric, so what must only ever rise does so either way.
    """
    weights = settings.metrics
    return {
        "churn": churn.strengths(features, weights),
        "profit": profit.strengths(features, reference),
        "risk": risk.strengths(features, weights.risk),
        "acumen": acumen.strengths(features),
    }
