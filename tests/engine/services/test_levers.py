"""Levers: what they say of the whole base is what the slow way finds, and what comes true."""

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine import Engine
from engine.audit.parity import fairness as audit
from engine.errors import BadInput, NeedsAgreement, NotFound, StateError
from engine.guard.verdicts import Rulebook
from engine.ranking.ranker import Ranker
from engine.scoring.levers import adjustable, parity_gate
from engine.scoring.levers.effect import effect
from engine.scoring.levers.lever_base import prepare
from engine.scoring.levers.outcome import outcome
from engine.scoring.levers.parity import Parity
from engine.scoring.lists import lists_of
from engine.scoring.score_table import ScoreTable
from tests.conftest import DEMO

NOW = dt.datetime(2026, 7, 15, 9, 0)
MIXED = {
    "ranking.emphasis.needs": 2.0,
    "ranking.emphasis.suitability": 0.0,
    "guard.max_per_category": 1,
    "metrics.retention_from_churn": 5.0,
    "money.product_margin.Insurance": 500.0,
    "confidence.bar": 0.2,
}


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    """Read only."""
    return Engine.open(DEMO, trained_state, now=lambda: NOW)


@pytest.fixture
def own(demo_state: Path) -> Engine:
    """With a state that the test may write."""
    return Engine.open(DEMO, demo_state, now=lambda: NOW)


def slow_lists(engine: Engine, changes: dict, off: tuple[str, ...] = ()) -> ScoreTable:
    """The lists as the engine makes them, under changed settings."""
    lists = engine.scores.get()
    wanted = engine.levers._wanted(lists, changes, off)
    settings = adjustable.changed(lists.settings, wanted)
    signals = dataclasses.replace(lists.snapshot.signals, settings=settings)
    ranker = Ranker(signals, lists.ranker.model)
    rulebook = Rulebook(lists.snapshot.bank, lists.snapshot.profiles, settings)
    snapshot = dataclasses.replace(
        lists.snapshot, signals=signals, rulebook=rulebook, ranker=ranker
    )
    return ScoreTable(snapshot, lists.now)


def slow_first(lists: ScoreTable, k: int = 5) -> pd.DataFrame:
    """Each customer's offers in the list that opens first."""
    both = lists_of(lists, lists.snapshot.all_rows, ["growth", "retention"], k)
    opens = pd.Series(lists.lists_that_open(lists.snapshot.all_rows), index=lists.bank.customer_ids)
    return both[both["list"].to_numpy() == both["customer_id"].map(opens).to_numpy()]


@pytest.mark.parametrize(
    ("changes", "off"),
    [
        ({}, ()),
        ({"ranking.emphasis.needs": 2.5}, ()),
        ({"ranking.objective_times": 2.0}, ("variety",)),
        (MIXED, ()),
        ({"ranking.emphasis.popularity": 3.0}, ("tiers", "retired", "rules")),
    ],
)
def test_F109_the_mix_the_money_and_who_gets_nothing_are_those_of_the_slow_way(
    engine: Engine, changes: dict, off: tuple[str, ...]
):
    found = engine.levers.effect(changes, off)
    lists = slow_lists(engine, changes, off)
    offers = slow_first(lists)
    n = lists.bank.n_customers
    products = found.products.set_index("product_id")
    first = offers[offers["rank"] == 1]["product_id"].value_counts().reindex(products.index)
    some = offers["product_id"].value_counts().reindex(products.index)
    assert np.allclose(products["first_new"], first.fillna(0) / n)
    assert np.allclose(products["any_new"], some.fillna(0) / n)
    figures = found.figures.set_index("measure")["new"]
    assert figures["without_offer"] == n - offers["customer_id"].nunique()
    scores = lists.ranker.scores(lists.snapshot.all_rows)
    at = lists.bank.customer_positions(offers["customer_id"])
    product = lists.bank.product_positions(offers["product_id"])
    value = scores.propensity[at, product] * lists.margins[product]
    assert figures["value_list"] == pytest.approx(value.sum(), rel=1e-9)
    best = offers.groupby("customer_id")["confidence"].max()
    bar = lists.settings.confidence.bar or lists.ranker.model.calibration.bar or 0.0
    assert figures["without_confident"] == (best < bar).sum()


def test_today_is_what_the_customers_see(engine: Engine):
    found = engine.levers.effect()
    offers = slow_first(engine.scores.get())
    first = offers[offers["rank"] == 1]["product_id"].value_counts()
    shares = found.products.set_index("product_id")["first_today"]
    assert (shares[first.index] * found.n).round().tolist() == first.tolist()
    assert (found.products["first_today"] == found.products["first_new"]).all()
    assert "lists of today" in found.sentence


def test_F142_gaps_by_gender_are_those_of_the_audit(engine: Engine):
    changes = {"ranking.emphasis.needs": 2.0}
    found = engine.levers.effect(changes)
    lists = slow_lists(engine, changes)
    offers = slow_first(lists).assign(list="growth")
    report = audit.fairness(
        lists.bank, offers, lists.allowed, "gender", lists.settings, list="growth"
    )
    expected = report.table.set_index(["group", "category"])
    mine = found.gaps[found.gaps["attribute"] == "gender"]
    assert len(mine) == 3
    for row in mine.itertuples():
        known = expected.loc[(row.group, row.category)]
        assert (row.gap_new, row.low_new, row.high_new) == pytest.approx(
            (known["gap"], known["low"], known["high"])
        )


def test_rates_of_a_group_are_counted_by_hand(engine: Engine):
    found = engine.levers.effect({"ranking.emphasis.needs": 2.0})
    lists = slow_lists(engine, {"ranking.emphasis.needs": 2.0})
    best = slow_first(lists).groupby("customer_id")["confidence"].max()
    bar = lists.ranker.model.calibration.bar or 0.0
    people = lists.bank["customers"]
    region = str(found.groups.loc[found.groups["attribute"] == "region", "group"].iloc[0])
    mine = people[(people["region"] == region) & (people["audience"] != "corporate")]
    rate = (mine["customer_id"].map(best) >= bar).mean()
    row = found.groups[found.groups["group"] == region].iloc[0]
    assert row["n"] == len(mine)
    assert row["rate_new"] == pytest.approx(rate)
    assert row["low_new"] <= row["gap_new"] <= row["high_new"]


@pytest.mark.parametrize("rule", sorted(adjustable.LOCKED))
def test_what_the_law_or_the_customer_asks_for_can_never_be_switched_off(engine: Engine, rule: str):
    with pytest.raises(BadInput, match="never be switched off"):
        engine.levers.effect(off=(rule,))
    with pytest.raises(BadInput, match="never be switched off"):
        engine.levers.effect({f"guard.{rule}": 0})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("guard.adult_age", 0, "no lever"),
        ("guard.vulnerable_max_product_risk", 99, "no lever"),
        ("ranking.emphasis.needs", 99, "expected 0 to 3"),
        ("ranking.emphasis.needs", "much", "a number"),
        ("ranking.emphasis.needs", "nan", "expected 0 to 3"),
        ("guard.max_per_category", 1.5, "whole number"),
        ("guard.retired_low_risk_appetite", 3, "only be switched off"),
    ],
)
def test_a_wrong_change_is_refused_with_what_was_expected(
    engine: Engine, key: str, value: object, said: str
):
    with pytest.raises(BadInput, match=said):
        engine.levers.effect({key: value})


def test_no_lever_lets_a_minor_or_a_vulnerable_customer_be_offered_more(engine: Engine):
    """With every switch off, whatever is new keeps its distance from age and vulnerability."""
    today = engine.scores.get()
    loose = slow_lists(engine, {}, ("tiers", "retired", "variety", "rules"))
    more = loose.allowed & ~today.allowed
    people = today.bank["customers"]
    vulnerable = people["vulnerable"].fillna(False).to_numpy(dtype=bool)
    risk = today.bank["products"]["risk_customer"].to_numpy(dtype=float)
    assert more.any()
    bound = today.settings.guard.vulnerable_max_product_risk
    assert not loose.allowed[np.ix_(vulnerable, risk >= bound)].any()
    minor = (people["age"] < today.settings.guard.adult_age).to_numpy(dtype=bool, na_value=False)
    adult = today.bank["products"]["min_age"].to_numpy(dtype=float) >= 18
    assert not loose.allowed[np.ix_(minor, adult)].any()


def test_emphasis_moves_the_order_and_never_a_chance(engine: Engine):
    lists, other = engine.scores.get(), slow_lists(engine, {"ranking.emphasis.needs": 3.0})
    rows = np.arange(50)
    before, after = lists.ranker.scores(rows), other.ranker.scores(rows)
    assert (before.confidence == after.confidence).all()
    assert (before.fit == after.fit).all()
    assert not np.allclose(before.total("growth"), after.total("growth"))
    parts = after.parts_of("growth", 7, 3)
    assert sum(parts.values()) == pytest.approx(after.total("growth")[7, 3], abs=1e-9)


# --- saved, in force, taken back ----------------------------------------------------------------


def test_saved_changes_come_true_when_they_are_put_in_force_and_can_be_taken_back(own: Engine):
    levers, before = own.levers, slow_first(own.scores.get())
    promised = levers.effect(MIXED, ("tiers",)).products.set_index("product_id")["first_new"]
    levers.save("more-needs", MIXED, off=("tiers",), actor="ann", why="a try")
    assert levers.saved() == ["more-needs"]
    assert levers.load("more-needs")["ranking.emphasis.needs"] == 2.0
    levers.apply("more-needs", actor="ann", why="for spring")
    assert levers.in_force() == ["more-needs"]
    now = slow_first(own.scores.get())
    came = now[now["rank"] == 1]["product_id"].value_counts() / own.facts.summary().n_customers
    assert np.allclose(promised[came.index], came)
    with pytest.raises(NeedsAgreement, match="ann proposed to take back more-needs"):
        levers.take_back(actor="ann")  # the mix of before has a wider gap
    assert levers.take_back(actor="bob", why="enough") == ("more-needs", ())
    after = slow_first(own.scores.get())
    pd.testing.assert_frame_equal(before, after)
    assert levers.log()["action"].tolist() == [
        "taken back", "agreed", "proposed", "in force", "saved"
    ]  # fmt: skip
    assert levers.log()["actor"].tolist() == ["bob", "bob", "ann", "ann", "ann"]
    assert levers.log()["why"].iloc[3] == "for spring"


def test_what_stood_in_the_settings_file_stays(own: Engine):
    file = own.snapshots.state.settings_file
    file.parent.mkdir(parents=True)
    file.write_text('[fairness]\nproxies = ["city"]\n\n[ranking]\nmax_list = 9\n', "utf-8")
    own.levers.save("one", {"ranking.emphasis.mood": 0}, actor="ann")
    own.levers.apply("one", actor="ann")
    settings = own.snapshots.settings
    assert settings.fairness.proxies == ["city"]
    assert (settings.ranking.max_list, settings.ranking.emphasis["mood"]) == (9, 0)
    file.write_text("[ranking]\nmax_list = 8\n", "utf-8")
    with pytest.raises(StateError, match="by hand"):
        own.levers.take_back(actor="ann")


def test_a_category_may_have_any_name(own: Engine):
    key = "money.product_margin.Current account"
    own.levers.save("accounts", {key: 75}, actor="ann")
    assert own.levers.load("accounts") == {key: 75}


@pytest.mark.parametrize("name", ["settings", "../up", "A b", "", "x" * 41, "-x"])
def test_a_name_is_a_safe_file_name(engine: Engine, name: str):
    with pytest.raises(BadInput, match="Got the name"):
        engine.levers.save(name, {"ranking.emphasis.needs": 2}, actor="ann")


def test_what_is_not_there_is_said(own: Engine):
    with pytest.raises(BadInput, match="Nothing is changed"):
        own.levers.save("same", {"ranking.emphasis.needs": 1}, actor="ann")
    with pytest.raises(NotFound, match="saved are none"):
        own.levers.apply("gone", actor="ann")
    with pytest.raises(NotFound, match="take back"):
        own.levers.take_back(actor="ann")
    assert not own.levers.remove("gone", actor="ann")
    own.levers.save("one", {"ranking.emphasis.needs": 2}, actor="ann")
    assert own.levers.remove("one", actor="ann")
    assert own.levers.saved() == []


def test_a_tampered_text_cannot_switch_a_protection_off(own: Engine):
    sly = "[guard]\nvulnerable_max_product_risk = 99\n"
    own.snapshots.state.settings_saved.put("sly", sly)
    with pytest.raises(BadInput, match="no lever"):
        own.levers.apply("sly", actor="ann")


# --- a sample -----------------------------------------------------------------------------------


def test_a_large_bank_is_sampled_by_segment_and_says_so(engine: Engine):
    lists = engine.scores.get()
    base = prepare(lists, {}, 1, 7)
    assert base.sampled
    segment = lists.snapshot.profiles.table["segment"].astype(str).to_numpy()
    share = pd.Series(segment).value_counts() / len(segment)
    found = pd.Series(segment[base.rows]).value_counts() / len(base.rows)
    assert (share - found.reindex(share.index).fillna(0)).abs().max() <= 1.0 / len(base.rows) * 2
    today = outcome(base, lists.settings, frozenset(), 5)
    said = effect(Parity(base, lists.settings.fairness, today), today, pd.DataFrame())
    assert (said.n, said.n_bank) == (len(base.rows), 1000)
    assert 0 < said.margin < 0.05
    whole = engine.levers.effect().figures.set_index("measure")["today"]
    part = said.figures.set_index("measure")["today"]
    assert part["without_offer"] == pytest.approx(whole["without_offer"], rel=0.35)


def test_a_limit_that_the_version_widened_says_what_is_shown(engine: Engine):
    table = engine.scores.get()
    limit = table.settings.guard.max_per_category

    def note(widened: dict[str, int]) -> str:
        found = adjustable.levers(table.bank, table.settings, (), widened)
        return next(one.note for one in found if one.path == adjustable.LIMIT)

    assert f"shows {limit + 2} where {limit} is set" in note({str(limit): limit + 2})
    assert note({str(limit + 1): limit + 2}) == note({}) == ""


@pytest.mark.parametrize("gap", [False, True], ids=["alone", "by a second person"])
def test_F145_what_is_saved_anew_while_it_is_checked_is_not_in_force(
    own: Engine, monkeypatch: pytest.MonkeyPatch, gap: bool
):
    own.levers.save("pushed", {"ranking.emphasis.needs": 2.0}, actor="Mona")
    claim = parity_gate.wider(attribute="gender", group="female", category="Loan", gap_today=0.0,
                              gap_new=0.2, low=0.1, high=0.3, tolerance=0.15)  # fmt: skip

    def another(*_: object) -> object:
        own.levers.save("pushed", {"ranking.emphasis.needs": 3.0}, actor="Otto")
        return claim if gap else None

    monkeypatch.setattr(parity_gate, "worse", another)
    with pytest.raises(BadInput, match="'pushed' was saved anew while it was checked"):
        own.levers.apply("pushed", actor="Mona")
    assert own.levers.in_force() == [] and own.levers.waiting().empty
    assert own.levers.log()["action"].tolist() == ["saved", "saved"]
