"""Records added on the customer page: what is asked for, what is stored, and only once."""

import pytest

from engine.vocabulary import PAYMENT_METHODS, POST_PLATFORMS, PURCHASE_CHANNELS, TICKET_TOPICS
from pages.components.frame import session

CUSTOMER = "C0001"


def _form(open_page, kind: str):
    at = open_page(customer=CUSTOMER)
    at.segmented_control(key="add_kind").set_value(kind).run()
    submits = [button for button in at.button if button.label == f"Add {kind}"]
    assert len(submits) == 1
    return at, submits[0]


def _field(at, kind: str, name: str):
    return next(element for element in at.get(kind) if str(element.key).endswith(f"_{name}"))


def _stored(fake) -> list[dict]:
    return list(fake.opened[-1].added.values())


def test_F34_a_purchase_is_added_with_category_channel_and_method(open_page, fake):
    at, submit = _form(open_page, "purchase")
    assert len(_field(at, "selectbox", "payment_method").options) == len(PAYMENT_METHODS) == 5
    assert len(_field(at, "selectbox", "channel").options) == len(PURCHASE_CHANNELS) == 3
    _field(at, "number_input", "amount").set_value(42.5)
    _field(at, "text_input", "merchant").set_value("Corner Books")
    submit.click().run()
    assert not at.exception
    [record] = _stored(fake)
    assert record["customer_id"] == CUSTOMER
    assert record["amount"] == 42.5
    assert record["merchant"] == "Corner Books"
    assert record["actor"] == "demo"


def test_F35_a_ticket_is_added_with_concerns_and_flags(open_page, fake):
    at, submit = _form(open_page, "ticket")
    chips = _field(at, "button_group", "topics")
    assert len(chips.options) == len(TICKET_TOPICS) == 10
    _field(at, "text_area", "text").set_value("The card was blocked <script>alert(1)</script>")
    chips.select(TICKET_TOPICS[2]).select(TICKET_TOPICS[0])
    _field(at, "checkbox", "repeated").set_value(True)
    submit.click().run()
    [record] = _stored(fake)
    assert record["repeated"] is True
    assert record["resolved"] is False
    assert set(record["topics"]) == {TICKET_TOPICS[0], TICKET_TOPICS[2]}


def test_F36_a_post_is_added_with_its_platform(open_page, fake):
    at, submit = _form(open_page, "post")
    assert len(_field(at, "selectbox", "platform").options) == len(POST_PLATFORMS) == 5
    _field(at, "text_area", "text").set_value("Loving Lisbon")
    submit.click().run()
    assert [record["text"] for record in _stored(fake)] == ["Loving Lisbon"]


def test_F23_the_next_form_has_an_id_of_its_own(open_page, fake, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pages.components.frame.session.SAME_CLICK", 0.0)
    at, _ = _form(open_page, "post")
    for text in ("one", "two"):
        _field(at, "text_area", "text").set_value(text)
        next(button for button in at.button if button.label == "Add post").click().run()
    assert [record["text"] for record in _stored(fake)] == ["one", "two"]


def test_F23_a_second_click_at_once_is_the_same_click(open_page, fake, monkeypatch):
    monkeypatch.setattr(session, "SAME_CLICK", 3600.0)  # however slow the machine is
    at, submit = _form(open_page, "post")
    _field(at, "text_area", "text").set_value("one")
    submit.click().run()
    _field(at, "text_area", "text").set_value("two")
    next(button for button in at.button if button.label == "Add post").click().run()
    assert [record["text"] for record in _stored(fake)] == ["one"]


def test_a_form_that_is_not_filled_says_what_is_missing_and_stores_nothing(open_page, fake):
    at, submit = _form(open_page, "post")
    submit.click().run()
    assert "The text has 0 characters" in at.error[0].value
    assert _stored(fake) == []
