"""A decision in a real browser: stored once, acted on at once, and kept after retraining."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
from playwright.sync_api import expect

from tests.e2e.browsing import Watched, seen
from tests.e2e.journeys import Journey, offer_and_next


def _stored(state: Path, customer: str, action: str) -> pd.DataFrame:
    [file] = state.glob("*/events/events.csv")
    events = pd.read_csv(file)
    return events[(events["customer_id"] == customer) & (events["action"] == action)]


def _products(session: Watched) -> list[str]:
    """Names of the offers, in their order."""
    headings = session.settle().page.get_by_role("heading", level=2).all_inner_texts()
    return [text.split(". ", 1)[1] for text in headings if text[:1].isdigit()]


def _place(products: list[str], name: str) -> int:
    return products.index(name) if name in products else len(products)


def _long_list(session: Watched, customer: str) -> list[str]:
    """All that is offered, up to twenty, so that a lower place can be seen."""
    session.open(f"recommendations?customer={customer}")
    slider = session.page.get_by_role("slider", name="How many")
    slider.focus()
    slider.press("End")
    expect(slider).to_have_value("20")
    seen(session.page.get_by_role("heading", level=2).nth(6))
    return _products(session)


def test_dismissing_the_top_offer_lowers_it_at_once_and_after_retraining(visit, state: Path):
    customer = "C00004"
    session: Watched = visit()
    top = _long_list(session, customer)[0]
    session.page.get_by_role("button", name="Not suitable …").first.click()
    dialog = session.page.get_by_role("dialog")
    dialog.get_by_text("The customer is not interested").click()
    dialog.get_by_role("button", name="Record").dblclick()
    expect(dialog).to_have_count(0)
    seen(session.page.get_by_text("Recorded: Not suitable"))
    at_once = _products(session)
    assert _place(at_once, top) > 0
    assert len(_stored(state, customer, "dismissed")) == 1

    assert _place(_long_list(session, customer), top) > 0
    assert len(_stored(state, customer, "dismissed")) == 1

    session.open("feedback?tab=Retrain")
    session.page.get_by_test_id("stMain").get_by_role("button", name="Retrain").click()
    seen(session.page.get_by_text("learned from"), timeout=120000)
    assert _place(_long_list(session, customer), top) > 0
    [event] = _stored(state, customer, "dismissed").to_dict("records")
    assert event["reason"] == "not interested"
    assert event["rank"] == 1
    session.sound()


def test_from_a_name_to_an_answer_and_the_next_customer_takes_six_clicks(visit):
    journey = Journey(visit())
    offer_and_next(journey, "tara vos", "Tara Voss")
    assert journey.clicks <= 6
    journey.session.sound()


def test_a_double_click_answers_one_offer_once_and_a_reload_answers_none(visit, state: Path):
    customer = "C00006"
    session: Watched = visit().open(f"recommendations?customer={customer}")
    before = _products(session)
    session.page.get_by_role("button", name="Not now").first.dblclick()
    seen(session.page.get_by_text("Recorded: Not now"))
    assert before[0] not in _products(session)
    session.page.reload()
    assert before[0] not in _products(session)
    assert len(_stored(state, customer, "postponed")) == 1
    session.sound()


def test_an_undone_decision_brings_the_offer_back(visit, state: Path):
    customer = "C00007"
    session: Watched = visit().open(f"recommendations?customer={customer}")
    before = _products(session)
    session.click("Accepted")
    seen(session.page.get_by_text("Recorded: Accepted"))
    assert before[0] not in _products(session)
    session.click("Undo")
    expect(session.page.get_by_text("Recorded: Accepted")).to_have_count(0)
    assert _products(session) == before
    assert len(_stored(state, customer, "retracted")) == 1


def test_F157_opening_an_offer_is_one_view_also_after_a_reload(visit, state: Path):
    customer = "C00010"
    session: Watched = visit().open(f"recommendations?customer={customer}")
    session.page.get_by_text("Details", exact=True).first.click()
    seen(session.page.get_by_text("Where the score comes from"))
    session.settle().page.reload()
    session.settle().page.get_by_text("Details", exact=True).first.click()
    seen(session.page.get_by_text("Where the score comes from"))
    session.settle().accessible()
    assert len(_stored(state, customer, "viewed")) == 1
    shown = _stored(state, customer, "shown")
    assert len(shown) == shown["product_id"].nunique()


def test_an_objection_empties_the_list_at_once(visit, state: Path):
    customer = "C00009"
    session: Watched = visit().open(f"?customer={customer}")
    session.page.get_by_role("tab", name="Consent").click()
    session.settle()
    session.page.get_by_test_id("stMain").get_by_role("radio", name="refused").first.click()
    seen(session.page.get_by_text("Personal recommendations: refused"))
    session.open(f"recommendations?customer={customer}")
    seen(session.page.get_by_text("No offer now"))
    assert _products(session) == []
    session.sound()
    session.accessible()


def test_the_receipt_of_a_list_is_opened_and_replayed_and_all_are_verified(visit, state: Path):
    session: Watched = visit().open("recommendations?customer=C00009")
    page = session.page
    page.get_by_text("Receipt r-").click()
    seen(page.get_by_text("What stood behind it"))
    seen(page.get_by_text("Considered", exact=True))
    session.settle().click("Replay")
    seen(page.get_by_text("The same list: all"))
    session.open("feedback?tab=Receipts").click("Verify all receipts")
    seen(page.get_by_text("what was written"))
    _change_first_receipt(state, "score", "value")
    session.click("Verify all receipts")
    seen(page.get_by_text("Receipt no. 1 was edited"))
    _change_first_receipt(state, "value", "score")
    session.sound()


def _change_first_receipt(state: Path, old: str, new: str) -> None:
    """Edit the order of the first list behind the back of its hash."""
    [file] = state.glob("*/state.sqlite")
    edited = f'replace(about, \'"order":"{old}"\', \'"order":"{new}"\')'
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"UPDATE receipts SET about = {edited} WHERE n = 1")
