"""Who would want a product: the ranking is the slow one, nobody is listed who may not be."""

import csv
import datetime as dt
import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.services.exports import prospect_files
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
PRODUCT = "P34"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state, now=lambda: NOW)


def test_F109_customers_stand_in_the_order_of_their_own_scores(engine: Engine):
    found = engine.prospects.of(PRODUCT, top=5000).table
    lists = engine.scores.get()
    rows = lists.snapshot.all_rows
    scores, which = lists.ranker.scores(rows), lists.lists_that_open(rows)
    product = lists.bank.product_position(PRODUCT)
    slow = [
        (-scores.total(str(which[row]))[row, product], str(lists.bank.customer_ids[row]))
        for row in np.flatnonzero(lists.allowed[:, product])
    ]
    assert found["customer_id"].tolist() == [customer for _, customer in sorted(slow)]
    assert found["rank"].tolist() == list(range(1, len(found) + 1))


def test_a_rows_figures_and_reason_are_those_of_the_customers_own_list(engine: Engine):
    table = engine.prospects.of(PRODUCT, top=300).table
    seen = 0
    for row in table.head(10).itertuples():
        offers = engine.offers.recommend(row.customer_id, k=20).offers
        for offer in offers:
            if offer.product_id == PRODUCT:
                seen += 1
                assert row.score == pytest.approx(offer.score)
                assert row.confidence == pytest.approx(offer.confidence)
                assert row.propensity == pytest.approx(offer.propensity)
                assert row.expected_value == pytest.approx(offer.expected_value)
                assert row.reason == offer.short_reason
    assert seen >= 8


def test_F151_an_objection_takes_a_customer_off_at_once(demo_state: Path):
    engine = Engine.open(DEMO, demo_state, now=lambda: NOW)
    first = engine.prospects.of(PRODUCT, top=3)
    gone = str(first.table["customer_id"].iloc[0])
    engine.records.set_consent(gone, "marketing", "refused", source="test")
    after = engine.prospects.of(PRODUCT, top=3)
    assert gone not in after.table["customer_id"].tolist()
    assert after.n_allowed == first.n_allowed - 1
    refused = after.removed.set_index("rule")["n"]
    assert refused["objection"] == first.removed.set_index("rule")["n"]["objection"] + 1


def test_everybody_is_either_listed_or_counted_under_one_rule(engine: Engine):
    found = engine.prospects.of(PRODUCT)
    assert found.n_allowed + found.removed["n"].sum() == engine.facts.summary().n_customers


def test_filters_leave_the_same_people_as_the_customer_list(engine: Engine):
    all_of_them = engine.prospects.of(PRODUCT, top=5000).table
    people = engine.customers.table().set_index("customer_id")
    manager = str(all_of_them["relationship_manager"].iloc[0])
    found = engine.prospects.of(PRODUCT, top=5000, manager=manager, churn_band="low", minimum=0.05)
    known = people.loc[all_of_them["customer_id"]].reset_index()
    wanted = (
        (known["relationship_manager"] == manager)
        & (known["churn_band"].astype("str") == "low")
        & (all_of_them["confidence"] >= 0.05)
    )
    assert found.table["customer_id"].tolist() == known.loc[wanted, "customer_id"].tolist()
    assert found.n_matching == wanted.sum()
    assert found.filters["relationship manager"] == manager


def test_an_order_by_value_or_confidence(engine: Engine):
    for order, column in (("value", "expected_value"), ("confidence", "confidence")):
        values = engine.prospects.of(PRODUCT, order=order).table[column]
        assert (values.diff().dropna() <= 0).all()


def test_what_cannot_be_asked_is_said(engine: Engine):
    with pytest.raises(NotFound):
        engine.prospects.of("nothing")
    for wrong in ({"top": 0}, {"top": 5001}, {"order": "luck"}, {"minimum": 2.0}):
        with pytest.raises(BadInput, match="Got"):
            engine.prospects.of(PRODUCT, **wrong)


# --- files --------------------------------------------------------------------------------------

NASTY = [
    "=1+1",
    "+49 170",
    "-5",
    "@SUM(A1)",
    "\tx",
    "\rx",
    " =cmd",
    "＝1+1",
    "\u200b@x",
    "Ann",
    "Łódź",
]


@pytest.fixture(scope="module")
def nasty(engine: Engine):
    found = engine.prospects.of(PRODUCT, top=len(NASTY))
    found.table["name"] = NASTY
    found.table.loc[0, "score"] = -1.5
    found.table.loc[1, ["confidence", "last_contact"]] = [np.nan, pd.NaT]
    return found


def test_F189_a_cell_that_a_spreadsheet_would_run_is_a_text_in_the_csv(nasty):
    text = prospect_files.exported(nasty, "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    names = [row["Name"] for row in rows]
    assert all(name[0] == "'" for name in names[:-2])
    assert names[-2:] == ["Ann", "Łódź"]
    assert [name.removeprefix("'") for name in names] == NASTY
    assert float(rows[0]["Score"]) == -1.5  # a number stays one, whatever its sign
    assert rows[1]["Confidence"] == ""


def test_F189_the_workbook_has_numbers_dates_and_never_a_formula(nasty):
    book = openpyxl.load_workbook(io.BytesIO(prospect_files.exported(nasty, "xlsx")))
    sheet = book["Customers"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert len(rows) == len(NASTY) and sheet.freeze_panes == "D2"
    assert all(cell.data_type != "f" for row in rows for cell in row.values())
    assert rows[0]["Name"].value == "=1+1" and rows[0]["Name"].data_type == "s"
    assert isinstance(rows[0]["Score"].value, float) and rows[0]["Score"].value == -1.5
    assert rows[0]["Confidence"].number_format == "0.0%"
    assert rows[1]["Confidence"].value is None
    contacts = [row["Last contact"].value for row in rows if row["Last contact"].value]
    assert contacts and all(isinstance(value, dt.datetime) for value in contacts)
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Model version"] == nasty.model_version
    assert about["In this list"] == len(NASTY) and about["May be offered it"] == nasty.n_allowed
    assert "simulated" in about["Bank"] and about["Data as of"]


def test_a_file_of_another_kind_is_refused(nasty):
    with pytest.raises(BadInput, match="csv or xlsx"):
        prospect_files.exported(nasty, "pdf")
