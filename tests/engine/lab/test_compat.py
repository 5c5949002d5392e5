import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.errors import BadInput
from engine.lab import compat
from engine.vocabulary import PRODUCT_SCORES


def test_F61_the_keywords_alone_make_of_five_rows_groceries_shopping_and_three_others():
    rows = ["Grocery Store", "Restaurant", "Amazon Shopping", "Salary", "Subscription Service"]
    said = [compat.keyword_category(row) for row in rows]
    assert said == ["groceries", "others", "shopping", "others", "others"]
    assert compat.keyword_category("Food at the mall") == "groceries"  # the first match wins


def test_F47_metrics_map_to_the_stated_targets():
    asked = compat.targets(churn=5, profit=8.25, risk=6.5, acumen=9)
    assert asked[list(PRODUCT_SCORES)].to_numpy() == pytest.approx([2.75, 8.625, 8.475, 3.225, 6.3])


def test_F47_targets_are_clipped_to_the_scale():
    assert compat.targets(0, 0, 10, 10)["risk_customer"] == 0
    assert compat.targets(0, 10, 0, 10).max() <= 10


def _scores(rows: dict[str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(PRODUCT_SCORES), dtype=float)


def test_F91_top_equals_a_slow_mahalanobis_oracle():
    rng = np.random.default_rng(0)
    scores = _scores({f"p{i}": list(rng.integers(1, 11, 5)) for i in range(30)})
    asked = compat.targets(4, 6, 5, 7)
    inverse = np.linalg.inv(np.cov(scores.to_numpy(), rowvar=False))
    slow = {}
    for product, row in scores.iterrows():
        gap = row.to_numpy() - asked.to_numpy()
        slow[product] = float(np.sqrt(gap @ inverse @ gap))
    found = compat.top(asked, scores)
    assert list(found.index) == sorted(slow, key=slow.get)[:12]
    assert found.to_numpy() == pytest.approx(sorted(slow.values())[:12])


def test_F91_a_singular_catalogue_still_gives_a_ranking():
    scores = _scores({"a": [1, 1, 1, 1, 1], "b": [2, 2, 2, 2, 2], "c": [3, 3, 3, 3, 3]})
    assert compat.top(pd.Series(2.0, index=list(PRODUCT_SCORES)), scores).index[0] == "b"


def test_F92_retention_value_weighs_most_in_the_passive_list():
    asked = pd.Series(5.0, index=list(PRODUCT_SCORES))
    scores = _scores({"value off": [5, 7, 5, 5, 5], "retention off": [5, 5, 5, 5, 7]})
    assert list(compat.passive(asked, scores).index) == ["value off", "retention off"]


def test_F93_a_product_at_target_plus_one_is_out_and_just_below_is_in():
    asked = pd.Series(5.0, index=list(PRODUCT_SCORES))
    scores = _scores({"at": [6, 5, 5, 5, 5], "below": [5.99, 5, 5, 5, 5], "bank": [5, 5, 5, 6, 5]})
    assert list(compat.passive(asked, scores).index) == ["below"]


def test_compat_reads_the_metrics_stored_with_the_customer():
    stored = (
        '{"input_params": {"churn_rate": 5, "profit_generated": 5, '
        '"risk_appetite": 5, "financial_acumen": 5}}'
    )
    bank = Bank.from_tables(
        Manifest("D-like", as_of="2024-01-01"),
        {
            "customers": pd.DataFrame({"customer_id": ["a", "b"], "attributes": [stored, None]}),
            "products": pd.DataFrame(
                {
                    "product_id": ["p", "q", "org"],
                    "audience": ["retail", "retail", "corporate"],
                    **{s: [5.0, 1.0, 5.0] for s in PRODUCT_SCORES},
                }
            ),
        },
    )
    top, passive = compat.lists(bank, "a")
    assert top == ["p", "q"]
    assert "org" not in passive
    with pytest.raises(BadInput, match="'b' has none"):
        compat.lists(bank, "b")


@pytest.mark.parametrize("distance", compat.DISTANCES)
def test_F96_each_distance_ranks_the_whole_catalogue_nearest_first(distance: str):
    rng = np.random.default_rng(1)
    scores = _scores({f"p{i}": list(rng.integers(1, 11, 5)) for i in range(30)})
    asked = compat.targets(4, 6, 5, 7)
    found = compat.top(asked, scores, 30, distance=distance)
    assert sorted(found.index) == sorted(scores.index)
    assert found.is_monotonic_increasing and (found >= 0).all()
    exact = _scores({"hit": list(asked), **{p: list(row) for p, row in scores.iterrows()}})
    assert compat.top(asked, exact, 1, distance=distance).index[0] == "hit"


def test_F96_manhattan_and_weighted_are_what_they_are_called():
    scores = _scores({"a": [1, 2, 3, 4, 5], "b": [5, 5, 5, 5, 5]})
    asked = pd.Series([1.0, 1.0, 1.0, 1.0, 1.0], index=list(PRODUCT_SCORES))
    assert compat.top(asked, scores, distance="manhattan")["a"] == 0 + 1 + 2 + 3 + 4
    weights = [compat.PASSIVE_WEIGHTS[c] for c in PRODUCT_SCORES]
    slow = sum(w * gap**2 for w, gap in zip(weights, range(5), strict=True)) ** 0.5
    assert compat.top(asked, scores, distance="weighted")["a"] == pytest.approx(slow)
    with pytest.raises(BadInput, match="distances are mahalanobis, manhattan"):
        compat.top(asked, scores, distance="as the crow flies")
