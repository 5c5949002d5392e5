"""The Recommendations page: cards, decisions stored once, and what stands in their place."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.frame import session
from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_offers import FakeFeedback


def _buttons(at: AppTest, label: str):
    return [button for button in at.button if button.label == label]


def _engine() -> FakeEngine:
    return session.opened("fake", str(session.state_folder()), 1)


def _events(action: str) -> list[dict]:
    return [event for event in _engine().events.values() if event["action"] == action]


@pytest.fixture
def page(open_page) -> AppTest:
    return open_page("recommendations.py", customer="C0000")


def test_F106_the_list_opens_on_retention_where_churn_is_high(open_page):
    at = open_page("recommendations.py", customer="C0001")
    assert at.segmented_control(key="list_C0001").value == "retention"


def test_F109_the_slider_sets_the_length_of_the_list(page: AppTest):
    page.slider(key="k").set_value(2).run()
    assert len(_buttons(page, "Accepted")) == 2


def test_without_a_customer_one_can_be_searched_for(open_page):
    at = open_page("recommendations.py")
    at.text_input(key="recommendations_search").set_value("Amara").run()
    _buttons(at, "Amara Okafor")[0].click().run()
    assert len(_buttons(at, "Accepted")) == 5


def test_an_accepted_offer_is_stored_and_leaves_the_list(page: AppTest):
    _buttons(page, "Accepted")[0].click().run()
    [event] = _events("accepted")
    assert event["customer_id"] == "C0000"
    assert event["product_id"] == "P0"
    assert event["offer"].rank == 1
    assert "Recorded: Accepted" in texts(page)
    assert len(_buttons(page, "Accepted")) == 4


def test_a_second_click_at_once_is_the_same_click(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "SAME_CLICK", 60.0)  # at once, on however busy a machine
    _buttons(page, "Not now")[0].click().run()
    _buttons(page, "Not now")[0].click().run()
    assert len(_events("postponed")) == 1


def test_two_decisions_one_after_the_other_are_two(page: AppTest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "SAME_CLICK", 0.0)
    _buttons(page, "Not now")[0].click().run()
    _buttons(page, "Not now")[0].click().run()
    assert len(_events("postponed")) == 2


def test_a_submit_that_failed_keeps_its_id_for_the_next_try(page: AppTest, monkeypatch):
    from engine.errors import StateError

    seen = []

    def locked(self, *, event_id, **event):
        seen.append(event_id)
        raise StateError("The events are locked by another process. Try again in a moment.")

    monkeypatch.setattr(session, "SAME_CLICK", 0.0)
    monkeypatch.setattr(FakeFeedback, "record", locked)
    _buttons(page, "Accepted")[0].click().run()
    assert "locked by another process" in texts(page)
    _buttons(page, "Accepted")[0].click().run()
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_a_decision_can_be_undone(page: AppTest):
    _buttons(page, "Accepted")[0].click().run()
    _buttons(page, "Undo")[0].click().run()
    assert not _events("accepted")
    assert len(_buttons(page, "Accepted")) == 5


def test_not_suitable_asks_for_a_reason_and_stores_it(page: AppTest):
    _buttons(page, "Not suitable …")[0].click().run()
    page.radio[0].set_value("too expensive")
    _buttons(page, "Record")[0].click().run()
    [event] = _events("dismissed")
    assert event["reason"] == "too expensive"


def test_F154_no_reason_is_chosen_beforehand_and_without_one_nothing_is_stored(page: AppTest):
    _buttons(page, "Not suitable …")[0].click().run()
    assert page.radio[0].value is None
    _buttons(page, "Record")[0].click().run()
    assert _events("dismissed") == []


def test_F154_wrong_data_opens_the_record_at_what_was_said(page: AppTest):
    _buttons(page, "Not suitable …")[0].click().run()
    page.radio[0].set_value("wrong data")
    page.text_input(key=next(t.key for t in page.text_input if "comment_" in t.key)).set_value(
        "moved in May"
    )
    _buttons(page, "Record")[0].click().run()
    [event] = _events("dismissed")
    assert event["reason"] == "wrong data"
    assert page.session_state["customer_tab"] == "Record"
    assert page.session_state["correct"][1:] == ("C0000", event["offer"].name, "moved in May")
    page.switch_page("customer_explorer.py").run()
    assert "was marked as offered on wrong data: moved in May" in texts(page)


def test_F203_the_second_of_two_is_told_who_decided_what_and_when(page: AppTest, monkeypatch):
    monkeypatch.setattr(session, "SAME_CLICK", 0.0)
    product = "P0"
    _engine().feedback.record(
        event_id="rajs", customer_id="C0000", product_id=product, action="postponed", actor="Raj"
    )
    _buttons(page, "Accepted")[0].click().run()
    assert "Raj marked P0 as “Not now” on 12 Mar 2026" in texts(page)
    assert "Nothing was recorded" in texts(page)
    assert _events("accepted") == []


def test_F157_a_list_is_an_impression_once_whatever_is_run_again(page: AppTest):
    n = len(_events("shown"))
    assert n == 5
    for _ in range(3):
        page.run()
    page.slider(key="k").set_value(5).run()
    _buttons(page, "Not suitable …")[0].click().run()
    assert len(_events("shown")) == n


def test_F157_going_on_to_the_product_is_one_click(open_page):
    at = open_page("recommendations.py", customer="C0000", offer="P1")
    _buttons(at, "All about this product")[0].click().run()
    assert [event["product_id"] for event in _events("clicked")] == ["P1"]


def test_F157_opening_an_offers_detail_writes_one_view_also_after_a_reload(open_page):
    for _ in range(2):
        at = open_page("recommendations.py", customer="C0000", offer="P1")
        assert "Where the score comes from" in texts(at)
        at.run()
    assert [event["product_id"] for event in _events("viewed")] == ["P1"]


def test_F121_value_risk_and_retention_of_10_stand_in_an_offers_detail(open_page):
    at = open_page("recommendations.py", customer="C0000", offer="P1")
    assert {tile.label: tile.value for tile in at.metric} == {
        "Value to the customer": "7.5 of 10",
        "Risk for the customer": "3.0 of 10",
        "Keeping the customer": "6.0 of 10",
    }


def test_fit_stands_in_for_confidence_where_there_is_no_history(open_page, fake):
    fake.n_history = False
    at = open_page("recommendations.py", customer="C0000")
    bars = [bar.proto.text for bar in at.get("progress")]
    assert bars[0].startswith("Fit 97")


def test_a_service_action_is_a_card_not_an_error(open_page, fake):
    fake.action = "Call about the open complaint first."
    at = open_page("recommendations.py", customer="C0000")
    assert "Before any offer" in texts(at)
    assert "Call about the open complaint" in texts(at)
    assert not at.error


def test_what_was_left_out_is_counted_by_rule(page: AppTest):
    labels = [expander.label for expander in page.expander]
    assert "Left out: 11" in texts(page)
    counted = [label for label in labels if label.endswith(")")]
    assert counted == ["Not eligible (6)", "Category limit (3)", "Already held (2)"]


def test_F178_the_json_stands_at_the_bottom(page: AppTest):
    assert '"recommendation": "Travel Rewards Card"' in page.code[0].value


def test_F72_bars_of_affinity_name_no_mood(page: AppTest):
    from pages.components.offers.affinity_bars import chart

    assert "Affinity: nearest and farthest products" in [one.label for one in page.expander]
    bars = chart(_engine().offers.affinity("C0000")).data[0]
    assert list(bars.x) == sorted(bars.x) and list(bars.text) == [
        "−0.09",
        "−0.02",
        "+0.05",
        "+0.12",
    ]
    assert len(set(bars.marker.color)) == 2
