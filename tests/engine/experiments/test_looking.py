"""What came of an experiment: every figure is worked out again from the rows, in plain Python."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from engine.bank.tables import coerce
from engine.experiment_plan import ARMS, ExperimentPlan
from engine.experiments import arm_claims
from engine.experiments.looking import Look
from engine.experiments.outcomes import outcomes

FIRST, LAST = dt.date(2026, 5, 1), dt.date(2026, 5, 30)
MARGINS = np.array([40.0, np.nan, 10.0, 5.0, 0.0])


@pytest.fixture(scope="module")
def bank(small_bank):
    """400 customers whose products and leaving are drawn; a fifth of the rows lie outside."""
    rng = np.random.default_rng(11)
    ids = [f"c{n:03}" for n in range(400)]
    days = pd.Timestamp(FIRST) + pd.to_timedelta(rng.integers(-10, 36, 300), unit="D")
    holdings = pd.DataFrame(
        {
            "customer_id": rng.choice(ids, 300),
            "product_id": rng.choice(small_bank.product_ids, 300),
            "opened_on": days.where(rng.random(300) < 0.9),
        }
    )
    labels = pd.DataFrame(
        {
            "customer_id": ids[:60],
            "name": "churned",
            "value": [1.0, 0.0] * 30,
            "known_on": pd.Timestamp(FIRST) + pd.to_timedelta(rng.integers(-5, 40, 60), unit="D"),
        }
    )
    tables = {
        "customers": coerce("customers", pd.DataFrame({"customer_id": ids})),
        "holdings": coerce("holdings", holdings),
        "labels": coerce("labels", labels),
    }
    return small_bank.with_checked(**tables)


def plan(**changes) -> ExperimentPlan:
    usual = {
        "shares": {"engine": 0.4, "random": 0.3, "no contact": 0.3},
        "base": 0.3,
        "uplift": 0.2,
        "needed": 300,
        "starts": FIRST,
        "ends": LAST,
        "owner": "Rita",
    }
    return ExperimentPlan.model_validate(usual | changes)


@pytest.fixture(scope="module")
def look(bank) -> Look:
    rows = np.arange(400)
    codes = np.where(rows % 10 < 4, 0, np.where(rows % 10 < 7, 2, 3)).astype(np.int8)
    found = outcomes(bank, rows, MARGINS, FIRST, LAST)
    before = outcomes(bank, rows, MARGINS, FIRST - dt.timedelta(days=30), FIRST)
    return Look(plan(), codes, found, before, "USD")


def by_hand(bank, arm: str) -> dict[str, float]:
    """Of the customers whose place ends in the digits of an arm."""
    digits = {"engine": range(4), "random": range(4, 7), "no contact": range(7, 10)}[arm]
    mine = {f"c{n:03}" for n in range(400) if n % 10 in digits}
    first, last = pd.Timestamp(FIRST), pd.Timestamp(LAST) + pd.Timedelta(days=1)
    margin = dict(zip(bank.product_ids, np.nan_to_num(MARGINS), strict=True))
    took, worth, left = set(), 0.0, set()
    for row in bank["holdings"].itertuples():
        if row.customer_id in mine and first <= row.opened_on < last:
            took.add(row.customer_id)
            worth += margin[row.product_id]
    for row in bank["labels"].itertuples():
        if row.customer_id in mine and row.value == 1 and first <= row.known_on < last:
            left.add(row.customer_id)
    n = len(mine)
    return {"n": n, "taken": len(took), "acceptance": len(took) / n, "value": worth / n,
            "left": len(left), "churn": len(left) / n}  # fmt: skip


def test_F199_arms_are_counted_as_by_hand(look: Look, bank):
    for row in look.arm_table().to_dict("records"):
        arm = row.pop("arm")
        assert row == pytest.approx(by_hand(bank, arm)), arm


def test_F199_differences_and_their_words_are_those_of_the_counts(look: Look, bank):
    table = look.differences()
    assert table["measure"].tolist() == ["acceptance"] * 2 + ["value"] * 2 + ["churn"] * 2
    assert table["primary"].tolist() == [True] * 2 + [False] * 4
    mine = by_hand(bank, "engine")
    for row in table.itertuples():
        other = by_hand(bank, row.against)
        assert row.difference == pytest.approx(mine[row.measure] - other[row.measure])
        assert row.low < row.difference < row.high
        size = f"{abs(round(1000 * row.difference))} of 1,000"
        money = f"USD {abs(row.difference):,.2f}"
        assert row.says.startswith(money if row.measure == "value" else size)
        assert f"({mine['n']:,} against {other['n']:,} customers)" in row.says
        assert row.says.endswith("may be chance.") == (row.low <= 0 <= row.high)


def test_F199_every_day_counts_what_was_taken_until_then(look: Look):
    days = look.day_table()
    assert len(days) == 2 * 30 and days["day"].max() == pd.Timestamp(LAST)
    last = days.groupby("against", sort=False).last()
    primary = look.differences().iloc[:2].set_index("against")
    assert last["difference"].to_numpy() == pytest.approx(primary["difference"].to_numpy())


def test_F199_the_values_of_a_day_are_mean_and_variance_of_the_sums(look: Look):
    found, codes = look.found, look.codes
    mean, variance = found.values(codes, [0, 2])
    for arm, (of, spread) in zip((0, 2), zip(mean, variance, strict=True), strict=True):
        for day in (0, 9, 29):
            sums = np.zeros(400)
            until = found.bought_on <= day
            np.add.at(sums, found.bought_by[until], found.worth[until])
            assert of[day] == pytest.approx(sums[codes == arm].mean())
            assert spread[day] == pytest.approx(sums[codes == arm].var(ddof=1))


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ((0.042, 0.010, 0.074), "42 of 1,000 more took a product than without contact; between 10 "
         "and 74 at 95\xa0% over all looks (500 against 400 customers)"),
        ((-0.02, -0.03, -0.01), "20 of 1,000 fewer took a product than without contact; between 10 "
         "and 30 at 95\xa0% over all looks (500 against 400 customers)"),
        ((0.01, -0.02, 0.04), "10 of 1,000 more took a product than without contact; between 20 "
         "fewer and 40 more at 95\xa0% over all looks (500 against 400 customers). That may be "
         "chance"),
        ((0.028, 0.00002, 0.056), "28 of 1,000 more took a product than without contact; between 0 "
         "and 56 at 95\xa0% over all looks (500 against 400 customers). That may be chance"),
        ((0.0, np.nan, np.nan), "Nobody of either arm took a product yet (500 against 400 "
         "customers)"),
    ],
)  # fmt: skip
def test_F199_a_result_in_words(figures, said):
    value, low, high = figures
    told = arm_claims.arm_difference(
        measure="acceptance", against="no contact", value=value, low=low, high=high, n=500,
        n_other=400, level=0.95,
    )  # fmt: skip
    assert told.text == said


def test_F199_every_arm_has_its_words():
    for arm in ARMS:
        assert arm_claims.in_arm(arm=arm, experiment="spring").text
    for arm in ARMS[1:]:
        assert "spring" in arm_claims.kept_apart(arm=arm, experiment="spring").text
