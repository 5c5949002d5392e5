"""Every page opens soundly on the imported banks B and D, in both themes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.browsing import (
    PAGES,
    TABS,
    Watched,
    blank_page,
    choose_option,
    chromium,
    emptied,
    open_tab,
    serve,
)
from tests.e2e.journeys import Journey
from tests.real.conftest import RealBanks

pytestmark = pytest.mark.real

CUSTOMERS = {"B": "AlisonGaines78", "D": "CUST_1"}
LOW = {"AlisonGaines78": "Discover", "CUST_1": "Elite Auto Insurance"}
"""A product that may be offered to them and is not among the first three."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def idle(browser: Browser) -> Page:
    """The one page that all look through; it has read Streamlit's code after the first."""
    return blank_page(browser)


@pytest.fixture
def session(served: tuple[str, str], idle: Page) -> Iterator[Watched]:
    """A session that has not begun, and must end without trouble."""
    begun = Watched(idle, served[0])
    yield begun
    emptied(begun)
    assert not begun.troubles, begun.troubles


@pytest.fixture(scope="module", params=list(CUSTOMERS))
def served(
    request: pytest.FixtureRequest, real_banks: RealBanks, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Address of a dashboard on one real bank, and one of its customers."""
    folder = tmp_path_factory.mktemp(f"pages_{request.param}")
    bank, state = real_banks.fitted(f"peers/{request.param}", folder)
    with serve(state, bank) as address:
        yield address, CUSTOMERS[request.param]


def test_every_page_opens_soundly_and_passes_axe(session: Watched, served: tuple[str, str]):
    """One bank in each theme: every page of the demo bank is looked at in both."""
    _, customer = served
    session.turn("light" if customer == CUSTOMERS["B"] else "dark")
    session.open()
    for title in PAGES.values():  # the demo bank's are opened by their addresses
        Journey(session).menu(title)
        session.sound()
        session.accessible()
        assert session.cut_off() == []
    for path in (f"recommendations?customer={customer}", f"?customer={customer}"):
        session.open(path).sound()
        session.accessible()
        assert session.cut_off() == []
    for tab in TABS:
        open_tab(session, tab)
        session.sound()
        session.accessible()
        assert session.cut_off() == []
    session.open(f"recommendations?customer={customer}")
    expect(session.page.get_by_role("button", name="Accepted").first).to_be_visible()
    expect(session.page.get_by_text("Fit ").first).to_be_visible()


def test_why_not_and_what_if_answer_on_the_page(session: Watched, served: tuple[str, str]):
    _, customer = served
    session.turn("dark").open(f"recommendations?customer={customer}")
    open_tab(session, "Why not?")
    choose_option(session, "Why not …", LOW[customer])
    expect(session.page.get_by_text("What would bring it among the first 3")).to_be_visible()
    session.accessible()
    assert session.cut_off() == []
    open_tab(session, "What if?")
    risk = session.page.get_by_role("slider", name="Risk appetite")
    risk.focus()
    for _ in range(20):
        risk.press("ArrowRight")
    expect(session.page.get_by_text("Against today:")).to_be_visible()
    session.settle().accessible()
    assert session.cut_off() == []
    session.sound()


def test_levers_show_their_effect_on_everybody_and_can_be_put_back(session: Watched):
    session.open("recommendations")
    open_tab(session, "Levers")
    main = session.page.get_by_test_id("stMain")
    expect(main).to_contain_text("these are the lists of today")
    session.page.get_by_role("slider", name=re.compile("^Needs")).press("End")
    expect(main).to_contain_text("customers get another first offer")
    expect(main).to_contain_text("Mix of products")
    session.settle().accessible()
    assert session.cut_off() == []
    session.click("Back to today's settings")
    expect(main).to_contain_text("these are the lists of today")
    session.sound()


def test_the_receipt_of_a_list_opens_replays_and_is_verified(
    session: Watched, served: tuple[str, str]
):
    _, customer = served
    page = session.open(f"recommendations?customer={customer}").page
    page.get_by_text("Receipt r-").click()
    expect(page.get_by_text("What stood behind it")).to_be_visible()
    expect(page.get_by_text("Ranked lower", exact=True)).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("The same list: all")).to_be_visible()
    page.mouse.move(0, 0)  # away from the button, whose tooltip is Streamlit's own
    session.settle().accessible()
    assert session.cut_off() == []
    session.open("feedback?tab=Receipts").click("Verify all receipts")
    expect(page.get_by_text("what was written")).to_be_visible()
    session.sound()


def test_a_page_may_be_opened_while_the_first_version_is_being_fitted(
    browser: Browser, real_banks: RealBanks, tmp_path: Path
):
    bank = real_banks.imported("peers/B", tmp_path / "imported")
    with serve(tmp_path, bank, fitted=False) as address:
        session = Watched(blank_page(browser), address)
        session.open("feedback?tab=Confidence").sound()
        expect(session.page.get_by_text("dated adoptions").first).to_be_visible()
        session.page.context.close()
