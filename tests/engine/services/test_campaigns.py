"""Campaigns: the limits hold, nobody is listed who may not be, what a limit costs is said."""

import datetime as dt
import io
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from engine import Engine
from engine.bank.importing.product_scores import lends
from engine.batch import write_scores
from engine.campaigns.arms import CONTACT, arms
from engine.errors import BadInput, NotFound
from engine.labels import CREDIT_NOTE, CREDIT_NOTICE
from engine.progress import quiet
from engine.results import Campaign
from engine.services.exports.campaign_files import CONTACTS
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
NOTICE = CONTACTS["notice"][0]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state, now=lambda: NOW)


@pytest.fixture(scope="module")
def free(engine: Engine):
    """Everybody's best offer, without a limit."""
    return engine.campaigns.plan(Campaign("Autumn"))


@pytest.fixture(scope="module")
def scarce(engine: Engine, free):
    wanted = free.by_product.set_index("product_id")["n_wanted"].nlargest(2)
    places = {str(product): int(n) // 3 for product, n in wanted.items()}
    return engine.campaigns.plan(Campaign("Autumn", places=places, most=200, budget=600, cost=4))


def test_nobody_is_offered_what_their_own_list_may_not_have(engine: Engine, free):
    lists = engine.scores.get()
    rows = lists.bank.customer_positions(free.table["customer_id"])
    products = lists.bank.product_positions(free.table["product_id"])
    assert lists.allowed[rows, products].all()
    assert free.table["customer_id"].is_unique


def test_figures_are_those_of_the_customers_own_list(engine: Engine, free):
    seen = 0
    for row in free.table.head(8).itertuples():
        for offer in engine.offers.recommend(row.customer_id, k=20).offers:
            if offer.product_id == row.product_id:
                seen += 1
                assert row.confidence == pytest.approx(offer.confidence)
                assert row.propensity == pytest.approx(offer.propensity)
                assert row.expected_value == pytest.approx(offer.expected_value)
    assert seen >= 5


def test_without_limits_each_gets_what_is_worth_most_to_the_bank(engine: Engine, free):
    lists = engine.scores.get()
    row = free.table.iloc[30]
    at = np.array([lists.bank.customer_position(row["customer_id"])])
    confidence = np.array([lists.pairs.confidence(at, p)[0] for p in range(lists.bank.n_products)])
    worth = lists.ranker.model.calibration.propensity_of(confidence) * lists.margins
    worth[~lists.allowed[at[0]]] = 0
    assert row["expected_value"] == pytest.approx(worth.max())
    assert (free.gap, free.value) == (0, pytest.approx(free.table["expected_value"].sum()))


def test_limits_hold_and_what_they_take_away_is_counted(scarce, free):
    assert len(scarce.table) <= 150
    assert scarce.cost == 4 * len(scarce.table) <= 600
    given = scarce.table["product_id"].value_counts()
    rows = scarce.by_product.set_index("product_id")
    for product, places in scarce.campaign.places.items():
        assert given.get(product, 0) == rows.loc[product, "n_offered"] <= places
    assert (rows["n_lost"] == rows["n_other"] + rows["n_none"]).all()
    assert rows["n_wanted"].sum() == free.by_product["n_wanted"].sum()
    assert scarce.value <= scarce.bound <= free.value + 1e-6
    assert scarce.gap < 0.01


def test_who_is_held_out_is_never_contacted_and_keeps_the_offer_that_was_meant(engine, scarce):
    lists = engine.scores.get()
    ids = lists.bank["customers"]["customer_id"]
    arm = arms(ids, lists.bank.bank_id, "Autumn", 0.1, 0.0)
    held = set(ids[arm != CONTACT])
    assert held.isdisjoint(scarce.table["customer_id"])
    assert set(scarce.left_out["customer_id"]) <= held
    assert len(scarce.left_out) == scarce.n_held_out > 0


def test_F151_an_objection_takes_a_customer_off_at_once(demo_state: Path):
    engine = Engine.open(DEMO, demo_state, now=lambda: NOW)
    first = str(engine.campaigns.plan(Campaign("Autumn")).table["customer_id"].iloc[0])
    engine.records.set_consent(first, "marketing", "refused", source="test")
    assert first not in set(engine.campaigns.plan(Campaign("Autumn")).table["customer_id"])


def test_F151_who_was_contacted_as_often_as_the_bank_allows_is_left_alone(demo_state: Path):
    engine = Engine.open(DEMO, demo_state, now=lambda: NOW)
    before = engine.campaigns.plan(Campaign("Autumn", hold_out=0))
    who, product = (str(before.table[name].iloc[0]) for name in ("customer_id", "product_id"))
    engine.days.log(who, outcome="reached", product_id=product, contact_id="one", actor="test")
    spoken = engine.campaigns.plan(Campaign("Autumn", hold_out=0)).table.set_index("customer_id")
    assert who not in spoken.index or spoken.loc[who, "product_id"] != product
    for contact in ("two", "three"):
        engine.days.log(who, outcome="reached", contact_id=contact, actor="test")
    made = engine.campaigns.plan(Campaign("Autumn", hold_out=0))
    assert who not in set(made.table["customer_id"])
    assert any("Contacted 3 times or more within 30 days" in note for note in made.notes)


def test_campaigns_are_kept_under_their_names_and_forgotten(demo_state: Path):
    engine = Engine.open(DEMO, demo_state, now=lambda: NOW)
    engine.campaigns.save(Campaign("Autumn", most=3))
    engine.campaigns.save(Campaign("Autumn", most=4))
    engine.campaigns.save(Campaign("Spring"))
    again = Engine.open(DEMO, demo_state, now=lambda: NOW)
    assert again.campaigns.saved() == {
        "Autumn": Campaign("Autumn", most=4),
        "Spring": Campaign("Spring"),
    }
    assert again.campaigns.remove("Spring") and not again.campaigns.remove("Spring")
    with pytest.raises(BadInput, match="no name"):
        engine.campaigns.save(Campaign(" "))


def test_nobody_who_holds_one_is_offered_the_other(engine: Engine, free):
    lists = engine.scores.get()
    held = lists.bank.held.sum(axis=0)
    common = str(lists.bank.product_ids[int(np.asarray(held).argmax())])
    offered = str(free.table["product_id"].value_counts().index[0])
    made = engine.campaigns.plan(Campaign("Autumn", never_with=((common, offered),))).table
    rows = lists.bank.customer_positions(made.loc[made["product_id"] == offered, "customer_id"])
    assert not lists.bank.held[rows, lists.bank.product_position(common)].any()


def test_filters_and_least_confidence_narrow_it(engine: Engine):
    made = engine.campaigns.plan(
        Campaign("Autumn", filters={"audience": "retail"}, aim="chance", minimum=0.1, hold_out=0)
    )
    people = engine.scores.get().overview.set_index("customer_id")
    assert (people.loc[made.table["customer_id"], "audience"] == "retail").all()
    assert (made.table["confidence"] >= 0.1).all()
    assert made.value == pytest.approx(made.table["propensity"].sum()) == made.takers
    assert made.takers_low < made.takers < made.takers_high
    assert made.n_held_out == 0 and made.detectable != made.detectable


def test_small_groups_are_counted_and_not_compared(scarce):
    few = scarce.groups["note"] != ""
    assert few.any() and not few.all()
    assert scarce.groups.loc[few, ["n_offered", "rate", "low", "high"]].isna().all(axis=None)
    shown = scarce.groups.loc[~few]
    assert ((shown["low"] <= shown["rate"]) & (shown["rate"] <= shown["high"])).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "has no name"),
        ({"aim": "luck"}, "expected value or chance"),
        ({"filters": {"gender": "f"}}, "expected audience, segment"),
        ({"filters": {"audience": "nobody"}}, "there are corporate, retail"),
        ({"minimum": 1.5}, "Got 1.5 as minimum"),
        ({"most": -1}, "Got -1 as most"),
        ({"budget": float("nan")}, "Got nan as budget"),
        ({"products": ("P34",), "places": {"P06": 3}}, "not among the campaign's products"),
    ],
)
def test_what_is_out_of_range_is_said(engine: Engine, wrong, said):
    with pytest.raises(BadInput, match=said):
        engine.campaigns.plan(Campaign(**({"name": "Autumn"} | wrong)))


def test_an_unknown_product_is_named(engine: Engine):
    with pytest.raises(NotFound, match="P999"):
        engine.campaigns.plan(Campaign("Autumn", products=("P999",)))


def test_the_file_has_contacts_arms_products_and_groups(engine: Engine, scarce):
    book = openpyxl.load_workbook(io.BytesIO(engine.campaigns.export(scarce, "xlsx")))
    assert book.sheetnames == ["Contacts", "Left out on purpose", "Products", "Groups", "About"]
    assert book["Contacts"].max_row == len(scarce.table) + 1
    assert isinstance(book["Contacts"]["L2"].value, float)
    text = engine.campaigns.export(scarce, "csv").decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Rank,Customer number,Name")


def test_a_campaign_is_a_file_that_says_the_same_again():
    asked = Campaign(
        "Autumn", ("P34", "P06"), {"audience": "retail"}, "chance", 0.1, {"P34": 20}, 150, 600.0,
        4.5, (("P34", "P06"),), 0.2, 0.05,
    )  # fmt: skip
    assert Campaign.read(asked.to_toml(), "") == asked
    assert Campaign.read("most = 3", "spring") == Campaign("spring", most=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("most = ", "is no TOML"),
        ("mots = 3", "no field 'mots'"),
        ("most = 1.5", "whole number"),
        ("budget = true", "expected a number"),
        ("places = 3", "name = value"),
        ("[places]\nP06 = 'x'", "P06 of a campaign is 'x'"),
        ("products = 'P06'", "expected a list"),
        ("never_with = [['P06']]", "two product ids"),
        ("[filters]\naudience = 3", "text in quotes"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_its_line(text, said):
    with pytest.raises(BadInput, match=said):
        Campaign.read(text, "spring")


def test_two_to_five_stand_side_by_side(engine: Engine):
    wanted = [Campaign("a", most=50), Campaign("b", most=50, aim="chance")]
    made = engine.campaigns.compare(wanted)
    table = engine.campaigns.side_by_side(made)
    assert table["contacted"].tolist() == [50, 50]
    assert table["shared"].iloc[0] == 50
    assert table["takers"].iloc[1] >= table["takers"].iloc[0]
    with pytest.raises(BadInput, match="Got 1 campaigns"):
        engine.campaigns.compare(wanted[:1])


def test_without_history_the_file_states_no_expected_value(free):
    said = dict(replace(free, basis="fit").about)["Expected value"]
    assert said.startswith("none: without history")
    assert dict(free.about)["Expected value"].startswith("propensity x assumed yearly margin")


def test_every_list_calls_a_segment_as_the_customers_own_badge_does(engine: Engine, free):
    table = engine.scores.get().snapshot.profiles.table
    busy = (table["n_cases_open"] > 0) & (table["churn_band"] == "low") & table["churn_known"]
    ids = engine.bank.customer_ids[np.flatnonzero(busy)]
    takers = engine.prospects.of(free.table["product_id"].iloc[0], top=900).table
    for listed in (engine.customers.table(), takers, free.table):
        said = listed.set_index("customer_id")["segment"]
        said = said[said.index.isin(ids)].head(3)
        assert len(said) == 3
        for customer, segment in said.items():
            assert segment == engine.customers.profile(customer).segment
            assert not segment.startswith("Low churn")


def test_F146_files_of_lists_say_of_every_credit_that_it_is_personalised_by_automated_processing(
    engine: Engine, free, tmp_path: Path
):
    bank = engine.bank
    credit = set(bank.product_ids[lends(bank["products"])])
    write_scores(engine, tmp_path / "lists.csv", ["growth"], 3, progress=quiet)
    write_scores(engine, tmp_path / "lists.parquet", ["growth"], 3, progress=quiet)
    written = [
        pd.read_csv(tmp_path / "lists.csv", keep_default_na=False),
        pd.read_parquet(tmp_path / "lists.parquet"),
        _written(engine.campaigns.export(free, "csv"), product_id="Product number"),
    ]
    lent = next(one for one in engine.prospects.products()["product_id"] if one in credit)
    for product, is_lent in ((lent, True), ("P34", False)):
        takers = engine.prospects.of(product, top=20)
        file = _written(engine.prospects.export(takers, "csv"))
        assert len(file) and set(file["notice"]) == {CREDIT_NOTICE if is_lent else ""}
        assert (CREDIT_NOTE in takers.notes) == is_lent
        book = openpyxl.load_workbook(io.BytesIO(engine.prospects.export(takers, "xlsx")))
        assert any(CREDIT_NOTE in row for row in book["About"].values) == is_lent
    for table in written:
        is_credit = table["product_id"].isin(credit)
        assert 0 < is_credit.sum() < len(table)
        assert (table["notice"] == is_credit.map({True: CREDIT_NOTICE, False: ""})).all()
    assert CREDIT_NOTE in free.notes


def _written(content: bytes, **named: str) -> pd.DataFrame:
    """A file's rows, with our names for some of its columns."""
    ours = {heading: name for name, heading in {"notice": NOTICE, **named}.items()}
    return pd.read_csv(io.BytesIO(content), keep_default_na=False).rename(columns=ours)


def _texts(content: bytes) -> str:
    """Everything that a file says: of a workbook, every part of its archive."""
    if content[:2] != b"PK":
        return content.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return unescape(" ".join(parts.read(name).decode() for name in parts.namelist()))


def test_F148_no_byte_of_a_file_with_pseudonyms_says_who_anybody_is(
    engine: Engine, free, tmp_path: Path
):
    customers = engine.bank["customers"]
    manager = customers["relationship_manager"].dropna().iloc[0]
    named = Campaign(f"For {customers['name'].iloc[0]}", filters={"relationship_manager": manager})
    takers = engine.prospects.of("P34", top=300, manager=manager)
    table, makers = engine.customers.table(), {}
    chosen = f"Search: {customers['name'].iloc[0]}"
    makers["customers"] = lambda kind: engine.customers.export(table, kind, chosen)
    makers["takers"] = lambda kind: engine.prospects.export(takers, kind)
    makers["campaign"] = lambda kind: engine.campaigns.export(engine.campaigns.plan(named), kind)
    makers["segments"] = engine.segments.export
    files = {
        (name, kind): engine.pseudonyms.file(make(kind), kind)
        for name, make in makers.items()
        for kind in ("csv", "xlsx")
    }
    hidden = engine.pseudonyms.table
    write_scores(engine, tmp_path / "lists.csv", ["growth"], 3, seen=hidden, progress=quiet)
    files["scores", "csv"] = (tmp_path / "lists.csv").read_bytes()
    columns = ("customer_id", "name", "email", "phone", "relationship_manager")
    raw = {text for column in columns for text in customers[column].dropna().unique()}
    key = next(engine.snapshots.state.parent.glob("*.key")).read_bytes()
    for place, content in files.items():
        said = _texts(content)
        assert not [text for text in raw if text in said], place
        assert key not in content and key.hex() not in said, place
    one = engine.pseudonyms.of(str(takers.table["customer_id"].iloc[0]))
    for place in (("customers", "csv"), ("takers", "csv"), ("takers", "xlsx"), ("scores", "csv")):
        assert one in _texts(files[place]), "it is the same in every file"
    lists = pd.read_csv(io.BytesIO(files["scores", "csv"]))
    assert (
        lists["customer_id"].nunique()
        == engine.offers.score(lists=["growth"])["customer_id"].nunique()
    )
    taken = pd.read_csv(io.BytesIO(files["takers", "csv"]))
    assert len(taken) == len(takers.table) and "Name" not in taken
    assert taken["Last contact"].dropna().str.fullmatch(r"\d{4}-\d{2}").all()
    with pytest.raises(BadInput, match="pseudonyms are for csv, xlsx"):
        engine.pseudonyms.file(b"%PDF", "pdf")
