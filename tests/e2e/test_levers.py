"""Levers and "By product" in a browser: move, see the effect, save; choose, filter, download."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from engine.state.named_settings import NamedSettings
from engine.state.state import State
from tests.e2e.browsing import Watched, open_tab

Visit = Callable[..., Watched]


def test_a_lever_shows_its_effect_on_everybody_and_is_saved(visit: Visit, state: Path):
    session = visit().open("recommendations")
    open_tab(session, "Levers")
    main = session.page.get_by_test_id("stMain")
    expect(main).to_contain_text("these are the lists of today")
    needs = session.page.get_by_role("slider", name=re.compile("^Needs"))
    for _ in range(4):
        needs.press("ArrowRight")
    expect(needs).to_have_value("2")
    expect(main).to_contain_text("customers get another first offer")
    expect(main).to_contain_text("Mix of products")
    session.settle()
    session.page.get_by_label("Name", exact=True).fill("more-needs")
    session.page.get_by_label("Why", exact=True).fill("an e2e test")
    session.click("Save settings")
    expect(main).to_contain_text("Saved: more-needs")
    [file] = state.glob("*/state.sqlite")
    saved = NamedSettings(State(state, file.parent.name))
    assert saved.load("more-needs") == {("ranking", "emphasis", "needs"): 2.0}
    session.click("Remove")
    expect(main).to_contain_text("Removed: more-needs")
    assert saved.names() == []
    session.sound()
    session.accessible()
    assert session.cut_off() == []


def test_who_would_want_a_product_is_filtered_and_downloaded(visit: Visit):
    session = visit().open("recommendations")
    open_tab(session, "By product")
    main = session.page.get_by_test_id("stMain")
    session.page.get_by_role("combobox", name="Who would want …").fill("Long-Term Growth")
    session.page.get_by_role("option", name="Long-Term Growth Plan", exact=True).click()
    expect(main).to_contain_text("who may be offered Long-Term Growth Plan")
    everybody = main.get_by_text("may be offered").inner_text()
    session.page.get_by_role("combobox", name="Churn").click()
    session.page.get_by_role("option", name="Low", exact=True).click()
    expect(main.get_by_text("may be offered")).not_to_have_text(everybody)
    session.settle()
    with session.page.expect_download() as workbook:
        session.page.get_by_role("button", name="Download Excel").click()
    with session.page.expect_download() as plain:
        session.page.get_by_role("button", name="Download CSV").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(workbook.value.path()).read_bytes()))
    rows = list(csv.DictReader(io.StringIO(Path(plain.value.path()).read_text("utf-8-sig"))))
    heads = [cell.value for cell in book["Customers"][1]]
    sheet = [
        dict(zip(heads, row, strict=True))
        for row in book["Customers"].iter_rows(min_row=2, values_only=True)
    ]
    assert [row["Name"] for row in sheet] == [row["Name"] for row in rows]
    assert {row["Churn"] for row in sheet} == {"low"}
    assert all(isinstance(row["Expected value, USD a year"], float) for row in sheet)
    session.sound()
    session.accessible()
    assert session.cut_off() == []
