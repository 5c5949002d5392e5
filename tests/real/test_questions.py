"""Explanations and counterfactuals of real customers: exact, short, and true when tried."""

import math

import numpy as np
import pandas as pd
import pytest

from engine.engine import Engine
from engine.explain.drilldown import WHOLE
from engine.scoring.scenarios.inputs import inputs
from engine.scoring.scenarios.scenario import CustomerScenario
from engine.scoring.scenarios.threshold_search import Race
from engine.vocabulary import LISTS
from tests.conftest import DEMO
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real
NOW = pd.Timestamp("2026-01-15")


@pytest.fixture(scope="module", params=["demo", "B", "D"])
def engine(request: pytest.FixtureRequest, real_banks: RealBanks, tmp_path_factory) -> Engine:
    if request.param == "demo":
        return Engine.open(DEMO, request.getfixturevalue("trained_state"), now=lambda: NOW)
    folder = tmp_path_factory.mktemp(f"questions_{request.param}")
    bank, state = real_banks.fitted(f"peers/{request.param}", folder)
    return Engine.open(bank, state, now=lambda: NOW)


def test_the_short_reason_of_every_offer_is_under_60_characters(engine: Engine):
    step = 1 + engine.bank.n_customers // 120
    lengths = [
        len(offer.short_reason)
        for customer in engine.bank.customer_ids[::step]
        for offer in engine.offers.recommend(str(customer), k=3).offers
    ]
    assert lengths
    assert 0 < min(lengths) <= max(lengths) < 60


def test_F122_every_score_is_its_parts_and_every_part_its_lines(engine: Engine):
    for customer in engine.bank.customer_ids[:40]:
        for which in LISTS:
            for offer in engine.offers.recommend(str(customer), k=2, list=which).offers:
                found = engine.scenarios.explain(str(customer), offer.product_id, list=which)
                total = math.fsum(part.points for part in found.parts)
                assert total == pytest.approx(offer.score, abs=1e-9)
                for part in found.parts:
                    lines = math.fsum(line.points for line in part.lines)
                    assert lines == pytest.approx(part.points, abs=1e-9)
                    assert WHOLE.label not in [line.label for line in part.lines]
                    assert len({line.label for line in part.lines}) == len(part.lines)


def test_what_is_said_to_be_enough_is_and_a_hundredth_less_is_not(engine: Engine):
    lists, n = engine.scores.get(), 0
    for row in np.unique(np.linspace(0, engine.bank.n_customers - 1, 12).astype(int)):
        for product in range(0, engine.bank.n_products, 9):
            race = Race(CustomerScenario(lists, int(row)), "growth", product, 3)
            ids = str(engine.bank.customer_ids[row]), str(engine.bank.product_ids[product])
            tried = {one.feature: one for one in (*inputs(race.scenario), *race.new_needs())}
            for change in engine.scenarios.why_not(*ids, list="growth").changes:
                values = change.now + np.array([1.0, 0.99]) * (change.needed - change.now)
                enough, short = race.places(tried[change.feature].variants(values))
                assert (enough > 0, short) == (True, 0)
                n += 1
    assert n > 10
