"""From a number of Insights to its customers in a real browser: a list, a workbook, a campaign."""

import io
import re

import openpyxl
from playwright.sync_api import expect

from tests.e2e.browsing import Watched, seen
from tests.e2e.journeys import Journey, segment_to_excel


def test_a_segment_is_in_excel_after_three_clicks_and_becomes_the_base_of_a_campaign(visit):
    session: Watched = visit()
    page, journey = session.page, Journey(session)
    badge, taken = segment_to_excel(journey)
    assert journey.clicks == 3
    said, _, n = badge.rpartition(": ")
    assert page.get_by_text(n, exact=True).count() == 1
    rows = openpyxl.load_workbook(io.BytesIO(taken.path().read_bytes()))["Customers"]
    assert rows.max_row - 1 == int(n.removesuffix(" customers").replace(",", ""))
    segment = said.removeprefix("filter_alt").strip()
    # Where a case is open, low churn is not said of a customer.
    assert {cell.value for cell in rows["D"][1:]} == {
        segment,
        segment.rpartition(", ")[2].capitalize(),
    }
    session.accessible()
    page.get_by_role("link", name="Base of a campaign").click()
    seen(page.get_by_text(f"Among {n}"))
    page.get_by_role("button", name="Make the list").click()
    seen(page.get_by_text(f"Chosen among {n}"))
    assert session.settle().cut_off() == []


def test_a_box_that_is_drawn_on_the_map_says_who_stands_in_it(visit):
    session: Watched = visit().open("insights")
    plot = session.page.locator("[class*=st-key-segment_map]").first
    plot.scroll_into_view_if_needed()
    box = plot.locator(".scatterlayer .point").first.bounding_box()
    mouse = session.page.mouse
    mouse.move(box["x"] - 15, box["y"] + 30)
    mouse.down()
    mouse.move(box["x"] + 40, box["y"] + 80, steps=6)
    mouse.up()
    seen(session.page.get_by_text(re.compile(r"^\d+ selected\.")))
    session.settle().sound()


def test_a_tile_and_a_sentence_open_as_many_customers_as_they_say(visit):
    session: Watched = visit("dark")
    links = session.page.get_by_test_id("stMain").get_by_test_id("stPageLink")
    for place in (1, 8, 10):
        session.open("insights")
        n = re.match(r"[\d,]+ customers?", links.nth(place).inner_text().splitlines()[-1])[0]
        links.nth(place).click()
        expect(session.page.locator("h1").first).to_have_text("Customers")
        seen(session.page.get_by_text(n, exact=True))
    session.settle().sound()
    session.accessible()
