"""Views hand on what they have worked out already; nothing else comes out of that."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from engine import Engine
from engine.bank.bank import Bank
from engine.ranking.signals.learned import LearnedModels
from engine.snapshot.snapshot import Snapshots
from tests.conftest import DEMO


def test_training_and_serving_share_the_profiles_of_this_moment(demo_state: Path):
    snapshots = Snapshots(Bank.load(DEMO), demo_state)
    bank = snapshots.bank()
    shared = snapshots.signals_of(bank, LearnedModels())
    assert shared.profiles is snapshots.current().profiles
    anew = snapshots.signals_of(dataclasses.replace(bank), LearnedModels())
    assert anew.profiles is not shared.profiles
    pd.testing.assert_frame_equal(shared.profiles.table, anew.profiles.table, check_exact=True)
    rows = np.arange(bank.n_customers)
    wanted = anew.raw(rows)
    for signal, found in shared.raw(rows).items():
        np.testing.assert_array_equal(found, wanted[signal])


def test_F25_a_second_answer_computes_nothing_anew_and_a_write_does(demo_state: Path):
    one = Engine.open(DEMO, demo_state)
    first, snapshot = one.offers.recommend("C00001"), one.snapshot()
    assert one.offers.recommend("C00001") == first
    assert one.snapshot() is snapshot
    assert one.snapshot().profiles is snapshot.profiles
    one.records.set_consent("C00001", "personalisation", "refused", source="test")
    assert one.snapshot() is not snapshot
    assert one.offers.recommend("C00001") != first


def test_profiles_of_another_day_are_not_those_of_this_moment(demo_state: Path):
    snapshots = Snapshots(Bank.load(DEMO), demo_state)
    bank = snapshots.bank()
    then = bank.until(bank.as_of - pd.Timedelta(days=200))
    assert snapshots.signals_of(then, LearnedModels()).profiles is not snapshots.current().profiles
