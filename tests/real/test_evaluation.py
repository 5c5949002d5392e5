"""The metric code on santander, where the simple rivals' figures were measured before."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.audit.evaluation import baselines, evaluate_systems, paired
from engine.bank.bank import Bank, Manifest
from engine.ranking.temporal_split import TemporalSplit, dated_adoptions, window

pytestmark = pytest.mark.real

TEST_FROM = pd.Timestamp("2015-09-01")
FAR = pd.Timestamp("2100-01-01")


@pytest.fixture(scope="module")
def cohort(real_data: Path) -> Bank:
    """Customers first seen in January 2015: what each took after that is known whole."""
    rows = pd.read_csv(real_data / "santander/adoptions.csv", dtype={"USER_ID": "str"})
    rows["day"] = pd.to_datetime(rows["TIMESTAMP"], unit="s").dt.normalize()
    first = rows.groupby("USER_ID")["day"].transform("min")
    kept = rows.loc[first < pd.Timestamp("2015-02-01")]
    products = pd.read_csv(real_data / "santander/products.csv")
    return Bank.from_tables(
        Manifest(name="Santander cohort", as_of="2016-05-31"),
        {
            "customers": pd.DataFrame({"customer_id": np.sort(kept["USER_ID"].unique())}),
            "products": pd.DataFrame({"product_id": np.sort(products["item_id"])}),
            "holdings": pd.DataFrame(
                {
                    "customer_id": kept["USER_ID"],
                    "product_id": kept["ITEM_ID"],
                    "opened_on": kept["day"],
                }
            ),
        },
    )


def test_decision_25_the_simple_rivals_reach_their_known_figures(cohort):
    adoptions = dated_adoptions(cohort)
    shape = (cohort.n_customers, cohort.n_products)
    owned = cohort.held_on(TEST_FROM - pd.Timedelta(days=1))
    before = window(adoptions, pd.Timestamp("2015-02-01"), TEST_FROM - pd.Timedelta(days=1), shape)
    adopted = window(adoptions, TEST_FROM, FAR, shape)
    systems = baselines(owned, before, seed=7, rows=np.arange(cohort.n_customers))
    found = evaluate_systems(systems, adopted, ~owned, seed=7)
    assert found["n"].eq(508).all()
    figures = found.set_index(["system", "metric"])["value"]
    assert figures["popular_owned", "map@7"] == pytest.approx(0.477, abs=5e-4)
    assert figures["popular_adopted", "map@7"] == pytest.approx(0.423, abs=5e-4)
    assert figures["random", "map@7"] == pytest.approx(0.148, abs=0.015)
    gaps = paired(systems, adopted, ~owned, seed=7, champion="popular_owned").set_index("system")
    assert gaps.loc["random", "low"] > 0.2


def test_folds_of_the_training_months_never_reach_the_test(cohort):
    adoptions = dated_adoptions(cohort.until(TEST_FROM - pd.Timedelta(days=1)))
    found = TemporalSplit.latest(adoptions, needed=200)
    n = len(adoptions)
    assert found.holdout_until < TEST_FROM
    assert found.n_history + found.n_fit + found.n_holdout == n
    assert 0.2 <= found.n_holdout / n <= 0.3
    assert 0.1 <= found.n_fit / n <= 0.3
