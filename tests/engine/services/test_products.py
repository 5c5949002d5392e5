"""The catalogue: each column is searched on its own, and one product is told in full."""

import datetime as dt
import json
import re
from types import SimpleNamespace

import pytest

from engine import Engine
from engine.customers.words.texts import TextModels
from engine.errors import BadInput, NotFound
from engine.guard.verdicts import Rulebook
from engine.services.products import SEARCHED, Products
from engine.settings import default
from tests.conftest import DEMO
from tests.engine.customers.conftest import FakeKeywords, FakeSentiment


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    state = tmp_path_factory.mktemp("catalogue")
    return Engine.open(DEMO, state, now=lambda: dt.datetime(2026, 7, 15, 9, 0))


def _slow(engine: Engine, contains: dict[str, str]) -> set[str]:
    """Row by row, as one would by hand."""
    return {
        row["product_id"]
        for _, row in engine.snapshots.current().bank["products"].astype(object).iterrows()
        if all(
            text.strip().lower() in ("" if row[column] != row[column] else row[column]).lower()
            for column, text in contains.items()
        )
    }


@pytest.mark.parametrize(
    "contains",
    [
        {"name": "loan"},
        {"name": "LOAN "},
        {"category": "loan"},
        {"description": "loan"},
        {"features": "travel", "category": "card"},
        {"product_id": "P1", "name": "account"},
        {"name": "(.*"},
        {},
    ],
)
def test_F29_each_column_is_searched_whatever_the_case(engine, contains: dict[str, str]):
    found = engine.products.table(contains)
    assert set(found["product_id"]) == _slow(engine, contains)


def test_F29_loan_returns_the_loan_products(engine):
    found = engine.products.table({"name": "loan"})
    assert len(found) >= 3
    assert found["name"].str.contains("loan", case=False).all()
    others = set(engine.products.table()["name"]) - set(found["name"])
    assert not [name for name in others if "loan" in name.lower()]


def test_products_stand_by_name_with_how_many_hold_them(engine):
    table = engine.products.table()
    bank = engine.snapshots.current().bank
    assert table["name"].is_monotonic_increasing
    held = bank.held.sum(axis=0)
    for row in table.itertuples():
        assert row.n_holders == held[bank.product_position(row.product_id)]


def test_a_column_that_cannot_be_searched_is_named_with_those_that_can(engine):
    with pytest.raises(BadInput, match="name, category"):
        engine.products.table({"annual_fee": "5"})


def test_one_product_is_told_in_full(engine):
    for product in engine.products.table()["product_id"]:
        sheet = engine.products.of(product)
        assert sheet.name
        assert sheet.features
        assert 0 <= sheet.share <= 1
        told = json.dumps(sheet.to_json(), allow_nan=False).lower()
        assert "nan" not in re.findall(r"\w+", told)
    student = engine.products.of("P02")
    assert "An age of at least 16" in student.conditions
    assert "An age of at most 28" in student.conditions


def test_an_unknown_product_is_an_error_that_says_so(engine):
    with pytest.raises(NotFound, match="P999"):
        engine.products.of("P999")


def test_without_recorded_holdings_nobody_is_said_to_hold_anything(small_bank):
    emptied = small_bank.with_tables(holdings=small_bank["holdings"].iloc[:0])
    rulebook = Rulebook(emptied, None, default())
    now = SimpleNamespace(bank=emptied, settings=default(), rulebook=rulebook)
    texts = TextModels(FakeSentiment(), FakeKeywords())
    catalogue = Products(SimpleNamespace(current=lambda: now, texts=texts))
    assert catalogue.table()["n_holders"].isna().all()
    first = str(emptied["products"]["product_id"].iloc[0])
    assert catalogue.of(first).n_holders is None


def test_every_searched_column_is_one_of_the_products_table(engine):
    assert set(SEARCHED) <= set(engine.snapshots.current().bank["products"].columns)


def test_F66_a_product_of_the_bank_is_tagged_by_its_text(engine: Engine):
    table = engine.products.table({"name": "Study Loan"})
    assert set(engine.products.topics(table["product_id"].iloc[0])) == {"student", "credit"}
    with pytest.raises(NotFound):
        engine.products.topics("nothing")


def test_F74_the_tone_of_a_description_is_read_without_a_token_or_a_network(engine: Engine):
    products = engine.bank["products"]
    model = engine.snapshots.texts.sentiment
    for row in products.head(12).itertuples():
        sheet = engine.products.of(row.product_id)
        assert sheet.tone == pytest.approx(float(model.score([row.description])[0]))
        assert -1 <= sheet.tone <= 1 and sheet.tone_word and sheet.tone_by == model.name
    nothing = engine.products._tone("  ", engine.snapshot().settings)
    assert nothing == {}
