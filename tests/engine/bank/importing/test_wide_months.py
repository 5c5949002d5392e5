"""Columns that are called like months: read only where their names say money and nothing more."""

from dataclasses import replace

import pandas as pd
import pytest

from engine.bank.importing import import_plan
from engine.bank.importing.columns import wide_months
from engine.bank.importing.import_source import explain
from engine.errors import BadInput

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


def test_a_person_says_what_columns_of_months_hold_once_for_each_figure():
    (wide,) = wide_months.as_said(found("2026-01", "2026-02"), {"months": "income"})
    (decision,) = wide_months.decisions("a.csv", "customers", [wide], is_read=True, source="a")
    assert (wide.is_read, decision.certainty) == (True, "proved")
    assert (decision.answer.column, decision.answer.choices[0]) == ("months", "income")
    both = found("2026-01", "2026-02", "Spend 2026-01", "Spend 2026-02")
    assert [w.is_read for w in wide_months.as_said(both, {"months": "spending"})] == [False, False]
    left = wide_months.as_said(both, {"spend": wide_months.LEFT})
    assert [w.is_read for w in left] == [False, False]
    with pytest.raises(BadInput, match="choose spending or income or balance"):
        wide_months.as_said(both, {"spend": "profit"})


def test_what_was_said_of_months_is_kept_for_the_months_that_follow(write, bring):
    text = "customer_id,name,Jan 2026,Feb 2026\nK1,Ida,480,510\nK2,Per,61.5,40\n"
    source = write({"customers.csv": text})
    plan = explain(source)
    asked = next(d for d in plan.guesses if d.about == "months")
    plan = plan.answered([(asked.answer, "spending")])
    saved = import_plan.parse(plan.to_toml().encode(), "plan.toml")
    bank, report = bring(source, plan=saved)
    assert sorted(bank["months"]["spending"]) == [40.0, 61.5, 480.0, 510.0]
    assert "months" not in {d.about for d in report.guesses}
    write({"customers.csv": text.replace("Jan 2026", "Mar 2026")})
    bank, _ = bring(source, plan=replace(saved, decisions=()))
    assert len(bank["months"]) == 4
