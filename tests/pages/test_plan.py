"""Allocation, market tilt and goal calculator on the customer page."""

import json

from tests.pages.conftest import texts


def _plan(open_page, customer: str = "C0001"):
    at = open_page(customer=customer)
    at.session_state["customer_tab"] = "Plan"
    return at.run()


def test_F138_an_allocation_is_drawn_and_explained(open_page):
    at = _plan(open_page)
    assert not at.exception
    [chart] = at.get("plotly_chart")
    assert "Stocks: 40 %" in chart.proto.alt
    said = texts(at)
    assert "not investment advice" in said
    assert "For a medium risk level" in said
    assert json.loads(chart.proto.spec)["layout"]["xaxis"]["title"]["text"]


def test_F139_an_own_market_figure_tilts_it(open_page):
    at = _plan(open_page)
    at.segmented_control(key="market").set_value("own").run()
    at.number_input(key="market_percent").set_value(4.0).run()
    assert not at.exception
    assert "Stocks: 41.58 %" in at.get("plotly_chart")[0].proto.alt


def test_F139_a_file_of_market_figures_tilts_it(open_page):
    at = _plan(open_page)
    at.segmented_control(key="market").set_value("file").run()
    assert not at.get("plotly_chart")
    at.file_uploader(key="market_file").set_value(
        ("market.csv", b"date,change\n2026-03-01,.01\n", "text/csv")
    ).run()
    assert not at.exception
    assert "Stocks: 40.4 %" in at.get("plotly_chart")[0].proto.alt


def test_F140_an_unknown_risk_level_is_a_sentence(open_page):
    at = _plan(open_page, "C0003")
    assert not at.exception
    assert "No allocation" in texts(at)
    assert "risk level of this customer is not known" in texts(at)


def test_F141_the_goal_follows_what_is_typed(open_page):
    at = _plan(open_page)
    assert "Reached in 4.0 months" in texts(at).replace("\\", "")
    at.number_input(key="goal_spending_C0001").set_value(3000.0).run()
    assert "Reached in 2.0 months" in texts(at).replace("\\", "")
    at.number_input(key="goal_spending_C0001").set_value(4500.0).run()
    assert "Nothing is left over" in texts(at)


def test_F141_without_a_goal_an_amount_is_asked_for(open_page, fake):
    fake.has_goal = False
    at = _plan(open_page)
    assert "No savings goal is on record" in texts(at)
    assert not at.exception
    at.number_input(key="goal_target_C0001").set_value(9000.0).run()
    assert "Reached in 2.0 months" in texts(at).replace("\\", "")
