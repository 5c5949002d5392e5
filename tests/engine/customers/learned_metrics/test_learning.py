"""From labels to a metric: moments, leaks, signs, points that sum, files that last."""

import datetime as dt
import tempfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bank import record_forms
from engine.customers.columns import columns_of
from engine.customers.finances.months import last_day
from engine.customers.learned_metrics import features, fit, leaks
from engine.customers.learned_metrics.store import MetricStore
from engine.customers.metrics.learned_metric import LearnedMetric, in_use
from engine.errors import BadInput, TrainingError
from engine.settings import default
from engine.snapshot.laid_over import laid_over
from engine.state.state import State
from engine.vocabulary import FORBIDDEN_FEATURES


@pytest.fixture(scope="session")
def known(labelled_bank, profile_of):
    return features.training(labelled_bank, "churn", "churned", profile_of, default())


def learn(known, metric="churn", target="churned"):
    used = fit.usable(known.design, frozenset())
    fitted = fit.fit(
        known.design[used], known.label, form="drivers", signs=dict.fromkeys(used, 1), seed=7
    )
    return fitted, fit.learned(
        metric,
        target,
        known.label,
        fitted,
        known_until=known.known_until,
        fitted_on="2025-03-01",
    )


@pytest.fixture(scope="session")
def model(known):
    return learn(known)[1]


def test_features_are_as_of_the_day_before_the_first_label(labelled_bank, profile_of, known):
    assert known.moment.startswith("2025-01-14")
    assert known.known_until == "2025-02-28"
    later = labelled_bank["months"].assign(
        balance=lambda t: t["balance"].where(t["month"] < "2025-01-01", 1e6)
    )
    changed = features.training(
        labelled_bank.with_tables(months=later), "churn", "churned", profile_of, default()
    )
    pd.testing.assert_frame_equal(changed.design, known.design)
    assert len(known.label) == labelled_bank.n_customers


def test_a_label_without_a_date_teaches_nothing_about_an_earlier_day(labelled_bank, profile_of):
    labels = labelled_bank["labels"].assign(known_on=pd.NaT)
    bank = labelled_bank.with_tables(labels=labels)
    training = features.training(bank, "churn", "churned", profile_of, default())
    assert training.known_until == str(last_day(bank).date())
    model = learn(training)[1]
    strengths = {"churn": training.design}
    assert list(in_use({"churn": model}, strengths, last_day(bank))) == ["churn"]
    assert not in_use({"churn": model}, strengths, last_day(bank) - pd.Timedelta(days=1))


def test_labels_far_apart_have_a_moment_each(labelled_bank, profile_of):
    few = labelled_bank["labels"].iloc[:60]
    dates = np.where(np.arange(60) < 30, "2024-06-15", "2025-02-10")
    bank = labelled_bank.with_tables(labels=few.assign(known_on=dates))
    training = features.training(bank, "churn", "churned", profile_of, default())
    assert len(training.label) == 60
    assert "a moment of its own" in training.notes[0]
    early = profile_of(labelled_bank.until(pd.Timestamp("2024-05-31")))
    expected = features.inputs("churn", early, default()).loc["c000"]
    pd.testing.assert_series_equal(training.design.loc["c000"], expected)


def test_an_unknown_label_is_named_with_those_there_are(labelled_bank, profile_of):
    with pytest.raises(BadInput, match="churned, margin"):
        features.training(labelled_bank, "churn", "nothing", profile_of, default())


def test_columns_learned_far_apart_are_those_that_serve(labelled_bank, profile_of):
    n = labelled_bank.n_customers
    customers = labelled_bank["customers"].assign(
        education=np.tile(["school", "college"], n // 2),
        occupation=[f"job {i}" if i >= 25 else "clerk" for i in range(n)],
    )
    labels = labelled_bank["labels"].iloc[:40]
    dates = np.where(np.arange(40) < 25, "2024-06-15", "2025-02-10")
    bank = labelled_bank.with_tables(customers=customers, labels=labels.assign(known_on=dates))
    found = features.training(bank, "churn", "churned", profile_of, default())
    assert "customers.occupation" in found.columns
    everyone = columns_of(profile_of(bank).data)
    served = found.as_served(everyone).columns
    assert set(served) <= set(everyone)
    assert "customers.occupation" not in served
    assert set(served["customers.education"]) == {"school", "college"}
    assert (served["customers.education"] == everyone["customers.education"][served.index]).all()


def test_what_caused_the_outcome_is_learned_and_beats_chance(known, model):
    assert model.low > 0.6
    weights = dict(zip(model.inputs, model.coefficients, strict=True))
    assert max(weights, key=weights.get) == "balance_trend"
    assert min(weights.values()) >= 0, "more of a driver never means less churn"
    table = fit.measures(known.label, learn(known)[0], known.baseline).set_index("measure")
    assert table.loc["Brier score gained", "low"] > 0
    assert {"AUC", "AUC of the scorecard"} <= set(table.index)


def test_chances_sum_to_the_cases(known, model):
    assert model.predict(known.design).sum() == pytest.approx(known.label.sum(), rel=0.05)


def test_log_odds_that_hardly_differ_are_calibrated_to_the_rate():
    raw = np.array([-0.8276, -0.8363, -0.8210] * 20)
    label = (np.arange(60) % 3 == 0).astype(float)  # a slope of a hundred would fit best
    shift, slope = fit._calibrated(raw, label)
    assert fit.SLOPES[0] <= slope <= fit.SLOPES[1]
    assert (1 / (1 + np.exp(-(shift + slope * raw)))).mean() == pytest.approx(1 / 3)


def test_noise_is_not_better_than_chance(known):
    rng = np.random.default_rng(5)
    shuffled = rng.permutation(known.label)
    used = fit.usable(known.design, frozenset())
    signs = dict.fromkeys(used, 1)
    fitted = fit.fit(known.design[used], shuffled, form="drivers", signs=signs, seed=7)
    auc = fit.measures(shuffled, fitted, None).set_index("measure").loc["AUC"]
    assert auc["low"] < 0.5


def test_too_few_cases_teach_nothing(known):
    label = np.zeros(len(known.label))
    label[:14] = 1
    with pytest.raises(TrainingError, match="14 labels"):
        fit.fit(known.design, label, form="drivers", signs={}, seed=7)


def test_a_figure_is_learned_as_well(labelled_bank, profile_of):
    known = features.training(labelled_bank, "profit", "margin", profile_of, default())
    fitted, model = learn(known, "profit", "margin")
    assert model.kind == "figure"
    assert model.low > 0.5
    assert "Rank correlation" in set(fit.measures(known.label, fitted, known.baseline)["measure"])
    assert "half a deviation" in model.sentence


def test_the_same_labels_give_the_same_bytes(known, model):
    assert learn(known)[1].to_json() == model.to_json()


def test_F41_points_sum_to_the_value_and_every_driver_is_there(labelled_bank, profile_of, model):
    profiles = profile_of(labelled_bank, learned={"churn": model})
    scorecard = profile_of(labelled_bank)
    assert list(profiles.drivers["churn"]) == list(scorecard.drivers["churn"])
    sums = 5 + profiles.drivers["churn"].sum(axis=1)
    assert np.allclose(sums, profiles.table["churn"], atol=1e-9)
    assert profiles.table["churn"].between(0, 10).all()
    assert set(profiles.learned) == {"churn"}
    assert profiles.learned["churn"].predicted.shape == (labelled_bank.n_customers,)
    pd.testing.assert_series_equal(profiles.table["profit"], scorecard.table["profit"])


def test_a_point_more_doubles_the_odds(labelled_bank, profile_of, model):
    profiles = profile_of(labelled_bank, learned={"churn": model})
    inside = profiles.table["churn"].between(0.01, 9.99).to_numpy()
    chance = profiles.learned["churn"].predicted[inside]
    odds = np.log2(chance / (1 - chance))
    assert np.allclose(np.diff(odds), np.diff(profiles.table["churn"].to_numpy()[inside]))


def test_F46_an_empty_customer_stays_at_5(small_bank, profile_of, model):
    empty = small_bank.with_tables(
        customers=pd.DataFrame({"customer_id": ["new"], "audience": ["retail"]})
    )
    profiles = profile_of(empty, learned={"churn": model})
    assert profiles.table["churn"].tolist() == [5.0]
    assert not profiles.table["churn_known"].any()


def test_a_bank_of_an_earlier_day_does_not_know_the_model(labelled_bank, profile_of, model):
    early = labelled_bank.until(pd.Timestamp("2025-02-27"))
    assert profile_of(early, learned={"churn": model}).learned == {}


@settings(max_examples=10, deadline=None)
@given(customer=st.integers(0, 239), n=st.integers(1, 3), repeated=st.booleans())
def test_F41_a_bad_ticket_never_lowers_a_learned_churn(
    labelled_bank, profile_of, model, customer, n, repeated
):
    now = dt.datetime(2025, 2, 28)
    row = record_forms.ticket(
        f"c{customer:03d}", text="I hate this, terrible", repeated=repeated, now=now
    )
    forced = dict(zip(model.inputs, model.coefficients, strict=True)) | {"complaints": 0.8}
    taught = LearnedMetric(
        **{
            **model.__dict__,
            "inputs": tuple(forced),
            "coefficients": tuple(forced.values()),
            "centers": (0.0,) * len(forced),
            "scales": (0.3,) * len(forced),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        state = State(folder, labelled_bank.bank_id)
        for i in range(n):
            state.added.add("ticket", row, submit_id=f"s{i}", now=now, actor="Rita", imported=0)
        after = profile_of(laid_over(labelled_bank, state), learned={"churn": taught})
    before = profile_of(labelled_bank, learned={"churn": taught})
    at = customer
    assert after.table["churn"].iloc[at] > before.table["churn"].iloc[at] - 1e-12
    # It rises, but for a customer who stands at an end of the scale before and after.
    at_an_end = np.isclose(after.table["churn"].iloc[at], (0, 10), atol=1e-9).any()
    assert at_an_end or after.table["churn"].iloc[at] > before.table["churn"].iloc[at]


def test_the_leak_check_names_the_status_and_reads_nothing_forbidden(labelled_bank, known):
    label = pd.Series(known.label, index=known.design.index)
    source = leaks.source_columns(labelled_bank, label)
    suspects = leaks.leaks(source.loc[label.index], known.label, source.iloc[:0], ())
    suspicious = suspects[suspects["suspicious"]]
    assert suspicious["column"].tolist() == ["customers.status"]
    assert "on its own" in suspicious["why"].iloc[0]
    assert not {f"customers.{name}" for name in FORBIDDEN_FEATURES} & set(suspects["column"])


def test_the_leak_check_names_what_is_there_only_with_the_label():
    label = np.tile([0.0, 1.0], 50)
    rng = np.random.default_rng(1)
    here = pd.DataFrame(
        {
            "order": rng.random(100),
            "reason": np.where(label == 1, 1.0, np.nan),
            "plain": rng.random(100),
        }
    )
    others = pd.DataFrame({"order": [np.nan] * 40, "reason": [np.nan] * 40, "plain": [0.5] * 40})
    suspects = leaks.leaks(here, label, others, {"plain"}).set_index("column")
    assert suspects["suspicious"].to_dict() == {"order": True, "reason": True, "plain": False}
    assert suspects.loc["order", "why"] == "is there only with the label"
    assert suspects.loc["reason", "why"] == "is there for one outcome alone"
    assert suspects["used"].tolist().count(True) == 1


def test_a_stored_metric_comes_back_and_can_be_removed(tmp_path, model):
    store = MetricStore(State(tmp_path, "bank-1"))
    before = store.revision
    assert store.load() == {}
    store.save(model)
    assert store.revision != before
    assert store.load() == {"churn": model}
    assert store.remove("churn") and not store.remove("churn")
    assert store.load() == {}


def test_a_metric_of_another_release_says_what_to_do(tmp_path, model):
    state = State(tmp_path, "bank-1")
    store = MetricStore(state)
    store.save(model)
    state.learned_metrics.put("churn", "{")
    assert store.load() == {}, "the scorecard serves"
    assert "fit-metric" in store.problems()["churn"]
