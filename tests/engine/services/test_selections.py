"""What every number of customers opens: the very ones, on the page, in a file, as a base."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from engine import Engine
from engine.errors import BadInput
from engine.results import Campaign, Counted, Selection
from tests.conftest import DEMO


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state, now=lambda: dt.datetime(2026, 3, 31, 12))


def test_F142_every_count_of_who_got_nothing_opens_these_customers(engine: Engine):
    found = engine.selections.nothing("gender")
    rows = found.table[found.table["n"] > 0]
    assert len(rows) and set(rows["opens"]) and found.n >= sum(rows[rows["reason"] == "any"]["n"])
    for row in rows.itertuples():
        opened = engine.selections.open(engine.selections.read(row.opens))
        assert opened.n == row.n
        assert not opened.selection.may_be_base, "a campaign chooses nobody by a trait"
        mine = [one for one in opened.customer_ids.head(2) if engine.offers.recommend(one).offers]
        assert mine == []


def counted(engine) -> list[Counted]:
    """Everything on Insights that counts customers."""
    insights, selections = engine.customers.insights(), engine.selections
    book = selections.book()
    found = [*insights.behind_figures.values(), *sum(insights.behind_sentences, ())]
    for name, n in insights.segments[["segment", "n"]].itertuples(index=False):
        found.append(book.counted("segment", name))
        assert found[-1].n == n
    for need, n in insights.needs[["need", "n"]].itertuples(index=False):
        found.append(book.counted("need", need))
        assert found[-1].n == n
    for kind, item, n in insights.topics[["kind", "item", "n_customers"]].itertuples(index=False):
        found.append(book.counted("writes_of", kind, item))
        assert found[-1].n == n
    shown = insights.lift.head(12)
    for segment, product, n in shown[["segment", "product_id", "n_may"]].itertuples(index=False):
        found.append(book.counted("may", segment, product))
        assert found[-1].n == n
    managers = engine.customers.choices("relationship_manager")[:2]
    for manager in (None, *managers):
        alerts = engine.alerts.open(manager=manager)
        found.append(selections.alerted(manager=manager))
        assert found[-1].n == alerts.table["customer_id"].nunique()
        assert not len(alerts.table) or f" of {found[-1].n:,} customer" in alerts.sentence
        for title, rows in alerts.table.groupby("title"):
            found.append(selections.alerted(title, manager))
            assert found[-1].n == rows["customer_id"].nunique()
    return [*found, *selections.no_lists()]


def walk(engine) -> int:
    """Open each of them through its address; as many come as were said."""
    said = counted(engine)
    for one in said:
        address = one.selection.address
        opened = engine.selections.open(engine.selections.read(address))
        rows = engine.customers.table(selection=one.selection)
        assert (opened.title, opened.note) == (one.title, "")
        assert one.n == opened.n == len(rows) == rows["customer_id"].nunique(), address
    return len(said)


def test_every_number_of_the_book_opens_as_many_customers_as_it_says(engine):
    assert walk(engine) > 60
    insights = engine.customers.insights()
    assert len(insights.sentences) == len(insights.behind_sentences) == 6
    for sentence, behind in zip(insights.sentences, insights.behind_sentences, strict=True):
        assert behind
        assert all(f"{one.n:,}" in sentence for one in behind)


def test_who_has_no_list_is_split_by_the_rule_and_nobody_is_left_out(engine):
    whole, *parts = engine.selections.no_lists()
    assert whole.n == sum(one.n for one in parts) > 0
    people = engine.customers.table(selection=whole.selection)
    assert people["next_offer"].isna().all()
    assert engine.customers.table()["next_offer"].isna().sum() == whole.n
    consents = engine.snapshot().consents.set_axis(engine.bank.customer_ids)
    asked = {"refused": "personalisation", "objects": "marketing"}
    for one in parts:
        ids = engine.selections.open(one.selection).customer_ids
        if purpose := asked.get(one.selection.of[0]):
            assert set(consents.loc[ids, purpose]) == {"refused"}


def test_a_selection_is_a_workbook_that_runs_no_formula(engine):
    counted = engine.selections.no_lists()[0]
    rows = engine.customers.table(selection=counted.selection).head(3)
    rows = rows.assign(name=["=1+1", "@x", "plain"])
    book = openpyxl.load_workbook(io.BytesIO(engine.customers.export(rows, "xlsx", counted.title)))
    cells = [list(row) for row in book["Customers"].iter_rows(min_row=2)]
    assert [row[1].value for row in cells] == ["=1+1", "@x", "plain"]
    assert {row[1].data_type for row in cells} == {"s"}
    about = dict(book["About"].iter_rows(values_only=True))
    assert (about["Customers"], about["Chosen by"]) == (3, counted.title)
    csv = engine.customers.export(rows, "csv").decode("utf-8-sig")
    assert "'=1+1" in csv and "'@x" in csv


def test_a_selection_is_the_base_of_a_campaign(engine):
    behind = engine.selections.book().counted("open_cases")
    everybody = engine.campaigns.plan(Campaign("Base", filters={"value_band": "high"}))
    asked = Campaign("Base", filters={"value_band": "high"}, base=behind.selection.address)
    made = engine.campaigns.plan(Campaign.read(asked.to_toml(), ""))
    ids = set(engine.selections.open(behind.selection).customer_ids)
    assert 0 < made.n_matching < everybody.n_matching
    assert set(made.table["customer_id"]) <= ids
    assert f"Chosen among {behind.n:,} customers: Open cases" in made.notes


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("segment", "as a selection of customers"),
        ("x:segment:A", "as a selection of customers"),
        ("1:nobody", "no selection 'nobody'"),
        ("1:segment", "no selection 'segment' with 0 parameters"),
        ("1:alert:a:b:c", "no selection 'alert' with 3 parameters"),
    ],
)
def test_an_address_that_is_none_says_what_is_expected(engine, address: str, said: str):
    with pytest.raises(BadInput, match=said):
        engine.selections.read(address)


def test_another_edition_is_said_and_an_unknown_segment_is_nobody(engine):
    opened = engine.selections.open(Selection("segment", ("No such",), 7))
    assert (opened.n, opened.title) == (0, "No such")
    assert opened.note.startswith("This was counted in edition 7 of the bank; edition 1 is open")


@pytest.mark.parametrize("text", ["a:b", "50 %", "%3A", "%25:", ""])
def test_any_text_comes_back_from_an_address(text: str):
    selection = Selection("segment", (text, "x"), 3)
    assert Selection.read(selection.address) == selection


def test_what_people_write_of_is_no_base_of_a_campaign_and_few_writers_open_nothing(engine):
    one = engine.customers.insights().topics.iloc[0]
    assert not engine.selections.read(one["opens"]).may_be_base
    with pytest.raises(BadInput, match="by what they write of"):
        engine.campaigns.plan(Campaign("Base", base=one["opens"]))
    for item in ("#pride", "#nobody-writes-of-this"):
        with pytest.raises(BadInput, match="fewer than 5"):
            engine.selections.open(Selection("writes_of", ("hashtag", item)))
