"""The first bank is opened before anybody asks; whatever happens, the process goes on as usual."""

import gc

import pytest

from engine.errors import BadInput
from pages import _state


def _fails() -> None:
    raise BadInput("no bank can be read")


@pytest.mark.parametrize("banks", [_fails, lambda: []])
def test_garbage_is_collected_as_usual_after_a_warm_up_that_opens_nothing(monkeypatch, banks):
    usual = gc.get_threshold()
    monkeypatch.setattr(_state, "banks", banks)
    try:
        _state.warm_up()
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
