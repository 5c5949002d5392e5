"""Views hand on what they have worked out already; nothing else comes out of that."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from engine import Engine
from engine.bank.bank import Bank
from engine.ranking.signals.learned import LearnedModels
from engine.snapshot.snapshot import Views
from tests.conftest import DEMO


def test_training_and_serving_share_the_profiles_of_this_moment(demo_state: Path):
    views = Views(Bank.load(DEMO), demo_state)
    bank = views.bank()
    shared = views.signals_of(bank, LearnedModels())
    assert shared.profiles is views.current().profiles
    anew = views.signals_of(dataclasses.replace(bank), LearnedModels())
    assert anew.profiles is not shared.profiles
    pd.testing.assert_frame_equal(shared.profiles.table, anew.profiles.table, check_exact=True)
    rows = np.arange(bank.n_customers)
    wanted = anew.raw(rows)
    for signal, found in shared.raw(rows).items():
        np.testing.assert_array_equal(found, wanted[signal])


def test_F25_a_second_answer_computes_nothing_anew_and_a_write_does(demo_state: Path):
    one = Engine.open(DEMO, demo_state)
    first, view = one.offers.recommend("C00001"), one.view()
    assert one.offers.recommend("C00001") == first
    assert one.view() is view
    assert one.view().profiles is view.profiles
    one.records.set_consent("C00001", "personalisation", "refused", source="test")
    assert one.view() is not view
    assert one.offers.recommend("C00001") != first


def test_profiles_of_another_day_are_not_those_of_this_moment(demo_state: Path):
    views = Views(Bank.load(DEMO), demo_state)
    bank = views.bank()
    then = bank.until(bank.as_of - pd.Timedelta(days=200))
    assert views.signals_of(then, LearnedModels()).profiles is not views.current().profiles
