"""What is said of demo customers is true by the tables and agrees; a false sentence is caught.

Everybody's, on real banks too, are asked in tests/real.
"""

from collections import Counter
from dataclasses import replace
from itertools import chain

import pandas as pd
import pytest

from engine.customers import claims, claims_ahead, portfolio, segments
from engine.customers.forecast.store import ForecastStore
from engine.engine import Engine
from tests.conftest import DEMO
from tests.engine.customers.ahead_oracle import AheadOracle, lie
from tests.engine.customers.book_oracle import wrong_segments, wrong_tiles
from tests.engine.customers.raw_cells import mean_missed
from tests.engine.customers.said import (
    claims_ahead_of,
    claims_of,
    claims_of_alerts,
    claims_of_book,
    disagreements,
    surfaces_apart,
)

EVERY = 40
"""One customer of so many is asked here."""
SAID_OF_DEMO = {
    *("segment", "cases_open", "balance", "change", "spent_on", "goals", "cases", "tone"),
    *("held", "tenure", "margin", "income", "credit_score", "goals_about_risk", "risky_held"),
    *("speculation", "investing", "keeps_investments", "categories_held", "complex_held"),
    *("finance_terms", "occupation", "may_leave", "cases_late", "saved", "spent_much", "swings"),
    *("shortfall", "unusual", "leaving", "book_cases", "falling", "most_need", "lifted"),
}


SAID_AHEAD_OF_DEMO = {
    *("expected", "tested", "on_the_way", "income_due", "payments_due", "may_fall", "counted"),
    *("kept_of_income", "goal_reached", "goal_never", "goal_away", "goal_soon", "allocation"),
    *("unused_posts", "rated", "searched_by"),
}


@pytest.fixture(scope="module")
def snapshot(trained_state):
    return Engine.open(DEMO, trained_state).snapshot()


@pytest.fixture(scope="module")
def served(snapshot, tmp_path_factory):
    store = ForecastStore(tmp_path_factory.mktemp("cache"), snapshot.settings.forecast)
    return store.of(snapshot.profiles.data.months)


@pytest.fixture(scope="module")
def oracle(snapshot, served):
    return AheadOracle(snapshot.bank, snapshot.profiles, snapshot.settings, served)


@pytest.fixture(scope="module")
def said(snapshot):
    bank, profiles, settings = snapshot.bank, snapshot.profiles, snapshot.settings
    records = (claims_of(bank, profiles, row) for row in range(0, bank.n_customers, EVERY))
    of_all = claims_of_book(bank, profiles, settings), claims_of_alerts(bank, profiles, settings)
    return list(chain(*of_all, *records))


def test_F38_F114_what_is_said_of_the_demo_bank_is_true_by_the_tables(said, oracle):
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, claim in said
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert Counter(claim.kind for _, claim in said).keys() >= SAID_OF_DEMO


@pytest.fixture(scope="module")
def said_ahead(snapshot, served):
    rows = range(0, snapshot.bank.n_customers, EVERY)
    return list(chain(*(claims_ahead_of(snapshot, served, row) for row in rows)))


def test_F38_F118_F139_what_is_said_of_coming_months_and_plans_is_true(said_ahead, oracle):
    false = [
        f"{customer}: {claim.text}: {wrong}"
        for customer, claim in said_ahead
        if (wrong := oracle.wrong(customer, claim))
    ]
    assert false == []
    assert Counter(claim.kind for _, claim in said_ahead).keys() >= SAID_AHEAD_OF_DEMO


@pytest.mark.parametrize("kind", sorted(SAID_AHEAD_OF_DEMO))
def test_a_false_sentence_of_coming_months_is_caught(kind, said_ahead, oracle):
    customer, claim = next(one for one in said_ahead if one[1].kind == kind)
    assert oracle.wrong(customer, lie(claim)) != ""


def test_what_is_not_known_or_odd_is_not_said_of_others(said_ahead, oracle):
    whole = next(c for c in oracle.customers if None not in oracle._series(c, "balance"))
    for kind in (
        claims_ahead.few_months(figure="Balance", n=24, used="x"),
        claims_ahead.few_months(figure="Balance", n=2, used="x"),
        claims_ahead.ends_early(figure="Balance", month=pd.Timestamp("2026-02-01")),
        claims_ahead.months_alike(figure="Balance"),
        claims_ahead.none_known(figure="Balance"),
        claims_ahead.not_forecast(figure="Balance"),
        claims_ahead.unfit(figure="Balance", method="x", used="x"),
        claims_ahead.odd_for_customer(month=pd.Timestamp("2026-02-01")),
        claims_ahead.untested(),
        claims_ahead.undated(),
        claims_ahead.kept_unknown(),
        claims_ahead.swings_unknown(),
        claims_ahead.no_dated_payments(),
        claims_ahead.payments_end(on=oracle.day, so="spending is up to then"),
        claims_ahead.not_searched(),
    ):
        assert oracle.wrong(whole, kind) != "", kind.text


def test_F114_tiles_and_segments_of_the_book_are_what_the_tables_add_up_to(snapshot, oracle):
    profiles = snapshot.profiles
    tiles = portfolio.figures(profiles, snapshot.settings)
    assert wrong_tiles(oracle, tiles) == []
    assert len(wrong_tiles(oracle, {k: (v[0] + 1, *v[1:]) for k, v in tiles.items()})) == 6
    summary = segments.summary(profiles.table)
    assert wrong_segments(oracle, summary) == []
    assert len(wrong_segments(oracle, summary.assign(n=summary["n"] + 1))) == len(summary)


@pytest.mark.parametrize("kind", sorted(SAID_OF_DEMO - {"keeps_investments", "change"}))
def test_a_false_sentence_of_each_kind_is_caught(kind, said, oracle):
    customer, claim = next(one for one in said if one[1].kind == kind)
    assert oracle.wrong(customer, claim) == ""
    assert oracle.wrong(customer, lie(claim)) != ""


def test_a_change_of_other_months_or_another_size_is_caught(said, oracle):
    customer, claim = next(one for one in said if one[1].kind == "change")
    for figures in ({"share": 0.99}, {"n_past": 4}, {"until": " to May 1997"}):
        assert oracle.wrong(customer, claim.but(**figures)) != ""
    nobody = next(c for c in oracle.customers if not oracle._accounts(c, "investment"))
    assert oracle.wrong(nobody, claims.keeps_investments()) != ""


def test_a_sentence_without_the_mean_that_tells_otherwise_is_caught():
    figures = {"figure": "Spending", "n_recent": 3, "n_past": 9, "until": ""}
    for share, by_mean in ((-0.43, 0.52), (0.2, -0.06), (0.031, -0.044), (0.0, 6.0)):
        text = claims.change(**figures, share=share, by_mean=by_mean).text
        assert mean_missed(text, share, by_mean) == ""
        assert mean_missed(text, share, by_mean + 0.02) != ""
        assert mean_missed(text.partition(";")[0], share, by_mean) == "the mean is left out"
    assert mean_missed("Spending rose 30 %; the mean rose 90 %", 0.3, 0.9) != ""


def test_an_interval_or_a_horizon_of_its_own_is_caught(said, said_ahead, oracle):
    customer, claim = next(one for one in said if one[1].kind == "lifted")
    low, high = claim.figures["low"], claim.figures["high"]
    for figures in ({"low": low + 0.05}, {"high": high + 0.05}, {"low": 1.1}):
        assert oracle.wrong(customer, claim.but(**figures)) != ""
    customer, claim = next(one for one in said_ahead if one[1].kind == "goal_away")
    other = "ten years or more" if "within" in claim.text else "within three years"
    assert oracle.wrong(customer, claim.but(said=f"usually {other} away")) != ""


def test_F38_one_balance_and_one_number_of_open_cases_wherever_a_customer_is_seen(trained_state):
    engine = Engine.open(DEMO, trained_state)
    table = engine.snapshot().profiles.table.set_axis(engine.bank.customer_ids)
    with_cases = table[table["n_cases_open"] > 0]
    low = with_cases[with_cases["churn_band"] == "low"].index
    for customer in [*low[:2], *with_cases.index[:2], engine.bank.customer_ids[0]]:
        assert surfaces_apart(engine, str(customer)) == []


def test_every_figure_of_a_customer_is_said_alike_everywhere(snapshot):
    bank, profiles = snapshot.bank, snapshot.profiles
    assert disagreements(bank, profiles, snapshot.settings, every=10) == []
    other = profiles.table.assign(n_cases_open=profiles.table["n_cases_open"] + 1)
    wrong = disagreements(bank, replace(profiles, table=other), snapshot.settings, every=400)
    assert len(wrong) == 3
