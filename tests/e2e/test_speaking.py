"""A person speaks a question, corrects what was heard, and gets the answer."""

import re

from playwright.sync_api import expect

from tests.e2e.browsing import Watched, seen


def test_F132_a_question_is_spoken_corrected_and_answered(visit):
    session: Watched = visit("dark").open("assistant")
    page = session.page
    page.get_by_text("Speak instead of typing").click()
    record = page.get_by_role("button", name="Record", exact=True).first
    seen(record)
    record.click()
    # A voice of two seconds and its pauses; a clock that is looked at now and then is past it.
    seen(page.get_by_text(re.compile(r"^00:(0[3-9]|[1-5]\d)$")).first)
    page.get_by_role("button", name="Stop recording").first.click()
    heard = page.get_by_label("Heard: correct it, then go on").first
    expect(heard).to_have_value("what should i offer sea 0 0 0 0 1")
    heard.fill("What should I offer C00001?")
    heard.press("Control+Enter")
    page.get_by_role("button", name="Ask", exact=True).click()
    answer = page.get_by_test_id("stChatMessage").last
    seen(answer.get_by_text("From "))
    session.settle().accessible()
    assert session.cut_off() == []
    session.sound()
