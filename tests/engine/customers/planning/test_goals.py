import pandas as pd
import pytest

from engine.bank.bank import Bank, Manifest
from engine.customers.planning.goals import goal, goal_or_none
from engine.errors import BadInput, NotFound


@pytest.fixture(scope="module")
def savers(profile_of):
    """user1 and user2 have the figures of the two users of bank C; blank has none."""
    customers = pd.DataFrame(
        {
            "customer_id": ["user1", "user2", "blank", "poor"],
            "savings_goal": [10_000.0, 5_000.0, None, 900.0],
            "annual_income": [72_000.0, 54_000.0, None, None],
            "attributes": ['{"expenses": "2000.0"}', '{"expenses": "1500.0"}', None, None],
        }
    )
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "customer_id": ["user1", "user2"],
            "kind": "savings",
            "balance": [8000.0, 3000.0],
        }
    )
    bank = Bank.from_tables(
        Manifest(name="Savers", as_of="2025-03-05"),
        {"customers": customers, "accounts": accounts},
    )
    return bank, profile_of(bank)


def test_F124_progress_is_towards_each_users_own_goal(savers):
    assert goal(*savers, "user1").share == 0.8
    assert goal(*savers, "user2").share == 0.6
    assert not goal(*savers, "user1").reached
    assert "(80 %)" in goal(*savers, "user1").sentence


def test_F141_time_to_goal_is_what_is_missing_over_what_is_left_in_a_month(savers):
    savings_goal = goal(*savers, "user1")
    assert (savings_goal.income_month, savings_goal.spending_month, savings_goal.spare_month) == (
        6000,
        2000,
        4000,
    )
    assert savings_goal.months == 0.5
    assert savings_goal.reached_on == pd.Timestamp("2025-03-20")
    assert "it takes 0.5 months, in Mar 2025" in savings_goal.sentence


def test_F141_a_goal_that_is_never_reached_says_so(savers):
    savings_goal = goal(*savers, "user1", spending=6000)
    assert savings_goal.never
    assert savings_goal.months is None
    assert savings_goal.reached_on is None
    assert "nothing is left over: at this rate the goal is never reached" in savings_goal.sentence


def test_F141_the_calculator_takes_the_users_own_figures(savers):
    assert goal(*savers, "user1", target=8000).months == 0
    assert goal(*savers, "user1", target=8000).reached
    assert goal(*savers, "user1", target=32_000).months == 6
    assert goal(*savers, "user1", target=32_000, saved=0, income=3000).months == 32
    blank = goal(*savers, "blank", target=1200, saved=0, income=500, spending=400)
    assert blank.months == 12
    far = goal(*savers, "user1", target=1e9, income=2001)
    assert far.reached_on is None
    assert "years" in far.sentence


def test_F141_unknown_income_or_spending_is_said_and_not_guessed(savers):
    savings_goal = goal(*savers, "poor")
    assert savings_goal.months is None
    assert not savings_goal.never
    assert "cannot be said, as the income is not known" in savings_goal.sentence


def test_a_customer_without_a_goal_is_an_error_that_asks_for_one(savers):
    with pytest.raises(BadInput, match="has named no savings goal; give an amount above 0"):
        goal(*savers, "blank")
    assert goal_or_none(*savers, "blank") is None
    with pytest.raises(NotFound):
        goal(*savers, "nobody")


@pytest.mark.parametrize("figures", [{"target": 0}, {"target": float("nan")}, {"income": -1}])
def test_a_figure_that_is_no_amount_is_refused(savers, figures):
    with pytest.raises(BadInput, match="expected an amount"):
        goal(*savers, "user1", **figures)
