"""The first bank is opened before anybody asks; whatever happens, the process goes on as usual."""

import gc
import threading

import pytest

from engine.errors import BadInput
from pages.components.frame import session
from tests.pages.fake_models import FakeModels


def _fails() -> None:
    raise BadInput("no bank can be read")


@pytest.mark.parametrize("banks", [_fails, lambda: []])
def test_garbage_is_collected_as_usual_after_a_warm_up_that_opens_nothing(monkeypatch, banks):
    usual = gc.get_threshold()
    monkeypatch.setattr(session, "banks", banks)
    try:
        session.warm_up()
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_a_page_that_comes_before_the_warm_up_ends_waits_for_it_and_opens_no_second_engine(
    fake, open_page, monkeypatch
):
    begun, asked, may_end = threading.Event(), threading.Event(), threading.Event()
    available, ready = fake.available, []

    def listed(*folders):
        if begun.is_set():
            asked.set()
        return available(*folders)

    def fits(self, progress=None):
        begun.set()
        may_end.wait(20)
        ready.append(self._engine)

    monkeypatch.setattr(fake, "available", listed)
    monkeypatch.setattr(FakeModels, "warm_up", fits)
    warming = threading.Thread(target=session.warm_up)
    ending = threading.Thread(target=lambda: asked.wait(20) and may_end.set())
    warming.start()
    ending.start()
    try:
        assert begun.wait(20)
        at = open_page("feedback.py", tab="Versions")
    finally:
        may_end.set()
        warming.join()
        ending.join()
        gc.unfreeze()
    assert not at.exception
    assert at.title[0].value == "Feedback"
    assert fake.opened == ready and len(ready) == 1
