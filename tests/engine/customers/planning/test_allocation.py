import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from engine.bank.bank import Bank, Manifest
from engine.customers.planning.allocation import ASSETS, allocate, strategy
from engine.customers.planning.market import NEUTRAL, Market
from engine.errors import BadInput, NotFound
from engine.results import NO_ADVICE
from engine.settings import default
from tests.engine.customers.raw_cells import years_away

RULES = default().strategy
LEVELS = st.sampled_from(["low", "medium", "high", "very high"])
FIGURES = st.floats(-RULES.max_tilt, RULES.max_tilt)


@pytest.fixture(scope="module")
def plan(profile_of):
    """The strategy of one customer with some facts, at some market figure."""

    def of(market: Market = NEUTRAL, accounts=(), **facts):
        customers = pd.DataFrame({"customer_id": ["ann"], **{k: [v] for k, v in facts.items()}})
        tables = {"customers": customers}
        if accounts:
            tables["accounts"] = pd.DataFrame(list(accounts))
        bank = Bank.from_tables(Manifest(name="Plan Bank", as_of="2025-06-30"), tables)
        return strategy(bank, profile_of(bank), "ann", market, default())

    return of


@pytest.mark.parametrize(
    ("risk", "shares"),
    [("high", (0.7, 0.2, 0.1)), ("medium", (0.4, 0.4, 0.2)), ("low", (0.3, 0.6, 0.1))],
)
def test_F138_each_risk_level_has_its_allocation_at_zero_drift(risk, shares):
    np.testing.assert_allclose(allocate(risk, 0.0, RULES), shares, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("risk", "tilted"),
    [
        ("high", (0.7 + 0.04, 0.2 - 0.02, 0.1)),
        ("medium", (0.4 + 0.02, 0.4 - 0.01, 0.2)),
        ("low", (0.3, 0.6 + 0.04 / 3, 0.1)),
    ],
)
def test_F139_the_market_tilts_each_level_in_its_own_way_and_the_sum_is_one(risk, tilted):
    expected = np.array(tilted) / sum(tilted)
    np.testing.assert_allclose(allocate(risk, 0.04, RULES), expected, rtol=0, atol=1e-12)


@examples(deadline=None)
@given(LEVELS, FIGURES)
def test_F139_shares_sum_to_one_and_none_is_negative_at_any_figure(risk, figure):
    shares = allocate(risk, figure, RULES)
    assert abs(shares.sum() - 1) <= 1e-9
    assert (shares >= 0).all()


@examples(deadline=None)
@given(FIGURES)
def test_F139_the_same_figure_gives_the_same_shares(figure):
    assert allocate("high", figure, RULES).tobytes() == allocate("high", figure, RULES).tobytes()


@pytest.mark.parametrize("figure", [0.0501, -0.06, float("nan"), float("inf")])
def test_F139_a_figure_beyond_five_per_cent_is_refused(figure):
    with pytest.raises(BadInput, match=r"at most 0\.05 either way"):
        allocate("low", figure, RULES)


def test_F140_an_unknown_risk_level_is_an_error_that_names_the_known_ones():
    with pytest.raises(BadInput, match=r"no risk level 'bold'; expected one of .*medium"):
        allocate("bold", 0.0, RULES)


def test_F140_a_customer_without_a_risk_level_gets_an_error_and_no_empty_plan(plan):
    with pytest.raises(BadInput, match="risk level of this customer is not known"):
        plan()


def test_F140_there_is_one_line_a_class_with_two_decimals(plan):
    allocation = plan(Market(0.03, "as given"), risk_tolerance="medium")
    assert allocation.lines == ("Stocks: 41.19 %", "Bonds: 38.96 %", "Real estate: 19.85 %")
    assert tuple(allocation.weights["asset"]) == ASSETS
    assert NO_ADVICE in allocation.notes
    assert "adds 1.19 points to stocks" in allocation.sentence


@examples(max_examples=20, deadline=None)
@given(LEVELS, FIGURES)
def test_F140_the_lines_sum_to_a_hundred(plan, risk, figure):
    allocation = plan(Market(figure, "as given"), risk_tolerance=risk)
    assert round(sum(allocation.weights["percent"]), 2) == 100.0
    assert (
        np.abs(allocation.weights["percent"] - 100 * allocation.weights["weight"]) <= 0.01 + 1e-9
    ).all()
    assert "nan" not in f"{allocation.sentence} {allocation.lines} {allocation.notes}"


def test_a_customer_who_never_stated_a_tolerance_is_placed_by_risk_appetite(plan):
    allocation = plan(goals="high risk; investments")
    assert allocation.risk == "high"
    assert "as no tolerance is stated" in allocation.risk_source


def test_very_high_is_allocated_as_high(plan):
    allocation = plan(risk_tolerance="very high")
    assert (allocation.risk, allocation.risk_source) == ("high", "stated risk tolerance: very high")
    assert allocation.weights["weight"].round(9).tolist() == [0.7, 0.2, 0.1]


def test_F141_goals_and_their_horizon_stand_in_the_notes(plan):
    savings = [{"account_id": "s", "customer_id": "ann", "kind": "savings", "balance": 8000.0}]
    allocation = plan(
        accounts=savings,
        risk_tolerance="medium",
        goals="Retirement planning; collect stamps",
        savings_goal=10_000.0,
        annual_income=72_000.0,
        attributes='{"expenses": "2000", "time_horizon": "5 years"}',
    )
    notes = " ".join(allocation.notes)
    assert "“Retirement planning”: usually ten years or more away" in notes
    assert "stamps" not in notes
    assert "Stated time horizon: 5 years." in allocation.notes
    assert "Keep what this goal needs out of stocks (40 % of the plan)" in notes
    assert allocation.goal.months == 0.5
    assert allocation.to_json()["weights"][0]["asset"] == "Stocks"


@pytest.mark.parametrize("facts", [{"age": 52}, {"occupation": "Retired Teacher"}])
def test_a_retirement_that_is_near_is_not_called_ten_years_away(plan, facts):
    allocation = plan(risk_tolerance="low", goals="retire early; buy a house", **facts)
    notes = " ".join(allocation.notes)
    assert "ten years or more" not in notes
    assert "“buy a house”: usually three to ten years away" in notes


def test_an_unknown_customer_is_an_error(small_bank, small_profiles):
    with pytest.raises(NotFound):
        strategy(small_bank, small_profiles, "zoe", NEUTRAL, default())


@pytest.mark.parametrize(
    ("goal", "away"),
    [
        ("Career break", ""),
        ("Healthcare fund", ""),
        ("Long weekend trips", ""),
        ("Belong to a club", ""),
        ("New car", "usually within three years"),
        ("Long-term savings", "usually ten years or more away"),
        ("Early retirement", "usually ten years or more away"),
        ("Children's education", "usually three to ten years away"),
    ],
)
def test_F141_a_horizon_is_read_from_whole_words(plan, goal, away):
    notes = " ".join(plan(risk_tolerance="low", goals=goal, age=30).notes)
    assert (f"“{goal}”: {away}" in notes) if away else ("years away" not in notes)
    assert away.removeprefix("usually ").removesuffix(" away") == years_away(goal)
