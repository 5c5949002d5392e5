"""What groups have taken is compared, so that a history that passed one by shows before a list."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import settings as _settings
from engine.audit.parity import adoptions, groups
from engine.audit.parity.adoptions import HOLDS_ANY, HOLDS_BURDEN, N_TAKEN, TOOK_LATELY
from engine.bank import editions
from engine.bank.bank import Bank
from tests.conftest import DEMO

RULE = _settings.load().fairness


@pytest.fixture(scope="module")
def demo() -> Bank:
    return editions.load(DEMO)


def _rows(bank: Bank, attribute: str = "gender") -> pd.DataFrame:
    group = groups.group_of(bank, attribute, RULE)
    group = group.where((bank["customers"]["audience"] != "corporate").to_numpy())
    table = adoptions.compared(bank, group.mask(group == groups.NOT_RECORDED), RULE)
    return table.set_index(["measure", "group"])


def _suppressed(bank: Bank, share: float, seed: int) -> Bank:
    """The bank without a share of what women have taken."""
    gender = groups.group_of(bank, "gender", RULE)
    women = bank.customer_ids[(gender == "female").to_numpy()]
    holdings = bank["holdings"]
    theirs = holdings["customer_id"].isin(women).to_numpy()
    lost = theirs & (np.random.default_rng(seed).random(len(holdings)) < share)
    return bank.with_checked(holdings=holdings[~lost].reset_index(drop=True))


def test_F142_a_groups_suppressed_adoption_is_found_with_its_interval(demo: Bank):
    before, after = _rows(demo), _rows(_suppressed(demo, 0.3, seed=1))
    assert not before["differs"].any(), "the generated history knows no gender"
    row = after.loc[(N_TAKEN, "female")]
    assert row["differs"] and row["high"] == pytest.approx(
        row["value"] + (row["value"] - row["low"])
    )
    planted = -0.3 * before.loc[(N_TAKEN, "female"), "value"]
    untouched = before.loc[(N_TAKEN, "female"), "difference"]
    assert row["difference_low"] < planted + untouched < row["difference_high"] < 0
    for measure in (HOLDS_BURDEN, TOOK_LATELY):
        assert (
            after.loc[(measure, "female"), "difference"]
            < before.loc[(measure, "female"), "difference"]
        )


def test_F142_histories_that_know_no_group_raise_no_alarm_beyond_the_stated_rate(demo: Bank):
    taken = adoptions.taken(demo, RULE)
    n_alarms = sum(table["differs"].any() for table in _shuffled(demo, taken))
    assert n_alarms <= stats.binom.ppf(0.999, 200, 1 - RULE.confidence_level)


def _shuffled(bank: Bank, taken: dict[str, np.ndarray]) -> Iterator[pd.DataFrame]:
    half = pd.Series(np.arange(bank.n_customers) % 2, dtype="category").cat.rename_categories(
        {0: "x", 1: "y"}
    )
    for seed in range(200):
        group = half.sample(frac=1, random_state=seed).reset_index(drop=True)
        yield adoptions.compared_of(taken, group, RULE)


def test_F142_a_pair_counts_once_and_what_lies_ahead_does_not(small_bank: Bank):
    holdings = small_bank["holdings"]
    again = pd.concat([holdings, holdings.iloc[:1]], ignore_index=True)
    ahead = holdings.iloc[:1].assign(
        product_id="loan", opened_on=small_bank.as_of + pd.Timedelta(days=9)
    )
    more = small_bank.with_checked(holdings=pd.concat([again, ahead], ignore_index=True))
    for measure, values in adoptions.taken(small_bank, RULE).items():
        np.testing.assert_array_equal(values, adoptions.taken(more, RULE)[measure])
    none = small_bank.with_checked(holdings=holdings.iloc[:0])
    found = adoptions.taken(none, RULE)
    assert not found[HOLDS_ANY].any() and np.isnan(found[TOOK_LATELY]).all()
