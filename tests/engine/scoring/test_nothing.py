"""Who got nothing: counts by reason and group, a planted gap, and no alarm where there is none."""

import numpy as np
import pandas as pd

from engine.scoring.nothing import ANY, counted, sentence

GROUPS = pd.Series(["a"] * 200 + ["b"] * 200 + ["c"] * 10, dtype="category")


def reasons(n_a: int, n_b: int, n_c: int = 0) -> pd.Series:
    """So many of the first of each group were refused; every third of them objects."""
    said = pd.Series([None] * len(GROUPS), dtype="str")
    for start, n in ((0, n_a), (200, n_b), (400, n_c)):
        said.iloc[start : start + n] = "refused"
        said.iloc[start : start + n : 3] = "objects"
    return said


def test_F142_counts_by_reason_add_up_to_any_and_small_groups_are_left_out():
    table = counted(reasons(20, 30, 10), GROUPS, min_n=30)
    assert set(table["group"]) == {"a", "b"} and set(table["reason"]) == {ANY, "refused", "objects"}
    any_ = table[table["reason"] == ANY].set_index("group")["n"]
    assert any_.to_dict() == {"a": 20, "b": 30}
    parts = table[table["reason"] != ANY].groupby("group")["n"].sum()
    assert parts.to_dict() == any_.to_dict()
    assert (table["low"] <= table["rate"]).all() and (table["rate"] <= table["high"]).all()


def test_F142_a_group_that_is_left_without_anything_is_said_with_its_interval():
    table = counted(reasons(5, 60), GROUPS, min_n=30)
    worse = table[table["more"].astype(bool)]
    assert worse["group"].tolist() == ["b"]
    assert worse["difference_low"].iloc[0] > 0.15
    said = sentence(table, "region", 65, 410)
    assert said.startswith("65 of 410 customers have no list") and "b 30 % of 200 (+27.6" in said


def test_F142_alike_groups_raise_no_alarm_more_often_than_stated():
    rng, alarms = np.random.default_rng(7), 0
    for _ in range(200):
        chosen = rng.random(len(GROUPS)) < 0.2
        said = pd.Series(np.where(chosen, "objects", None), dtype="str")
        alarms += bool(counted(said, GROUPS, min_n=30)["more"].any())
    assert alarms <= 16, "5 % of 200 runs, and two standard errors"
    quiet = counted(reasons(20, 20), GROUPS, min_n=30)
    assert "no group has nothing surely more often" in sentence(quiet, "region", 40, 410)


def test_F142_who_does_not_count_is_in_no_group():
    group = GROUPS.where(np.arange(len(GROUPS)) >= 100)
    table = counted(reasons(50, 0), group, min_n=30)
    assert table["n_group"].max() == 200 and table.loc[table["reason"] == ANY, "n"].sum() == 0
