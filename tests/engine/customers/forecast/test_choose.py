"""The method suits the bank, and a choice survives its way through JSON."""

import dataclasses
import json

import numpy as np
import pytest

from engine.customers.forecast.candidates import COMPAT, DRIFT, LABELS, LAST_VALUE, LEVEL
from engine.customers.forecast.choose import ANEW, ChosenMethod, choose
from tests.engine.customers.forecast.conftest import series


def test_a_bank_of_steady_spenders_gets_their_mean(level_bank, settings):
    choice = choose(level_bank, settings)
    assert choice.order[0] == LEVEL
    chosen = next(line for line in choice.table if line["chosen"])
    assert chosen["relative"] < 0.85
    assert chosen["beats_last_value"] > 0.8
    assert 0.7 < chosen["coverage"] < 0.9


def test_a_walk_keeps_the_last_value_as_nothing_clearly_beats_it(walk_bank, settings):
    assert choose(walk_bank, settings).order[0] == LAST_VALUE


def test_a_rising_line_gets_its_drift(line_bank, settings):
    assert choose(line_bank, settings).order[0] == DRIFT


def test_compat_is_shown_and_never_chosen(line_bank, settings):
    choice = choose(line_bank, settings)
    assert COMPAT not in choice.order
    assert [line["method"] for line in choice.table] == [*LABELS.values(), ANEW]


def test_an_unusual_month_neither_chooses_nor_widens_an_interval(level_bank, settings):
    amounts = level_bank.amounts.copy()
    amounts[:, -1] *= 5
    calm = choose(series(level_bank.amounts[:, :-1]), settings)
    choice = choose(series(amounts), settings)
    assert list(choice.unusual) == ["2024-12-01"]
    assert choice.order == calm.order
    assert choice.between[LEVEL] == calm.between[LEVEL]
    assert choice.last == "2024-11-01"
    assert {line["month"] for line in choice.apart} == {"2024-12-01"}
    assert choice.apart[1]["mae"] > 5 * choice.table[1]["mae"]


def test_the_same_figures_give_the_same_choice_to_the_last_bit(walk_bank, settings):
    assert choose(walk_bank, settings) == choose(walk_bank, settings)


def test_a_choice_survives_its_way_through_json(level_bank, settings):
    for bank in (level_bank, series(np.full((3, 4), 7.0)), series(np.zeros((3, 0)))):
        choice = choose(bank, settings)
        stored = json.dumps(dataclasses.asdict(choice), allow_nan=False)
        assert ChosenMethod.from_json(json.loads(stored)) == choice


def test_a_bank_with_too_few_months_is_not_tested_and_keeps_the_last_value(settings):
    choice = choose(series(np.full((30, 5), 7.0)), settings)
    assert not choice.tested
    assert choice.order[0] == LAST_VALUE
    assert choice.between[LAST_VALUE] == (None,) * settings.horizon


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_customers_is_enough_to_answer(n, settings):
    amounts = np.random.default_rng(n).uniform(100, 200, size=(n, 12))
    assert choose(series(amounts), settings).order[0] in LABELS


def test_one_customer_who_was_idle_for_long_does_not_decide(level_bank, settings):
    """Their scale was zero: one error outweighed those of all others together."""
    idle = np.r_[np.zeros(10), 500.0, 480.0, 520.0, 510.0]
    both = series(np.vstack([level_bank.amounts, idle]))
    alone, joined = choose(level_bank, settings), choose(both, settings)
    assert joined.order[0] == alone.order[0]
    for one, other in zip(alone.table, joined.table, strict=True):
        assert other["relative"] == pytest.approx(one["relative"], abs=0.05)
