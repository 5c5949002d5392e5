"""Risk appetite follows what customers say, hold and bet, and nothing else."""

import pytest

from engine.customers.metrics import risk
from engine.customers.metrics.scorecard import score
from engine.settings import default

WEIGHTS = default().metrics.risk


@pytest.fixture(scope="session")
def value(customer):
    def risk_of(**known) -> float:
        return float(score(risk.strengths(customer(**known), WEIGHTS), WEIGHTS).value[0])

    return risk_of


def test_F43_appetite_rises_with_tolerance_goals_holdings_and_bets(value):
    assert value(tolerance=1.0) > value(tolerance=0.0) == 5 > value(tolerance=-1.0)
    assert value(goal_risk=0.5) > 5 > value(goal_risk=-0.5)
    assert value(risky_share=0.5) > value(risky_share=0.1) > value(risky_share=0.0)
    assert value(speculative_share=0.2) > value(speculative_share=0.02)


def test_goals_carry_the_weight_of_a_tolerance_that_is_not_stated(value):
    assert value(goal_risk=-1.0) == pytest.approx(5 - WEIGHTS["goals"] - WEIGHTS["tolerance"])
    assert value(goal_risk=-1.0, tolerance=0.0) == pytest.approx(5 - WEIGHTS["goals"])


def test_risk_says_that_it_is_not_for_credit_decisions(customer):
    assert "ot for credit decisions" in risk.NOTE
    row = customer(goal_risk=-1.0).iloc[0].to_dict()
    said = risk.details({**row, "goals": "stability; learn to dance; retirement"})
    assert {key: claim.text for key, claim in said.items()} == {
        "goals": "Goals: stability, retirement"
    }
