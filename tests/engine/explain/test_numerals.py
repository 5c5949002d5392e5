"""A numeral in a text is a fact or it is found out."""

import numpy as np
import pandas as pd
import pytest

from tests.engine.explain.numerals import check_numerals


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Spends 1,240 a month", [1239.7]),
        ("Rate of 2.5 %", [0.025]),
        ("On 12 Mar 2026", [pd.Timestamp("2026-03-12")]),
        ("Visa 360 card", ["Visa 360"]),
        ("Balance of -500", [np.float64(-500)]),
        ("No figure at all", []),
        ("Costs 85.5", [85.50]),
    ],
)
def test_facts_account_for_their_numerals(text: str, facts: list):
    assert check_numerals(text, facts) == ()


def test_a_numeral_without_a_fact_is_named():
    assert check_numerals("Saves 300 of 1,240 a year", [1240.0]) == ("300",)
    assert check_numerals("7 products", [np.nan, None, True, pd.NaT, float("inf")]) == ("7",)
