"""The Governance page: what decides, who answers, what was overridden; text stays text."""

from types import SimpleNamespace

import pandas as pd
import pytest

from engine.errors import BadInput
from pages.components.frame import access
from pages.components.governance import second_person
from tests.pages.conftest import texts
from tests.pages.fake_people import AS_OF


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


def looking(monkeypatch: pytest.MonkeyPatch, actor: str, role: str) -> None:
    """Have somebody look at the pages."""
    told = SimpleNamespace(actor=actor, shown_name=actor.title(), role=role, book=None)
    who = access._principal(told)
    monkeypatch.setattr(access, "principal", lambda: who)


def agree(at, place: int):
    [one for one in at.text_input if one.label == "Why you agree"][place].set_value(
        "seen and agreed"
    )
    [one for one in at.button if one.label == "Agree"][place].click()
    return at.run()


def test_F177_a_risk_officer_agrees_on_the_page_to_what_another_proposed(
    open_page, fake, monkeypatch: pytest.MonkeyPatch
):
    fake.n_waiting = 3
    looking(monkeypatch, "ro", "risk_officer")
    at = open_page("governance.py")
    said = texts(at)
    assert "Settings less-mood are to be put in force" in said
    assert "Mia <b>M</b>" not in said
    for place in range(3):
        agree(at, place)
        assert not at.exception and not at.error
    done = fake.opened[-1].saved
    assert done[0] == {"applied": "less-mood", "actor": "ro", "why": "seen and agreed"}
    assert done[1] == {"taken back": "old", "actor": "ro", "why": "seen and agreed"}


def test_F177_what_was_proposed_anew_since_the_page_was_drawn_is_not_agreed_to(
    open_page, fake, monkeypatch: pytest.MonkeyPatch
):
    fake.n_waiting = 3
    looking(monkeypatch, "ro", "risk_officer")
    drawn = open_page("governance.py")
    row = fake.opened[-1].levers.waiting().iloc[1]
    later = row.to_frame().T.assign(recorded_at=AS_OF + pd.Timedelta(hours=1))
    monkeypatch.setattr(type(fake.opened[-1].levers), "waiting", lambda _: later)
    doing = second_person._agreeing(fake.opened[-1], row, "ro", "")
    with pytest.raises(BadInput, match="Nothing was done"):
        doing()
    assert not drawn.exception and fake.opened[-1].saved == []


def test_F177_who_proposed_is_told_that_another_has_to_agree(
    open_page, fake, monkeypatch: pytest.MonkeyPatch
):
    fake.n_waiting = 3
    looking(monkeypatch, "mia", "manager")
    at = agree(open_page("governance.py"), 0)
    assert "a second person is needed" in texts(at)
    assert fake.opened[-1].saved == []


def test_F177_an_analyst_sees_what_waits_and_has_no_button(
    open_page, fake, monkeypatch: pytest.MonkeyPatch
):
    fake.n_waiting = 3
    fake.may = lambda _self, action: action not in ("levers.apply", "levers.take_back",
                                                    "models.agree")  # fmt: skip
    looking(monkeypatch, "ana", "analyst")
    at = open_page("governance.py")
    assert "Waiting for a second person" in texts(at)
    assert not [one for one in at.button if one.label == "Agree"]
