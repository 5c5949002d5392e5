"""The law in a real browser: object, export, erase, take the pack away, ask for a second person.

usage: python -m tests.benchmarks.lawful [--state PATH]

A relationship manager works in headless Chromium against `python app.py` on the demo bank; each
line says what was done and what every page showed in the next interaction. `--state` is a folder
in which the demo bank has a version already. The exit code is 1 where a page showed too much.
"""

import argparse
import io
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from engine import Engine
from engine.errors import NeedsAgreement
from tests.benchmarks.measure import ROOT, machine
from tests.e2e.browsing import Watched, blank_page, chromium, started
from tests.fixtures.written import bytes_of

DEMO = ROOT / "data" / "demo"
PAGES = ("day", "recommendations?tab=By+product", "campaigns", "insights", "insights?tab=Segments")
"""Pages that could sell something to somebody, or count whom it can be sold to."""
AGE = "age band"


def refuse(session: Watched, customer: str) -> None:
    """Record a refusal of personal recommendations on the customer's page."""
    session.open(f"?customer={customer}")
    session.page.get_by_role("tab", name="Consent").click()
    session.settle()
    session.page.get_by_test_id("stMain").get_by_role("radio", name="refused").first.click()
    expect(session.page.get_by_text("Personal recommendations: refused")).to_be_visible()


def shown(session: Watched, name: str) -> list[str]:
    """Pages that name somebody."""
    naming = []
    for path in PAGES:
        session.open(path)
        if path == "campaigns":
            session.click("Make the list")
        if name in session.page.get_by_test_id("stMain").inner_text():
            naming.append(path)
    return naming


def taken(session: Watched, button: str) -> bytes:
    """What a download button gives."""
    with session.page.expect_download(timeout=600_000) as coming:
        session.page.get_by_role("button", name=button).click()
    return Path(coming.value.path()).read_bytes()


def whole(archive: bytes) -> list[str]:
    """Names of the files of a ZIP file that opens and whose sums are right."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return opened.namelist()


def traces(folder: Path, *words: str) -> list[str]:
    """Files in which a customer is named."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    told = [word.encode() for word in words]
    return [path.name for path in files if any(word in bytes_of(path) for word in told)]


def walked(session: Watched, engine: Engine, state: Path) -> Iterator[tuple[str, bool]]:
    """What was done and found, and whether it is as it has to be."""
    first = engine.days.today(most=1).calls[0]
    customer, name = first.customer_id, first.customer
    before = shown(session, name)
    yield f"{customer} is named on {', '.join(before)}", bool(before)
    refuse(session, customer)
    session.open(f"recommendations?customer={customer}")
    empty = session.page.get_by_text("No offer now").is_visible()
    yield "after the objection their list is empty in the next interaction", empty
    after = shown(session, name)
    yield f"and they are named on {', '.join(after) or 'no page that sells'}", not after

    session.open(f"?customer={customer}")
    session.page.get_by_role("tab", name="Consent").click()
    session.settle()
    files = whole(taken(session, "Export everything"))
    yield f"export: {len(files)} files, among them the trail and the consents", len(files) > 3
    found = traces(state, customer, name)
    engine.erasing.erase(customer, actor="Rita")
    left = traces(state, customer, name)
    yield f"erased: named in {len(found)} files of the state before, in {len(left)} after", not left
    session.open(f"?customer={customer}")
    gone = session.page.get_by_test_id("stMain").inner_text()
    yield "their page says that there is no such customer", "no customer" in gone.lower()

    session.open("governance")
    start = time.monotonic()
    names = whole(taken(session, "Model-risk pack"))
    n_pages = sum(one.endswith(".html") for one in names)
    yield f"pack: {n_pages} pages in {time.monotonic() - start:.0f} s", n_pages > 10
    yield from agreed(session, engine)


def agreed(session: Watched, engine: Engine) -> Iterator[tuple[str, bool]]:
    """Prices that closed a gap are asked to be taken back, which widens it again."""
    engine.mitigating.keep(engine.mitigating.find(AGE, tolerance=0.02), "alike", actor="Mona")
    engine.levers.apply("alike", actor="Mona")
    try:
        engine.levers.take_back(actor="Mona", why="One person alone")
    except NeedsAgreement as error:
        yield f"one person alone: {error}", engine.levers.in_force() == ["alike"]
    session.open("governance")
    waits = session.page.get_by_text("Waiting for a second person").is_visible()
    yield "Governance shows what waits for a second person", waits
    session.page.get_by_role("button", name="Agree").click()
    session.sent().settle()
    yield "the second person agrees there, and it is taken back", engine.levers.in_force() == []


@contextmanager
def dashboard(fitted: Path | None) -> Iterator[tuple[Watched, Engine, Path]]:
    """The demo bank served from a state folder of its own, and a browser on it."""
    with tempfile.TemporaryDirectory(prefix="attune-lawful-") as folder, sync_playwright() as play:
        state = Path(folder) / "state"
        if fitted is not None:
            shutil.copytree(fitted, state)
        state.mkdir(exist_ok=True)
        engine = Engine.open(DEMO, state)
        engine.models.warm_up()
        browser = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with started(state) as (address, _):
            yield Watched(blank_page(browser), address), engine, state
        browser.close()


def main(fitted: Path | None, say: Callable[[str], None] = print) -> int:
    """Walk and print; how the program ends."""
    say(f"Attune on {machine()}")
    sound = True
    with dashboard(fitted) as (session, engine, state):
        for line, holds in walked(session, engine, state):
            say(f"{'yes' if holds else 'NO '} {line}")
            sound &= holds
        session.sound()
    return 0 if sound else 1


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--state", type=Path)
    sys.exit(main(asked.parse_args().state))
