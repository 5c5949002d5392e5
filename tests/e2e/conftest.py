"""Fixtures of the browser tests: one server on the demo bank, one browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import Watched, chromium, serve, watched


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the served dashboard writes."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def address(state: Path) -> Iterator[str]:
    """The dashboard on the demo bank."""
    with serve(state) as found:
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Watched]]:
    """Begin a browser session; whatever broke in it fails the test at its end."""
    begun: list[Watched] = []

    def begin(scheme: str = "light", width: int = 1280) -> Watched:
        begun.append(watched(browser, address, scheme, width))
        return begun[-1]

    yield begin
    for session in begun:
        session.page.context.close()
    for session in begun:
        assert not session.troubles, session.troubles
