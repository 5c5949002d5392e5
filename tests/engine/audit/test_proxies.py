"""Whether a group is told from what is offered, on sources that do and do not know it."""

import numpy as np
import pandas as pd
from scipy.stats import mannwhitneyu

from engine import settings as _settings
from engine.audit.parity import proxies

RULE = _settings.load().fairness
N = 400
GROUP = pd.Series(["a"] * 150 + ["b"] * 230 + ["c"] * 20, dtype="category")


def told(**sources: np.ndarray) -> pd.DataFrame:
    return proxies.told_apart(sources, GROUP, RULE, seed=7)


def test_a_planted_proxy_is_found_and_noise_is_not():
    rng = np.random.default_rng(1)
    planted = rng.normal(size=(N, 5))
    planted[:150, 3] += 1.5
    table = told(planted=planted, noise=rng.normal(size=(N, 5)), still=np.ones((N, 2)))
    tells = table.loc[table["tells"]]
    assert set(tells["source"]) == {"planted"}
    first = table.iloc[0]
    assert (first["group"], first["n_group"], first["n_others"]) == ("a", 150, 250)
    alone = mannwhitneyu(planted[:150, 3], planted[150:, 3]).statistic / (150 * 250)
    assert alone - 0.05 < first["auc"] < alone + 0.01
    assert 0.7 < first["low"] < first["auc"] < first["high"] < 0.9
    assert table.loc[table["source"] == "still", "auc"].tolist() == [0.5, 0.5]
    said = proxies.sentence(table, "gender", RULE)
    assert said.startswith("2 of 6 tests tell a group by gender better than chance; the clearest: ")


def test_groups_too_small_to_judge_are_left_out_and_that_is_said():
    assert set(told(noise=np.random.default_rng(1).normal(size=(N, 2)))["group"]) == {"a", "b"}
    nobody = pd.Series(["a"] * 10 + [None] * 390, dtype="category")
    table = proxies.told_apart({"x": np.ones((N, 1))}, nobody, RULE, seed=7)
    assert proxies.sentence(table, "gender", RULE) == (
        "No group by gender has 30 customers in it and as many outside."
    )


def test_noise_tells_no_group_beyond_the_stated_rate_and_is_not_read_the_wrong_way_round():
    n_told, found = 0, []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        group = pd.Series(rng.permutation(["few"] * 45 + ["many"] * 255), dtype="category")
        table = proxies.told_apart({"offers": rng.random((300, 3)) < 0.3}, group, RULE, seed=7)
        n_told += table["tells"].any()
        found.append(table.iloc[0])
    assert n_told <= 9  # the .999 quantile of 5 in 100
    outside = [row["group"] for row in found if not row["low"] <= 0.5 <= row["high"]]
    assert len(outside) <= 9
    assert abs(np.mean([row["auc"] for row in found]) - 0.5) < 0.03
