"""Fixtures of the browser tests: one server on the demo bank, one browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browsing import Watched, blank_page, chromium, emptied, serve


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def state(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the served dashboard writes; its first version is fitted already."""
    return Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("served") / "state"))


@pytest.fixture(scope="session")
def address(state: Path) -> Iterator[str]:
    """The dashboard on the demo bank."""
    with serve(state) as found:
        yield found


@pytest.fixture(scope="session")
def idle() -> list[Page]:
    """Pages that earlier tests are done with; they have read Streamlit's code already."""
    return []


@pytest.fixture
def visit(browser: Browser, address: str, idle: list[Page]) -> Iterator[Callable[..., Watched]]:
    """Begin a browser session; whatever broke in it fails the test at its end."""
    begun: list[Watched] = []

    def begin(scheme: str = "light") -> Watched:
        page = idle.pop() if idle else blank_page(browser)
        begun.append(Watched(page, address, scheme))
        return begun[-1]

    yield begin
    for session in begun:
        idle.append(emptied(session))
    for session in begun:
        assert not session.troubles, session.troubles
