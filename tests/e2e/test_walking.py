"""From the list to a customer, on and back again in a real browser: the place is never lost."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.browsing import Watched, open_tab, seen


def open_name(session: Watched, row: int) -> str:
    """Click a name in the list; who was opened."""
    box = session.page.get_by_test_id("stDataFrame").bounding_box()
    session.page.mouse.click(box["x"] + 90, box["y"] + 34 + 33 * row + 16)
    return who_is_open(session)


def who_is_open(session: Watched) -> str:
    seen(session.page.get_by_role("button", name="See offers"))
    return session.settle().page.locator("h1").first.inner_text()


def list_is_shown(session: Watched, said: str) -> None:
    expect(session.page.locator("h1").first).to_have_text("Customers")
    seen(session.settle().page.get_by_text(said, exact=True))


def test_a_name_opens_its_customer_whose_address_can_be_sent_and_the_next_ones_offers(visit):
    """From the list to the next customer's offers, and no typing on the way."""
    session: Watched = visit().open("customers")
    name = open_name(session, 0)
    assert "customer=" in session.page.url
    other: Watched = visit()
    other.page.goto(session.page.url)
    assert other.settle().page.locator("h1").first.inner_text() == name
    session.click("Next")
    expect(session.page.locator("h1").first).not_to_have_text(name)
    name = session.settle().page.locator("h1").first.inner_text()
    session.click("See offers")
    expect(session.page.locator("h1").first).to_have_text("Recommendations")
    seen(session.page.get_by_test_id("stMain").get_by_text(name).first)
    session.settle().sound()


def test_the_way_back_leads_to_the_same_page_of_the_same_list(visit):
    session: Watched = visit().open("?churn_band=High&page=2")
    n = session.page.get_by_text(re.compile(r"^[\d,]+ customers$")).inner_text()
    address = session.page.url
    first = open_name(session, 2)
    session.click("All customers")
    list_is_shown(session, n)
    assert session.page.url == address
    assert open_name(session, 2) == first
    session.page.go_back()
    list_is_shown(session, n)
    session.page.locator("canvas").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Shift+Space"):
        session.page.keyboard.press(key)
    assert who_is_open(session)
    session.sound()


def test_a_reload_keeps_the_list_and_the_place_in_it_on_every_page_of_a_customer(visit):
    session: Watched = visit().open("?churn_band=High")
    open_name(session, 2)
    place = re.compile(r"^3 of \d+$")
    said = session.page.get_by_text(place).inner_text()
    session.page.reload()
    who_is_open(session)
    assert session.page.get_by_text(place).inner_text() == said
    session.click("See offers")
    expect(session.page.locator("h1").first).to_have_text("Recommendations")
    session.settle().page.wait_for_url(re.compile("churn_band=High"))
    session.page.reload()
    session.settle()
    seen(session.page.get_by_text(said, exact=True))
    session.sound()


def test_who_was_opened_from_the_list_does_not_draw_another_page_away(visit):
    session: Watched = visit().open("customers")
    open_name(session, 0)
    session.page.get_by_test_id("stSidebar").get_by_role("link", name="Recommendations").click()
    open_tab(session, "By product")
    seen(session.page.get_by_text("who may be offered"))
    session.sound()


def _press_ctrl_k(page: Page) -> None:
    """Go to the search box by the keyboard, once its keys are heard."""
    box = page.get_by_role("searchbox")
    expect(box).to_have_attribute("aria-keyshortcuts", "Control+K Meta+K")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()


def test_ctrl_k_finds_somebody_and_enter_opens(visit):
    session: Watched = visit("dark").open("about")
    page = session.page
    _press_ctrl_k(page)
    page.keyboard.type("tara vos")
    seen(page.get_by_role("button", name="Tara Voss"))
    session.settle().accessible()
    page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_have_text("Tara Voss")
    session.settle()  # the run that opened her empties the box as well
    _press_ctrl_k(page)
    page.keyboard.type("marcsu hael")
    page.get_by_role("button", name="Marcus Hale").click()
    expect(page.locator("h1").first).to_have_text("Marcus Hale")
    session.settle().sound()
