"""What is hidden from whom, for all at once, for a few, and after a few have said more."""

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.bank.tables import concat
from engine.guard.hidden_products import HiddenProducts, hidden_products
from engine.settings import default
from tests.conftest import DEMO

NOW = np.datetime64("2026-07-15T09:00")


@pytest.fixture(scope="module")
def demo() -> Bank:
    return Bank.load(DEMO)


def _all(bank: Bank, events: pd.DataFrame | None = None) -> HiddenProducts:
    given = bank["events"] if events is None else events
    return hidden_products(bank, given, bank["consents"], default().guard)


def _same(one: HiddenProducts, other: HiddenProducts) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("rows", "columns", "actions")
    ) and all(
        ((getattr(one, name) == getattr(other, name)) | np.isnat(getattr(one, name))).all()
        for name in ("said", "until")
    )


def test_pairs_stand_customer_by_customer(demo: Bank):
    found = _all(demo)
    assert len(found.rows) > 100
    assert (np.diff(found.rows) >= 0).all()


def test_some_customers_in_any_order_get_what_they_get_among_all(demo: Bank):
    found = _all(demo)
    place, pairs = found.of(np.arange(demo.n_customers), NOW)
    asked = np.array([700, 3, 3, 999, 0, 41])
    some_place, some_pairs = found.of(asked, NOW)
    for at, customer in enumerate(asked):
        assert some_pairs[some_place == at].tolist() == pairs[place == customer].tolist()


def test_what_a_few_have_said_since_replaces_what_stood_for_them(demo: Bank):
    events, everybody = demo["events"], np.arange(demo.n_customers)
    early = events.iloc[: len(events) // 2]
    later = events.iloc[len(events) // 2 :]
    touched = np.unique(demo.customer_positions(later["customer_id"]))
    ids = demo.customer_ids[touched]
    theirs = hidden_products(
        demo,
        concat("events", [early, later]).loc[lambda e: e["customer_id"].isin(ids)],
        demo["consents"].loc[demo["consents"]["customer_id"].isin(ids)],
        default().guard,
    )
    patched = _all(demo, early).replaced(touched, theirs)
    assert _same(patched, _all(demo))
    assert patched.of(everybody, NOW)[0].tolist() == _all(demo).of(everybody, NOW)[0].tolist()


def test_whoever_gets_something_back_between_two_moments_is_named(demo: Bank):
    found, days = _all(demo), np.timedelta64(45, "D")
    everybody = np.arange(demo.n_customers)
    first = np.unique(found.rows)
    start = found.until[~np.isnat(found.until)].min() - np.timedelta64(1, "s")

    def pairs(now: np.datetime64) -> set[int]:
        return set(found.of(everybody, now)[1].tolist())

    back = found.ended(start, start + days)
    gone = sorted(pairs(start) ^ pairs(start + days))
    assert back.tolist() == np.unique(found.rows[gone]).tolist()
    assert 0 < len(back) < len(first)
    assert found.ended(start + days, start).tolist() == back.tolist()


def _rated(*ratings: float, product: str = "card", **more: list) -> pd.DataFrame:
    n = len(ratings)
    return pd.DataFrame(
        {
            "event_id": [f"e{product}{i}" for i in range(n)],
            "recorded_at": pd.date_range("2024-06-01", periods=n).astype("datetime64[us]"),
            "customer_id": "ann",
            "product_id": product,
            "action": "rated",
            "rating": list(ratings),
            **more,
        }
    )


def _hidden_of(bank: Bank, *frames: pd.DataFrame) -> list[str]:
    """Products that are hidden from Ann for good."""
    with_events = bank.with_tables(events=pd.concat(frames, ignore_index=True))
    found = _all(with_events)
    assert (found.rows == bank.customer_position("ann")).all() and np.isnat(found.until).all()
    return bank.product_ids[found.columns].tolist()


def test_F98_two_low_ratings_hide_a_product_and_one_or_none_does_not(small_bank: Bank):
    assert _hidden_of(small_bank, _rated(0.2, 0.1), _rated(0.1, product="fund")) == ["card"]


def test_F98_the_mean_decides_and_a_form_left_as_it_opened_does_not_count(small_bank: Bank):
    assert _hidden_of(small_bank, _rated(0.2, 0.5), _rated(0.29, 0.3, product="fund")) == ["fund"]
    assert _hidden_of(small_bank, _rated(0.1, 0.4)) == ["card"]
    parts = {"relevance": [0.5, 0.5, 0.4]}
    assert _hidden_of(small_bank, _rated(0.1, 0.2, 0.5, **parts)) == ["card"]
    assert _hidden_of(small_bank, _rated(0.3, 0.3)) == []


def test_F98_a_rating_that_was_undone_does_not_count_and_the_reason_is_said(small_bank: Bank):
    undone = _rated(0.1).assign(event_id="u1", action="retracted", rating=np.nan, reason="ecard1")
    assert _hidden_of(small_bank, _rated(0.2, 0.1), undone) == []
    found = _all(small_bank.with_tables(events=_rated(0.2, 0.1)))
    assert found.text(np.array([0]), "Card") == (
        "Rated low on average, last on 2 Jun 2024; stays off until it is rated better"
    )


@pytest.mark.parametrize(
    ("cells", "kept_off"),
    [
        (("e1", "2025-01-01", "Rita", "ann", "fund", "dis?issed"), {"fund"}),
        (("e1,2025-01-01", "Rita", "ann", "fund", "dismissed", ""), {"fund"}),
        (("e1", "2025-01-01", "Rita", "ann", "f?nd", "dismissed"), None),
        (("e1", "2025-01-01", "Rita", "a?n", "fund", "dismissed"), set()),
        (("", "", "", "", "", ""), set()),
    ],
)
def test_a_damaged_event_keeps_off_what_it_may_have_refused(small_bank, cells, kept_off):
    found = hidden_products(
        small_bank, small_bank["events"], small_bank["consents"], default().guard, [cells]
    )
    place, pairs = found.of(np.arange(small_bank.n_customers), NOW)
    expected = set(small_bank.product_ids) if kept_off is None else kept_off
    assert set(small_bank.product_ids[found.columns[pairs]]) == expected
    assert set(small_bank.customer_ids[place]) == ({"ann"} if expected else set())
    assert all("is damaged" in found.text(pairs[[i]], "card") for i in range(len(pairs)))
