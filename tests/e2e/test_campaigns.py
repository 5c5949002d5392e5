"""A campaign in a real browser: limits in, a list and what it costs out."""

import re

from tests.e2e.browsing import Watched, seen


def test_a_campaign_is_made_looked_at_and_taken_along(visit):
    session: Watched = visit("dark").open("campaigns")
    page = session.page
    page.get_by_label("Offers in all, at most").fill("60")
    page.get_by_role("button", name="Make the list").click()
    seen(page.get_by_text(re.compile(r"^60 of the [\d,]+ customers")))
    session.settle().sound()
    session.accessible()
    page.get_by_role("tab", name="What the limits cost").click()
    seen(page.get_by_text("Offers in all: 60 of 60 used."))
    session.settle().accessible()
    page.get_by_role("tab", name="Who gets an offer").click()
    seen(page.get_by_text("not contacted on purpose"))
    page.get_by_role("tab", name="Contacts").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download Excel").click()
    assert taken.value.suggested_filename.startswith("campaign_my_campaign_")
    assert session.cut_off() == []
