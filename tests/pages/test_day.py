"""My day: who comes first, what becomes of a call, the way back; and the card of one customer."""

import datetime as dt

import pytest

from pages.components.frame import session
from tests.pages.conftest import texts


@pytest.fixture(autouse=True)
def every_click_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SAME_CLICK", 0.0)


def button(at, key: str):
    return next(one for one in at.button if str(one.key).startswith(key))


def contacts(at) -> list[dict]:
    return list(session.Engine.opened[-1].contacts.values())


def test_who_asks_for_nothing_begins_with_the_day_and_who_asks_for_a_list_does_not(open_page, fake):
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import ROOT

    def begun(**query):
        at = AppTest.from_file(str(ROOT / "pages" / "_shell.py"), default_timeout=20)
        for name, value in query.items():
            at.query_params[name] = value
        return at.run().title[0].value

    assert begun() == "My day"
    assert begun(churn_band="High") == "Customers"
    assert begun(customer="C0001") != "My day"


def test_the_day_says_why_what_not_and_when_last(open_page):
    said = texts(open_page("my_day.py"))
    assert "4 calls today of 48 customers" in said
    assert "May leave \\(churn index" in said or "May leave (churn index" in said
    assert "No offer before the case of 12 Jun 2026 is settled" in said
    assert "Last contact" in said
    assert "<script>" not in said.replace("\\<script\\>", "")


def test_the_book_of_one_manager(open_page):
    at = open_page("my_day.py")
    at.selectbox(key="book").set_value("Rita Rao").run()
    assert "of 24 customers" in texts(at)


def test_a_bank_without_managers_asks_for_none(open_page, fake):
    fake.has_managers = False
    at = open_page("my_day.py")
    assert not [one for one in at.selectbox if one.key == "book"]


def test_a_day_without_calls_says_what_it_waits_for(open_page, fake):
    fake.has_calls = False
    said = texts(open_page("my_day.py"))
    assert "Nobody to call" in said and "This list waits for" in said


def test_done_takes_the_customer_off_and_undo_brings_them_back(open_page):
    at = open_page("my_day.py")
    button(at, "done_C0000").click().run()
    assert [row["way"] for row in contacts(at)] == ["done"]
    assert not [one for one in at.button if one.key == "done_C0000"]
    assert contacts(at)[0]["actor"] == "demo"
    button(at, "undo_").click().run()
    assert contacts(at) == []
    assert button(at, "done_C0000")


def test_snooze_stores_the_day(open_page):
    at = open_page("my_day.py")
    button(at, "snooze_C0000_7").click().run()
    today = dt.datetime.now(dt.UTC).date()
    assert contacts(at)[0]["until"] == today + dt.timedelta(days=7)


def form(at, label: str, place: int = 0):
    return [one for one in at.button if one.label == label][place]


def test_a_call_is_logged_with_outcome_note_product_and_follow_up(open_page):
    at = open_page("my_day.py")
    note = next(one for one in at.text_area if one.label == "Note")
    event = str(note.key).removesuffix("_note")
    note.set_value("wants the rates")
    due = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    at.date_input(key=f"{event}_follow_up").set_value(due)
    form(at, "Log the call").click().run()
    [row] = contacts(at)
    assert (row["way"], row["outcome"], row["note"]) == ("log", "reached", "wants the rates")
    assert row["until"] == due and row["product_id"] is None


def test_what_was_refused_is_said_and_can_be_sent_again(open_page):
    at = open_page("my_day.py")
    next(one for one in at.text_area if one.label == "Note").set_value("refuse")
    form(at, "Log the call").click().run()
    assert contacts(at) == []
    assert "at most 2,000" in texts(at)


def test_the_card_of_a_customer_stands_above_the_figures(open_page):
    at = open_page(customer="C0001")
    said = texts(at)
    for text in (
        "Talk about Travel Rewards Card",
        "What not to say",
        "Promised",
        "Called about the rates",
    ):
        assert text in said
    button(at, "done_C0001").click().run()
    assert contacts(at)[0]["customer_id"] == "C0001"


def test_the_timeline_is_one_stream_with_filters(open_page):
    at = open_page(customer="C0001")
    at.session_state["customer_tab"] = "Timeline"
    at.run()
    shown = at.dataframe[-1].value
    assert shown["what"].tolist()[0] == "Reached"
    kinds = next(one for one in at.button_group if one.key == "timeline_kinds")
    kinds.set_value(["money"]).run()
    assert at.dataframe[-1].value["what"].tolist() == ["USD 12,000 out"]


def test_the_print_view_of_a_brief_opens_beside_the_call(open_page):
    at = open_page(customer="C0001")
    button(at, "brief_view_C0001").click().run()
    assert not at.exception
    [page] = at.get("iframe")
    assert "<h1>C0001</h1>" in page.proto.srcdoc
