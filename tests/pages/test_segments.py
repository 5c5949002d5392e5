"""The tab "Segments" of Insights on the demo bank, and what is drawn on its map."""

from pages.components.portfolio.profile_segments import drawn
from tests.pages.conftest import texts


def test_segments_are_found_named_and_compared_on_their_tab(visit):
    at = visit("insights.py", view="Segments")
    at = at if "One segment" in texts(at) else at.run()
    said = texts(at)
    assert not at.exception
    for heading in ("Map", "One segment", "Two side by side"):
        assert heading in [one.value for one in at.header]
    assert "No separate groups were found" in said and "for convenience" in said
    assert "stands for one here" in said
    names = at.selectbox(key="segment_one").options
    assert len(set(names)) == len(names) >= 5
    at.selectbox(key="segment_one").select_index(1).run()
    assert not at.exception
    at.selectbox(key="segment_second").select_index(0).run()
    assert "A segment does not differ from itself." in texts(at)


def test_the_overview_finds_no_segments(visit, monkeypatch):
    from engine.services.portfolio.segments import Segments

    monkeypatch.setattr(Segments, "overview", None)
    at = visit("insights.py")
    assert not at.exception
    assert "Churn and value" in [one.value for one in at.header]


def test_a_box_and_a_lasso_become_the_corners_of_an_area():
    event = {
        "selection": {
            "points": [],
            "box": [{"x": [0.0, 1.0], "y": [2.0, 3.0]}],
            "lasso": [{"x": [0, 1, 1], "y": [0, 0, 1]}, {"x": [0, 1], "y": [0, 1]}],
        }
    }
    assert drawn(event) == [
        [(0.0, 2.0), (1.0, 2.0), (1.0, 3.0), (0.0, 3.0)],
        [(0, 0), (1, 0), (1, 1)],
    ]
    assert drawn(None) == []
