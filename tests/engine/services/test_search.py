"""What stands in the search box of every page finds customers, products and pages."""

import datetime as dt
from pathlib import Path

import pytest

from engine import Engine
from engine.bank.bank import Bank
from engine.results import Found

NOW = dt.datetime(2025, 1, 10, 9, 0)
PAGES = {"insights": "Insights", "data": "Data", "": "Customers"}


@pytest.fixture
def engine(small_bank: Bank, tmp_path: Path) -> Engine:
    return Engine(tmp_path, small_bank, tmp_path, lambda: NOW)


def test_it_finds_a_customer_a_product_and_a_page(engine: Engine):
    assert engine.search.find("cid", PAGES) == [Found("customer", "cid", "Cid Cox", False)]
    assert engine.search.find("travel", PAGES) == [Found("product", "card", "Travel card", False)]
    assert engine.search.find("insi", PAGES) == [Found("page", "insights", "Insights", False)]
    assert engine.search.find("insgihts", PAGES) == [Found("page", "insights", "Insights", True)]


def test_who_has_no_name_is_found_by_number(engine: Engine):
    assert engine.search.find("EVE") == [Found("customer", "eve", "eve", False)]


def test_a_whole_word_of_any_kind_stands_before_beginnings(engine: Engine):
    found = engine.search.find("da", {"data": "Da"})
    assert [(one.kind, one.key) for one in found] == [("page", "data"), ("customer", "dee")]


def test_at_most_so_many_of_each_kind(engine: Engine):
    assert [one.kind for one in engine.search.find("f", k=1)] == ["customer", "product"]


def test_an_erased_customer_is_not_found(engine: Engine):
    assert engine.search.find("ben")
    engine.snapshots.erased.add("ben")  # what an erasure notes first, in whichever process
    assert not engine.search.find("ben")
    assert engine.search.find("ann")


def test_of_who_objects_nothing_but_name_and_number_is_told(engine: Engine):
    for purpose in ("personalisation", "marketing"):
        engine.records.set_consent("ben", purpose, "refused", source="test")
    assert engine.search.find("ben") == [Found("customer", "ben", "Ben Bay", False)]
