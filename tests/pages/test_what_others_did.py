"""What a page says of an address, a card or a button that no longer stands for anything."""

import pytest

from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine


def _button(at, label: str):
    return next(button for button in at.button if button.label == label)


@pytest.mark.parametrize(
    "file", ["customer_explorer.py", "recommendations.py", "insights.py", "feedback.py"]
)
def test_an_unknown_customer_in_the_address_is_named_and_nobody_is_chosen(open_page, file: str):
    at = open_page(file, customer="XYZ")
    assert not at.exception and not at.error
    assert [w.value for w in at.warning if "There is no customer XYZ" in w.value]
    assert "customer" not in at.query_params
    assert "no customer XYZ" not in texts(at.run())


def test_a_card_that_was_decided_in_another_browser_says_so_and_records_nothing(
    open_page, fake: type[FakeEngine]
):
    mine = open_page("recommendations.py", customer="C0001")
    theirs = open_page("recommendations.py", customer="C0001")
    [engine] = fake.opened
    _button(theirs, "Accepted").click().run()
    recorded = dict(engine.events)
    _button(mine, "Not now").click().run()
    assert "as “Accepted” on 12 Mar 2026" in mine.error[0].value
    assert "Nothing was recorded." in mine.error[0].value
    new = [e for name, e in engine.events.items() if name not in recorded]
    assert not [e for e in new if e["action"] == "postponed"]


def test_an_alert_of_the_audit_opens_its_attribute_list_and_category(open_page):
    at = open_page("insights.py")
    _button(at, "Open fairness").click().run()
    assert at.title[0].value == "Fairness"
    assert at.segmented_control(key="attribute").value == "age band"
    assert at.segmented_control(key="list").value == "retention"
    assert at.selectbox(key="category").value == "Card"


def test_roll_back_is_off_where_no_earlier_version_has_served(open_page, fake: type[FakeEngine]):
    for earlier in ("v1", None):
        fake.served_before = earlier
        at = open_page("feedback.py")
        at.session_state["tab"] = "Versions"
        at.run()
        assert _button(at, "Roll back").disabled == (earlier is None)
