"""What gives a label or a protected trait away is told by its values."""

import numpy as np
import pandas as pd
import pytest

from engine.customers.learned_metrics import column_checks

N = 600


@pytest.fixture(scope="module")
def label():
    return (np.random.default_rng(1).random(N) < 0.3).astype(float)


@pytest.fixture(scope="module")
def checks(label):
    rng = np.random.default_rng(2)
    age = rng.integers(20, 70, N).astype(float)
    base, own = rng.normal(size=(2, N))
    chance = np.where(label == 1, rng.beta(4, 4, N), rng.beta(2, 5, N))
    columns = pd.DataFrame(
        {
            "attributes.honest": own + 0.5 * label,
            "attributes.code": np.where(label == 1, 5.0, rng.choice([1.0, 9.0], N)),
            "attributes.word": np.where(label == 1, "b", rng.choice(["a", "c"], N)).astype(object),
            "attributes.reason": np.where(label == 1, rng.random(N), np.nan),
            "attributes.model_prediction": chance,
            "attributes.pension": 100 * age + rng.normal(0, 100, N),
            "attributes.before": base,
            "attributes.after": base - 0.001 * label + 0.0005,
            "attributes.account_number": 5000.0
            + np.argsort(np.argsort(rng.normal(size=N) - label)),
            "attributes.dead": 1.0,
            "attributes.only_here": rng.random(N),
            "attributes.honest_again": -(own + 0.5 * label),
        }
    )
    others = columns.iloc[:100].assign(**{"attributes.only_here": np.nan})
    traits = {"age above 45": (age > 45).astype(float)}
    return column_checks.checked(columns, label, traits, others).set_index("column")


def test_one_column_that_gives_the_label_away_is_found_in_any_order_of_its_values(checks):
    for name in ("code", "word"):
        assert checks.loc[f"attributes.{name}", "suspicious"]
        assert "on its own (AUC 1.000)" in checks.loc[f"attributes.{name}", "why"]


def test_what_is_there_for_one_outcome_or_for_labels_alone_is_found(checks):
    assert "one outcome alone" in checks.loc["attributes.reason", "why"]
    assert "only with the label" in checks.loc["attributes.only_here", "why"]


def test_an_earlier_models_score_is_found(checks):
    assert "earlier model's score" in checks.loc["attributes.model_prediction", "why"]


def test_a_column_that_stands_for_a_protected_trait_is_named_with_it(checks):
    why = checks.loc["attributes.pension", "why"]
    assert why.startswith("stands for age above 45 (AUC 1.00)")


def test_a_pair_whose_difference_gives_the_label_away_is_named_together(checks):
    for name in ("before", "after"):
        row = checks.loc[f"attributes.{name}"]
        assert not row["used"]
        assert "attributes.before" in row["why"] and "attributes.after" in row["why"]
        assert "tells the outcomes apart" in row["why"]


def test_a_number_of_a_customer_is_never_read_and_said_to_sort(checks):
    row = checks.loc["attributes.account_number"]
    assert not row["used"] and row["suspicious"]
    assert "numbers the customers and sorts with the outcome" in row["why"]


def test_a_dead_column_and_one_said_twice_are_left_out(checks):
    assert checks.loc["attributes.dead", "why"] == "has one value"
    assert checks.loc["attributes.honest_again", "why"] == "says what attributes.honest says"
    assert checks.loc["attributes.honest", "used"]
    assert not checks.loc["attributes.honest", "suspicious"]


def test_noise_is_not_suspected():
    rng = np.random.default_rng(9)
    columns = pd.DataFrame(rng.normal(size=(200, 25))).add_prefix("attributes.x")
    label = (rng.random(200) < 0.1).astype(float)
    table = column_checks.checked(columns, label, {}, columns.iloc[:0])
    assert table["used"].all() and not table["suspicious"].any()
