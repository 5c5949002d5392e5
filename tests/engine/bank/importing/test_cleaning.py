import numpy as np
import pandas as pd
import pytest

from engine.bank.importing import schema
from engine.bank.importing.cleaning import far_from_others
from engine.bank.importing.columns.mapping import FILE, LINE
from engine.bank.quality import Findings
from engine.vocabulary import TABLES


def slow_distance(values: np.ndarray, position: int) -> float:
    others = np.delete(values, position)
    return abs(values[position] - others.mean()) / others.std()


def test_F22_distances_are_those_of_leaving_one_out():
    values = np.random.default_rng(1).normal(50, 5, 200)
    values[7] = 500
    found = far_from_others(pd.Series(values), 8)
    assert found.dropna().index.tolist() == [7]
    assert found[7] == pytest.approx(slow_distance(values, 7))


def test_two_far_amounts_do_not_hide_each_other():
    values = np.r_[np.linspace(40, 60, 30), 1e6, 400]
    assert far_from_others(pd.Series(values), 8).dropna().index.tolist() == [30, 31]


def test_few_equal_and_missing_amounts_have_nothing_far():
    assert far_from_others(pd.Series([1.0, 1e9]), 8).isna().all()
    assert far_from_others(pd.Series([5.0] * 50 + [np.nan]), 8).isna().all()


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_has_a_schema_that_its_empty_form_satisfies(table):
    rows = pd.DataFrame({FILE: pd.Series(dtype="str"), LINE: pd.Series(dtype="int64")})
    findings = Findings()
    kept = schema.check(table, rows, findings)
    assert list(kept.columns) == [*TABLES[table], FILE, LINE]
    assert findings.n_rejected(table) == 0
    assert findings.report({}).warnings.empty


def checked(table: str, **columns):
    rows = pd.DataFrame(columns)
    rows[FILE], rows[LINE] = "f.csv", np.arange(2, len(rows) + 2)
    findings = Findings()
    return schema.check(table, rows, findings), findings.report({})


def test_values_outside_their_range_are_left_empty_with_a_warning():
    kept, report = checked("customers", customer_id=["a", "b"], age=[130, 30], satisfaction=[7, 1])
    assert kept["age"].isna().tolist() == [True, False]
    assert report.warnings["problem"].tolist() == [
        "age 130.0 is outside 0 to 120; left empty",
        "satisfaction 7.0 is outside -1 to 1; left empty",
    ]


def test_words_that_are_not_allowed_are_left_empty_with_a_warning():
    kept, report = checked(
        "events", event_id=["1"], customer_id=["a"], product_id=["p"], action=["x"]
    )
    assert kept["action"].isna().all()
    assert report.warnings["problem"].str.contains("'x' is not one of shown, viewed").all()


def test_rows_without_what_they_need_and_repeated_keys_are_rejected_once():
    kept, report = checked(
        "months",
        customer_id=["a", "a", None, None],
        month=["2024-01-01"] * 4,
        spending=[1, 2, 3, 4],
    )
    assert kept["spending"].tolist() == [1]
    assert report.rejected["line"].tolist() == [4, 5, 3]
    assert report.rejected["problem"].tolist()[:2] == ["customer_id is missing"] * 2
    assert (
        "duplicate customer_id and month 'a 2024-01-01'" in report.rejected["problem"].tolist()[2]
    )


def test_a_customer_all_of_whose_rows_were_rejected_leaves_nothing_behind(write, bring):
    text = "customer_id,date,amount (EUR)\nK1,2026-01-03,-5\nK1,2026-01-04,7\nK2,never,-1\n"
    bank, report = bring(write({"transactions.csv": text}))
    assert bank["customers"]["customer_id"].tolist() == ["K1"]
    assert "every row that names this customer was rejected" in set(report.rejected["problem"])
