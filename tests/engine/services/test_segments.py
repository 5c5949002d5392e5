"""Segments of the demo bank: what is said of them is true, they open, last and are written out."""

import dataclasses
import datetime as dt
import io
import json
import re
import shutil
import zipfile
from itertools import combinations
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner

from engine import Engine
from engine.cli import app
from engine.customers.clusters import names, profile, report, sentences
from engine.customers.clusters.grouping import group
from engine.customers.clusters.model import Named
from engine.customers.clusters.store import SegmentStore
from engine.customers.clusters.value_at_risk import value_at_risk
from engine.errors import BadInput, NotFound
from engine.figures import percent
from engine.results import Campaign, Selection
from engine.results.segments import CUT, FOUND, NOT_KNOWN, WHOLE
from engine.vocabulary import FORBIDDEN_FEATURES
from tests.conftest import DEMO
from tests.engine.customers.clusters.segment_oracle import SegmentOracle, judged


@pytest.fixture(scope="module")
def state(trained_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(trained_state, tmp_path_factory.mktemp("segments") / "state"))


@pytest.fixture(scope="module")
def engine(state: Path) -> Engine:
    return Engine.open(DEMO, state, now=lambda: dt.datetime(2026, 7, 1, 12))


@pytest.fixture(scope="module")
def found(engine):
    return engine.segments.overview()


@pytest.fixture(scope="module")
def grouping(engine, found):
    return engine.segments._grouping()


@pytest.fixture(scope="module")
def oracle(engine, grouping):
    return SegmentOracle(grouping, engine.snapshot().settings)


@pytest.fixture(scope="module")
def opted_out(engine) -> set[str]:
    """Who refuses personal recommendations."""
    allowed = engine.snapshot().consents["personalisation_allowed"].to_numpy(dtype=bool)
    return set(engine.bank.customer_ids[~allowed])


def test_F51_every_customer_has_one_segment_and_each_has_a_size_and_a_name_of_its_own(
    engine, found, opted_out
):
    assert found.is_divided
    assert found.table["n"].sum() == engine.bank.n_customers - len(opted_out)
    assert found.table["share"].sum() == pytest.approx(1.0)
    assert found.table["segment"].is_unique and found.table["number"].is_unique
    assert 5 <= len(found.table) <= 10


def test_F150_who_opts_out_is_in_no_segment_count_list_map_or_file_of_it(
    engine, found, grouping, oracle, opted_out
):
    gone = sorted(opted_out)[0]
    assert engine.segments.like(gone) is None
    with pytest.raises(BadInput, match="opted out"):
        engine.segments.of_customer(gone)
    for number in found.table["number"]:
        opened = engine.selections.open(Selection("profile_segment", (str(number),), 1))
        assert not opted_out & set(opened.customer_ids)
        assert not opted_out & set(engine.segments.profile(int(number)).at_risk["customer_id"])
    assert not opted_out & {one for drawn in found.maps for one in drawn.points["customer_id"]}
    book = openpyxl.load_workbook(io.BytesIO(engine.segments.export("xlsx")))
    told = {row[0] for row in book["Customers"].iter_rows(min_row=2, values_only=True)}
    assert told == set(engine.bank.customer_ids) - opted_out
    said = next(claim for claim in report.method(grouping) if claim.kind == "outside_segments")
    assert said.text.startswith(f"{len(opted_out)} customers who opted out")
    assert judged(oracle, [(None, said)]) == []
    assert len(judged(oracle, [(None, said.but(n=len(opted_out) - 1))])) == 1


def test_F51_parts_of_a_cut_are_called_so_wherever_they_stand(engine, grouping, found):
    """The demo bank's retail customers are one cloud: no sentence says that groups were found."""
    assert not found.is_found and not grouping.is_found
    of = found.table.groupby("audience")["how"].unique().map(list).to_dict()
    assert of["retail"] == [CUT] and of["corporate"] == [WHOLE]
    assert found.sentences[0].startswith("No separate groups were found: ")
    assert "for convenience" in found.sentences[0] and "Found groups" not in found.sentences[0]
    assert found.method[-1].startswith("Parts of a cut serve")
    numbers = found.table.loc[found.table["how"] == CUT, "number"].tolist()
    for number in numbers:
        shown = engine.segments.profile(number)
        assert shown.how == CUT and "no separate groups" in shown.sentences[0]
        assert engine.selections.open(shown.counted.selection).title.endswith(f" ({CUT})")
    made = engine.segments.compare(*numbers[:2])
    assert made.how_first == made.how_second == CUT
    book = openpyxl.load_workbook(io.BytesIO(engine.segments.export("xlsx")))
    for sheet in ("Segments", "Customers"):
        rows = list(book[sheet].iter_rows(values_only=True))
        place = rows[0].index("What it is")
        assert {row[place] for row in rows[1:]} == set(found.table["how"])
    assert any("No separate groups" in str(row[1].value) for row in book["About"].iter_rows())


def test_F51_groups_are_called_found_only_where_they_beat_every_bank_without_groups(
    engine, grouping
):
    retail = grouping.models[0]
    more = {"gap": 0.01, "halfway": 10, "around": 30}
    apart = [
        dataclasses.replace(one, most_empty=one.silhouette - 0.01, **more) for one in retail.tried
    ]
    models = (dataclasses.replace(retail, tried=tuple(apart)), *grouping.models[1:])
    other = dataclasses.replace(grouping, models=models)
    said = report.found(other)[0]
    assert said.kind == "segments_found" and said.text.startswith("Found groups: ")
    assert report.overview(other).is_found
    assert set(report.overview(other).table["how"]) == {FOUND, WHOLE, NOT_KNOWN}
    assert "part_of_cut" not in {claim.kind for claim in profile.said_of(other, 1)}
    settings = engine.snapshot().settings
    assert judged(SegmentOracle(other, settings), [(None, said)]) == []
    lies = [(None, said.but(silhouette=0.9)), (None, said.but(again=101)), (None, said.but(k=9))]
    assert len(judged(SegmentOracle(other, settings), lies)) == len(lies)
    assert len(judged(SegmentOracle(grouping, settings), [(None, said)])) == 1
    as_cloud = [dataclasses.replace(one, most_empty=one.silhouette) for one in apart]
    models = (dataclasses.replace(retail, tried=tuple(as_cloud)), *grouping.models[1:])
    cut = report.found(dataclasses.replace(grouping, models=models))[0]
    assert cut.kind == "cut_by_steps" and cut.text.startswith("No separate groups were found: ")


def test_F51_F198_what_is_said_of_every_segment_is_true_by_the_tables(grouping, oracle):
    numbers = [one.number for one in grouping.segments]
    said = [(None, claim) for claim in (*report.found(grouping), *report.method(grouping))]
    for number in numbers:
        said += [(number, claim) for claim in profile.said_of(grouping, number)]
    kinds = {claim.kind for _, claim in said}
    assert kinds >= {"cut_into_parts", "part_of_cut", "too_few", "made_by", "filled"}
    assert kinds >= {"set_apart", "held_more"}
    assert judged(oracle, said) == []


def test_what_is_said_of_two_segments_is_true_by_the_tables(grouping, oracle):
    called = {one.number: one.name for one in grouping.segments}
    said = []
    for pair in combinations([number for number in called if number], 2):
        figures = profile._figures_apart(grouping, *pair)
        products = profile._products_apart(grouping, *pair)
        both = (called[pair[0]], called[pair[1]])
        said += [(pair, claim) for claim in profile.differences(grouping, both, figures, products)]
    assert {claim.kind for _, claim in said} == {"differs", "held_apart", "by_chance"}
    assert judged(oracle, said) == []


def test_that_nothing_sets_a_segment_apart_is_caught_where_something_does(grouping, oracle):
    whom = profile.held_against(grouping, 1)[2]
    average = sentences.as_average(whom=whom)
    called = {one.number: one.name for one in grouping.segments}
    alike = sentences.alike(first_segment=called[1], second_segment=called[2])
    assert len(judged(oracle, [(1, average), (2, average), ((1, 2), alike)])) == 3
    further = next(c for c in profile.set_apart(grouping, 1))
    lie = further.but(apart=further.figures["apart"] * 1.2)
    assert len(judged(oracle, [(1, lie)])) == 1


def test_customers_dealt_out_at_random_are_truly_said_to_be_alike(engine, grouping):
    dealt = np.random.default_rng(3).integers(1, 3, len(grouping.numbers))
    segments = (Named(1, "One"), Named(2, "Two"))
    other = dataclasses.replace(
        grouping, numbers=dealt, is_divided=False, models=(), segments=segments
    )
    oracle = SegmentOracle(other, engine.snapshot().settings)
    said = [(number, claim) for number in (1, 2) for claim in profile.said_of(other, number)]
    assert "as_average" in {claim.kind for _, claim in said}
    assert judged(oracle, said) == []


def test_who_is_little_known_is_not_said_to_fall_into_a_segment(engine, grouping):
    numbers = grouping.numbers.copy()
    numbers[np.flatnonzero(grouping.audiences == "retail")[:7]] = 0
    other = dataclasses.replace(grouping, numbers=numbers)
    said = [claim for claim in report.found(other) if claim.kind == "cut_into_parts"]
    n_retail = int(((grouping.audiences == "retail") & (numbers >= 0)).sum())
    n_left = int((numbers[grouping.audiences == "retail"] > 0).sum())
    assert said[0].figures["n"] == n_left <= n_retail - 7
    assert f"too little is known of {n_retail - n_left:,} more" in said[0].text
    oracle = SegmentOracle(other, engine.snapshot().settings)
    assert judged(oracle, [(None, said[0])]) == []
    everybody = said[0].but(n=n_retail)
    assert len(judged(oracle, [(None, everybody)])) == 1


def test_figures_that_made_segments_are_not_counted_as_found_between_them(grouping):
    figures = profile._figures_apart(grouping, 1, 2)
    makes, known = figures["makes"], figures["low"].notna()
    assert set(figures.loc[makes, "figure"]) == set(grouping.models[0].making)
    said = profile.differences(
        grouping, ("a", "b"), figures, profile._products_apart(grouping, 1, 2)
    )
    claim = next(claim for claim in said if claim.kind == "by_chance")
    assert claim.figures["n"] == int((known & ~makes).sum()) > 0
    assert claim.text.startswith(f"The {makes.sum()} figures that made these segments differ by")
    by_rules = dataclasses.replace(grouping, is_divided=False)
    figures = profile._figures_apart(by_rules, 1, 2)
    assert set(figures.loc[figures["makes"], "figure"]) == {"churn", "value_a_year"}


def test_what_chance_alone_gives_is_seldom_said_to_be_held_more(grouping):
    """Customers dealt out at random: of 20 deals at most 3 name a product."""
    named = 0
    for seed in range(20):
        dealt = np.random.default_rng(seed).integers(1, 3, len(grouping.numbers))
        other = dataclasses.replace(grouping, numbers=dealt, is_divided=False, models=())
        named += bool(profile._products_apart(other, 1, 2)["sure"].any())
    assert named <= 3


def test_a_false_sentence_of_a_segment_is_caught(grouping, oracle):
    for claim in profile.said_of(grouping, 2):
        if claim.kind == "set_apart":
            lies = [claim.but(value=claim.figures["value"] * 1.1 + 1), claim.but(n=1)]
            lies.append(claim.but(up=not claim.figures["up"]))
        elif claim.kind == "held_more":
            lies = [claim.but(times=claim.figures["times"] * 1.2), claim.but(low=0.9)]
        elif claim.kind == "part_of_cut":
            lies = [claim.but(k=9), claim.but(whom="corporate")]
        else:
            lies = [claim.but(value=claim.figures["value"] * 1.01), claim.but(n=3)]
        assert len(judged(oracle, [(2, lie) for lie in lies])) == len(lies)


def test_F50_lift_of_a_segment_is_within_its_interval_and_against_all_of_its_kind(engine, found):
    for number in found.table["number"]:
        products = engine.segments.profile(int(number)).products
        assert (products["low"] <= products["lift"] + 1e-12).all()
        assert (products["lift"] <= products["high"] + 1e-12).all()
    retail = engine.segments.profile(1)
    assert retail.whom == "all retail customers"


def test_F198_value_at_risk_is_value_times_churn_and_orders_customers_by_that_product(
    engine, found, grouping
):
    table = engine.snapshot().profiles.table
    risk = value_at_risk(engine.snapshot().profiles)
    product = table["value_a_year"].clip(lower=0) * table["churn"] / 10
    known = table["churn_known"] & table["value_a_year"].notna()
    assert risk[known] == pytest.approx(product[known].to_numpy())
    assert np.isnan(risk[~known]).all()
    product = product[grouping.is_in_one]
    assert found.value_at_risk == pytest.approx(product[known[grouping.is_in_one]].sum())
    assert found.table["value_at_risk"].sum() == pytest.approx(found.value_at_risk)
    first = engine.segments.profile(2).at_risk
    assert first["value_at_risk"].is_monotonic_decreasing
    assert first["value_at_risk"].to_numpy() == pytest.approx(
        (first["value_a_year"] * first["churn"] / 10).to_numpy()
    )
    assert "the index is no chance of leaving" in found.formula


def test_F198_a_segment_says_the_share_and_the_number_that_its_row_says(engine, found, grouping):
    for row in found.table.dropna(subset="value_at_risk").itertuples():
        said = " ".join(engine.segments.profile(row.number).sentences)
        assert f"a year, {percent(row.risk_share)} of the bank's" in said, row.segment
    told = re.findall(r"^(\d+) (\w+) customers are too few", "\n".join(found.sentences), re.M)
    shown = found.table.groupby("audience")["n"].sum()
    assert told and all(int(n) == shown[audience] for n, audience in told)


def test_no_segment_is_made_by_a_protected_trait(engine, grouping, tmp_path):
    """Gender, age, name and place are shuffled: not one customer changes segment."""
    bank = engine.bank
    customers = bank["customers"]
    order = np.random.default_rng(5).permutation(len(customers))
    traits = [c for c in customers if c in FORBIDDEN_FEATURES]
    shuffled = customers.assign(**{c: customers[c].to_numpy()[order] for c in traits})
    store = SegmentStore(tmp_path)
    other = group(bank.with_checked(customers=shuffled), grouping.profiles, store, 7, ())
    inside = grouping.is_in_one
    assert (other.numbers[inside] == grouping.numbers[inside]).all()
    assert [one.name for one in other.segments] == [one.name for one in grouping.segments]


def test_a_segment_and_an_area_of_the_map_open_whom_they_count(engine, found):
    for row in found.table.itertuples():
        opened = engine.selections.open(engine.selections.read(row.opens))
        mark = f" ({CUT})" if row.how == CUT else ""
        assert (opened.n, opened.title) == (row.n, f"{row.segment}{mark}")
    one = found.maps[0]
    box = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
    counted = engine.segments.area(one.audience, [box])
    inside = one.points["x"].between(-1, 1) & one.points["y"].between(-1, 1)
    assert len(one.points) == one.n
    opened = engine.selections.open(engine.selections.read(counted.selection.address))
    assert set(opened.customer_ids) == set(one.points.loc[inside, "customer_id"])
    assert len(engine.customers.table(selection=counted.selection)) == counted.n == inside.sum()


def test_an_axis_of_the_map_rises_with_what_it_is_said_to_mean(grouping, found):
    for one, model in zip(found.maps, grouping.models, strict=True):
        raw = grouping.raw.loc[one.points["customer_id"]].reset_index(drop=True)
        for said, place, direction, share in zip(
            one.axes, ("x", "y"), model.axes, model.shares, strict=True
        ):
            parts = names.axis_parts(direction, model.making)
            assert said.startswith(names.called(parts))
            assert said.endswith(f"({percent(share)} of the variance)")
            for part in parts:
                along = raw[part[1:]].corr(one.points[place], method="spearman")
                assert along * (1 if part[0] == "+" else -1) > 0.3, said


def test_a_segment_is_the_base_of_a_campaign(engine, found):
    row = found.table.iloc[1]
    made = engine.campaigns.plan(Campaign("Base", base=row["opens"]))
    assert 0 < made.n_matching <= row["n"]


@pytest.mark.parametrize(
    "address", ["1:profile_segment:x", "1:moved:1:x", "1:on_map:retail:1,2", "1:profile_segment"]
)
def test_an_address_of_no_segment_says_what_is_expected(engine, address: str):
    with pytest.raises(BadInput):
        engine.selections.open(engine.selections.read(address))


def test_an_unknown_segment_names_those_there_are(engine):
    with pytest.raises(NotFound, match="There is no segment 99; there are 1 "):
        engine.segments.profile(99)
    with pytest.raises(BadInput, match="twice"):
        engine.segments.compare(1, 1)


def test_the_workbook_holds_every_segment_and_runs_no_formula(engine, found, opted_out):
    book = openpyxl.load_workbook(io.BytesIO(engine.segments.export("xlsx")))
    assert book.sheetnames == ["Segments", "Figures", "Products", "Customers", "About"]
    rows = list(book["Segments"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == found.table["segment"].tolist()
    assert book["Customers"].max_row == engine.bank.n_customers - len(opted_out) + 1
    csv = engine.segments.export("csv").decode("utf-8-sig")
    assert len(csv.splitlines()) == len(found.table) + 1
    assert not any(cell.startswith(("=", "+", "@")) for cell in csv.replace("\n", ",").split(","))


def test_segments_keep_number_and_name_in_the_next_edition_and_moves_are_shown(
    engine, grouping, tmp_path
):
    """Customers of the second edition are grouped anew; the profiles are those of before."""
    store = SegmentStore(tmp_path)
    first = group(grouping.bank, grouping.profiles, store, 7, ())
    again = group(grouping.bank, grouping.profiles, store, 7, ())
    assert again.numbers.tobytes() == first.numbers.tobytes() and again.before is None
    manifest = grouping.bank.manifest
    bank = dataclasses.replace(
        grouping.bank, manifest=dataclasses.replace(manifest, edition=2), base_fingerprint="other"
    )
    raw = grouping.profiles.table.copy()
    richer = np.random.default_rng(1).permutation(len(raw))[:60]
    raw.iloc[richer, raw.columns.get_loc("balance")] *= 30
    profiles = dataclasses.replace(grouping.profiles, table=raw)
    second = group(bank, profiles, store, 7, ())
    assert second.before.edition == 1
    kept = {one.number: one.name for one in first.segments}
    now = {one.number: one.name for one in second.segments}
    assert kept.keys() == now.keys()
    same = [number for number in kept.keys() & now.keys() if kept[number] == now[number]]
    assert len(same) >= len(kept) - 1
    table = report.moved(second)
    assert table["n"].sum() == grouping.bank.n_customers
    stays = table.loc[table["from_number"] == table["to_number"], "n"].sum()
    assert stays == (first.numbers == second.numbers).sum() > 700
    said = report.found(second)[-1] if not second.segments[0].was else report.found(second)[2]
    assert said.figures["n"] == stays


def test_segments_on_the_command_line(state: Path, found, tmp_path: Path):
    where = ["segments", "--data", str(DEMO), "--state", str(state), "--json"]

    def asked(*more: str) -> dict:
        done = CliRunner().invoke(app, [*where, *more])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert [row["segment"] for row in asked()["table"]] == found.table["segment"].tolist()
    made = asked("--compare", "1", "4")
    assert (made["first"], made["second"]) == (
        found.table["segment"].iloc[0],
        found.table.set_index("number").loc[4, "segment"],
    )
    file = tmp_path / "segments.csv"
    mine = asked("--customer", "C00001", "--out", str(file))
    assert mine["number"] in found.table["number"].tolist()
    assert asked("--segment", str(mine["number"]))["segment"] == mine["segment"]
    assert len(file.read_text("utf-8-sig").splitlines()) == len(found.table) + 1


def test_a_bank_that_is_too_small_keeps_its_segments_by_churn_and_value(small_bank, tmp_path):
    from engine.bank.consents import effective_consents
    from engine.customers.profiles import build
    from engine.customers.words.texts import TextModels
    from engine.settings import default
    from tests.engine.customers.conftest import FakeKeywords, FakeSentiment

    settings = default()
    profiles = build(
        small_bank,
        consents=effective_consents(small_bank, settings),
        texts=TextModels(FakeSentiment(), FakeKeywords()),
        settings=settings,
    )
    grouping = group(small_bank, profiles, SegmentStore(tmp_path), 7, ())
    found = report.overview(grouping)
    assert not found.is_divided
    assert set(found.table["segment"]) == set(profiles.table["segment"])
    assert found.sentences == (
        "5 retail customers are too few to look for groups among them (at least 100).",
        "The segments by churn and value stand below instead.",
    )
    assert found.table["n"].sum() == 6
    assert {Selection.read(address).kind for address in found.table["opens"]} == {"segment"}
    oracle = SegmentOracle(grouping, settings)
    said = [(n, c) for n in found.table["number"] for c in profile.said_of(grouping, n)]
    assert judged(oracle, said) == []


def test_a_customer_is_given_their_segment_and_who_is_erased_is_in_no_file_of_it(
    state: Path, found, tmp_path: Path
):
    own = Path(shutil.copytree(state, tmp_path / "state"))
    engine = Engine.open(DEMO, own)
    store = SegmentStore(engine.snapshots.state.folder("segments"))
    before = store.read(1).numbers
    with zipfile.ZipFile(io.BytesIO(engine.access.export("C00002"))) as kept:
        rows = kept.read("worked out/segments.csv").decode("utf-8-sig").splitlines()
    number, name, how = engine.segments.of_customer("C00002")
    assert rows[1:] == [f'1,{number},"{name}",{how}']
    alike = engine.segments.like("C00002")
    assert (alike.title, alike.selection.of) == (f"{name} ({CUT})", (str(number),))
    assert alike.n == (found.table.set_index("number")["n"])[number]
    assert alike in engine.segments.counts()
    whole = found.table.loc[found.table["segment"] == "Corporate customers", "opens"]
    assert not {one.selection.address for one in engine.segments.counts()} & set(whole)
    engine.erasing.erase("C00002", actor="test")
    assert set(before.index) - set(store.read(1).numbers.index) == {"C00002"}
