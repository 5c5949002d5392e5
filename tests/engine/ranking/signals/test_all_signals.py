import dataclasses

import numpy as np
import pandas as pd
import pytest

from engine.bank.tables import coerce
from engine.ranking.signals import Signals


def test_F102_held_products_and_other_audiences_are_no_candidates(small_signals: Signals):
    products = list(small_signals.bank.product_ids)
    candidates = small_signals.candidates
    assert not candidates[0, products.index("save")]
    assert not candidates[0, products.index("loan")]
    assert candidates[0, products.index("card")]
    assert candidates[5].sum() == 0


def test_rows_may_be_asked_for_in_any_order(small_signals: Signals):
    everyone = small_signals.raw(np.arange(6))
    some = small_signals.raw(np.array([3, 0]))
    for name, values in some.items():
        assert values == pytest.approx(everyone[name][[3, 0]], abs=1e-12)


def test_signals_that_need_history_are_off_without_it(small_signals: Signals):
    assert set(small_signals.raw(np.arange(6))) == {
        "needs",
        "suitability",
        "mood",
        "rules",
        "feedback",
    }


def test_an_event_acts_through_its_own_signal_at_once(small_signals: Signals):
    no = coerce(
        "events",
        pd.DataFrame([{"customer_id": "dee", "product_id": "fund", "action": "dismissed"}]),
    )
    after = dataclasses.replace(small_signals, events=no).raw(np.array([3]))["feedback"]
    assert after.tolist() == [[0, -1, 0, 0, 0]]


def test_F144_gender_age_name_and_place_never_reach_a_signal(small_signals: Signals):
    bank = small_signals.bank
    masked = bank.with_tables(
        customers=bank["customers"].assign(gender="other", age=99.0, name="X", region="Y", city="Z")
    )
    before = small_signals.raw(np.arange(6))
    after = dataclasses.replace(small_signals, bank=masked).raw(np.arange(6))
    for name, values in before.items():
        assert (values == after[name]).all(), name


def test_events_of_some_customers_later_are_the_events_of_all_read_anew(small_signals: Signals):
    def events(*rows: tuple[str, str, str]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["customer_id", "product_id", "action"])
        return coerce("events", frame)

    said = [("dee", "fund", "dismissed"), ("ann", "card", "clicked"), ("ann", "home", "selected")]
    bank = small_signals.bank.with_tables(events=events(*said))
    early = dataclasses.replace(small_signals, bank=bank, events=bank["events"])
    everyone, touched = np.arange(6), np.array([1, 3])
    early.raw(everyone)
    later = bank.with_tables(events=events(*said[1:], *[("ben", "save", "postponed")] * 2))
    found = early.since(later, touched)
    anew = dataclasses.replace(small_signals, bank=later, events=later["events"])
    for name, values in anew.raw(everyone).items():
        assert (found.raw(everyone)[name] == values).all(), name
    assert found.raw(everyone)["feedback"][1].tolist() == [0, 0, 0, 0, -0.6]
    assert early.raw(everyone)["feedback"][3].tolist() == [0, -1, 0, 0, 0]
    assert found.audience is early.audience
