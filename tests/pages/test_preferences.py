"""The form for what a customer wants: filled with what is on record, saved on its submit alone."""

from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_people import EVIL

KEY = "preferences_C0001"


def _form(open_page):
    at = open_page(customer="C0001")
    at.session_state["customer_tab"] = "Preferences"
    return at.run()


def _button(at):
    return next(button for button in at.button if button.label == "Save preferences")


def _opened(fake: type[FakeEngine]):
    return fake.opened[-1]


def test_F37_changing_a_field_saves_nothing(open_page, fake):
    at = _form(open_page)
    at.selectbox(key=f"{KEY}_risk_tolerance").set_value("very high").run()
    assert _opened(fake).saved == []


def test_F37_a_submit_saves_what_was_chosen(open_page, fake):
    at = _form(open_page)
    at.selectbox(key=f"{KEY}_risk_tolerance").set_value("very high")
    at.pills(key=f"{KEY}_services_Investments").set_value(["Bonds", "Funds"])
    _button(at).click().run()
    assert not at.exception
    (saved,) = _opened(fake).saved
    assert saved["risk_tolerance"] == "very high"
    assert saved["services"] == ("Bonds", "Funds", "Dog Walking")


def test_F37_a_stored_goal_that_the_form_does_not_know_survives_a_save(open_page, fake):
    at = _form(open_page)
    _button(at).click().run()
    assert _opened(fake).saved[0]["goals"] == (EVIL, "Buy a Home")
    assert _opened(fake).saved[0]["frequency"] == ""
