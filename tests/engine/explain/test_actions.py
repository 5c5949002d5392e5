"""A case that cannot wait comes before any offer; one that can does not."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.explain.actions import service_action
from engine.settings import default

GUARD = default().guard
TODAY = pd.Timestamp("2024-12-31")


def messages(**changes: object) -> pd.DataFrame:
    row = {
        "sent_at": pd.Timestamp("2024-12-20"),
        "repeated": False,
        "sentiment": 0.0,
    }
    frame = pd.DataFrame({c: [v] for c, v in (row | changes).items()})
    return frame.astype({"repeated": "boolean", "sent_at": "datetime64[us]"})


@pytest.mark.parametrize(
    ("changes", "pressing"),
    [
        ({}, True),
        ({"sent_at": pd.Timestamp("2024-01-01")}, False),
        ({"sent_at": pd.Timestamp("2024-01-01"), "repeated": True}, True),
        ({"sent_at": pd.Timestamp("2024-01-01"), "sentiment": -0.9}, True),
        ({"sent_at": pd.NaT}, True),
    ],
)
def test_F105_an_open_case_that_cannot_wait_comes_first(changes: dict, pressing: bool):
    assert bool(service_action(messages(**changes), 0.0, TODAY, GUARD)) is pressing


def test_F105_the_sentence_names_the_day_and_the_repetition(small_bank: Bank):
    assert service_action(messages(), 0.0, TODAY, GUARD) == (
        "Call about the open case of 20 Dec 2024 first"
    )
    ben = small_bank["messages"].query("customer_id == 'ben'")
    assert service_action(ben, -0.4, TODAY, GUARD) == (
        "Call about the open case of 20 Dec 2024, which was repeated, first"
    )
    assert service_action(messages(sent_at=pd.NaT), 0.0, TODAY, GUARD) == (
        "Call about the open case first"
    )


def test_F90_a_very_bad_mood_asks_for_a_call_without_a_sale():
    none = messages().iloc[:0]
    assert "unhappy (−0.6)" in service_action(none, -0.6, TODAY, GUARD)
    assert service_action(none, -0.6, TODAY, GUARD).startswith("Recent messages are")
    old = service_action(none, -0.6, TODAY, GUARD, pd.Timestamp("2024-09-18"))
    assert old.startswith("Messages up to 18 Sep 2024 are unhappy (−0.6): call to listen")
    assert service_action(none, -0.6, TODAY, GUARD, pd.Timestamp("2023-04-18")) == ""
    assert service_action(none, -0.4, TODAY, GUARD) == ""
    assert service_action(none, np.nan, TODAY, GUARD) == ""
