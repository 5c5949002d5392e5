"""Segments in a real browser: an area of the map becomes a list, and all go into a workbook."""

import io
import re

import openpyxl
from playwright.sync_api import expect

from tests.e2e.browsing import Watched, seen


def test_a_box_on_the_map_opens_as_many_customers_as_it_says(visit):
    session: Watched = visit().open("insights")
    page = session.page
    page.get_by_role("tab", name="Segments").click()
    seen(page.get_by_role("heading", name="Two side by side"))
    session.settle()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(taken.value.path().read_bytes()))
    assert {"Segments", "Figures", "Products", "Customers", "About"} <= set(book.sheetnames)
    assert session.cut_off() == []
    session.settle()  # what was drawn before the download is drawn anew, a box on it is lost
    plot = page.locator(".js-plotly-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    left, top = box["x"] + 0.4 * box["width"], box["y"] + 0.35 * box["height"]
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 60, top + 60, steps=4)
    page.mouse.move(left + 160, top + 120, steps=4)
    page.mouse.up()
    link = page.get_by_role("link", name="in the area that you drew")
    seen(link)
    n = re.match(r"[\d,]+ customers?", link.inner_text().splitlines()[-1])[0]
    link.click()
    expect(page.locator("h1").first).to_have_text("Customers")
    seen(page.get_by_text(n, exact=True))
    session.settle().sound()
