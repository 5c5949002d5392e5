"""Drift is said where it is surely more than chance, from counts that are nobody's figures."""

import numpy as np
import pandas as pd
import pytest

from engine.audit import drift
from engine.audit.drift import TrainingData
from engine.bank.bank import Bank, Manifest
from engine.customers.finances.transaction_figures import transaction_figures
from engine.errors import StateError
from engine.labels import DRIFT_CHANGES, DRIFT_LABELS
from engine.settings import load

RULE = load().governance


def _bank(
    balances, *, as_of="2026-01-31", held=(), products=("p", "q"), first=0, **columns
) -> Bank:
    ids = [f"c{first + i}" for i in range(len(balances))]
    frames = {
        "customers": pd.DataFrame({"customer_id": ids, **columns}),
        "accounts": pd.DataFrame(
            {"account_id": ids, "customer_id": ids, "kind": "current", "balance": balances}
        ),
        "products": pd.DataFrame({"product_id": list(products), "name": list(products)}),
    }
    if len(held):
        frames["holdings"] = pd.DataFrame(held, columns=["customer_id", "product_id", "opened_on"])
    return Bank.from_tables(Manifest("Drifting", as_of=as_of), frames)


def _data(bank: Bank, proxies=()) -> TrainingData:
    return TrainingData.of(bank, *transaction_figures(bank, None)[1:], proxies)


def _drift(before: Bank, after: Bank, **options):
    known = np.isin(after.customer_ids, before.customer_ids)
    money = transaction_figures(after, None)[1:]
    return drift.drift(_data(before), known, after, *money, RULE, version_id="v0001", **options)


def _changes(found) -> dict[str, str]:
    return found.fields.set_index("field")["change"].to_dict()


@pytest.fixture(scope="module")
def balances() -> np.ndarray:
    return np.random.default_rng(7).lognormal(7, 1, 400)


def test_the_index_is_the_sum_that_the_books_give():
    both = pd.DataFrame({"before": [100.0, 100.0], "after": [150.0, 50.0]})
    found = drift._compared(both)
    p, q = np.array([100.5, 100.5]) / 201, np.array([150.5, 50.5]) / 201
    assert found["psi"] == pytest.approx(sum((q - p) * np.log(q / p)))
    assert found["by_chance"] == pytest.approx(1 / 200 + 1 / 200)
    assert found["p"] < 0.001


def test_without_any_change_the_index_is_about_what_is_said_of_chance_and_nothing_has_changed():
    rng, sure, indexes = np.random.default_rng(1), [], []
    for _ in range(200):
        before, after = rng.lognormal(size=200), rng.lognormal(size=60)
        edges = {"balance": drift._edges(before)}
        counts = [drift._counted({"balance": f}, {}, edges)["balance"] for f in (before, after)]
        both = pd.DataFrame(dict(zip(("before", "after"), counts, strict=True))).fillna(0.0)
        found = drift._compared(both)
        sure.append(found["p"] < 0.05)
        indexes.append((found["psi"], found["by_chance"]))
    psi, by_chance = np.mean(indexes, axis=0)
    assert psi > RULE.some_drift, "the customary band alone would cry wolf"
    assert psi == pytest.approx(by_chance, rel=0.15)
    assert np.mean(sure) < 0.1


def test_balances_that_grew_threefold_are_a_large_change_and_a_reason_to_retrain(balances):
    found = _drift(_bank(balances), _bank(balances * 3, as_of="2026-02-28"))
    assert _changes(found)["balance"] == "large"
    assert found.retrain
    assert found.says[0] == (
        "v0001 was trained on 400 customers as of 31 Jan 2026; it serves 400 as of 28 Feb 2026."
    )
    assert found.says[1].startswith("Largely changed: balance (PSI ")
    assert found.says[-1].startswith("Retrain: python -m engine retrain")


def test_a_version_that_was_fitted_on_this_day_and_not_better_is_named_instead(balances):
    after = _bank(balances * 3, as_of="2026-02-28")
    found = _drift(_bank(balances), after, retrained="v0002")
    assert not found.retrain
    assert found.says[-1].startswith("v0002 was fitted on this day and is not better")


def test_the_same_bank_has_not_changed(balances):
    found = _drift(_bank(balances), _bank(balances, as_of="2026-02-28"))
    assert _changes(found)["balance"] == "none"
    assert _changes(found)["audience"] == "none", "all are retail, then and now"
    assert (found.n_new_customers, found.retrain) == (0, False)
    assert found.says[-1] == "There is no need to retrain because of it."


def test_a_high_index_of_few_customers_is_said_to_be_chance():
    rng = np.random.default_rng(3)
    before, after = _bank(rng.lognormal(7, 1, 45)), _bank(rng.lognormal(7.3, 1, 30))
    found = _drift(before, after)
    row = found.fields.set_index("field").loc["balance"]
    assert row["psi"] > RULE.some_drift
    assert row["change"] == "chance"
    assert not found.retrain
    assert "which chance alone can do with so few" in " ".join(found.says)


def test_newcomers_and_new_products_are_counted_and_are_a_reason_to_retrain(balances):
    before = _bank(balances)
    after = _bank(balances, first=100, products=("p", "q", "r"), as_of="2026-02-28")
    found = _drift(before, after)
    assert (found.n_new_customers, found.new_products, found.n_products_gone) == (100, ("r",), 0)
    assert "100 of 400 customers and 1 product came after it was trained" in " ".join(found.says)
    assert found.retrain


def test_what_is_taken_is_compared_with_what_is_taken_since(balances):
    stock = [(f"c{i}", "p", "2025-01-01") for i in range(5)]
    then = [(f"c{i}", "pq"[i % 2], "2025-06-01") for i in range(10, 110)]
    since = [(f"c{i}", "q", "2026-02-10") for i in range(110, 170)]
    found = _drift(
        _bank(balances, held=stock + then),
        _bank(balances, held=stock + then + since, as_of="2026-02-28"),
    )
    row = found.fields.set_index("field").loc["products_taken"]
    assert (row["n_before"], row["n_after"], row["change"]) == (100, 60, "large")
    assert found.without_history_before == pytest.approx(295 / 400)
    assert found.without_history == pytest.approx(235 / 400)
    assert "59% of the customers hold nothing, 74% did at the training." in found.says


@pytest.mark.parametrize(
    ("then", "now"), [([0] * 90 + [1] * 10, [0] * 60 + [1] * 40), ([0] * 10 + [1] * 90, [1] * 100)]
)
def test_counts_that_most_customers_share_are_told_from_the_others(then, now):
    edges = {"n": drift._edges(np.array(then, dtype=float))}
    counts = [drift._counted({"n": np.array(f, dtype=float)}, {}, edges)["n"] for f in (then, now)]
    assert sorted(counts[0].values()) == [10, 90]
    assert (
        drift._compared(pd.DataFrame(counts).T.fillna(0.0).set_axis(["before", "after"], axis=1))[
            "psi"
        ]
        > RULE.some_drift
    )


def test_words_that_are_no_answer_we_know_are_no_word_of_ours(balances):
    risk = ["low", "my wife's name"] * 200
    counts = _data(_bank(balances, risk_tolerance=risk)).counts["risk_tolerance"]
    assert counts == {"low": 200, "not known": 200}


def test_what_is_kept_has_nobodys_figure_and_no_name(balances, tmp_path):
    bank = _bank(balances, name=[f"Person {i}" for i in range(400)])
    data = _data(bank)
    data.save(tmp_path)
    kept = (tmp_path / drift.FILE).read_text("utf-8")
    assert not any(repr(float(balance)) in kept for balance in balances)
    assert "Person" not in kept and 'c1"' not in kept
    assert all(edge == float(f"{edge:.3g}") for edge in data.edges["balance"])
    assert sum(data.counts["balance"].values()) == 400
    assert drift.load(tmp_path) == data


def test_every_field_and_change_has_a_name_for_people(balances):
    assert set(DRIFT_LABELS) == set(_data(_bank(balances)).counts)
    assert set(DRIFT_CHANGES) == {"large", "some", "none", "chance", "too few"}


def test_what_cannot_be_read_is_said_and_what_was_never_kept_is_none(tmp_path):
    assert drift.load(tmp_path) is None
    (tmp_path / drift.FILE).write_text("{}", "utf-8")
    with pytest.raises(StateError, match=r"The training data of .* cannot be read"):
        drift.load(tmp_path)


def test_the_bank_sets_from_which_index_a_field_has_changed():
    """A bank that asks for more than the customary bands is told of less."""
    balances = np.random.default_rng(3).lognormal(7, 1, 400)
    before, after = _bank(balances), _bank(balances * 1.5, as_of="2026-02-28")
    money = transaction_figures(after, None)[1:]
    known = np.ones(400, dtype=bool)

    def change(some: float, large: float) -> str:
        rule = RULE.model_copy(update={"some_drift": some, "large_drift": large})
        found = drift.drift(_data(before), known, after, *money, rule, version_id="v0001")
        return found.fields.set_index("field")["change"]["balance"]

    psi = 0.16
    assert change(psi / 4, psi / 2) == "large"
    assert change(psi / 2, 4 * psi) == "some"
    assert change(4 * psi, 8 * psi) == "none"
