"""Every page opens soundly on the imported banks B and D, in both themes."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from engine.bank.importing.import_source import import_bank
from tests.e2e.browsing import PAGES, TABS, choose_option, chromium, open_tab, serve, watched

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


@pytest.fixture(scope="module", params=list(CUSTOMERS))
def served(
    request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Address of a dashboard on one real bank, and one of its customers."""
    state = tmp_path_factory.mktemp(f"pages_{request.param}")
    bank = state / "imported"
    now = dt.datetime.now(dt.UTC)
    import_bank(real_data / "peers" / request.param, bank, now=now)
    with serve(state, bank) as address:
        yield address, CUSTOMERS[request.param]


def test_every_page_opens_soundly_and_passes_axe(browser: Browser, served: tuple[str, str]):
    """One bank in each theme: every page of the demo bank is looked at in both."""
    address, customer = served
    scheme = "light" if customer == CUSTOMERS["B"] else "dark"
    session = watched(browser, address, scheme)
    for path in [*PAGES, f"?customer={customer}", f"recommendations?customer={customer}"]:
        session.open(path).sound()
        session.accessible()
        assert session.cut_off() == []
    session.open(f"?customer={customer}")
    for tab in TABS:
        open_tab(session, tab)
        session.sound()
        session.accessible()
        assert session.cut_off() == []
    session.open(f"recommendations?customer={customer}")
    expect(session.page.get_by_role("button", name="Accepted").first).to_be_visible()
    expect(session.page.get_by_text("Fit ").first).to_be_visible()
    session.page.context.close()
    assert not session.troubles


def test_why_not_and_what_if_answer_on_the_page(browser: Browser, served: tuple[str, str]):
    address, customer = served
    session = watched(browser, address, "dark")
    session.open(f"recommendations?customer={customer}")
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
    session.page.context.close()


def test_levers_show_their_effect_on_everybody_and_can_be_put_back(
    browser: Browser, served: tuple[str, str]
):
    address, _ = served
    session = watched(browser, address)
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
    session.page.context.close()


def test_the_receipt_of_a_list_opens_replays_and_is_verified(
    browser: Browser, served: tuple[str, str]
):
    address, customer = served
    session = watched(browser, address)
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
    page.context.close()


def test_a_page_may_be_opened_while_the_first_version_is_being_fitted(
    browser: Browser, real_data: Path, tmp_path: Path
):
    bank = tmp_path / "imported"
    import_bank(real_data / "peers" / "B", bank, now=dt.datetime.now(dt.UTC))
    with serve(tmp_path, bank, fitted=False) as address:
        session = watched(browser, address)
        session.open("feedback?tab=Confidence").sound()
        expect(session.page.get_by_text("dated adoptions").first).to_be_visible()
        session.page.context.close()
