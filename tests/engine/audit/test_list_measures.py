"""What each group's lists show, on lists whose right answer is known by counting."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import settings as _settings
from engine.audit.parity import list_measures
from engine.audit.parity.groups import group_of
from engine.audit.parity.list_measures import (
    ANY_OFFER,
    BENEFIT_EXPOSURE,
    BURDEN_EXPOSURE,
    FIRST_BURDEN,
    FIRST_CONFIDENCE,
    FIRST_VALUE,
)

RULE = _settings.load().fairness
HALF = ["female"] * 200 + ["male"] * 200


def shown(bank, *offers: tuple[int, str, int, float, float]) -> pd.DataFrame:
    """Lists from (customer's position, product, rank, confidence, value)."""
    rows = pd.DataFrame(
        offers, columns=["customer_id", "product_id", "rank", "confidence", "value_if_taken"]
    )
    return rows.assign(customer_id=bank.customer_ids.to_numpy()[rows["customer_id"]])


def compared(bank, lists: pd.DataFrame, attribute: str = "gender", k: int = 2) -> pd.DataFrame:
    measures = list_measures.measured(bank, lists, k, RULE)
    return list_measures.compared(measures, group_of(bank, attribute, RULE), RULE)


def of(table: pd.DataFrame, measure: str, group: str) -> pd.Series:
    return table[(table["measure"] == measure) & (table["group"] == group)].iloc[0]


def test_a_place_counts_by_the_attention_it_gets(people):
    bank = people(gender=["female", "male"])
    found = list_measures.measured(
        bank, shown(bank, (0, "loan", 1, 0.4, 90), (0, "fund", 2, 0.2, 10)), 2, RULE
    )
    second = 1 / np.log2(3)
    assert found[BURDEN_EXPOSURE][0] == pytest.approx(1 / (1 + second))
    assert found[BENEFIT_EXPOSURE][0] == pytest.approx(second / (1 + second))
    assert (found[FIRST_BURDEN][0], found[FIRST_CONFIDENCE][0], found[FIRST_VALUE][0]) == (
        1,
        0.4,
        90,
    )
    assert found[ANY_OFFER].tolist() == [1, 0]
    assert np.isnan([found[name][1] for name in found if name != ANY_OFFER]).all()


def test_a_group_that_is_pushed_to_credit_is_found_with_its_interval(people):
    bank = people(gender=HALF)
    burdened = {*range(150), *range(200, 250)}
    table = compared(
        bank,
        shown(bank, *((i, "loan" if i in burdened else "fund", 1, 0.3, 50) for i in range(400))),
    )
    found = of(table, FIRST_BURDEN, "female")
    assert (found["value"], found["difference"], found["ratio"]) == pytest.approx((0.75, 0.5, 3))
    assert found["difference_low"] < 0.5 < found["difference_high"] < 0.6
    assert found["differs"]
    saves = table[table["measure"] == "first offer saves or invests"].set_index("group")
    assert saves["below_four_fifths"].to_dict() == {"female": True, "male": False}
    assert not of(table, FIRST_BURDEN, "male")["below_four_fifths"], "less credit is no harm"
    assert list_measures.sentence(table, RULE) == (
        "Of 14 comparisons of a group and a measure 8 differ beyond chance; the largest share: "
        "first offer saves or invests, female 25 %, 50 points less than everybody else."
    )


def test_money_is_compared_as_welch_does(people):
    bank = people(gender=HALF)
    value = np.random.default_rng(3).gamma(2, 30, 400)
    value[:200] *= 1.5
    table = compared(bank, shown(bank, *((i, "fund", 1, 0.3, value[i]) for i in range(400))))
    found = of(table, FIRST_VALUE, "female")
    oracle = stats.ttest_ind(value[:200], value[200:], equal_var=False)
    ends = oracle.confidence_interval()
    assert found["p_value"] == pytest.approx(oracle.pvalue)
    assert (found["difference_low"], found["difference_high"]) == pytest.approx(tuple(ends))
    assert found["unit"] == "money"


def test_small_groups_have_their_number_alone(people):
    bank = people(gender=HALF + ["Other"] * 12)
    table = compared(bank, shown(bank, *((i, "fund", 1, 0.3, 50) for i in range(412))))
    few = of(table, ANY_OFFER, "other")
    assert (few["n"], few["note"]) == (12, "too few to judge")
    assert np.isnan(few[["value", "difference", "p_value"]].astype(float)).all()
    assert not few["differs"]


def test_a_bank_without_history_or_margins_has_no_such_measure(people):
    bank = people(gender=HALF)
    offers = [(i, "fund", 1, np.nan, np.nan) for i in range(400)]
    measures = set(compared(bank, shown(bank, *offers))["measure"])
    assert measures.isdisjoint({FIRST_CONFIDENCE, FIRST_VALUE})


def test_lists_that_do_not_know_the_group_raise_no_alarm_beyond_the_stated_rate():
    group = pd.Series(HALF, dtype="category")
    n_alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        value = np.where(rng.random(400) < 0.8, rng.gamma(2, 30, 400), np.nan)
        burden = np.where(np.isnan(value), np.nan, rng.random(400) < 0.5)
        measures = dict.fromkeys(list_measures.UNITS, np.full(400, np.nan))
        measures |= {ANY_OFFER: 1.0 * ~np.isnan(value), FIRST_BURDEN: burden, FIRST_VALUE: value}
        n_alarms += list_measures.compared(measures, group, RULE)["differs"].any()
    assert n_alarms <= stats.binom.ppf(0.999, 200, 1 - RULE.confidence_level)


def test_nobody_to_compare_with_is_said(people):
    bank = people(gender=["female"] * 40)
    table = compared(bank, shown(bank, (0, "fund", 1, 0.3, 5)))
    assert list_measures.sentence(table, RULE) == (
        "No group can be compared: that takes 30 customers in it and as many outside."
    )
