"""A served dashboard and a watched browser page, for every test that drives the real thing."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from engine.feedback.registry import Registry
from engine.state.state import State

ROOT = Path(__file__).resolve().parents[2]
HERE_ALONE = ROOT / "tests" / "fixtures" / "here_alone"
"""On the path of a process it keeps that from every other machine."""
PATIENCE = 20_000
"""Milliseconds that one step may take on a busy machine with two cores."""
PAGES = {
    "day": "My day",
    "customers": "Customers",
    "assistant": "Assistant",
    "recommendations": "Recommendations",
    "campaigns": "Campaigns",
    "insights": "Insights",
    "fairness": "Fairness",
    "governance": "Governance",
    "feedback": "Feedback",
    "data": "Data",
    "about": "What is this?",
}
TABS = (
    "Timeline",
    "Transactions",
    "Messages",
    "Receipts",
    "Products held",
    "Alerts",
    "Plan",
    "Record",
    "Preferences",
    "Consent",
    "Overview",
)
WINDOW = {"width": 1280, "height": 900}
KNOWN = {("presentation-role-conflict", "stFileUploaderDropzone")}
"""What axe finds in Streamlit's own elements: rule, and what the element's HTML names."""

UNFADED = "*, ::before, ::after { transition: none !important; animation: none !important; }"

PASSED_ON = """() => new Promise((done) => {
    const frame = (left) => requestAnimationFrame(() => left ? frame(left - 1) : setTimeout(done));
    frame(2);
})"""
"""Two frames: React's effects of an event, which tell the server, run after the first is drawn."""

VIOLATIONS = """([rules, within]) => axe.run(within || document, {
    resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})
}).then(found => found.violations)"""
"""What axe finds, by some rules or by all; what it does not find is long, and nobody reads it."""
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that a theme can break; all others hold in both themes or in none."""

POLLED = 50
"""Milliseconds between two looks at a page that is waited for."""

MAIN = "[data-testid=stMain], [data-testid=stAppScrollToBottomContainer]"
"""What holds a page; the second name is that of a page with a box to write in below it."""

MOVING = """() => {
    const one = (name) => document.querySelector(name);
    const title = one(':is([data-testid=stMain], [data-testid=stAppScrollToBottomContainer]) h1');
    const wrong = {
        'no title': !title?.textContent || !title.checkVisibility({visibilityProperty: true}),
        'the script runs': !one('[data-testid=stApp][data-test-script-state=notRunning]'),
        'a placeholder': one('[data-testid=stSkeleton]'),
        'what is about to be written anew': one('[data-stale=true]'),
        'a chart without a drawing': one('.js-plotly-plot:not(:has(svg))'),
    };
    return Object.keys(wrong).filter(name => wrong[name]);
}"""
"""What does not stand still yet, all of it looked at in the same instant.

The browser is asked once for all. Expectations would cost more on a page of many charts: for their
message, Playwright reads all of the page to the end each time that they do not find something.
"""
STANDS_STILL = f"""(asked) => {{
    const last = window.lastLook?.asked === asked ? window.lastLook.still : 0;
    window.lastLook = {{asked, still: ({MOVING})().length === 0 ? last + 1 : 0}};
    return window.lastLook.still === 2;
}}"""
"""Two looks in a row, so that what was just done has reached the server by the second."""

TURNED = """([scheme, before]) => {
    const logo = document.querySelector('[data-testid=stSidebarLogo]');
    const app = document.querySelector('[data-testid=stApp]');
    const drawn = logo && logo.getAttribute('src') !== before;
    return drawn && getComputedStyle(app).colorScheme === scheme;
}"""
"""The page has a theme's colours, and the server has drawn another logo for it than before."""

CUT_OFF = """() => {
    const main = document.querySelector(
        '[data-testid=stMain], [data-testid=stAppScrollToBottomContainer]'
    );
    const wide = main.scrollWidth > main.clientWidth + 1 ? ['the page itself'] : [];
    const all = 'h1, h2, h3, p, button, label, [data-testid=stMetricValue], '
        + '[data-testid=stMetricLabel], [data-testid=stMetricLabel] *, '
        + '[data-testid=stMetricDelta] *';
    const cut = [...main.querySelectorAll(all)].filter(e => e.offsetParent !== null
        && e.scrollWidth > e.clientWidth + 2
        && ['hidden', 'clip'].includes(getComputedStyle(e).overflowX));
    return wide.concat(cut.map(e => e.innerText.slice(0, 80)));
}"""
"""What does not fit on the page, as the browser sees it."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(state: Path, data: Path | None = None, *, fitted: bool = True) -> Iterator[str]:
    """Run the dashboard as `started` does; yields its address."""
    with started(state, data, fitted=fitted) as (address, _):
        yield address


@contextmanager
def started(
    state: Path, data: Path | None = None, *, fitted: bool = True
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Run `python app.py` on a free port with its own state folder; its address and the process.

    With `fitted`, only once a version serves: a browser then waits for nothing but the page.
    """
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "ATTUNE_STATE": str(state),
        "OMP_NUM_THREADS": "1",
    }
    environment["PYTHONPATH"] = os.pathsep.join(
        one for one in (str(HERE_ALONE), environment.get("PYTHONPATH")) if one
    )
    environment.pop("ATTUNE_DATA", None)
    if data is not None:
        environment["ATTUNE_DATA"] = str(data)
    with (state / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=state,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        if fitted:
            wait_until_fitted(state)
        yield f"http://127.0.0.1:{port}", server
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(10)
    expect_only_here(state)


def expect_only_here(state: Path) -> None:
    """Fails where the server that writes there asked for another machine, at its start or ever."""
    log = (state / "server.log").read_text("utf-8", "replace")
    assert "asked for the network" not in log, log[-2000:]


def wait_until_healthy(address: str, server: subprocess.Popen, seconds: float = 60) -> None:
    """Ask the health endpoint until it answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"The server ended with {server.returncode} before it answered.")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within {seconds:.0f} seconds.")


def wait_until_fitted(state: Path, seconds: float = 240) -> None:
    """Wait until the first version serves, which a fresh state folder has to fit."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        banks = [file.parent for file in state.glob("*/state.sqlite")]
        if any(Registry(State(bank.parent, bank.name)).champion() for bank in banks):
            return
        time.sleep(0.1)
    raise RuntimeError(f"No version served within {seconds:.0f} seconds.")


def chromium() -> str:
    """Debian's chromium."""
    found = shutil.which("chromium")
    if found is None:
        raise RuntimeError("chromium is not on this machine (apt-get install chromium).")
    return found


@dataclass
class Watched:
    """A browser page on the dashboard, with everything that should not happen written down."""

    page: Page
    address: str
    scheme: str = "light"
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.turn(self.scheme)
        for event, heard in self.listeners.items():
            self.page.on(event, heard)

    @property
    def listeners(self) -> dict[str, Callable]:
        """Event of the page -> what writes down that it happened."""
        return {
            "console": self._console,
            "pageerror": self._page_error,
            "request": self._request,
            "response": self._response,
        }

    def _page_error(self, error: Exception) -> None:
        self.troubles.append(f"page error: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        own = self.address.removeprefix("http://")
        if not re.match(rf"(http|ws)://{re.escape(own)}/|data:|blob:", request.url):
            self.troubles.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"status {response.status}: {response.url}")

    def open(self, path: str = "") -> "Watched":
        """Open a path of the dashboard and wait until it stands still."""
        self.page.goto(f"{self.address}/{path}")
        return self.settle()

    def settle(self) -> "Watched":
        """Wait until the script has run and every placeholder is filled."""
        try:
            self.page.wait_for_function(STANDS_STILL, arg=time.monotonic(), polling=POLLED)
        except PlaywrightTimeout:
            raise AssertionError(f"the page does not stand still: {self._moving()}") from None
        return self

    def _moving(self) -> list[str]:
        """What keeps the page from standing still, by the names of its tests."""
        return self.page.evaluate(MOVING)

    def click(self, name: str, place: int = 0) -> "Watched":
        """Click a button by its whole label and wait until the page stands still."""
        self.page.get_by_role("button", name=name, exact=True).nth(place).click()
        return self.sent().settle()

    def sent(self) -> "Watched":
        """Wait until the browser has passed on what was just done: before that the script that ran
        last still counts as the one that is waited for."""
        self.page.evaluate(PASSED_ON)
        return self

    def turn(self, scheme: str) -> "Watched":
        """Be light or dark from the next page on that is opened."""
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        return self

    def turned(self, scheme: str) -> "Watched":
        """Turn the page that is open light or dark, and wait until it is drawn so.

        The server runs the page anew, whose charts and logo take the colours of the theme.
        """
        app = self.page.get_by_test_id("stApp")
        if app.evaluate("app => getComputedStyle(app).colorScheme") == scheme:
            return self
        before = self.page.get_by_test_id("stSidebarLogo").get_attribute("src") or ""
        self.turn(scheme)
        self.page.wait_for_function(TURNED, arg=[scheme, before], polling=POLLED)
        return self.settle()

    def sound(self) -> None:
        """Nothing broke: no exception, no console error, no other host."""
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        assert not self.troubles, self.troubles

    def accessible(self, rules: Sequence[str] = (), within: str = "") -> None:
        """axe finds nothing, by some rules or by all, beyond what is known of Streamlit's elements.

        With a selector, only in what that names: what stands around it is judged elsewhere.

        What fades in, or is about to be written anew, is judged as it will be: half-shown text
        has half its contrast. The pointer rests nowhere: Streamlit's tooltips are in no landmark.
        """
        self.page.mouse.move(0, 0)
        until = time.monotonic() + PATIENCE / 1000
        while found := self.violations(rules, within):
            assert time.monotonic() < until, found
            self.settle()

    def violations(self, rules: Sequence[str] = (), within: str = "") -> list[str]:
        """What axe finds on the page as it stands."""
        if not self.page.evaluate("() => 'axe' in window"):  # it stays until another page is opened
            self.page.evaluate(Axe().axe_script)
            self.page.add_style_tag(content=UNFADED)
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in self.page.evaluate(VIOLATIONS, [list(rules), within])
            for node in violation["nodes"]
            if not any(rule == violation["id"] and name in node["html"] for rule, name in KNOWN)
        ]

    def cut_off(self) -> list[str]:
        """Texts that do not fit where they stand, and a page that must be scrolled sideways.

        A page that has just been resized gets the time to lay itself out anew.
        """
        try:
            self.page.wait_for_function(f"() => ({CUT_OFF})().length === 0", timeout=5_000)
        except PlaywrightTimeout:
            return self.page.evaluate(CUT_OFF)
        return []


def seen(where: Locator, timeout: float | None = None) -> None:
    """Wait until something is to be seen, within some milliseconds.

    As `expect(where).to_be_visible()`, which would read the whole page for a message at each look.
    """
    where.wait_for(timeout=timeout)


def blank_page(browser: Browser) -> Page:
    """A page of a browser that has been nowhere yet."""
    return browser.new_context(viewport=WINDOW).new_page()


def emptied(session: Watched) -> Page:
    """The session's page for the next one: it knows nothing more of this one but code."""
    page = session.page
    for event, heard in session.listeners.items():
        page.remove_listener(event, heard)
    if page.url != "about:blank":
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.context.clear_cookies()
    page.goto("about:blank")
    page.mouse.move(0, 0)
    page.set_viewport_size(WINDOW)
    return page


def open_tab(session: Watched, tab: str) -> None:
    """Choose a tab and wait until what it shows stands still."""
    chosen = session.page.get_by_role("tab", name=tab, exact=True)
    chosen.click()
    expect(chosen).to_have_attribute("aria-selected", "true")
    session.sent().settle()


def choose_option(session: Watched, label: str, option: str) -> None:
    """Type an option into a box that can be searched, and take it."""
    box = session.page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    session.page.get_by_role("option", name=option, exact=True).first.click()
    session.sent().settle()
