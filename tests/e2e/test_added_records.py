"""Records that two browser sessions add at once, and alerts acknowledged for everybody."""

from pathlib import Path

import pandas as pd

from engine.state.state import State
from tests.e2e.browsing import OF_COLOURS, TABS, Watched, open_tab, seen

CUSTOMER = "C00011"


def _stored(state: Path, name: str) -> pd.DataFrame:
    [file] = state.glob("*/state.sqlite")
    return State(state, file.parent.name).added.tables()[name]


def _fill_ticket(session: Watched, text: str) -> None:
    """Open the form and type, without sending it."""
    page = session.page
    page.get_by_role("button", name="Add a record").click()
    page.get_by_role("radio", name="Ticket").click()
    box = page.get_by_role("textbox", name="What was said")
    seen(box)
    session.settle()
    box.fill(text)
    box.blur()
    session.sent().settle()  # a click on what still moves would be lost


def _messages(session: Watched) -> str:
    """All that is said of the messages to who clicks there next: no page is loaded anew."""
    session.page.get_by_role("tab", name="Messages").click()
    seen(session.page.get_by_text("Mood over all messages"))
    return session.settle().page.get_by_test_id("stMain").inner_text()


def test_F23_two_sessions_that_add_at_once_both_store_and_both_see_both(visit, state: Path):
    texts = ("My card was blocked abroad, session one.", "The fee is wrong again, session two.")
    sessions = [visit().open(f"?customer={CUSTOMER}") for _ in texts]
    for session, text in zip(sessions, texts, strict=True):
        _fill_ticket(session, text)
    for session in sessions:  # neither waits for the other
        session.page.get_by_role("button", name="Add ticket").dblclick(no_wait_after=True)
    for session in sessions:
        seen(session.page.get_by_text("Added SPRT_"))
    stored = _stored(state, "messages")
    mine = stored[stored["customer_id"] == CUSTOMER]
    assert sorted(mine["text"]) == sorted(texts)
    assert mine["message_id"].nunique() == 2
    for session in sessions:
        said = _messages(session)
        assert all(text in said for text in texts)
        session.sound()


def test_F24_a_purchase_counts_at_once(visit, state: Path):
    session: Watched = visit().open("?customer=C00012")
    page = session.page
    page.get_by_role("button", name="Add a record").click()
    amount = page.get_by_role("spinbutton", name="Amount paid")
    seen(amount)
    session.settle()
    amount.fill("12.34")
    page.get_by_role("textbox", name="Merchant").fill("Corner <b>Books</b>")
    session.accessible()
    page.get_by_role("button", name="Add purchase").click()
    seen(page.get_by_text("Added TXN_"))
    session.settle().sound()
    stored = _stored(state, "transactions")
    assert (stored["merchant"] == "Corner <b>Books</b>").sum() == 1
    page.get_by_role("tab", name="Transactions").click()
    seen(page.get_by_text("transactions, newest first"))


def test_F128_an_acknowledged_alert_is_gone_for_everybody(visit):
    session: Watched = visit().open("insights")
    before = int(_open_alerts(session).split(" ")[0].replace(",", ""))
    session.page.get_by_role("button", name="Acknowledge").first.click()
    seen(session.page.get_by_text(f"{before - 1:,} open alerts"))
    session.settle().sound()
    assert _open_alerts(visit().open("insights")).startswith(f"{before - 1:,} ")


def _open_alerts(session: Watched) -> str:
    return session.page.get_by_text("open alerts of").first.inner_text()


def test_every_tab_of_a_customer_opens_soundly_and_passes_axe_in_light_and_dark(visit):
    session: Watched = visit().open(f"?customer={CUSTOMER}")
    for scheme, rules in (("light", ()), ("dark", OF_COLOURS)):  # a turn draws all anew
        session.turned(scheme)
        for tab in TABS:
            open_tab(session, tab)
            session.sound()
            whole = not rules or tab == TABS[0]  # what stands around the tabs has one colour
            session.accessible(rules, within="" if whole else "[role=tabpanel]")
            assert session.cut_off() == []
