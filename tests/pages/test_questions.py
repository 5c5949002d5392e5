"""The tabs "Why not?" and "What if?", and an offer's score taken apart on its card."""

import pytest
from streamlit.testing.v1 import AppTest

from engine.errors import BadInput
from tests.pages.conftest import texts
from tests.pages.fake_scenarios import FakeScenarios


@pytest.fixture
def why_not(open_page) -> AppTest:
    return open_page("recommendations.py", customer="C0000", view="Why not?")


@pytest.fixture
def what_if(open_page) -> AppTest:
    return open_page("recommendations.py", customer="C0000", view="What if?")


def _ask(at: AppTest, product: str) -> str:
    at.selectbox(key="whynot_C0000").set_value(product).run()
    return texts(at)


def test_only_the_open_tab_is_worked_out(why_not: AppTest):
    assert not [button for button in why_not.button if button.label == "Accepted"]
    assert "why it is not among the first" in texts(why_not)


def test_a_removed_product_names_its_rule_and_shows_no_way_around(why_not: AppTest):
    said = _ask(why_not, "R1")
    assert "Not eligible" in said
    assert "No way around a rule is shown" in said
    assert "What would bring it" not in said
    assert "<b>" not in said.replace(r"\<b\>", "")


def test_the_smallest_change_stands_out(why_not: AppTest):
    said = _ask(why_not, "R2") + why_not.success[0].value
    assert "Place 9 of 31 by score" in said
    assert "Risk appetite 5.5 instead of 3.2" in said
    assert "Third is 0.80 points ahead of Index Fund" in said


def test_a_product_that_no_single_change_helps_says_so(why_not: AppTest):
    assert "No single change of a metric" in _ask(why_not, "R3")


def test_a_product_on_the_list_says_its_place(why_not: AppTest):
    assert "Place 9 of the list" in _ask(why_not, "P0")


def test_only_what_was_moved_is_asked(what_if: AppTest):
    assert FakeScenarios.asked["metrics"] == {}
    assert "mood" not in FakeScenarios.asked
    what_if.slider(key="whatif_C0000_0_risk").set_value(7.5).run()
    what_if.number_input(key="whatif_C0000_0_income").set_value(50_000.0).run()
    what_if.pills(key="whatif_C0000_0_needs").set_value([]).run()
    asked = FakeScenarios.asked
    assert asked["metrics"] == {"risk": 7.5}
    assert asked["income"] == 50_000.0
    assert "balance" not in asked
    assert asked["drop_needs"] == ["goal: travel"]


def test_reset_brings_today_back(what_if: AppTest):
    what_if.slider(key="whatif_C0000_0_churn").set_value(9.0).run()
    assert FakeScenarios.asked["metrics"] == {"churn": 9.0}
    what_if.button(key="whatif_reset").click().run()
    assert FakeScenarios.asked["metrics"] == {}
    assert what_if.slider(key="whatif_C0000_1_churn").value == 2.3


def test_a_goal_that_cannot_be_read_is_answered_and_breaks_nothing(what_if: AppTest, monkeypatch):
    def refused(self, customer_id, **given):
        raise BadInput("Got the goal '50 years old'; expected a few words.")

    monkeypatch.setattr(FakeScenarios, "what_if", refused)
    what_if.selectbox(key="whatif_C0000_0_goal").set_value("buy a house").run()
    assert "expected a few words" in texts(what_if)
    assert not what_if.exception


def test_the_list_beside_todays_has_moves_and_what_a_rule_took_off(what_if: AppTest):
    shown = what_if.dataframe[0].value
    assert shown["move"].tolist() == ["▲ up", "− out"]
    assert "Risk 8 is too much" in texts(what_if)


def test_F122_the_first_offer_says_why_it_is_before_the_second(open_page):
    at = open_page("recommendations.py", customer="C0000", offer="P0")
    said = texts(at)
    assert "Why this one first" in said
    assert "points ahead of" in said
    [table] = [frame.value for frame in at.dataframe if "detail" in frame.value]
    assert table["points"].iloc[:-1].sum() == pytest.approx(table["points"].iloc[-1])
