"""A choice is made once for one content; what is damaged or old is made anew."""

import logging

import numpy as np
import pandas as pd
import pytest

from engine.customers.finances.months import COLUMNS, N_MONTHS, Months
from engine.customers.forecast import store
from engine.customers.forecast.store import FILE, ForecastStore


def months(seed: int = 0) -> Months:
    rng = np.random.default_rng(seed)
    figures = {name: np.full((30, N_MONTHS), np.nan) for name in COLUMNS}
    figures["spending"] = rng.uniform(100, 200, size=(30, N_MONTHS))
    grid = pd.date_range(end="2024-12-01", periods=N_MONTHS, freq="MS", unit="us")
    return Months(grid, True, figures, np.ones(N_MONTHS, bool))


@pytest.fixture
def made(monkeypatch):
    """Figures for which a choice was computed, in order."""
    seen = []
    choose = store.choose
    monkeypatch.setattr(
        store, "choose", lambda one, rules: seen.append(one.figure) or choose(one, rules)
    )
    return seen


def test_a_view_asks_once_and_the_next_start_reads_what_was_stored(tmp_path, settings, made):
    choices, ours = ForecastStore(tmp_path, settings), months()
    first = choices.of(ours)
    assert choices.of(ours) is first
    assert made == ["balance", "spending"]
    again = ForecastStore(tmp_path, settings).of(months())
    assert made == ["balance", "spending"]
    assert again["spending"].choice == first["spending"].choice


def test_other_months_or_settings_are_chosen_for_anew(tmp_path, settings, made):
    ForecastStore(tmp_path, settings).of(months())
    ForecastStore(tmp_path, settings).of(months(seed=1))
    ForecastStore(tmp_path, settings.model_copy(update={"horizon": 2})).of(months(seed=1))
    assert made == ["balance", "spending"] * 3


@pytest.mark.parametrize("content", ["", "{}", '{"key": 1}', "[1]", "no JSON", "\ud800"])
def test_a_damaged_file_is_made_anew(tmp_path, settings, made, caplog, content):
    path = tmp_path / FILE
    first = ForecastStore(tmp_path, settings).of(months())["spending"].choice
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with caplog.at_level(logging.ERROR):
        again = ForecastStore(tmp_path, settings).of(months())["spending"].choice
    assert again == first
    assert len(made) == 4
    assert ForecastStore(tmp_path, settings).of(months())["spending"].choice == first
    assert len(made) == 4


def test_a_stored_choice_of_the_right_key_that_lacks_a_field_is_made_anew(tmp_path, settings, made):
    ForecastStore(tmp_path, settings).of(months())
    path = tmp_path / FILE
    path.write_text(path.read_text("utf-8").replace('"typical"', '"atypical"'), "utf-8")
    ForecastStore(tmp_path, settings).of(months())
    assert len(made) == 4


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path, settings, caplog):
    (tmp_path / "file").write_text("in the way", "utf-8")
    served = ForecastStore(tmp_path / "file", settings).of(months())
    assert served["spending"].choice.tested
    assert "could not be stored" in caplog.text
