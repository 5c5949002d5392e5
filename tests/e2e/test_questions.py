"""A person asks why a product is not offered, and tries what would be if; nothing is stored."""

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.browsing import Watched, choose_option, open_tab, seen

CUSTOMER = "C00001"


def _files(state: Path) -> dict[Path, int]:
    return {path: path.stat().st_size for path in state.rglob("events*") if path.is_file()}


def test_any_product_may_be_asked_for_and_the_way_up_is_named(visit):
    session: Watched = visit().open(f"recommendations?customer={CUSTOMER}")
    open_tab(session, "Why not?")
    choose_option(session, "Why not …", "Student Account")
    seen(session.page.get_by_text("Student Account is left out"))
    seen(session.page.get_by_text("No way around a rule is shown"))
    choose_option(session, "Why not …", "Car Loan")
    seen(session.page.get_by_text("Car Loan may be offered"))
    seen(session.page.get_by_text("What would bring it among the first 3"))
    session.click("Compare by parts").accessible()
    session.sound()


def test_a_slider_shows_the_list_beside_todays_and_reset_brings_it_back(visit, state: Path):
    session: Watched = visit("dark").open(f"recommendations?customer={CUSTOMER}")
    before = _files(state)
    open_tab(session, "What if?")
    unchanged = session.page.get_by_text("Nothing is changed yet")
    seen(unchanged)
    risk = session.page.get_by_role("slider", name="Risk appetite")
    risk.focus()
    risk.press("Home")
    seen(session.page.get_by_text("Risk appetite 0.0 instead of"))
    expect(unchanged).to_have_count(0)
    session.settle().accessible()
    assert session.cut_off() == []
    session.click("Reset")
    seen(unchanged)
    assert _files(state) == before
    session.sound()
