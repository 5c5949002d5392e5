import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking.objectives import objective
from engine.ranking.signals import suitability
from engine.vocabulary import GROWTH, METRICS, PRODUCT_SCORES, RETENTION

scale = st.floats(0, 10)


def _metrics(churn: float, profit: float, risk: float, acumen: float) -> pd.DataFrame:
    return pd.DataFrame([[churn, profit, risk, acumen]], columns=list(METRICS))


def _products(**columns: list[float]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({s: columns.get(s, [5.0] * n) for s in PRODUCT_SCORES})


def test_the_terms_add_up_to_the_signal():
    metrics = pd.DataFrame(np.random.default_rng(0).uniform(0, 10, (7, 4)), columns=list(METRICS))
    products = _products(risk_customer=[0, 5, 10], value_customer=[1, 9, 5])
    total = sum(suitability.terms(metrics, products).values())
    assert suitability.signal(metrics, products) == pytest.approx(total, abs=1e-12)


@given(scale, scale, scale, scale)
def test_a_careful_customer_never_suits_a_riskier_product_better(churn, profit, acumen, risk):
    careful = _metrics(churn, profit, min(risk, 4.9), acumen)
    values = suitability.signal(careful, _products(risk_customer=[1.0, 4.0, 7.0, 10.0]))[0]
    assert (np.diff(values) <= 1e-12).all()


@given(scale, scale, scale)
def test_D1_a_higher_appetite_never_lowers_a_risky_product_against_a_safe_one(low, high, acumen):
    low, high = sorted((low, high))
    products = _products(risk_customer=[9.0, 1.0])
    gaps = [
        np.diff(suitability.signal(_metrics(5, 5, risk, acumen), products)[0])[0]
        for risk in (low, high)
    ]
    assert gaps[1] <= gaps[0] + 1e-12


@given(scale, scale, scale, scale)
def test_D2_a_product_that_is_better_than_asked_is_not_punished(churn, profit, risk, acumen):
    metrics = _metrics(churn, profit, risk, acumen)
    products = _products(value_customer=[8.0, 10.0], retention_value=[8.0, 10.0])
    values = suitability.signal(metrics, products)[0]
    assert values[1] >= values[0] - 1e-12


def test_growth_looks_for_value_and_retention_for_safety_and_binding():
    products = _products(
        value_customer=[9, 5], profit_margin=[9, 5], retention_value=[3, 9], risk_customer=[8, 1]
    )
    assert objective(products, GROWTH)[0] > objective(products, GROWTH)[1]
    kept = objective(products, RETENTION)
    assert kept[1] > kept[0]
    with pytest.raises(ValueError, match="no list 'both'"):
        objective(products, "both")
