"""A served bank in, a picture of every page, tab and state in both themes at three widths out.

usage: python -m tests.benchmarks.pictures FOLDER [--bank PATH ...] [--state PATH]
       [--of WORDS] [--only WORDS]

Each picture is of the whole page, to be looked at. What a browser can tell by itself is printed:
texts that are cut off, what axe finds, and what broke. The exit code is 1 where anything was.
"""

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from engine import Engine
from tests.benchmarks.measure import ROOT
from tests.e2e.browsing import MAIN, TABS, Watched, blank_page, chromium, open_tab, serve

WIDTHS = (1280, 768, 1920)
THEMES = ("light", "dark")
HEIGHT, TALLEST = 900, 9_000
"""Pixels: a window, and the longest page that is shown whole."""
DEMO = ROOT / "data" / "demo"

Step = Callable[[Watched], object]


@dataclass(frozen=True)
class View:
    """An address, with `{customer}` for the first of the list, and what is done there."""

    name: str
    path: str
    steps: tuple[Step, ...] = ()
    only_demo: bool = False


def press(label: str) -> Step:
    """Click the first button of that name."""
    return lambda session: session.click(label)


def unfold(text: str) -> Step:
    """Open the first expander or line of that text."""

    def open_it(session: Watched) -> None:
        session.page.get_by_test_id("stMain").get_by_text(text, exact=True).first.click()
        session.settle()

    return open_it


def type_into_search(words: str) -> Step:
    """Type into the box above the menu without opening what is found."""

    def type_it(session: Watched) -> None:
        session.page.keyboard.press("Control+k")
        session.page.keyboard.type(words)
        session.page.get_by_test_id("stSidebar").get_by_role("button").first.wait_for()
        session.settle()

    return type_it


def segment_row(session: Watched) -> None:
    """Choose the first row of the table of segments."""
    table = session.page.locator("[class*=st-key-segments_]").get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    session.page.mouse.click(box["x"] + 90, box["y"] + 34 + 16)
    session.page.get_by_text(re.compile(r"value: [\d,]+ customers?$")).wait_for()
    session.settle()


def made_list(session: Watched) -> None:
    """Ask for the campaign as it stands."""
    session.click("Make the list")


def of_tabs(stem: str, page: str, key: str, names: tuple[str, ...]) -> tuple[View, ...]:
    """A view of each tab of a page."""
    return tuple(
        View(f"{stem}-{name.lower().strip('?').replace(' ', '-')}", page.format(key=key, tab=name))
        for name in names
    )


def tab(name: str) -> Step:
    """Open a tab that has no address."""
    return lambda session: open_tab(session, name)


CUSTOMER = "customers?customer={customer}"
OFFERS = "recommendations?customer={customer}"
DATA_TABS = ("This bank", "Products", "Import", "Quality report", "Models", "Settings")
FEEDBACK_TABS = (
    "Statistics",
    "Use",
    "Rate a product",
    "History",
    "Retrain",
    "Versions",
    "Receipts",
    "Confidence",
)
VIEWS = (
    View("day", "day"),
    View("day-log", "day", (press("Log the call"),)),
    View("customers", "customers"),
    View("customers-nobody", "customers?search=zzzzzz"),
    View("customers-views", "customers", (press("Views"),)),
    View("customers-search", "customers", (type_into_search("an"),)),
    *(
        View(f"customer-{name.lower().replace(' ', '-')}", CUSTOMER, (tab(name),))
        for name in (*TABS, "Who did what")
    ),
    View("customer-why", CUSTOMER, (press("Why"),)),
    View("customer-add", CUSTOMER, (press("Add a record"),)),
    View("customer-print", CUSTOMER, (press("Print view"),)),
    View("offers", OFFERS),
    View("offers-details", OFFERS, (unfold("Details"),)),
    View("offers-not-suitable", OFFERS, (press("Not suitable …"),)),
    View("offers-nobody-chosen", "recommendations"),
    *(
        View(f"offers-{name.lower().strip('?').replace(' ', '-')}", OFFERS, (tab(name),))
        for name in ("Why not?", "What if?", "By product", "Levers", "How good?")
    ),
    View("campaigns", "campaigns"),
    View("campaigns-made", "campaigns", (made_list,)),
    View("campaigns-limits", "campaigns", (made_list, tab("What the limits cost"))),
    View("campaigns-groups", "campaigns", (made_list, tab("Who gets an offer"))),
    View("insights", "insights"),
    View("insights-segment-row", "insights", (segment_row,)),
    *(View(f"insights-{name.lower()}", f"insights?view={name}") for name in ("Segments", "Return")),
    View("governance", "governance"),
    View("fairness", "fairness"),
    View("fairness-two", "fairness?attribute=Age+band&and_by=Region&list=Retention"),
    *(View(f"feedback-{n.lower().replace(' ', '-')}", f"feedback?tab={n}") for n in FEEDBACK_TABS),
    *(View(f"data-{n.lower().replace(' ', '-')}", f"data?tab={n}") for n in DATA_TABS),
    View("data-product", "data?tab=Products&product=P34", only_demo=True),
    View("about", "about"),
    View("no-such-page", "nonsense"),
    View("no-such-customer", "recommendations?customer=nobody"),
    View("demonstration", "?demo=1", only_demo=True),
)


@contextmanager
def headless() -> Iterator[Browser]:
    """A chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def first_customer(session: Watched, bank: str) -> str:
    """The number of whoever stands first in the list, read off the address that a click opens."""
    session.open(f"customers?bank={bank}")
    box = session.page.get_by_test_id("stDataFrame").bounding_box()
    session.page.mouse.click(box["x"] + 90, box["y"] + 34 + 16)
    session.page.wait_for_url(re.compile("customer="))
    return session.page.url.split("customer=")[1].split("&")[0]


def seen_whole(session: Watched, width: int) -> None:
    """Make the window as wide as asked and as high as the page is."""
    session.page.set_viewport_size({"width": width, "height": HEIGHT})
    session.settle()
    high = session.page.locator(MAIN).evaluate("e => e.scrollHeight")
    session.page.set_viewport_size({"width": width, "height": min(high + 20, TALLEST)})
    session.settle()


def picture(session: Watched, view: View, address: str, folder: Path) -> list[str]:
    """Take a view in both themes at each width; what a browser can tell is wrong with it."""
    wrong = []
    for theme in THEMES:
        session.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        session.turn(theme).open(address)
        for step in view.steps:
            step(session)
        for width in WIDTHS:
            seen_whole(session, width)
            session.page.screenshot(path=folder / f"{view.name}_{theme}_{width}.png")
            where = f"{theme} {width}"
            wrong += [f"{where}: cut off: {text}" for text in session.cut_off()]
            if session.page.get_by_test_id("stException").count():
                wrong.append(f"{where}: an exception is shown")
            if width != WIDTHS[1]:
                wrong += [f"{where}: {found}" for found in session.violations()]
        wrong += [f"{theme}: {trouble}" for trouble in session.troubles]
        session.troubles.clear()
    return wrong


def walk(session: Watched, bank: str, folder: Path, views: list[View]) -> int:
    """Take views of one bank; how many faults were found."""
    folder.mkdir(parents=True, exist_ok=True)
    customer, n_wrong = first_customer(session, bank), 0
    for view in views:
        path = view.path.format(customer=customer)
        address = f"{path}{'&' if '?' in path else '?'}bank={bank}"
        try:
            wrong = picture(session, view, address, folder)
        except Exception as error:  # one page that cannot be opened must not hide the others
            wrong = [f"could not be taken: {str(error).splitlines()[0]}"]
        n_wrong += len(wrong)
        print(f"{bank} {view.name}: {len(wrong)} found", *wrong, sep="\n  ", flush=True)
    return n_wrong


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("folder", type=Path, help="where the pictures go, a folder for each bank")
    asked.add_argument("--bank", nargs="*", type=Path, default=[], help="imported banks as well")
    asked.add_argument("--state", type=Path, help="of earlier runs, which spares the fitting")
    asked.add_argument("--of", default="", help="banks whose name this pattern finds")
    asked.add_argument("--only", default="", help="views whose name this pattern finds")
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        state = (args.state or Path(made)).resolve()
        for bank in args.bank:
            shutil.copytree(bank, state / "banks" / bank.name, dirs_exist_ok=True)
        banks = Engine.banks.available(state, [DEMO])
        banks = banks[banks["name"].str.contains(args.of)]
        found = []
        with serve(state) as address, headless() as browser:
            session = Watched(blank_page(browser), address)
            for bank in banks.itertuples():
                views = [
                    view
                    for view in VIEWS
                    if re.search(args.only, view.name) and (bank.simulated or not view.only_demo)
                ]
                found.append(walk(session, bank.bank_id, args.folder / bank.bank_id, views))
    print(f"{sum(found)} found on {len(banks)} banks")
    return int(sum(found) > 0)


if __name__ == "__main__":
    sys.exit(main())
