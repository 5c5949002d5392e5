"""Columns that are called like months: read only where their names say money and nothing more."""

import pandas as pd
import pytest

from engine.bank.importing.columns import wide_months

TODAY = pd.Timestamp("2026-03-15")


def found(*columns: str, name: str = "customers") -> list[wide_months.Wide]:
    frame = pd.DataFrame({column: pd.Series(["5", "7"], dtype="str") for column in columns})
    return wide_months.columns_of(frame, name, TODAY)


@pytest.mark.parametrize(
    "columns",
    [
        ("Monthly income 2026-01", "Monthly income 2026-02"),
        ("Total spend (EUR) Dec-25", "Total spend (EUR) Jan-26"),
        ("Closing balance 01/2026", "Closing balance 02/2026"),
    ],
)
def test_names_that_say_a_figure_and_nothing_more_are_read(columns):
    assert [w.is_read for w in found(*columns)] == [True]


@pytest.mark.parametrize(
    "columns",
    [
        ("Count of expenses 2026-01", "Count of expenses 2026-02"),
        ("Income growth 2026-01", "Income growth 2026-02"),
        ("Income % 2026-01", "Income % 2026-02"),
        ("Avg balance 2026-01", "Avg balance 2026-02"),
        ("Salary (k) 2026-01", "Salary (k) 2026-02"),
        ("Budget spend 2026-01", "Budget spend 2026-02"),
        ("Income 2026-03", "Income 2026-04"),
        ("spend apr 11", "spend apr 12"),
        ("income nov 30", "income dec 31"),
    ],
)
def test_names_that_say_more_a_future_or_days_are_left_and_asked_about(columns):
    (wide,) = found(*columns)
    (decision,) = wide_months.decisions("a.csv", "customers", [wide], is_read=True)
    assert not wide.is_read
    assert (decision.certainty, decision.reading) == (
        "a guess",
        "2 months left with the other columns",
    )


def test_groups_of_one_figure_are_both_left_and_one_column_alone_is_told():
    wide = found("Spend 2026-01", "Spend 2026-02", "Total spend 2026-01", "Income 2026-01")
    told = wide_months.decisions("a.csv", "customers", wide, is_read=True)
    assert [w.is_read for w in wide] == [False, False, False]
    assert [d.reading.split(" left ")[0] for d in told] == ["2 months", "1 month", "1 month"]


def test_a_file_says_what_its_months_hold_in_the_same_words():
    columns = ("2026-01", "2026-02")
    assert [w.figure for w in found(*columns, name="monthly_spending_2026")] == ["spending"]
    assert [w.figure for w in found(*columns, name="planned_spending")] == [""]


def test_a_number_of_contacts_refuses_nothing(write, bring):
    text = "customer_id,name,No. contact,no_contact\nK8,Ada,1,0\nK9,Bo,0,1\n"
    bank, _ = bring(write({"customers.csv": text}))
    refused = bank["consents"].query("status == 'refused'")
    assert refused["customer_id"].tolist() == ["K9"]
