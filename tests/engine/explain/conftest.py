"""Evidence of the small bank by hand: one customer, one product and what the signals say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
from engine.explain.comparable import Counts
from engine.explain.evidence import Need, Neighbour, OfferEvidence, Reaction

NEEDS = pd.DataFrame(
    {
        "kind": ["spending", "goal", "occupation"],
        "item": ["travel", "buy a house", "Software Engineer"],
        "value": [1240.0, np.nan, np.nan],
        "n": [7, 1, 1],
        "contribution": [0.2, 0.05, -0.1],
        "answered": [1.0, 0.9, 0.1],
    }
)
PROFILE = {"churn": 3.0, "profit": 6.0, "risk": 5.0, "acumen": 5.0, "risk_known": True}


OFTEN = Counts(120, 41, 880, 90)
"""Counts that may be said."""


def _rows(kind: Any, frame: pd.DataFrame) -> tuple[Any, ...]:
    columns = [column for column in kind._fields if column in frame]
    rows = zip(*(frame[column] for column in columns), strict=True)
    return tuple(kind(**dict(zip(columns, row, strict=True))) for row in rows)


def neighbours(counts: Counts = OFTEN) -> pd.DataFrame:
    """The saver, which speaks for whatever is asked about."""
    saver = {"product_id": "save", "name": "Saver", "contribution": 0.3, "counts": counts}
    return pd.DataFrame(pd.Series(saver)).T


@pytest.fixture
def needs() -> pd.DataFrame:
    """What `offer_of` is made with."""
    return NEEDS


@pytest.fixture
def offer_of(small_bank: Bank) -> Callable[..., OfferEvidence]:
    """Evidence of an offer of the small bank, of which everything may be changed.

    `needs`, `neighbours` and `events` are given as frames, which are easy to change.
    """

    def build(
        product: int = 0,
        parts: dict[str, float] | None = None,
        profile: dict[str, Any] | None = None,
        changes: dict[str, Any] | None = None,
        **fields: Any,
    ) -> OfferEvidence:
        given = {
            "customer": small_bank["customers"].iloc[0].to_dict(),
            "profile": {**PROFILE, "mood": np.nan, **(profile or {})},
            "product": small_bank["products"].iloc[product].to_dict() | (changes or {}),
            "parts": parts if parts is not None else {"needs": 1.0},
            "needs": NEEDS,
            "neighbours": neighbours(),
            "next_steps": neighbours(),
            "alike": None,
            "leaves_from": 6.0,
            "held_names": ("Saver",),
            "n_holders": 1,
            "n_customers": 5,
            "rules": (),
            "events": small_bank["events"],
            "which": "growth",
            "currency": "USD",
        }
        given |= fields
        kinds = {
            "needs": Need,
            "neighbours": Neighbour,
            "next_steps": Neighbour,
            "events": Reaction,
        }
        rows = {name: _rows(kind, given[name]) for name, kind in kinds.items()}
        return OfferEvidence(**{**given, **rows})

    return build
