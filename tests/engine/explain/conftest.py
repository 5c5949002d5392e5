"""Evidence of the small bank by hand: one customer, one product and what the signals say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from engine.bank.bank import Bank
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


def _rows(kind: Any, frame: pd.DataFrame) -> tuple[Any, ...]:
    return tuple(kind(*row) for row in frame[list(kind._fields)].itertuples(index=False))


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
            "neighbours": pd.DataFrame({"name": ["Saver"], "contribution": [0.3]}),
            "next_steps": pd.DataFrame({"name": ["Saver"], "contribution": [0.2]}),
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
