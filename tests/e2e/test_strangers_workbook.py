"""A stranger's workbook to lists: few clicks, one question, which next month is not asked again."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Watched, blank_page, serve
from tests.e2e.stranger import FIRST, workbook

FIT = 90_000
"""Milliseconds that fitting the first version of a new bank may take on a busy machine."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(page, name: str, content: bytes) -> None:
    files = page.locator("input[type=file]").first
    files.set_input_files({"name": name, "mimeType": EXCEL, "buffer": content})


def test_a_workbook_becomes_lists_and_next_month_its_next_edition(
    browser: Browser, demo_state: Path
):
    with serve(demo_state) as address:
        session = Watched(blank_page(browser), address).open()
        page, begun, clicks = session.page, time.monotonic(), []

        def click(locator) -> None:
            locator.click()
            clicks.append(locator)

        click(page.get_by_role("link", name="Data"))
        click(page.get_by_role("tab", name="Import", exact=True))
        clicks.append("choose the file")
        upload(page, "bank march.xlsx", workbook())
        question = page.get_by_text("Which way do the amounts of bank march.xlsx")
        expect(question).to_be_visible()
        session.settle().accessible()
        click(page.get_by_text("A plus is money out"))
        expect(page.get_by_text("answered", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Import", exact=True)).to_be_enabled()
        click(session.settle().page.get_by_role("button", name="Import", exact=True))
        expect(page.get_by_text("40 customers, 4 products, 600 transactions")).to_be_visible(
            timeout=FIT
        )
        session.settle().accessible()
        click(page.get_by_role("button", name="See customers"))
        expect(page.get_by_role("heading", name="Customers").first).to_be_visible()
        session.settle()
        click(page.get_by_role("link", name="Recommendations"))
        click(page.get_by_role("button", name=re.compile(f"^({'|'.join(FIRST)}) ")).first)
        expect(page.get_by_text("Growth").first).to_be_visible()
        session.settle().sound()
        print(f"{len(clicks)} clicks, {time.monotonic() - begun:.0f} s")
        assert len(clicks) <= 8

        session.open("data?tab=Import")
        page.get_by_text("Update a bank").click()
        expect(page.get_by_text("Edition 1, as of")).to_be_visible()  # the field is another one now
        upload(session.settle().page, "bank april.xlsx", workbook(120))
        expect(page.get_by_role("button", name="Show what would change")).to_be_enabled()
        expect(page.get_by_text("to answer: the files themselves")).to_have_count(0)  # it is kept
        session.settle().click("Show what would change")
        expect(page.get_by_text("What would change", exact=True)).to_be_visible()
        session.settle().accessible()
        session.click("Take over")
        expect(page.get_by_text("My bank is edition 2 now")).to_be_visible(timeout=FIT)
        session.settle().sound()
        page.context.close()
