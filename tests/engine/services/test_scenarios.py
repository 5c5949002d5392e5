"""Why not, and what if: answers are scored again, by the slow way and by the model that serves."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Engine
from engine.errors import BadInput, NotFound
from engine.ranking.signals.needs import KIND_WEIGHTS
from engine.ranking.signals.popularity import HELD_EDGES
from engine.scoring.scenarios.inputs import TOLD, inputs
from engine.scoring.scenarios.scenario import CustomerScenario, Variants
from engine.scoring.scenarios.threshold_search import Race
from engine.scoring.score_table import ScoreTable
from engine.vocabulary import FORBIDDEN_FEATURES, LISTS, METRICS
from tests.conftest import DEMO

FIRST = 3
ROWS, PRODUCTS = st.integers(0, 999), st.integers(0, 61)


@pytest.fixture(scope="module")
def engine(trained_state: Path) -> Engine:
    return Engine.open(DEMO, trained_state)


@pytest.fixture(scope="module")
def lists(engine: Engine):
    return engine.scores.get()


def _ids(engine: Engine, row: int, product: int) -> tuple[str, str]:
    return str(engine.bank.customer_ids[row]), str(engine.bank.product_ids[product])


def _race(lists, row: int, product: int, which: str) -> Race:
    return Race(CustomerScenario(lists, row), which, product, FIRST)


def _every_input(race: Race) -> list:
    return [*inputs(race.scenario), *race.new_needs()]


def _by_segment(lists, names: tuple[str, ...]) -> ScoreTable:
    """The same lists, had popularity been learned by segment."""
    signals = lists.ranker.signals
    shape = ((len(names) + 1) * (len(HELD_EDGES) + 1), signals.bank.n_products)
    rates = np.log(np.random.default_rng(5).uniform(0.01, 0.5, shape))
    learned = dataclasses.replace(signals.learned, popularity=rates, segments=names)
    ranker = dataclasses.replace(
        lists.ranker, signals=dataclasses.replace(signals, learned=learned)
    )
    return ScoreTable(dataclasses.replace(lists.snapshot, ranker=ranker), lists.now)


@pytest.mark.parametrize("edge", ["medium_from_churn", "retention_from_churn"])
def test_the_segment_follows_the_metrics_where_offers_are_learned_by_segment(lists, edge):
    known = lists.snapshot.profiles.table
    row = int(np.flatnonzero(known["churn_known"] & known["profit_known"])[0])
    names = tuple(sorted(set(known["segment"])))
    scene = CustomerScenario(_by_segment(lists, names), row)
    signals, value = scene.table.ranker.signals, getattr(lists.settings.metrics, edge)
    values = np.array([value, np.nextafter(value, -np.inf)])
    followed = scene.segments(Variants(2, {"churn": values}))
    assert followed[0] != followed[1]
    for place, name in enumerate(followed):
        table = known.copy()
        table.loc[table.index[row], ["churn", "segment"]] = [values[place], name]
        profiles = dataclasses.replace(signals.profiles, table=table)
        slow = dataclasses.replace(signals, profiles=profiles).raw(np.array([row]))
        moved = scene._changed(Variants(1, {"churn": values[[place]]}))
        np.testing.assert_allclose(moved["popularity"], slow["popularity"], atol=1e-12)
    churn = next(one for one in inputs(scene) if one.feature == "churn")
    assert {value, values[1]} <= set(churn.bends)


# --- the scene is the model ----------------------------------------------------------------------


@given(ROWS, st.fixed_dictionaries({name: st.floats(0, 10) for name in METRICS}), st.floats(-1, 1))
def test_a_changed_customer_scores_as_one_whose_profile_says_so(lists, row, metrics, mood):
    scene = CustomerScenario(lists, row)
    variants = Variants(1, {m: np.array([v]) for m, v in metrics.items()}, mood=np.array([mood]))
    signals = lists.ranker.signals
    table = signals.profiles.table.copy()
    table.loc[table.index[row], [*metrics, "mood"]] = [*metrics.values(), mood]
    profiles = dataclasses.replace(signals.profiles, table=table)
    changed = dataclasses.replace(signals, profiles=profiles)
    slow = dataclasses.replace(lists.ranker, signals=changed).scores(np.array([row]))
    for which in LISTS:
        assert scene.scores(variants).total(which) == pytest.approx(slow.total(which), abs=1e-12)


@given(ROWS)
def test_an_unchanged_customer_is_scored_and_judged_as_ever(lists, row):
    scene, rows = CustomerScenario(lists, row), np.array([row])
    scores, verdicts = lists.judged(rows)
    assert (scene.today.blended == scores.blended).all()
    assert (scene.verdicts.codes == verdicts.codes).all()


def test_another_income_is_judged_as_if_it_were_recorded(engine, lists):
    from engine.guard.customer_facts import customer_facts

    bank, row = lists.bank, 5
    customers = bank["customers"].copy()
    customers.loc[customers.index[row], "annual_income"] = 400_000.0
    table = lists.snapshot.profiles.table.assign(income_month=0.0)
    profiles = dataclasses.replace(lists.snapshot.profiles, table=table)
    before = customer_facts(bank, profiles, lists.settings.guard)
    after = customer_facts(bank.with_tables(customers=customers), profiles, lists.settings.guard)
    rows = np.array([row])
    changed = before.take(rows).changed(lists.settings.guard, income=np.array([400_000.0]))
    recorded = after.take(rows)
    assert changed.income == recorded.income
    assert changed.income_month == pytest.approx(recorded.income_month)
    assert changed.groups == recorded.groups


# --- why not -------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(ROWS, PRODUCTS, st.sampled_from(LISTS))
def test_a_change_is_enough_and_one_per_cent_less_is_not(engine, lists, row, product, which):
    found = engine.scenarios.why_not(*_ids(engine, row, product), list=which)
    race = _race(lists, row, product, which)
    by_feature = {one.feature: one for one in _every_input(race)}
    for change in found.changes:
        given_input = by_feature[change.feature]
        less = change.now + 0.99 * (change.needed - change.now)
        enough, short = race.places(given_input.variants(np.array([change.needed, less])))
        assert 1 <= enough == change.rank <= FIRST
        assert short == 0


@settings(max_examples=8)
@given(ROWS, PRODUCTS, st.sampled_from(LISTS))
def test_no_nearer_value_is_enough_by_trying_two_thousand(lists, row, product, which):
    race = _race(lists, row, product, which)
    if not race.scenario.verdicts.allowed[0, product] or race.places(Variants(1, {}))[0]:
        return
    for one in _every_input(race):
        found = race.nearest(one)
        values = np.linspace(one.low, one.high, 2001)
        enough = values[race.places(one.variants(values)) > 0]
        if not len(enough):
            continue
        nearest = np.abs(enough - one.now).min()
        assert found is not None
        assert abs(found.value - one.now) <= nearest + 1e-9


@settings(max_examples=20)
@given(ROWS, PRODUCTS)
def test_a_protected_attribute_is_never_what_would_have_to_change(engine, lists, row, product):
    race = _race(lists, row, product, "growth")
    for one in _every_input(race):
        kind = one.feature.removeprefix("need: ").split(" ", 1)[0]
        assert one.feature in (*METRICS, "mood") or kind in TOLD
        assert one.feature not in FORBIDDEN_FEATURES
    found = engine.scenarios.why_not(*_ids(engine, row, product), list="growth")
    assert {change.feature for change in found.changes} <= {o.feature for o in _every_input(race)}


def test_a_removed_product_is_answered_with_its_rule_and_fact(engine):
    customer = str(engine.bank.customer_ids[0])
    given = engine.offers.recommend(customer, k=5)
    for removal in given.removed:
        found = engine.scenarios.why_not(customer, removal.product_id, list=given.list)
        if removal.rule == "category limit":
            assert found.status == "low"
            continue
        assert (found.status, found.reason) == ("removed", removal.reason)
        assert found.changes == ()
        assert removal.reason in found.sentence


def test_an_offer_of_the_list_is_said_to_be_there_already(engine):
    customer = str(engine.bank.customer_ids[0])
    given = engine.offers.recommend(customer, k=3)
    for offer in given.offers:
        found = engine.scenarios.why_not(customer, offer.product_id, list=given.list)
        assert (found.status, found.rank) == ("top", offer.rank)
    lower = engine.offers.recommend(customer, k=8).offers[6]
    found = engine.scenarios.why_not(customer, lower.product_id, list=given.list)
    assert found.status == "low"
    assert found.comparison.first == given.offers[2].name
    assert found.comparison.gap == pytest.approx(given.offers[2].score - lower.score, abs=1e-9)
    assert found.to_json()["comparison"]["gap"] == found.comparison.gap


def test_an_unknown_customer_product_or_list_is_refused(engine):
    customer, product = _ids(engine, 0, 0)
    with pytest.raises(NotFound):
        engine.scenarios.why_not("nobody", product)
    with pytest.raises(NotFound):
        engine.scenarios.why_not(customer, "nothing")
    with pytest.raises(BadInput, match="There is no list"):
        engine.scenarios.why_not(customer, product, list="profit")


def test_only_products_of_the_customers_audience_may_be_asked_about(engine, lists):
    for row in (0, 999):
        customer = str(engine.bank.customer_ids[row])
        asked = engine.scenarios.products(customer)["product_id"]
        mine = lists.ranker.signals.audience[row]
        assert set(asked) == set(engine.bank.product_ids[mine])


def test_why_it_is_first_is_the_difference_to_the_second(engine):
    customer = str(engine.bank.customer_ids[0])
    first, second = engine.offers.recommend(customer, k=2).offers
    found = engine.scenarios.compare(customer, first.product_id, second.product_id)
    assert found.gap == pytest.approx(first.score - second.score, abs=1e-9)
    explained = engine.scenarios.explain(customer, first.product_id)
    assert explained.score == pytest.approx(first.score, abs=1e-9)
    assert {part.name: part.points for part in explained.parts} == pytest.approx(dict(first.parts))
    assert explained.to_json()["score"] == explained.score


# --- what if -------------------------------------------------------------------------------------


def test_with_nothing_changed_the_list_is_todays(engine):
    customer = str(engine.bank.customer_ids[0])
    today = engine.offers.recommend(customer, k=6)
    now = engine.scenarios.situation(customer)
    for metrics in ({}, now.metrics):
        found = engine.scenarios.what_if(customer, k=6, metrics=metrics, mood=now.mood)
        assert found.table["product_id"].tolist() == [o.product_id for o in today.offers]
        assert (found.table["move"] == "same").all()
        assert found.changed == ()
        assert found.table["score"].tolist() == pytest.approx([o.score for o in today.offers])


@settings(max_examples=20)
@given(ROWS, st.sampled_from(METRICS), st.floats(0, 10))
def test_a_what_if_list_is_the_one_that_the_model_gives(engine, lists, row, name, value):
    customer = str(engine.bank.customer_ids[row])
    found = engine.scenarios.what_if(customer, list="growth", k=5, metrics={name: value})
    scene, variants = CustomerScenario(lists, row), Variants(1, {name: np.array([value])})
    totals, allowed = scene.scores(variants).total("growth"), scene.allowed(variants)
    positions = lists.top_k.positions(totals, allowed, 5)[0]
    listed = found.table[found.table["rank"].notna()]
    assert listed["product_id"].tolist() == [
        str(engine.bank.product_ids[p]) for p in positions if p >= 0
    ]
    went = found.table[found.table["move"] == "out"]
    assert went["rank"].isna().all()
    assert went["rank_today"].notna().all()


def test_a_goal_that_is_added_weighs_as_the_model_weighs_goals(engine, lists):
    row = 0
    customer = str(engine.bank.customer_ids[row])
    needs, mine = lists.ranker.signals.needs, CustomerScenario(lists, row).needs
    goal = engine.scenarios.situation(customer).known_needs[0]
    phrases = needs.phrases
    [place] = np.flatnonzero((phrases["kind"] == "goal") & (phrases["item"] == goal))
    total, mass = KIND_WEIGHTS["goal"] * needs.similarity[place], KIND_WEIGHTS["goal"]
    for one in mine.itertuples():
        total = total + one.weight * KIND_WEIGHTS[one.kind] * needs.similarity[one.phrase]
        mass += one.weight * KIND_WEIGHTS[one.kind]
    raw = engine.scenarios._needs(CustomerScenario(lists, row), [goal], [])
    assert raw == pytest.approx(total / mass)
    found = engine.scenarios.what_if(customer, add_needs=[goal.upper()])
    assert found.changed == (f"With the goal “{goal}”",)


def test_a_need_that_is_taken_away_counts_no_more(engine, lists):
    customer = str(engine.bank.customer_ids[0])
    keys = engine.scenarios.situation(customer).needs["key"].tolist()
    found = engine.scenarios.what_if(customer, drop_needs=keys)
    assert len(found.changed) == len(keys)
    raw = engine.scenarios._needs(CustomerScenario(lists, 0), [], keys)
    assert (raw == 0).all()


def test_lower_risk_appetite_takes_risky_products_off_with_their_rule(engine, lists):
    risky = lists.bank["products"]["risk_customer"].to_numpy() >= 6
    listed = engine.offers.score(
        lists=["growth"], k=3, customers=lists.bank.customer_ids[:300].tolist()
    )
    ids = set(lists.bank.product_ids[risky])
    customer = listed.loc[listed["product_id"].isin(ids), "customer_id"].iloc[0]
    found = engine.scenarios.what_if(customer, list="growth", k=3, metrics={"risk": 0.5})
    out = found.table[found.table["product_id"].isin(ids)]
    assert (out["move"] == "out").all()
    assert out["reason"].str.contains("risk").all()


def test_nothing_of_a_what_if_is_stored(engine, trained_state):
    customer = str(engine.bank.customer_ids[7])
    before = engine.offers.recommend(customer, k=10).to_json()
    files = {path: path.stat().st_mtime_ns for path in trained_state.rglob("*") if path.is_file()}
    goal = engine.scenarios.situation(customer).known_needs[-1]
    engine.scenarios.what_if(
        customer, metrics={"churn": 9.0}, mood=-1.0, income=1e6, balance=1e6, add_needs=[goal]
    )
    engine.scenarios.why_not(customer, str(engine.bank.product_ids[0]))
    after = {path: path.stat().st_mtime_ns for path in trained_state.rglob("*") if path.is_file()}
    assert after == files
    assert engine.offers.recommend(customer, k=10).to_json() == before


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"metrics": {"churn": 11.0}}, "expected from 0 to 10"),
        ({"metrics": {"age": 5.0}}, "There is no metric 'age'"),
        ({"mood": -2.0}, "expected from −1 to 1"),
        ({"income": -1.0}, "expected from 0"),
        ({"balance": float("nan")}, "expected from 0"),
        ({"add_needs": ["  "]}, "what the customer wants"),
    ],
)
def test_values_off_their_scale_are_refused(engine, given_, message):
    with pytest.raises(BadInput, match=message):
        engine.scenarios.what_if(str(engine.bank.customer_ids[0]), **given_)
