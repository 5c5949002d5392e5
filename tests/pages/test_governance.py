"""The Governance page: what decides, who answers, what was overridden; text stays text."""

from tests.pages.conftest import texts


def opened(open_page, tab: str):
    at = open_page("governance.py")
    at.session_state["tab"] = tab
    at.run()
    assert not at.exception
    return at


def test_the_card_of_a_model_says_what_it_is_not_for_and_who_answers(open_page):
    at = open_page("governance.py")
    said = texts(at)
    assert "Granting, refusing or pricing credit" in said
    assert "Kim of analytics" in said
    at.segmented_control(key="kind").set_value("rule").run()
    assert "It can never be switched off." in texts(at)


def test_counts_stand_first_and_a_note_names_an_owner_of_nothing(open_page):
    at = open_page("governance.py")
    assert [metric.value for metric in at.metric] == ["24", "23", "1", "2"]
    assert "An owner of nothing is named" in texts(at)


def test_an_override_without_an_end_says_so_and_its_reason_stays_text(open_page):
    shown = opened(open_page, "Overrides").dataframe[0].value
    assert shown["until"].tolist() == ["no end set", "no end set"]
    assert shown["why"][0] == "mood <b>reads</b> badly"


def test_drift_says_who_answers_for_it(open_page):
    assert "Who answers for drift: Risk desk" in texts(opened(open_page, "Drift"))


def test_the_twenty_questions_have_a_place_each_or_say_that_there_is_none(open_page):
    at = opened(open_page, "Questions")
    assert len(at.dataframe[0].value) == 20
    assert "19 of 20 questions" in texts(at)
