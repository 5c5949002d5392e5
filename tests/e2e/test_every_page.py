"""Every page of the demo bank in a real browser: both themes, two widths, axe, nothing broken."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import MAIN, OF_COLOURS, PAGES, WINDOW, Watched, seen
from tests.e2e.journeys import FIT, N_STOPS, Journey, demonstration

CUSTOMER = "C00001"
VIEWS = [
    "customers",
    "recommendations",
    "recommendations?view=How+good%3F",
    "governance?tab=Questions",
    "feedback?tab=Versions",
    "feedback?tab=Confidence",
    "data?tab=Products&product=P34",
    "data?tab=Import",
    "data?tab=Models",
]
"""What has an address of its own and is not one click of the menu away from a customer."""


def expect_whole(session: Watched) -> None:
    """The open page is sound and fits; axe finds nothing in this theme, and no colour in the other.

    The page is left in the other theme: the next one is drawn in it, and turned back.
    """
    session.sound()
    session.accessible()
    assert session.cut_off() == []
    session.page.set_viewport_size({"width": 768, "height": 900})
    assert session.settle().cut_off() == []
    session.page.set_viewport_size(WINDOW)
    session.scheme = "dark" if session.scheme == "light" else "light"
    session.turned(session.scheme).sound()
    session.accessible(OF_COLOURS, within=MAIN)


@pytest.mark.parametrize("path", VIEWS)
def test_a_page_in_light_and_dark_is_sound_passes_axe_and_fits_1280_and_768_pixels(
    visit, path: str
):
    expect_whole(visit().open(path))


def test_the_menu_leads_to_every_page_which_is_whole_in_both_themes_and_keeps_the_customer(visit):
    session: Watched = visit().open(f"?customer={CUSTOMER}")
    name = session.page.locator("h1").first.inner_text()
    written = session.page.locator(".js-plotly-plot .xtick text").first
    expect(written).to_have_css("fill", "rgb(86, 96, 119)")
    expect_whole(session)
    expect(session.page.get_by_role("button", name="See offers")).to_have_css(
        "color", "rgb(16, 20, 28)"
    )
    expect(written).to_have_css("fill", "rgb(163, 173, 194)")
    session.turned("light")
    expect(written).to_have_css("fill", "rgb(86, 96, 119)")
    session.scheme = "light"
    menu = session.page.get_by_test_id("stSidebar")
    for path, title in PAGES.items():
        if path == "customers":
            continue  # with a customer chosen, that page is theirs
        menu.get_by_role("link", name=title).click()
        expect(session.page.locator("h1").first).to_have_text(title)
        session.settle().sound()
        assert path in session.page.url
        expect_whole(session)
    menu.get_by_role("link", name="Recommendations").click()
    expect(session.page.locator("h1").first).to_have_text("Recommendations")
    seen(session.page.get_by_test_id("stMain").get_by_text(name).first)


def test_the_first_two_offers_are_seen_whole_on_a_small_screen(visit):
    session: Watched = visit("light")
    session.page.set_viewport_size({"width": 1280, "height": 800})
    for customer in ("C00001", "C00004", "C00300"):
        session.open(f"recommendations?customer={customer}")
        box = session.page.locator(".st-key-offer_2").bounding_box()
        assert box["y"] + box["height"] <= 800


def test_why_opens_the_drivers_of_a_metric_and_customers_are_also_found_under_their_name(visit):
    session: Watched = visit().open(f"customers?customer={CUSTOMER}")
    seen(session.page.get_by_role("button", name="See offers"))
    session.sound()
    session.page.get_by_role("button", name="Why").first.click()
    seen(session.page.get_by_text("what moved it from 5"))
    session.settle().sound()


def test_an_unknown_customer_is_a_sentence(visit):
    session: Watched = visit().open("recommendations?customer=nobody")
    seen(session.page.get_by_text("There is no customer nobody here"))
    session.sound()


def test_an_unknown_page_bank_and_tab_are_sentences_too(visit):
    session: Watched = visit().open("nonsense?x=1")
    expect(session.page.locator("h1").first).to_have_text("No such page")
    seen(session.page.get_by_text("There is no page at “nonsense”"))
    assert session.page.get_by_role("dialog").count() == 0
    session.accessible()
    session.page.get_by_test_id("stSidebar").get_by_role("link", name="Data").click()
    expect(session.page.locator("h1").first).to_have_text("Data")
    session.open("data?bank=gone&tab=Nowhere")
    seen(session.page.get_by_text("There is no bank gone here"))
    seen(session.page.get_by_text("There is no tab “Nowhere” here"))
    session.sound()


def test_the_demonstration_is_walked_and_reset_while_others_work(visit):
    other: Watched = visit().open("recommendations?customer=C00300")
    session: Watched = visit()
    page, journey = session.page, Journey(session)
    demonstration(journey)
    assert journey.clicks == N_STOPS - 1
    assert sum(journey.waits) < 240
    session.accessible()
    session.click("Leave")
    expect(page.get_by_text("5 of 5:")).to_have_count(0)
    page.get_by_role("button", name="Reset the demonstration").click()
    page.get_by_role("button", name="Yes, reset").click()
    expect(page.locator("h1").first).to_have_text("My day", timeout=FIT)  # a version is fitted anew
    session.settle().sound()
    other.click("Accepted").sound()
