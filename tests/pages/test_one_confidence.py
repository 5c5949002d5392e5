"""One customer's first offer on every surface: the same calibrated chance, and marks beside it."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from pages.components.frame import session
from pages.components.look import wording
from tests.conftest import DEMO
from tests.pages.conftest import texts

ALLOWED = 5e-10
"""Receipts round to a billionth."""


@pytest.fixture(scope="module")
def engine(demo_pages: Path) -> Engine:
    """The demo bank as the pages open it."""
    st.cache_resource.clear()
    return session.opened(str(DEMO), str(demo_pages), 1)


@pytest.fixture(scope="module")
def customer(engine: Engine) -> str:
    """Somebody whose first offer carries a boost."""
    people = engine.customers.table(search="")["customer_id"]
    return next(c for c in people if (o := engine.offers.recommend(c).offers) and o[0].boost)


def test_every_answer_of_the_engine_has_the_calibrated_chance(
    engine: Engine, customer: str, tmp_path: Path
):
    given = engine.offers.recommend(customer)
    first = given.offers[0]
    sure = pytest.approx(first.confidence, abs=ALLOWED)
    row = engine.customers.table(search=customer).set_index("customer_id").loc[customer]
    assert row["next_offer"] == first.name
    assert row["next_offer_confidence"] == sure
    what_if = engine.scenarios.what_if(customer, list=given.list, k=5, metrics={}).table
    assert what_if.set_index("rank")["confidence"][1] == sure
    assert what_if.set_index("rank")["confidence_today"][1] == sure
    takers = engine.prospects.of(first.product_id, top=5000)
    mine = takers.table.set_index("customer_id").loc[customer]
    assert mine["confidence"] == sure
    for kind, read in (("csv", pd.read_csv), ("xlsx", pd.read_excel)):
        whole = read(io.BytesIO(engine.prospects.export(takers, kind)), header=None).astype(str)
        [told] = whole[whole.eq(customer).any(axis=1)].to_numpy()
        assert any(_near(cell, first.confidence) for cell in told), (kind, told)
    scores = engine.offers.score(customers=[customer], lists=(given.list,), k=5)
    assert scores.sort_values("rank")["confidence"].iloc[0] == sure
    engine.feedback.record_shown(given, actor="test")
    assert engine.receipts.get(given.receipt_id).offers["confidence"].iloc[0] == sure
    assert given.to_json()["confidence"] == given.to_json()["offers"][0]["confidence"] == sure


def _near(cell: str, value: float) -> bool:
    try:
        return abs(float(cell) - value) < 5e-5
    except ValueError:
        return False


def test_the_word_follows_the_calibrated_chance_alone(engine: Engine, customer: str):
    calibration = engine.scores.get().ranker.model.calibration
    for which in ("growth", "retention"):
        for offer in engine.offers.recommend(customer, k=20, list=which).offers:
            assert offer.word == calibration.word(offer.confidence, offer.fit)


def test_F117_list_and_card_say_the_same_figure_and_the_boost_is_a_mark(
    engine: Engine, customer: str, visit
):
    first = engine.offers.recommend(customer).offers[0]
    said = wording.share(first.confidence)
    listed = visit("customer_explorer.py", search=customer).dataframe[0].value
    assert listed["offer"].tolist() == [f"{first.name} · {said}"]
    at = visit("recommendations.py", customer=customer)
    assert at.get("progress")[0].proto.text == f"Confidence {said}"
    assert at.get("progress")[0].proto.value == int(100 * first.confidence)
    assert "+15 by the bank's rule" in texts(at)
    assert json.loads(at.code[0].value)["confidence"] == pytest.approx(first.confidence)
    added = wording.share(first.display_confidence)
    assert added != said


def test_the_command_line_says_it_with_the_mark_beside_it(engine: Engine, customer: str):
    first = engine.offers.recommend(customer).offers[0]
    where = ["--data", str(DEMO), "--state", str(engine.state), "--customer", customer]
    told = CliRunner().invoke(app, ["recommend", *where]).stdout
    said = wording.share(first.confidence).replace(wording.NBSP, " ")
    assert f"confidence {said}, +15 by the bank's rule, {first.word}" in told
