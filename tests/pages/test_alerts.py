"""Alerts on the customer page, in the list, and over a book; acknowledged once for everybody."""

from tests.pages.conftest import texts


def _press(at, label: str, place: int = 0):
    return [button for button in at.button if button.label == label][place].click().run()


def _tab(open_page, customer: str):
    at = open_page(customer=customer)
    at.session_state["customer_tab"] = "Alerts"
    return at.run()


def test_F128_a_customers_alerts_say_why_and_what_to_do_and_leave_when_acknowledged(open_page):
    at = _tab(open_page, "C0001")
    said = texts(at)
    assert "May leave" in said
    assert "Complaint open for 40 days" in said
    assert "listen before any offer" in said
    assert "](http://" not in said
    _press(at, "Acknowledge")
    assert not at.exception
    assert "**May leave**" not in texts(at)
    assert "Mood has turned" in texts(at)


def test_F128_an_acknowledged_alert_is_taken_back(open_page):
    at = _tab(open_page, "C0001")
    _press(at, "Acknowledge")
    assert "**May leave**" not in texts(at)
    _press(at, "Undo")
    assert not at.exception
    assert "**May leave**" in texts(at)
    assert not [button for button in at.button if button.label == "Undo"]


def test_F127_a_customer_without_alerts_gets_a_sentence(open_page):
    said = texts(_tab(open_page, "C0000"))
    assert "No open alerts" in said
    assert "nothing crossed its threshold" in said


def test_F128_the_feed_covers_the_bank_or_one_managers_book(open_page):
    at = open_page("insights.py")
    assert "Fairness of the lists" in texts(at)
    assert "10 open alerts" in texts(at)
    at.selectbox(key="alerts_of").set_value("Raj Sen").run()
    assert not at.exception
    said = texts(at)
    assert "Ben Whitfield" in said
    assert "Fairness of the lists" not in said
    assert "10 open alerts" not in said


def test_F128_the_feed_narrows_to_one_kind(open_page):
    at = open_page("insights.py")
    at.button_group(key="alerts_kind").set_value("May leave").run()
    assert len([button for button in at.button if button.label == "Acknowledge"]) == 1


def test_the_list_counts_alerts_and_narrows_to_customers_with_some(open_page):
    at = open_page()
    at.toggle(key="alerts").set_value(True).run()
    shown = at.dataframe[0].value
    assert (shown["alerts"] > 0).all()
    assert len(shown) == 8
