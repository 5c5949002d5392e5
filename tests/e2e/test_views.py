"""A list under a name in a real browser: saved, found again, left; and a note on a chart."""

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Watched, seen


def test_a_view_is_saved_found_in_the_next_session_and_left_with_one_click(visit):
    session: Watched = visit().open("?churn_band=High&sort=Name%2C+A+to+Z")
    page = session.page
    said = page.get_by_text(re.compile(r"^[\d,]+ customers$")).inner_text()
    session.click("Views")
    page.get_by_label("Name", exact=True).fill("Calls <b>")
    page.keyboard.press("Tab")
    session.settle().click("Save the list as it is")
    seen(page.get_by_text("View: Calls <b>"))
    page.keyboard.press("Escape")

    other: Watched = visit("dark").open("fairness")
    other.page.get_by_test_id("stSidebar").get_by_role("link", name="Customers").click()
    seen(other.page.get_by_text("View: Calls <b>"))
    seen(other.settle().page.get_by_text(said, exact=True))
    expect(other.page).to_have_url(re.compile(r"sort=Name.*churn_band=High"))
    assert other.cut_off() == []
    other.click("Views")
    other.accessible()
    other.click("Remove")
    expect(other.page.get_by_text("View: Calls <b>")).to_have_count(0)
    other.sound()

    session.click("Leave")
    seen(page.get_by_text("1,000 customers", exact=True))
    expect(page).not_to_have_url(re.compile("churn_band"))


def test_a_note_stands_on_the_chart_over_time_in_its_place(visit):
    session: Watched = visit("dark").open("insights")
    page = session.page
    session.click("Notes on days")
    page.get_by_label("Note", exact=True).fill("fee <b>change")
    page.get_by_role("button", name="Add the note").click()
    chart = page.locator(".js-plotly-plot", has_text="fee <b>change")
    expect(chart).to_have_count(1)
    session.settle().accessible()
    assert session.cut_off() == []
    session.click("Remove")
    expect(chart).to_have_count(0)
