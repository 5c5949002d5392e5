"""A stranger's workbook to lists: few clicks, one question, which next month is not asked again."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Watched, blank_page, seen, serve
from tests.e2e.journeys import FIT, Journey, upload, workbook_to_lists
from tests.e2e.stranger import workbook


def test_a_workbook_becomes_lists_and_next_month_its_next_edition(
    browser: Browser, demo_state: Path
):
    with serve(demo_state) as address:
        session = Watched(blank_page(browser), address)
        page, journey = session.page, Journey(session, looked_at=session.accessible)
        workbook_to_lists(journey)
        session.sound()
        print(f"{journey.clicks} clicks, {sum(journey.waits):.0f} s")
        assert journey.clicks <= 8
        assert sum(journey.waits) < 120

        session.open("data?tab=Import")
        page.get_by_text("Update a bank").click()
        seen(page.get_by_text("Edition 1, as of"))  # the field is another one now
        upload(session.settle(), "bank april.xlsx", workbook(120))
        expect(page.get_by_role("button", name="Show what would change")).to_be_enabled()
        expect(page.get_by_text("to answer: the files themselves")).to_have_count(0)  # it is kept
        session.settle().click("Show what would change")
        seen(page.get_by_text("What would change", exact=True))
        session.settle().accessible()
        session.click("Take over")
        seen(page.get_by_text("My bank is edition 2 now"), timeout=FIT)
        session.settle().sound()
        page.context.close()
