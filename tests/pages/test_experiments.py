"""The tab of experiments: results in words, who may see them, and what a plan takes."""

import pytest

from pages.components.frame import access
from tests.pages.conftest import texts
from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_experiments import FakeExperiments


@pytest.fixture(autouse=True)
def nothing_asked():
    FakeExperiments.asked.clear()


def test_F199_a_result_is_read_in_words_and_in_figures(open_page):
    at = open_page("feedback.py", tab="Experiments")
    said = texts(at)
    assert "42 of 1,000 more took a product than without contact" in said
    assert "2 of 1,000 fewer left" in said and "<b>" not in said.replace("\\<b\\>", "")
    arms = next(frame.value for frame in at.dataframe if "acceptance" in frame.value)
    assert arms["arm"].tolist() == ["Engine", "No contact"]
    assert [header.value for header in at.header] == ["What came of spring"]


def test_F199_whoever_may_not_see_a_result_sees_none(open_page, monkeypatch):
    analyst = access.Principal("ana", "Ana", frozenset({"analyst"}))
    monkeypatch.setattr(access, "principal", lambda: analyst)
    said = texts(open_page("feedback.py", tab="Experiments"))
    assert "42 of 1,000" not in said and "Its owner chose who may see" in said
    clerk = access.Principal("rita", "Rita", frozenset({"relationship_manager"}))
    monkeypatch.setattr(access, "principal", lambda: clerk)
    assert "Analysts and managers plan" in texts(open_page("feedback.py", tab="Experiments"))


def test_F199_a_planned_one_is_started_by_a_manager(open_page):
    at = open_page("feedback.py", tab="Experiments")
    next(g for g in at.button_group if g.key == "experiment").set_value("summer").run()
    next(b for b in at.main.button if b.label == "Start").click().run()
    assert FakeExperiments.asked == [("start", "summer")]
    assert "is started" in at.success[0].value


def test_F199_a_plan_says_what_it_takes_before_it_is_kept(open_page, monkeypatch):
    monkeypatch.setattr(FakeEngine, "has_experiments", False)
    at = open_page("feedback.py", tab="Experiments")
    assert "No experiment yet" in texts(at)
    at.text_input(key="experiment_name").set_value("Autumn").run()
    assert "7,677 customers" in at.info[0].value
    next(b for b in at.main.button if b.label == "Keep the plan").click().run()
    assert FakeExperiments.asked == [("plan", "autumn")]
