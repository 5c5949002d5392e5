"""The levers in the browser: who may take back what is in force."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.frame import access

IN_FORCE = SimpleNamespace(levers=SimpleNamespace(saved=list, in_force=lambda: ["bold"]))


def drawn(engine) -> None:
    from pages.components.levers import lever_store

    lever_store._use(engine)


@pytest.mark.parametrize(("role", "may"), [("analyst", False), ("manager", True)])
def test_what_is_in_force_is_taken_back_by_managers_alone(role: str, may: bool, monkeypatch):
    person = access.Principal("ana", "Ana", frozenset({role}))
    monkeypatch.setattr(access, "principal", lambda: person)
    at = AppTest.from_function(drawn, default_timeout=20, args=(IN_FORCE,)).run()
    assert [(one.label, one.disabled) for one in at.button] == [("Take the last one back", not may)]
