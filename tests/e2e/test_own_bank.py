"""A stranger's files come in by upload, and nothing in them is ever more than text."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import Watched, blank_page, seen, serve
from tests.e2e.journeys import FIT, Journey

EVIL = "![x](http://evil.example/p.png) <img src=http://evil.example/q.png> **b** $a$ :red[c]"
PEOPLE = f'''Customer ID,Full Name,Age,Job,Yearly Income,Wishes
1,Ann Ash,31,Engineer,90000,travel
2,"{EVIL}",44,Teacher,40000,buy a house
3,Cid Cox,61,"<script>document.title='pwned'</script>",30000,retirement
'''
PRODUCTS = f'''product_id,name,category,description
p1,"{EVIL}",Credit Card,Points and insurance for travel abroad
p2,Home Loan,Mortgage,Lets you buy a house
p3,Calm Fund,Investment,Income in retirement
'''


def test_a_strangers_files_are_matched_imported_and_stay_text(browser: Browser, demo_state: Path):
    with serve(demo_state) as address:
        session = Watched(blank_page(browser), address).open("data?tab=Import")
        page = session.page
        page.locator("input[type=file]").set_input_files(
            [
                {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()},
                {"name": "products.csv", "mimeType": "text/csv", "buffer": PRODUCTS.encode()},
            ]
        )
        page.get_by_text("Files and columns").click()
        seen(page.get_by_text("people.csv").last)
        session.settle().accessible()
        page.get_by_role("textbox", name="Name of the bank").fill(EVIL[:40])
        page.get_by_role("textbox", name="Name of the bank").press("Enter")
        session.settle()
        page.get_by_role("button", name="Import", exact=True).click()
        seen(page.get_by_text("was imported and is open now"), timeout=FIT)
        session.settle().accessible()
        bank = page.url.split("bank=")[1].split("&")[0]
        assert bank.startswith("x-http-evil-example")
        session.open(f"?bank={bank}").sound()
        for title in ("Campaigns", "Insights", "Fairness", "Feedback", "Data"):
            Journey(session).menu(title)
            session.sound()
        session.open(f"?bank={bank}&customer=2").sound()
        assert "![x](http" in page.locator("h1").first.inner_text()
        session.open(f"recommendations?bank={bank}")
        page.get_by_role("button", name="Ann Ash").click()
        session.settle().click("Next")
        seen(page.get_by_role("heading", level=2).first)
        session.settle().sound()
        assert page.locator("img[src*=evil]").count() == 0
        assert page.get_by_test_id("stMain").get_by_text("**b** $a$ :red[c]").count() > 0
        assert page.title() != "pwned"
        page.get_by_test_id("stSidebar").get_by_role("combobox").click()
        page.get_by_role("option", name="Attune demo bank").click()
        seen(page.get_by_text("Choose a customer first"))
        assert "bank=attune-demo-bank" in page.url
        session.open(f"data?bank={bank}").click("Remove this bank")
        page.get_by_role("textbox", name="Name of the bank").fill(EVIL[:40])
        page.get_by_role("textbox", name="Name of the bank").press("Enter")
        session.settle().click("Yes, remove")
        expect(page.get_by_text("There is no bank", exact=False)).to_have_count(0)
        expect(page.get_by_test_id("stSidebar").get_by_role("combobox")).to_have_value(
            "Attune demo bank"
        )
        session.settle().sound()
        assert not list((demo_state / "banks").glob("*/"))
        page.context.close()
