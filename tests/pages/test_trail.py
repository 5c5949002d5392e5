"""Who did what with a customer's record: a look is noted once a session, and the tab says so."""

from tests.pages.conftest import Opener, texts
from tests.pages.fake_engine import FakeEngine


def test_F193_a_look_is_noted_once_a_session_whatever_is_clicked(
    fake: type[FakeEngine], open_page: Opener
):
    at = open_page(customer="C0001")
    at.session_state["customer_tab"] = "Who did what"
    at.run()
    [engine] = fake.opened
    assert [(row[1], row[2], row[3]) for row in engine.trail_rows] == [
        ("demo", "Opened a customer", "C0001")
    ]
    assert "sealed" in texts(at) and "is what was written" not in texts(at)
    at.button(key="verify_trail").click().run()
    assert at.success[0].value == "1 entry is what was written."
    assert at.dataframe[0].value["action"].tolist() == ["Opened a customer"]


def test_F147_a_consent_says_who_set_it(fake: type[FakeEngine], open_page: Opener):
    at = open_page(customer="C0001")
    at.session_state["customer_tab"] = "Consent"
    at.run()
    at.segmented_control(key="consent_C0001_personalisation").set_value("refused").run()
    [engine] = fake.opened
    assert [row[1:3] for row in engine.trail_rows][-1] == ("demo", "Set a consent")


def test_F147_an_audit_that_was_shown_is_noted_once_a_session_and_outcome(
    fake: type[FakeEngine], open_page: Opener
):
    at = open_page("fairness.py")
    at.run()
    [engine] = fake.opened
    assert [row[4] for row in engine.trail_rows] == ["of gender; first 5"]
    at.slider(key="first").set_value(3).run()
    assert [row[4] for row in engine.trail_rows][1:] == ["of gender; first 3"]


def test_F142_fairness_says_who_got_nothing_and_why(open_page: Opener):
    at = open_page("fairness.py")
    assert not at.exception
    assert "Who got nothing, and why" in [header.value for header in at.header]
    assert "6 of 48 customers have no list of offers" in texts(at)
    table = next(one.value for one in at.dataframe if "n_group" in one.value)
    assert table["label"].tolist() == ["No list, for any reason", "Opted out"]
