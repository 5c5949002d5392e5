"""Statistics of E's interaction log, as its own figures have them."""

import pandas as pd
import pytest

from engine.audit.parity.groups import INCOME_BAND, group_of
from engine.bank.bank import Bank
from engine.feedback.history import history
from engine.feedback.statistics import (
    product_statistics,
    statistics,
    training_events,
    why_left_out,
)
from engine.feedback.usage import counted, usage
from engine.settings import Settings

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def bank(real_banks, tmp_path_factory):
    return Bank.load(real_banks.imported("peers/E", tmp_path_factory.mktemp("bank") / "E"))


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


def test_F166_F168_use_of_the_log_by_day(bank):
    used = usage(bank["events"], bank)
    assert used.totals["n_customers"] == 16
    assert used.totals["n_interactions"] == 143
    by_day = used.by_day.loc[used.by_day["n"] > 0]
    assert list(by_day["n"]) == [97, 6, 40]
    assert (used.first, used.last) == (pd.Timestamp("2024-03-20"), pd.Timestamp("2025-03-26"))


def test_F170_F171_ratings_and_customers_in_their_bands(bank):
    assert list(usage(bank["events"], bank).by_rating["n"]) == [34, 70, 39]
    income = counted(group_of(bank, INCOME_BAND, Settings().fairness))
    assert dict(income.to_numpy()) == {"low": 4, "medium": 5, "high": 6, "very high": 1}


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
