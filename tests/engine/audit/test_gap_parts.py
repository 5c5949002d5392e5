"""A gap between groups is the sum of its parts, and a planted cause is the one that is named."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine import Engine
from engine import settings as _settings
from engine.audit.parity import gap_claims
from engine.audit.parity.gap_parts import ListMaking, by_group, contributions
from engine.guard.list_selection import NONE, TopK
from engine.guard.verdicts import RULES as VERDICTS
from tests.conftest import DEMO

RULE = _settings.load().fairness
RULES = ("allowed", "held", "eligibility")
PRODUCTS = pd.Index(["a", "b", "c", "d", "e", "f"])
CREDIT = np.array([True, True, False, False, False, False])
KINDS = {"credit": CREDIT, "any offer": np.ones(6, dtype=bool)}


def made(n: int, seed: int, **planted: np.ndarray) -> ListMaking:
    """Lists of n customers from two signals of noise, some rules, and what is planted."""
    rng = np.random.default_rng(seed)
    parts = {name: rng.normal(0, 1, (n, 6)) for name in ("needs", "mood")}
    parts |= {name: values for name, values in planted.items() if name != "codes"}
    total = sum(parts.values()) + np.linspace(0.5, 0, 6)
    codes = planted.get("codes", rng.choice([0, 0, 0, 1, 2], (n, 6))).astype(np.int8)
    categories = np.array(["Loan", "Loan", "Card", "Card", "Fund", "Fund"])
    return ListMaking(total, parts, codes, RULES, TopK(PRODUCTS, categories, 1, 3), 3)


def half(n: int) -> pd.Series:
    return pd.Series(["x"] * (n // 2) + ["y"] * (n - n // 2), dtype="category")


def attention(one: ListMaking, inside: set[tuple[str, str]]) -> np.ndarray:
    """On credit, customer by customer, with some parts in, the slow way."""
    score = np.tile(one.total.mean(axis=0), (len(one.total), 1))
    for name, part in one.parts.items():
        if ("signal", name) in inside:
            score = score + part - part.mean(axis=0)
    removed = [one.rules.index(name) for kind, name in inside if kind == "rule"]
    limit = 1 if ("limit", "category limit") in inside else 3
    lists = TopK(PRODUCTS, one.lists.categories, limit, 3)
    picks = lists.positions(score, ~np.isin(one.codes, removed), 3)
    weight = 1 / np.log2(np.arange(3) + 2)
    shown = np.where(picks == NONE, False, CREDIT[picks])
    return shown @ weight / weight.sum()


def test_what_a_part_adds_is_its_mean_over_all_orders_of_rooms_and_parts():
    one = made(8, 1)
    rooms = [[p for p in one.names if p[0] == kind] for kind in ("rule", "signal", "limit")]
    orders = [
        [part for room in whole for part in room]
        for rooms_ in permutations(rooms)
        for whole in ([list(a), list(b), list(c)] for a in permutations(rooms_[0])
                      for b in permutations(rooms_[1]) for c in permutations(rooms_[2]))
    ]  # fmt: skip
    slow = dict.fromkeys(one.names, np.zeros(8))
    for order in orders:
        for at, part in enumerate(order):
            step = attention(one, set(order[: at + 1])) - attention(one, set(order[:at]))
            slow[part] = slow[part] + step / len(orders)
    found, added, without = contributions(one, CREDIT[:, None])
    np.testing.assert_allclose(added[:, 0, :].T, [slow[part] for part in one.names], atol=1e-12)
    np.testing.assert_allclose(found[:, 0], attention(one, set(one.names)))
    for at, part in enumerate(one.names):
        np.testing.assert_allclose(without[:, 0, at], attention(one, {*one.names} - {part}))


def test_the_parts_of_every_gap_sum_to_it_on_a_real_list(trained_state: Path):
    engine = Engine.open(DEMO, trained_state)
    report = engine.fairness.why("gender")
    surely = report.gaps["differs"].to_numpy(dtype=bool)
    named = report.gaps["says"].str.contains("What adds most to it is").to_numpy()
    unsure = report.gaps["says"].str.endswith("That is within chance, so no cause is named.")
    np.testing.assert_array_equal(named, surely)
    np.testing.assert_array_equal(unsure, ~surely)
    sums = report.parts.groupby(["kind", "group"])["gap"].sum()
    gaps = report.gaps.set_index(["kind", "group"])["gap"]
    np.testing.assert_allclose(sums.loc[gaps.index], gaps, atol=1e-9)
    shown = engine.fairness.compare("gender").table.set_index(["measure", "group"])
    offered = shown.loc[("gets any offer", "female")]
    credit = report.gaps.set_index(["kind", "group"]).loc[("credit", "female")]
    listed = shown.loc[("attention on credit", "female"), "value"]
    assert credit["value"] == pytest.approx(listed * offered["value"]), (
        "who gets none counts with 0"
    )


def test_F142_a_signal_that_pushes_a_group_to_credit_is_named_with_its_interval():
    pushed = np.zeros((400, 6))
    pushed[:200, :2] = 2.0
    one = made(400, 3, popularity=pushed)
    gaps, parts = by_group(one, KINDS, half(400), RULE)
    row = gaps.set_index(["kind", "group"]).loc[("credit", "x")]
    assert row["differs"] and row["low"] > 0
    mine = parts[(parts["kind"] == "credit") & (parts["group"] == "x")].set_index("part")
    assert mine["gap"].idxmax() == "popularity"
    assert mine.loc["popularity", "low"] > 0
    assert mine.loc["popularity", "without"] == pytest.approx(0, abs=0.06)
    held_back = mine.loc["category limit"]  # one loan a list: the limit holds the push back
    assert held_back["gap"] < 0 and held_back["without"] > row["gap"]
    assert mine.drop("popularity")["gap"].max() < 0.02, "nothing else pushes"
    said = gap_claims.said("gender", gaps, parts, RULE.min_n)
    assert "customers with gender “x”" in said
    assert "What adds most to it is the signal “Popularity”" in said
    assert said.endswith("Its weight is a lever.")


def test_F142_a_rule_that_keeps_credit_from_a_group_is_named():
    codes = np.zeros((400, 6))
    codes[:200, :2] = 2
    one = made(400, 4, codes=codes)
    gaps, parts = by_group(one, KINDS, half(400), RULE)
    said = gap_claims.said("gender", gaps, parts, RULE.min_n)
    assert "Credit gets 0 % of the attention in the lists of customers with gender “x”" in said
    assert "What adds most to it is the rule “Not eligible”" in said
    assert "It protects customers and stays on" in said
    mine = parts[(parts["kind"] == "credit") & (parts["group"] == "x")].set_index("part")
    assert mine.loc["eligibility", "gap"] < -0.2
    assert mine["gap"].sum() == pytest.approx(
        gaps.set_index(["kind", "group"]).loc[("credit", "x"), "gap"], abs=1e-12
    )


def test_F142_groups_that_no_list_knows_are_found_no_more_often_than_is_stated():
    one, rng = made(200, 5), np.random.default_rng(7)
    split = contributions(one, np.column_stack([*KINDS.values()]))
    n_alarms, holding = 0, []
    for _ in range(200):
        group = half(200).sample(frac=1, random_state=rng).reset_index(drop=True)
        gaps, parts = by_group(one, KINDS, group, RULE, split)
        n_alarms += gaps["differs"].any()
        mine = parts[parts["group"] == "x"]
        holding.append(((mine["low"] <= 0) & (mine["high"] >= 0)).mean())
    assert n_alarms <= stats.binom.ppf(0.999, 200, 1 - RULE.confidence_level)
    # Parts of one run hang together, so the mean over runs is held to its own spread.
    spread = np.std(holding) / np.sqrt(200)
    assert np.mean(holding) > RULE.confidence_level - 3 * spread


def test_F142_what_can_be_done_is_said_by_rule_and_every_rule_has_its_words():
    figures = {"n": 40, "n_others": 50, "value": 0.1, "others": 0.3, "gap": -0.2, "low": -0.3,
               "high": -0.1, "part_gap": -0.15, "without": -0.05}  # fmt: skip
    who = {"attribute": "gender", "group": "x", "kind": "credit", "part_of": "rule"}
    words = {
        rule: gap_claims.cause(**who, **figures, part=rule).text.rpartition(". ")[2]
        for rule in VERDICTS[1:]
    }
    assert len(set(words.values())) == len(words)
    looks = {rule for rule, said in words.items() if "the figures" in said}
    assert looks == {"eligibility", "affordability"}, "a choice reads no figures"
    assert words["consent"].startswith("It is these customers' own choice")
    assert words["held"].startswith("They hold it already")


def test_the_same_list_for_everybody_has_no_gap_and_no_cause():
    one = ListMaking(np.tile(np.arange(6.0), (80, 1)), {}, np.zeros((80, 6), np.int8), RULES,
                     TopK(PRODUCTS, np.array(list("abcdef")), 1, 3), 3)  # fmt: skip
    gaps, parts = by_group(one, KINDS, half(80), RULE)
    assert gaps["gap"].eq(0).all() and parts["gap"].eq(0).all()
    assert gap_claims.said("gender", gaps, parts, RULE.min_n) == (
        "No gap of attention between groups by gender is beyond chance."
    )
    few = by_group(one, KINDS, pd.Series(["x"] * 20 + ["y"] * 60, dtype="category"), RULE)
    assert gap_claims.said("gender", *few, RULE.min_n) == (
        "No group by gender has 30 customers and as many outside."
    )


def test_arrays_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"mood has shape \(3, 2\), total \(3, 6\)"):
        ListMaking(np.zeros((3, 6)), {"mood": np.zeros((3, 2))}, np.zeros((3, 6)), RULES,
                   made(3, 1).lists, 3)  # fmt: skip
