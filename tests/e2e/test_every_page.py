"""Every page of the demo bank in a real browser: both themes, two widths, axe, nothing broken."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import PAGES, Watched

CUSTOMER = "C00001"
VIEWS = [
    *PAGES,
    f"?customer={CUSTOMER}",
    f"recommendations?customer={CUSTOMER}",
    "recommendations?view=How+good%3F",
    "feedback?tab=Versions",
    "feedback?tab=Confidence",
    "data?tab=Products&product=P34",
    "data?tab=Import",
    "data?tab=Models",
]


@pytest.mark.parametrize("path", VIEWS)
def test_a_page_in_light_is_sound_passes_axe_and_fits_1280_and_768_pixels(visit, path: str):
    session: Watched = visit("light").open(path)
    session.sound()
    session.accessible()
    assert session.cut_off() == []
    session.page.set_viewport_size({"width": 768, "height": 900})
    assert session.settle().cut_off() == []


@pytest.mark.parametrize("path", VIEWS)
def test_a_page_in_dark_is_sound_and_passes_axe(visit, path: str):
    session: Watched = visit("dark").open(path)
    session.sound()
    session.accessible()


def test_the_menu_leads_to_every_page_and_keeps_the_customer(visit):
    session: Watched = visit().open(f"?customer={CUSTOMER}")
    name = session.page.locator("h1").first.inner_text()
    for path, title in list(PAGES.items())[1:]:
        session.page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
        expect(session.page.locator("h1").first).to_have_text(title)
        session.settle().sound()
        assert path in session.page.url
    session.page.get_by_test_id("stSidebarNav").get_by_text("Recommendations").click()
    expect(session.page.locator("h1").first).to_have_text("Recommendations")
    expect(session.page.get_by_test_id("stMain").get_by_text(name).first).to_be_visible()


def test_a_row_opens_its_customer_and_the_address_can_be_sent(visit):
    session: Watched = visit().open()
    box = session.page.get_by_test_id("stDataFrame").bounding_box()
    session.page.mouse.click(box["x"] + 15, box["y"] + 52)
    expect(session.page.get_by_role("button", name="See offers")).to_be_visible()
    name = session.settle().page.locator("h1").first.inner_text()
    assert "customer=" in session.page.url
    other: Watched = visit()
    other.page.goto(session.page.url)
    assert other.settle().page.locator("h1").first.inner_text() == name


def test_the_walk_from_the_list_to_the_next_customers_offers_takes_no_typing(visit):
    session: Watched = visit().open()
    box = session.page.get_by_test_id("stDataFrame").bounding_box()
    session.page.mouse.click(box["x"] + 15, box["y"] + 52)
    expect(session.page.get_by_role("button", name="See offers")).to_be_visible()
    first = session.settle().page.locator("h1").first.inner_text()
    session.click("Next")
    expect(session.page.locator("h1").first).not_to_have_text(first)
    name = session.settle().page.locator("h1").first.inner_text()
    session.click("See offers")
    expect(session.page.locator("h1").first).to_have_text("Recommendations")
    expect(session.page.get_by_test_id("stMain").get_by_text(name).first).to_be_visible()
    session.settle().sound()


def test_why_opens_the_drivers_of_a_metric(visit):
    session: Watched = visit().open(f"?customer={CUSTOMER}")
    session.page.get_by_role("button", name="Why").first.click()
    expect(session.page.get_by_text("what moved it from 5")).to_be_visible()
    session.settle().sound()


def test_the_customers_are_also_found_under_their_name(visit):
    session: Watched = visit().open(f"customers?customer={CUSTOMER}")
    expect(session.page.get_by_role("button", name="See offers")).to_be_visible()
    session.settle().sound()


def test_an_unknown_customer_is_a_sentence(visit):
    session: Watched = visit().open("recommendations?customer=nobody")
    expect(session.page.get_by_text("This could not be shown")).to_be_visible()
    session.sound()
