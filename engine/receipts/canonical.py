"""Values in; the one text that stands for them, and its hash, out."""

import hashlib
import json
import math
from typing import Any

DIGITS = 10
"""Decimals that are stored: half a unit of the last one is well below the 1e-9 of a replay."""

TOLERANCE = 1e-9
"""Within which a replayed number is the stored one; relative from 1 upwards."""


def text_of(value: Any) -> str:
    """Canonical JSON: keys sorted, no spaces, ASCII; the same value gives the same bytes.

    ValueError if a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, hexadecimal."""
    return hashlib.sha256(text_of(value).encode()).hexdigest()


def rounded(value: float | None) -> float | None:
    """A number as it is stored; None for what is no number."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), DIGITS) + 0.0


def near(stored: float, replayed: float) -> bool:
    """Is a replayed number the stored one?"""
    return abs(stored - replayed) <= TOLERANCE * max(1.0, abs(stored))
