"""What people come for, step by step in a browser: a fresh page in, clicks and waits out."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Download, Locator, expect

from tests.e2e.browsing import Watched, seen
from tests.e2e.stranger import FIRST, workbook

FIT = 90_000
"""Milliseconds that fitting the first version of a new bank may take on a busy machine."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
N_STOPS = 5
"""Persons of the demonstration."""


@dataclass
class Journey:
    """A way through the dashboard. Whatever somebody presses counts as a click, the choice of a
    file too; typing does not."""

    session: Watched
    looked_at: Callable[[], object] = lambda: None
    """What is checked where a page is another one; its time is nobody's wait."""
    clicks: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds from each click, and from the opening, until the page stood still again."""

    @contextmanager
    def waited(self) -> Iterator[None]:
        """Whatever is done within is one wait."""
        begun = time.monotonic()
        yield
        self.waits.append(time.monotonic() - begun)

    def open(self, path: str = "") -> "Journey":
        """Come to the dashboard."""
        with self.waited():
            self.session.open(path)
        return self

    def click(self, where: Locator, seen: Callable[[], object] | None = None) -> None:
        """Press something and wait for what it shows."""
        self.clicks += 1
        with self.waited():
            where.click()
            if seen is not None:
                seen()
            self.session.settle()

    def button(self, name: str) -> Locator:
        """The first button of that name on the page."""
        return self.session.page.get_by_test_id("stMain").get_by_role("button", name=name).first

    def titled(self, title: str) -> None:
        """The page of that title is there."""
        expect(self.session.page.locator("h1").first).to_have_text(title)

    def menu(self, title: str) -> None:
        """Go to a page by its link."""
        link = self.session.page.get_by_test_id("stSidebar").get_by_role("link", name=title)
        self.click(link, lambda: self.titled(title))


def whom_to_call(journey: Journey) -> None:
    """A relationship manager comes in the morning: the calls of the day are there."""
    journey.open()
    journey.titled("My day")
    expect(journey.session.page.get_by_role("button", name="Done", exact=True)).to_have_count(5)


def offer_and_next(journey: Journey, words: str, name: str) -> None:
    """Find somebody, see what to offer and why, record the answer, go on to the next."""
    page = journey.session.page
    journey.open()
    sought = page.get_by_test_id("stSidebar").get_by_placeholder("Find (Ctrl+K)")
    journey.click(sought)
    page.keyboard.type(words)
    journey.click(page.get_by_role("button", name=name), lambda: journey.titled(name))
    journey.click(journey.button("See offers"), lambda: journey.titled("Recommendations"))
    why = page.get_by_text("Where the score comes from")
    journey.click(page.get_by_text("Details", exact=True).first, lambda: seen(why))
    recorded = page.get_by_text("Recorded: Not now")
    journey.click(journey.button("Not now"), lambda: seen(recorded))
    chip = page.get_by_test_id("stMain").get_by_text(name).first
    journey.click(journey.button("Next"), lambda: expect(chip).to_have_count(0))
    seen(page.locator(".st-key-offer_1"))


def segment_to_excel(journey: Journey) -> tuple[str, Download]:
    """From another page to a workbook of everybody in a segment; what is said of it, the file."""
    page = journey.open("campaigns").session.page
    journey.menu("Insights")
    table = page.locator("[class*=st-key-segments_]").get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    badge = page.get_by_text(re.compile(r"value: [\d,]+ customers$"))
    journey.clicks += 1
    with journey.waited():
        page.mouse.click(box["x"] + 90, box["y"] + 34 + 16)  # a cell of a canvas
        seen(badge)
        journey.session.settle()
    journey.clicks += 1
    with journey.waited(), page.expect_download() as taken:
        page.get_by_role("button", name="Download Excel").click()
    return badge.inner_text(), taken.value


def workbook_to_lists(journey: Journey) -> None:
    """A stranger's workbook, one question answered on the way, to the first list of offers."""
    page = journey.open().session.page
    journey.menu("Data")
    journey.click(page.get_by_role("tab", name="Import", exact=True))
    question = page.get_by_text("Which way do the amounts of bank march.xlsx")
    journey.clicks += 1
    with journey.waited():
        upload(journey.session, "bank march.xlsx", workbook())
        seen(question)
        journey.session.settle()
    journey.looked_at()
    answered = page.get_by_text("answered", exact=True)
    journey.click(page.get_by_text("A plus is money out"), lambda: seen(answered))
    begin = page.get_by_role("button", name="Import", exact=True)
    expect(begin).to_be_enabled()
    came = page.get_by_text("40 customers, 4 products, 600 transactions")
    journey.click(begin, lambda: seen(came, timeout=FIT))
    journey.looked_at()
    journey.click(journey.button("See customers"), lambda: journey.titled("Customers"))
    journey.menu("Recommendations")
    somebody = journey.button(re.compile(f"^({'|'.join(FIRST)}) "))
    growth = page.get_by_text("Growth").first
    journey.click(somebody, lambda: seen(growth, timeout=FIT))


def upload(session: Watched, name: str, content: bytes) -> None:
    """Choose a workbook as the file."""
    files = session.page.locator("input[type=file]").first
    files.set_input_files({"name": name, "mimeType": EXCEL, "buffer": content})


def demonstration(journey: Journey) -> None:
    """A stakeholder is shown the five persons, one after the other."""
    page = journey.open("?demo=1").session.page
    for number in range(1, N_STOPS + 1):
        here = page.get_by_text(f"{number} of {N_STOPS}:")
        if number == 1:
            seen(here)
        else:
            journey.click(journey.button("Next"), lambda here=here: seen(here))
        journey.session.sound()
