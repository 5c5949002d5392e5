"""A relationship manager's day in a real browser: whom to call in no click, and what came of it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.e2e.browsing import Watched, choose_option, seen
from tests.e2e.journeys import Journey, whom_to_call


def cards(session: Watched) -> Locator:
    """The calls of the day: each has its own button for what is done."""
    return session.page.get_by_role("button", name="Done", exact=True)


def first(session: Watched) -> Locator:
    """The name of the first call."""
    return session.page.get_by_test_id("stMain").get_by_role("link").first


def first_name(session: Watched) -> str:
    return first(session).inner_text().split(". ", 1)[1]


def stored(state: Path) -> list[tuple[str, str]]:
    [file] = state.glob("*/state.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT action, note FROM contacts ORDER BY n").fetchall()


def test_whom_do_i_call_today_takes_no_click(visit):
    session: Watched = visit()
    journey = Journey(session)
    whom_to_call(journey)
    assert journey.clicks == 0
    link = session.page.get_by_test_id("stMain").get_by_role("link").first
    assert link.bounding_box()["y"] < 400
    seen(session.page.get_by_text(re.compile(r"^5 calls today of 1,000 customers")))


def test_a_name_opens_the_customer_with_the_call_above_the_fold(visit):
    session: Watched = visit().open("day")
    name = first_name(session)
    session.page.get_by_test_id("stMain").get_by_role("link").first.click()
    expect(session.page.locator("h1").first).to_have_text(name)
    session.settle()
    log = session.page.get_by_role("button", name="Log the call").first
    assert log.bounding_box()["y"] < 700
    with session.page.expect_download() as loading:
        session.click("Meeting brief")
    assert loading.value.suggested_filename.startswith("brief_")
    assert Path(loading.value.path()).read_bytes().startswith(b"%PDF-")
    session.click("Print view")
    page = session.page.frame_locator("iframe").last
    expect(page.locator("h1")).to_have_text(name)
    seen(page.get_by_role("button", name="Print"))
    session.page.keyboard.press("Escape")
    session.page.go_back()
    expect(session.page.locator("h1").first).to_have_text("My day")
    session.settle().sound()


def test_done_undo_and_a_logged_call_with_a_day_to_come_back_on(visit, state: Path):
    session: Watched = visit().open("day")
    choose_option(session, "Customers of", "Rita Abbott")
    assert "book=" in session.page.url
    expect(session.page.get_by_text("calls today of 1,000 customers")).to_have_count(0)
    name, before = first_name(session), len(stored(state))
    session.click("Done")
    seen(session.page.get_by_text(f"Done: {name}").first)
    expect(first(session)).not_to_contain_text(name)
    session.click("Undo")
    expect(session.page.get_by_text(f"Done: {name}", exact=True)).to_have_count(0)
    expect(first(session)).to_contain_text(name)
    session.settle()
    session.click("Log the call")
    session.page.get_by_role("textbox", name="Note").fill("wants the rates")
    session.page.get_by_role("button", name="Log the call").last.click()
    seen(session.page.get_by_text(f"Reached: {name}").first)
    expect(first(session)).not_to_contain_text(name)
    assert stored(state)[before:] == [
        ("done", None),
        ("taken back", None),
        ("reached", "wants the rates"),
    ]
    session.settle().click("Undo")
    expect(first(session)).to_contain_text(name)
    session.settle().sound()
