"""Fixtures of the page tests: the dashboard driven by AppTest over a stand-in Engine."""

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test

from pages.components.frame import session
from tests.pages.fake_engine import FakeEngine

ROOT = Path(__file__).resolve().parents[2]
Opener = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def one_server() -> Iterator[None]:
    """What a server does once and AppTest at every page it opens, or at every run, is done once.

    That is to look through all that is installed for components, and to compile the scripts.
    """
    compiled = ScriptCache()
    with pytest.MonkeyPatch.context() as patched:
        scan = cache(manifest_scanner.scan_component_manifests)
        patched.setattr(manifest_scanner, "scan_component_manifests", scan)
        patched.setattr(app_test, "ScriptCache", lambda: compiled)
        yield


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


@pytest.fixture(scope="session")
def demo_pages(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which the demo bank has its first version, for pages to write in."""
    return Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("pages") / "state"))


@pytest.fixture
def visit(demo_pages: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """Open a page over the real Engine by its file; the demo bank, or that of ATTUNE_DATA."""
    monkeypatch.setenv("ATTUNE_STATE", str(demo_pages))
    monkeypatch.setenv("ATTUNE_QUESTIONS__READS", "words")  # no encoder is loaded
    monkeypatch.delenv("ATTUNE_DATA", raising=False)

    def opened(file: str, **query: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "pages" / "_shell.py"), default_timeout=60)
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        return at if file == "customer_explorer.py" else at.switch_page(file).run()

    return opened


def texts(at: AppTest) -> str:
    """Every text on the page, one after the other."""
    found = []
    for kind in ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error"):
        found += [element.value for element in getattr(at, kind)]
    return "\n".join(str(text) for text in found)


def outside(at: AppTest, expander: str) -> str:
    """Every text and label of the page's body but those within one expander."""

    def walk(block) -> Iterator[str]:
        for child in block.children.values():
            if getattr(child, "type", "") == "expander" and child.label == expander:
                continue
            if hasattr(child, "children"):
                yield from walk(child)
            for name in ("label", "value", "help"):
                if isinstance(said := getattr(child, name, None), str):
                    yield said
            if isinstance(frame := getattr(child, "value", None), pd.DataFrame):
                yield from map(str, frame.select_dtypes(["object", "string"]).to_numpy().ravel())

    return "\n".join(walk(at.main))
