"""Churn learned from the columns of a bank's own table: what is left out, what serves, why."""

import numpy as np
import pytest

from engine.customers.metrics.learned_metric import LearnedMetric
from tests.public_shapes import LABELS, LEAKS, PROXIES, SHAPES, opened, shuffled

N = 900
EARLIER = LearnedMetric(
    metric="churn",
    target="Left",
    kind="chance",
    inputs=("balance_trend",),
    centers=(0.0,),
    scales=(1.0,),
    coefficients=(0.5,),
    intercept=-1.0,
    unit=1.0,
    n=300,
    n_positive=60,
    quality=0.7,
    low=0.6,
    high=0.8,
    known_until="",
    fitted_on="2025-05-05",
)


@pytest.fixture(scope="module", params=["card", "european"])
def shape(request):
    return request.param


@pytest.fixture(scope="module")
def engine(shape, tmp_path_factory):
    return opened(SHAPES[shape](N, 3), tmp_path_factory.mktemp(shape))


@pytest.fixture(scope="module")
def found(engine, shape):
    return engine.learned_metrics.fit("churn", LABELS[shape])


def test_the_outcome_becomes_a_label_and_is_no_field_of_a_customer(engine, shape):
    assert set(engine.bank["labels"]["name"]) == {LABELS[shape]}
    assert not engine.bank["customers"]["attributes"].str.contains(LABELS[shape]).any()


def test_leak_proxy_and_dead_column_are_named_with_evidence_and_left_out(found, shape):
    checks = found.leaks.set_index("column")
    leak, proxy = f"attributes.{LEAKS[shape]}", f"attributes.{PROXIES[shape]}"
    assert checks.loc[leak, "suspicious"] and "outcome" in checks.loc[leak, "why"]
    assert "stands for" in checks.loc[proxy, "why"] and "AUC" in checks.loc[proxy, "why"]
    dead = "attributes.Branch_Code" if shape == "card" else "attributes.Plan"
    assert checks.loc[dead, "why"] == "has one value"
    read = set(found.drivers["driver"])
    assert read and not read & {leak, proxy, dead}
    assert not any(word in name.lower() for name in read for word in ("age", "gender", "geogr"))
    said = " ".join(found.notes)
    assert leak in said and proxy in said and dead in said
    assert "no dates" in found.notes[0]


def test_the_figure_with_the_leak_stands_beside_the_one_without(found):
    measures = found.measures.set_index("measure")
    assert measures.loc["AUC with the suspicious columns", "value"] > 0.97
    assert measures.loc["AUC", "low"] > 0.6 and measures.loc["AUC", "value"] < 0.97
    assert "AUC of a rival" in measures.index
    assert found.in_use


def test_a_customers_drivers_are_columns_in_words_and_sum_to_the_value(engine, found):
    customer = str(engine.bank.customer_ids[7])
    metric = engine.customers.profile(customer).metrics["churn"]
    assert metric.source == "learned"
    assert 5 + sum(d.points for d in metric.drivers) == pytest.approx(metric.value, abs=1e-9)
    assert {d.key for d in metric.drivers} <= set(found.drivers["driver"])
    assert all(d.detail.startswith(d.label) for d in metric.drivers)
    assert 0 < metric.chance < 1
    table = engine.snapshot().profiles
    sums = 5 + table.drivers["churn"].sum(axis=1)
    assert np.allclose(sums, table.table["churn"], atol=1e-9)


def test_a_column_is_used_if_the_bank_decides_so(engine, shape):
    proxy = f"attributes.{PROXIES[shape]}"
    kept = engine.learned_metrics.fit("churn", LABELS[shape], keep=[proxy])
    assert proxy in set(kept.drivers["driver"])
    assert kept.leaks.set_index("column").loc[proxy, "why"].startswith("kept by decision")


def test_noise_changes_nothing(tmp_path):
    engine = opened(shuffled("european", 600, 5), tmp_path)
    found = engine.learned_metrics.fit("churn", "Exited")
    assert not found.in_use
    assert engine.learned_metrics.table().set_index("metric").loc["churn", "source"] == "scorecard"
    engine.snapshots.metrics.save(EARLIER)
    again = engine.learned_metrics.fit("churn", "Exited")
    assert again.in_use
    assert "learned on 2025-05-05 from 'Left' stays in use" in again.verdict
    assert "scorecard stays" not in again.verdict
