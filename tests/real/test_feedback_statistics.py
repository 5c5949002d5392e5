"""Statistics of E's interaction log, as its own figures have them."""

from datetime import datetime

import pytest

from engine.bank.importing.import_source import import_bank
from engine.feedback.history import history
from engine.feedback.statistics import (
    product_statistics,
    statistics,
    training_events,
    why_left_out,
)

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def bank(real_data, tmp_path_factory):
    imported, _ = import_bank(
        real_data / "peers" / "E", tmp_path_factory.mktemp("bank") / "E", now=datetime(2025, 6, 1)
    )
    return imported


def test_F158_user_statistics_of_the_log(bank):
    assert dict(statistics(bank["events"], bank).totals) == {
        "n_interactions": 143,
        "n_feedback": 40,
        "mean_feedback": pytest.approx(0.5143, abs=5e-5),
        "click_rate": 1.0,
        "selection_rate": 86 / 143,
    }


def test_F159_the_savings_account_has_six_rows_that_one_rater_set_to_nothing(bank):
    found = product_statistics(bank["events"], bank).set_index("name")
    row = found.loc["High-Yield Savings Account"]
    assert row["n"] == 6
    assert row["mean_rating"] == 0.0
    assert "nan" not in found.index


def test_F155_every_event_is_in_the_history_under_a_readable_name(bank):
    found = history(bank["events"], bank)
    assert len(found) == len(bank["events"]) == 146
    assert found["recorded_at"].is_monotonic_decreasing
    assert found["product"].notna().all()
    assert found["comment"].isna().all()


def test_untouched_ratings_and_unknown_products_are_kept_and_never_train(bank):
    out = why_left_out(bank["events"], bank).value_counts()
    assert out["a rating left at its default"] + out["an unknown product"] > 37
    assert len(training_events(bank["events"], bank)) + out.sum() == 146
