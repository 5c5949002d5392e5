"""The six-part rating: six shares in, one overall rating out, and whether anyone moved a slider."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine.errors import BadInput
from engine.vocabulary import RATING_ASPECTS

DEFAULT_RATING: Final = 0.5
"""Where a slider stands before anyone touches it; in one data set 37 of 40 never left it."""


def overall_rating(aspects: Mapping[str, float]) -> float:
    """Mean of the six parts (`RATING_ASPECTS`), each 0-1.

    Raises
    ------
    BadInput
        If a part is missing, unknown or outside 0-1.
    """
    if stray := sorted(set(aspects) - set(RATING_ASPECTS)):
        raise BadInput(
            f"A rating has no part {stray[0]!r}; its parts are {', '.join(RATING_ASPECTS)}."
        )
    if missing := [name for name in RATING_ASPECTS if name not in aspects]:
        raise BadInput(f"The rating lacks {', '.join(missing)}; give all six parts, 0-1 each.")
    return math.fsum(share(name, aspects[name]) for name in RATING_ASPECTS) / len(RATING_ASPECTS)


def share(name: str, value: float) -> float:
    """A number within 0-1, or BadInput."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name} got {value!r}, expected a number within 0-1.") from error
    if not 0 <= number <= 1:
        raise BadInput(f"{name} got {number:g}, expected a number within 0-1.")
    return number


def ratings_of(events: pd.DataFrame) -> pd.Series:
    """Each event's rating: its own, else the mean of the parts it has, else missing."""
    return events["rating"].fillna(events[list(RATING_ASPECTS)].mean(axis=1))


def left_at_default(events: pd.DataFrame) -> np.ndarray:
    """Ratings that were sent without moving a slider, bool of shape (n_events,).

    Such a rating is kept and shown, but says nothing about the product.
    """
    rated = (events["action"] == "rated") & (ratings_of(events) == DEFAULT_RATING)
    untouched = events[list(RATING_ASPECTS)].fillna(DEFAULT_RATING).eq(DEFAULT_RATING).all(axis=1)
    return (rated & untouched).to_numpy(dtype=bool)
