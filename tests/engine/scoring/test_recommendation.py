"""Lists in words."""

import pandas as pd

from engine.scoring.recommendation import told_apart


def test_two_products_of_one_name_are_told_apart_in_a_list():
    products = pd.DataFrame(
        {
            "product_id": ["p1", "p2", "p3", "p4", "p5"],
            "name": ["Saver", "Gold card", "Saver", "Plan", "Plan"],
            "tier": [None, "Gold", None, "A", "A"],
            "subcategory": ["Youth", "Card", "Classic", None, "X"],
            "category": ["Savings", "Card", "Savings", "Tax", "Tax"],
            "description": [None] * 5,
        }
    )
    assert told_apart(products) == [
        "Saver (Youth)", "Gold card", "Saver (Classic)", "Plan (p4)", "Plan (p5)",
    ]  # fmt: skip
    says = ["x", "x", "x", "Comprehensive planning.", "Planning and advice"]
    assert told_apart(products.assign(description=says))[3:] == [
        "Plan (comprehensive planning)", "Plan (planning and advice)",
    ]  # fmt: skip
    says = ["x", "x", "x", "USD deposit for one year", "EUR"]
    assert told_apart(products.assign(description=says))[3:] == [
        "Plan (USD deposit for one year)", "Plan (EUR)",
    ]  # fmt: skip
    assert told_apart(products.iloc[:2]) == ["Saver", "Gold card"]
    assert told_apart(products.iloc[:0]) == []
