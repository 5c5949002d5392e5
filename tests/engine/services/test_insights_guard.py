"""Numbers of people in Insights who could be offered something have passed the guard."""

import re
import shutil
from pathlib import Path

import pytest

from engine import Engine
from tests.conftest import DEMO


@pytest.fixture(scope="module")
def engine(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    state = shutil.copytree(trained_state, tmp_path_factory.mktemp("book") / "state")
    return Engine.open(DEMO, state)


def test_who_may_be_offered_what_a_segment_holds_is_counted_behind_the_guard(engine: Engine):
    insights = engine.customers.insights()
    [said] = [text for text in insights.sentences if "without it may be offered it" in text]
    may, without = (int(n) for n in re.search(r"(\d+) of the (\d+) without", said).groups())
    segment, product = re.match(r"(.+?): [\d,]+ of [\d,]+ customers hold (.+?), ", said).groups()
    products = engine.prospects.products().set_index("name")["product_id"]
    assert may == engine.prospects.of(products[product], segment=segment).n_matching
    assert 0 < may < without
    row = insights.lift.query("segment == @segment and product == @product").iloc[0]
    assert row["n_may"] == may


def test_bands_stand_upwards_in_a_filter(engine: Engine):
    assert engine.customers.choices("churn_band") == ["low", "medium", "high"]
    assert engine.customers.choices("value_band") == ["growth", "medium", "high"]


def test_who_holds_little_is_counted_by_those_with_an_offer(engine: Engine):
    people = engine.customers.table(search="")
    for text in engine.customers.insights().sentences:
        if found := re.search(r"(\d+) of them may be offered something", text):
            assert 0 < int(found.group(1)) <= people["next_offer"].notna().sum()
