"""Names, matching, intervals, areas and files of segments, on cases whose answer is known."""

import logging

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from engine.customers.clusters import areas
from engine.customers.clusters.described import Middle, difference, mean, median
from engine.customers.clusters.division import Tried
from engine.customers.clusters.figures import FIGURES, making, scales_of, telling
from engine.customers.clusters.matching import matched, moves
from engine.customers.clusters.model import AudienceModel, Named, axes_of
from engine.customers.clusters.names import axis_parts, named, says, still_true
from engine.customers.clusters.store import SegmentStore, Stored
from engine.errors import BadInput


def apart(**values: float) -> dict[str, Middle]:
    return {name: Middle(value, value - 0.1, value + 0.1, 50) for name, value in values.items()}


def test_a_segment_is_named_by_what_sets_it_apart_most():
    groups = [apart(balance=1.2, n_holdings=-0.6, mood=0.3), apart(mood=-0.9, balance=0.05)]
    assert [name for name, _ in named(groups, {}, ())] == [
        "High balances, few products",
        "Poor mood",
    ]


def test_no_two_segments_have_the_same_name():
    alike = apart(balance=1.2, n_holdings=-0.6, mood=0.3)
    groups = [alike, alike, alike, apart(balance=0.01), apart(balance=0.0)]
    found = [name for name, _ in named(groups, {}, ("Close to the average",))]
    assert found == [
        "High balances, few products",
        "High balances, few products, good mood",
        "High balances, few products (2)",
        "Close to the average (2)",
        "Close to the average (3)",
    ]


def test_a_name_of_before_is_kept_while_it_is_true_and_nobody_else_takes_it():
    group = apart(balance=1.2, mood=0.6)
    assert still_true("Good mood", ("+mood",), group)
    assert not still_true("Poor mood", ("-mood",), group)
    found = named([apart(mood=0.9), group], {1: ("Good mood", ("+mood",))}, ())
    assert found[1] == ("Good mood", ("+mood",))
    assert found[0][0] == "Good mood (2)"


def test_a_number_in_a_name_of_before_is_kept_and_no_taken_name_is():
    groups = [apart(balance=1.2), apart(balance=1.1), apart(income=-0.9)]
    first = named(groups, {}, ())
    assert [name for name, _ in first] == ["High balances", "High balances (2)", "Low incomes"]
    kept = dict(enumerate(first))
    assert named(groups, kept, ()) == first
    assert named(groups, {1: first[1]}, ()) == first
    again = [name for name, _ in named(groups, kept, ("Low incomes", "High balances"))]
    assert again == ["High balances (3)", "High balances (2)", "Low incomes (2)"]
    twice = [name for name, _ in named(groups[:2], {0: first[0], 1: first[0]}, ())]
    assert twice == ["High balances", "High balances (2)"]


def test_a_name_that_says_nothing_is_never_called_no_longer_true():
    assert not says("Retail customers", ())
    assert not still_true("Retail customers", (), apart(balance=0.01))
    assert says("Close to the average (2)", ())
    assert still_true("Close to the average (2)", (), apart(balance=0.01))
    assert not still_true("Close to the average", (), apart(balance=0.9))


def test_groups_go_on_under_the_number_of_those_they_share_most_with():
    before = np.array([5] * 10 + [9] * 10 + [2] * 4)
    now = np.array([1] * 9 + [0] * 11 + [2, 2, 0, 1])
    assert matched(before, now, 3) == {1: 5, 0: 9}
    assert matched(np.zeros(0, int), np.zeros(0, int), 2) == {}


def test_moves_count_customers_of_both_editions():
    before = pd.Series({"a": 1, "b": 1, "c": 2, "gone": 2})
    now = pd.Series({"a": 1, "b": 2, "c": 2, "new": 1})
    table = moves(before, now)
    assert table.to_numpy().tolist() == [[1, 1, 1], [1, 2, 1], [2, 2, 1]]


def test_intervals_are_those_of_ranks_student_and_welch():
    values = np.array([*range(1, 41), np.nan], dtype=float)
    # Campbell & Gardner: of 40 values the 14th and the 27th.
    assert median(values) == (20.5, 14.0, 27.0, 40)
    low, high = stats.t.interval(0.95, 39, 20.5, stats.sem(values[:40]))
    assert mean(values) == pytest.approx((20.5, low, high, 40))
    other = values[:30] ** 1.5
    welch = stats.ttest_ind(values[:40], other, equal_var=False).confidence_interval()
    found = difference(values, other)
    assert found == pytest.approx((found.value, welch.low, welch.high, 70))
    assert np.isnan(median(values[:5]).low) and median(values[:5]).value == 3.0


def test_a_lasso_selects_whoever_is_in_it_and_any_other_text_is_refused():
    places = np.array([[0.5, 0.6], [2.0, 2.0], [0.9, 0.1], [-1.0, 0.5]])
    triangle = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.001)]
    box = [(1.5, 1.5), (2.5, 1.5), (2.5, 2.5), (1.5, 2.5)]
    text = areas.written([triangle, box])
    assert text == "0.00,0.00 1.00,0.00 1.00,1.00;1.50,1.50 2.50,1.50 2.50,2.50 1.50,2.50"
    assert areas.within(places, areas.read(text)).tolist() == [False, True, True, False]
    circle = [(np.cos(a), np.sin(a)) for a in np.linspace(0, 6.2, 950)]
    assert 90 <= len(areas.read(areas.written([circle]))[0]) <= areas.MOST_CORNERS
    for wrong in ("", "1,2 3,4", "a,b c,d e,f", "1,2 3 4,5", "nan,0 1,0 1,1", "1,2,3 1,2,3 1,2,3"):
        with pytest.raises(BadInput, match="area of the map"):
            areas.read(wrong)


def test_what_is_rare_the_same_for_all_or_said_before_makes_no_segment():
    rng = np.random.default_rng(0)
    n = 200
    raw = pd.DataFrame({name: np.full(n, np.nan) for name in FIGURES})
    raw["balance"] = rng.lognormal(8, 1, n)
    raw["income"] = raw["balance"] * 3
    raw["spending_month"] = rng.lognormal(7, 1, n)
    raw["n_holdings"] = 2.0
    raw["mood"] = np.where(np.arange(n) < 20, rng.normal(size=n), np.nan)
    raw["travel"] = rng.random(n)
    scales = scales_of(raw)
    assert scales.names == ("balance", "income", "spending_month", "travel")
    assert making(scales, raw, {}) == ("balance", "spending_month", "travel")
    assert making(scales, raw, {"travel": "stands for age"}) == ("balance", "spending_month")
    deviations = scales.of(raw)
    assert np.abs(deviations).max() < 6
    assert deviations.mean(axis=0) == pytest.approx(0.0, abs=1e-9)
    far = raw.assign(balance=raw["balance"].where(raw.index > 0, 1e15))
    assert scales.of(far)[0, 0] == pytest.approx(deviations[:, 0].max())


def test_a_figure_that_tells_a_protected_trait_is_named(small_bank):
    n = 400
    age = np.random.default_rng(1).integers(20, 80, n).astype(float)
    customers = pd.concat([small_bank["customers"].iloc[:1]] * n, ignore_index=True)
    customers = customers.assign(customer_id=[f"c{i}" for i in range(n)], age=age, gender=None)
    bank = small_bank.with_tables(customers=customers)
    raw = pd.DataFrame({"tenure_years": age / 3, "balance": np.arange(n)[::-1] % 7.0})
    told = telling(raw, bank)
    assert list(told) == ["tenure_years"]
    assert told["tenure_years"].startswith("stands for age above")


def test_axes_of_the_map_are_the_directions_of_most_variance_and_say_so():
    rng = np.random.default_rng(2)
    first = rng.normal(size=500)
    deviations = np.column_stack([-first, -first + 0.1 * rng.normal(size=500), 0.3 * first[::-1]])
    axes, shares = axes_of(deviations)
    assert axis_parts(axes[0], ("balance", "income", "mood")) in (
        ("+balance", "+income"),
        ("+income", "+balance"),
    )
    values = np.sort(np.linalg.eigvalsh(np.cov(deviations.T)))[::-1]
    assert shares == pytest.approx(values[:2] / values.sum())


def kept(edition: int = 1) -> Stored:
    raw = pd.DataFrame({"balance": np.arange(40.0), "mood": np.arange(40.0)[::-1] % 9})
    scales = scales_of(raw)
    model = AudienceModel(
        audience="retail", n=40, scales=scales, making=scales.names, centres=np.eye(2),
        axes=np.eye(2), shares=np.array([0.6, 0.4]),
        segments=(Named(1, "High balances", ("+balance",), 0.9), Named(4, "Poor mood", ("-mood",))),
        tried=(Tried(2, 0.4, 0.2, 0.25, 0.9, 0.5, 0.8),), n_judged=40,
        left_out=(("tenure_years", "stands for age above 45 (AUC 0.86)"),),
    )  # fmt: skip
    numbers = pd.Series([1, 4, 1], index=pd.Index(["k1", "k2", "k3"], dtype="str"))
    return Stored(edition, "abc", "seed 7", True, (model,), 5, numbers)


def test_segments_are_read_as_they_were_written_in_the_same_bytes(tmp_path):
    store = SegmentStore(tmp_path / "segments")
    assert store.read(1) is None
    store.write(kept())
    first = (store.folder / "1.segments").read_bytes()
    found = store.read(1)
    store.write(found)
    assert (store.folder / "1.segments").read_bytes() == first
    assert found.names == {1: "High balances", 4: "Poor mood"}
    assert found.numbers.to_dict() == {"k1": 1, "k2": 4, "k3": 1}
    assert found.models[0].tried == kept().models[0].tried


def test_a_damaged_file_counts_as_none_and_says_so(tmp_path, caplog):
    store = SegmentStore(tmp_path)
    store.write(kept())
    file = tmp_path / "1.segments"
    whole = bytearray(file.read_bytes())
    whole[len(whole) // 2] ^= 1
    file.write_bytes(whole)
    with caplog.at_level(logging.WARNING):
        assert store.read(1) is None
    assert "is damaged" in caplog.text


def test_an_erased_customer_is_in_no_file_of_segments(tmp_path):
    store = SegmentStore(tmp_path)
    for edition in (1, 2):
        store.write(kept(edition))
    store.forget(lambda ids: np.array([one == "k2" for one in ids]))
    for edition in store.editions():
        assert store.read(edition).numbers.to_dict() == {"k1": 1, "k3": 1}
