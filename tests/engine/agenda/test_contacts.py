"""Who comes back when, what is promised, what counts as a contact, and what is left alone."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from engine.agenda.contacts import contacts
from engine.settings import load
from engine.state.contacts import COLUMNS

NOW = datetime(2025, 1, 10, 9)
DAY = load().day


def rows(*acts):
    """(customer, action, day of January, until, product) as the log has them."""
    frame = pd.DataFrame(
        [
            {
                "contact_id": f"k{n}",
                "recorded_at": pd.Timestamp(2025, 1, day, 15),
                "actor": "Rita",
                "customer_id": customer,
                "action": action,
                "until": None if until is None else pd.Timestamp(2025, 1, until),
                "product_id": product,
                "note": None,
            }
            for n, (customer, action, day, until, product) in enumerate(acts)
        ],
        columns=list(COLUMNS),
    )
    return frame.astype({"until": "datetime64[us]", "recorded_at": "datetime64[us]"})


def until(bank, *acts):
    found = contacts(bank, rows(*acts), NOW, DAY)
    day = found.hidden_until[bank.customer_position("ann")]
    return None if np.isnat(day) else pd.Timestamp(day).day


@pytest.mark.parametrize(
    ("action", "given", "back"),
    [
        ("snoozed", 20, 20),
        ("done", None, 9 + DAY.done_days),
        ("not reached", None, 9 + DAY.again_days),
        ("reached", None, None),
    ],
)
def test_a_customer_comes_back_on_the_day_that_the_last_act_says(small_bank, action, given, back):
    assert until(small_bank, ("ann", action, 9, given, None)) == back
    assert until(small_bank, ("ben", action, 9, given, None)) is None


def test_the_last_act_decides(small_bank):
    acts = [("ann", "snoozed", 8, 30, None), ("ann", "not reached", 9, None, None)]
    assert until(small_bank, *acts) == 10
    assert until(small_bank, *acts, ("ann", "reached", 9, None, None)) is None


def test_a_promise_made_after_a_snooze_brings_the_customer_back_for_its_day(small_bank):
    snooze, promise = ("ann", "snoozed", 9, 30, None), ("ann", "follow-up", 9, 14, None)
    assert until(small_bank, snooze, promise) == 14
    assert until(small_bank, promise, snooze) == 30


def test_a_promise_is_open_until_the_customer_is_reached_or_done(small_bank):
    promise = ("ann", "follow-up", 7, 12, None)

    def open_(*more):
        return contacts(small_bank, rows(promise, *more), NOW, DAY).follow_ups

    assert open_()["due"].tolist() == [pd.Timestamp(2025, 1, 12)]
    assert len(open_(("ann", "not reached", 8, None, None))) == 1
    assert len(open_(("ben", "reached", 8, None, None))) == 1
    assert open_(("ann", "reached", 8, None, None)).empty
    assert open_(("ann", "done", 8, None, None)).empty
    again = open_(("ann", "reached", 8, None, None), ("ann", "follow-up", 8, 20, None))
    assert again["due"].tolist() == [pd.Timestamp(2025, 1, 20)], "the promise of that very call"


def test_contacts_are_those_of_the_bank_and_the_calls_that_reached_somebody(small_bank):
    known = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "ann", "ben"],
            "contacted_at": pd.to_datetime(["2025-01-02", "2024-11-02", "2025-02-01", None]),
        }
    )
    bank = small_bank.with_tables(contacts=known)
    found = contacts(
        bank,
        rows(
            ("ann", "reached", 9, None, None),
            ("ann", "not reached", 9, None, None),
            ("ann", "done", 9, None, None),
            ("gone", "reached", 9, None, None),
        ),
        NOW,
        DAY,
    )
    assert found.n_recent.tolist() == [2, 0, 0, 0, 0, 0], "not the old one, nor that of the future"
    assert pd.Timestamp(found.last_reached[0]) == pd.Timestamp(2025, 1, 9, 15)
    assert np.isnat(found.last_reached[1:]).all()


def test_a_group_that_was_answered_or_spoken_of_is_left_alone_for_its_days(small_bank):
    products = small_bank["products"].assign(
        category=["Card", "Investment", "Insurance", "Card", None]
    )
    events = pd.DataFrame(
        {
            "event_id": ["e1", "e2", "e3"],
            "recorded_at": pd.to_datetime(["2025-01-05", "2024-11-05", "2025-01-05"]),
            "customer_id": ["ann", "ann", "ben"],
            "product_id": ["card", "fund", "home"],
            "action": ["postponed", "dismissed", "shown"],
        }
    )
    bank = small_bank.with_tables(products=products, events=events)
    found = contacts(bank, rows(("ben", "reached", 9, None, "save")), NOW, DAY)
    pairs = {(bank.customer_ids[r], bank.product_ids[c]) for r, c in zip(*found.quiet, strict=True)}
    assert pairs == {("ann", "card"), ("ann", "loan"), ("ben", "save")}
    short = DAY.model_copy(update={"quiet_days_by_category": {"default": 30.0, "card": 2.0}})
    found = contacts(bank, rows(), NOW, short)
    assert len(found.quiet[0]) == 0
