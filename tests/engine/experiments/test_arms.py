"""Arms: a stable salted draw, shares as asked, and what each arm keeps off its lists."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine import rates
from engine.errors import SettingsError
from engine.experiment_plan import ARMS, ExperimentPlan, ExperimentsSettings
from engine.experiments.arms import Arms, ArmsOfOne, codes_of, place
from engine.settings import load

IDS = pd.Series([f"C{n:06}" for n in range(40_000)], dtype="str")
QUARTERS = dict.fromkeys(ARMS, 0.25)
DAY = dt.date(2026, 7, 1)


def plan(**changes) -> ExperimentPlan:
    usual = {
        "shares": QUARTERS,
        "own_list": ["save", "card", "fund"],
        "offers": 2,
        "base": 0.1,
        "uplift": 0.2,
        "needed": 100,
        "starts": DAY,
        "ends": DAY + dt.timedelta(days=29),
        "owner": "Rita",
    }
    return ExperimentPlan.model_validate(usual | changes)


def test_F199_arms_have_their_shares_and_no_customer_moves_between_them():
    codes = codes_of(IDS, "bank", "spring", QUARTERS)
    for arm in range(len(ARMS)):
        share = rates.wilson(int((codes == arm).sum()), len(IDS), level=0.999)
        assert share.low <= 0.25 <= share.high
    some = IDS.sample(500, random_state=3)
    again = codes_of(some, "bank", "spring", QUARTERS)
    assert (again == codes[some.index]).all(), "an arm depends on who else is in the bank"


def test_F199_another_experiment_or_bank_is_another_draw():
    first = place(IDS, "experiment\0bank\0spring")
    for other in ("experiment\0bank\0autumn", "experiment\0other\0spring"):
        assert abs(np.corrcoef(first, place(IDS, other))[0, 1]) < 4 / np.sqrt(len(IDS))


def test_F199_who_is_in_no_arm_stays_outside_and_thirds_leave_nobody_out():
    some = codes_of(IDS, "bank", "small", {"engine": 0.01, "no contact": 0.01})
    assert 0.01 < (some >= 0).mean() < 0.03
    thirds = dict.fromkeys(ARMS[:3], 1 / 3)
    assert (codes_of(IDS, "bank", "all", thirds) >= 0).all()


@pytest.fixture
def one(small_bank) -> ArmsOfOne:
    return ArmsOfOne("spring", plan(), small_bank)


def test_F199_each_arm_is_offered_what_it_says(one: ArmsOfOne, small_bank):
    rows, products = np.arange(4), small_bank.product_ids.tolist()
    vars(one)["codes"] = np.arange(4, dtype=np.int8)
    allowed = np.ones((4, 5), dtype=bool)
    allowed[1, products.index("save")] = False
    off = one.withheld(rows, allowed)
    kept = [{products[p] for p in np.flatnonzero(allowed[r] & ~off[r])} for r in rows]
    drawn = np.argsort(-one.order(rows[2:3])[0])[:2]
    assert kept == [set(products), {"card", "fund"}, {products[p] for p in drawn}, set()]
    assert not (off & ~allowed).any(), "a reason of its own is not hidden behind the experiment"
    first = one.withheld(rows, allowed, most=1)
    assert (allowed & ~first).sum(axis=1).tolist() == [5, 1, 1, 0]
    scores = np.tile(np.arange(5.0), (4, 1))
    ordered = one.reordered(rows, scores)
    assert (ordered[[0, 3]] == scores[[0, 3]]).all()
    best = products[int(ordered[1].argmax())]
    assert best == "save" and one.reordered(rows[1:2], scores)[3].argmax() == ordered[1].argmax()


def test_F199_the_random_arm_draws_every_product_alike(small_bank):
    customers = pd.DataFrame({"customer_id": IDS[:4000]})
    bank = replace(small_bank, tables={**small_bank.tables, "customers": customers})
    first = ArmsOfOne("spring", plan(), bank)._drawn(np.arange(4000)).argmax(axis=1)
    for share in np.bincount(first, minlength=5) / 4000:
        assert abs(share - 0.2) < 4 * np.sqrt(0.2 * 0.8 / 4000)


def test_F199_arms_are_kept_apart_from_the_first_day_to_the_last(small_bank):
    arms = Arms(ExperimentsSettings(started={"spring": plan()}), small_bank)
    noon = dt.time(12)
    on = [
        bool(arms.now(dt.datetime.combine(DAY + dt.timedelta(days=n), noon))) for n in range(-1, 31)
    ]
    assert on == [False, *[True] * 30, False]
    stopped = plan(stopped=DAY + dt.timedelta(days=5))
    assert [stopped.runs_on(DAY + dt.timedelta(days=n)) for n in (4, 5)] == [True, False]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shares": {"engine": 1.0}}, "one to compare it with"),
        ({"shares": {"engine": 0.5, "chance": 0.5}}, "there is no arm 'chance'"),
        ({"shares": {**QUARTERS, "engine": 0.5}}, "at most 1"),
        ({"own_list": []}, "needs products"),
        ({"own_list": ["save", "card", "save"]}, "names save more than once"),
        ({"measure": "churn", "uplift": 1.0}, "falls by less than all"),
        ({"measure": "churn", "base": 1.0}, "leave a share of 1 or more"),
        ({"measure": "value"}, "needs its spread"),
        ({"ends": DAY - dt.timedelta(days=1)}, "or later"),
        ({"may_see": ["everybody"]}, "there is no role"),
    ],
)
def test_F199_a_plan_that_is_none_is_refused(changes, said):
    with pytest.raises(ValueError, match=said):
        plan(**changes)


def test_F199_one_that_was_stopped_before_its_first_day_stands_in_nobodys_way():
    never = plan(starts=DAY + dt.timedelta(days=9), stopped=DAY)
    settings = ExperimentsSettings(started={"never": never, "spring": plan()})
    assert [settings.running(DAY + dt.timedelta(days=n))[0] for n in (0, 9)] == ["spring"] * 2


def test_F199_two_experiments_do_not_run_on_one_day():
    one = plan().model_dump(mode="json")
    with pytest.raises(SettingsError, match="would start before"):
        load(None, experiments={"started": {"spring": one, "summer": one}})
