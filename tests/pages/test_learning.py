"""The Feedback page: an acceptance is opened once, and a version's standing claims no more than is
known."""

import pandas as pd

from tests.pages.conftest import Opener
from tests.pages.fake_engine import FakeEngine
from tests.pages.fake_models import FakeModels


def test_F157_the_button_for_an_opening_goes_with_the_opening(
    fake: type[FakeEngine], open_page: Opener
):
    at = open_page("feedback.py", customer="C0001", tab="History")
    [engine] = fake.opened
    accepted = {"customer_id": "C0001", "product_id": "P1", "action": "accepted", "actor": "demo"}
    assert engine.feedback.record(event_id="yes", **accepted)
    at.run()
    at.button(key="bought_yes").click().run()
    actions = [event["action"] for event in engine.events.values()]
    assert actions == ["accepted", "purchased"]
    keys = [str(button.key) for button in at.button]
    assert "undo_yes" in keys and not any(key.startswith("bought_") for key in keys)


def test_F161_a_version_that_a_gap_stopped_is_not_called_worse(open_page: Opener, monkeypatch):
    stopped = FakeModels.versions

    def versions(self: FakeModels) -> pd.DataFrame:
        why = "v1 keeps serving. With v2, a gap would be 21 points."
        return stopped(self).assign(status=["rejected", "champion"], note=[why, ""])

    monkeypatch.setattr(FakeModels, "versions", versions)
    at = open_page("feedback.py", tab="Versions")
    shown = next(one.value for one in at.dataframe if "status" in one.value)
    assert shown["status"].tolist() == ["Not promoted", "● in use"]
    assert shown["note"].iloc[0].endswith("21 points.")
