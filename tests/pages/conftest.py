"""Fixtures of the page tests: the dashboard driven by AppTest over a stand-in Engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.components.frame import session
from tests.pages.fake_engine import FakeEngine

ROOT = Path(__file__).resolve().parents[2]
Opener = Callable[..., AppTest]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[FakeEngine]]:
    """The stand-in's class, which a test may change; pages open a fresh one."""
    kind = type("Fake", (FakeEngine,), {"opened": []})
    monkeypatch.setattr(session, "Engine", kind)
    monkeypatch.setenv("ATTUNE_STATE", str(tmp_path))
    monkeypatch.delenv("ATTUNE_DATA", raising=False)
    monkeypatch.delenv("ATTUNE_AUTH", raising=False)
    st.cache_resource.clear()
    yield kind
    st.cache_resource.clear()


@pytest.fixture
def open_page(fake: type[FakeEngine]) -> Opener:
    """Open a page by its file, with query parameters."""

    def opened(file: str = "customer_explorer.py", **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "pages" / "_shell.py"), default_timeout=20)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        if file != "customer_explorer.py" or not query:
            at.switch_page(file)
            for name, value in query.items():
                at.query_params[name] = value
            at.run()
        return at

    return opened


def texts(at: AppTest) -> str:
    """Every text on the page, one after the other."""
    found = []
    for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error"):
        found += [element.value for element in getattr(at, kind)]
    return "\n".join(str(text) for text in found)
