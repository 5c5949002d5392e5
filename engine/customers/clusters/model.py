"""One audience's groups as arrays: how a customer is put on a scale, and into which group."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from engine.customers.clusters.division import Tried, nearest
from engine.customers.clusters.figures import Scales
from engine.results.segments import CUT, FOUND, NOT_KNOWN, WHOLE

OPTED_OUT: Final = -1
"""In place of a segment's number: the customer has opted out of personal recommendations."""
LITTLE_KNOWN: Final = 0
"""Number of the segment of customers of whom too little is known."""
_KNOWN_FROM: Final = 0.5
"""Share of the figures of a group that must be known of a customer (own choice)."""


@dataclass(frozen=True, eq=False)
class Named:
    """A segment: its number stays the same from edition to edition, and so does its name where it
    is still true.

    Attributes
    ----------
    number : int
    name : str
    parts : tuple of str
        What the name says: "+balance" for high balances, "-n_holdings" for few products.
    returns : float
        Jaccard index with which the group comes back in other samples; NaN where it is no group
        that was found.
    was : str
        What it was called in the edition before, where that is no longer true.
    """

    number: int
    name: str
    parts: tuple[str, ...] = ()
    returns: float = float("nan")
    was: str = ""


@dataclass(frozen=True, eq=False)
class AudienceModel:
    """The segments of one audience.

    Attributes
    ----------
    audience : str
        "retail" or "corporate".
    n : int
        Customers of the audience when it was fitted.
    scales : Scales
        Of every figure that describes them.
    making : tuple of str
        The figures that the groups are made by.
    centres : ndarray of shape (k, n_making)
        One row where the audience is one segment; none where it could not be divided and the
        whole bank keeps other segments.
    axes : ndarray of shape (2, n_making)
        Directions of the map, in deviations.
    shares : ndarray of shape (2,)
        Of the variance.
    segments : tuple of Named
        In the order of the centres.
    tried : tuple of Tried
        Numbers of groups that were tried.
    n_judged : int
        Customers on whom they were tried.
    left_out : tuple of (str, str)
        Figures that stand for a protected trait, and for which.
    goes_on : bool
        Whether these are the groups of the edition before, in their order.
    """

    audience: str
    n: int
    scales: Scales
    making: tuple[str, ...]
    centres: np.ndarray
    axes: np.ndarray
    shares: np.ndarray
    segments: tuple[Named, ...]
    tried: tuple[Tried, ...]
    n_judged: int
    left_out: tuple[tuple[str, str], ...]
    goes_on: bool = False

    @property
    def is_divided(self) -> bool:
        """Were groups found, or customers cut into parts?"""
        return len(self.centres) > 1

    @property
    def is_found(self) -> bool:
        """Were groups found, and not a cloud cut into parts?"""
        return self.is_divided and self.chosen is not None and self.chosen.is_apart

    @property
    def chosen(self) -> Tried | None:
        """How the number of groups that serves did."""
        return next((one for one in self.tried if one.k == len(self.centres)), None)

    def deviations(self, raw: pd.DataFrame) -> np.ndarray:
        """Of the figures that the groups are made by; the mean (0) where one is not known."""
        return np.nan_to_num(self.scales.only(self.making).of(raw), nan=0.0)

    def numbers(self, raw: pd.DataFrame) -> np.ndarray:
        """The segment's number of each customer; 0 where fewer than half the figures are known."""
        groups = nearest(self.deviations(raw), self.centres)
        numbers = np.array([one.number for one in self.segments], dtype=np.int64)[groups]
        known = raw[list(self.making)].notna().mean(axis="columns").to_numpy()
        return np.where(known >= _KNOWN_FROM, numbers, LITTLE_KNOWN) if self.making else numbers

    def places(self, raw: pd.DataFrame) -> np.ndarray:
        """Where each customer is on the map, shape (n_customers, 2)."""
        return self.deviations(raw) @ self.axes.T


def how_of(models: Iterable[AudienceModel], number: int) -> str:
    """What a segment is, one of `engine.results.segments.HOW`."""
    model = next((m for m in models if any(one.number == number for one in m.segments)), None)
    if model is None:
        return NOT_KNOWN
    if not model.is_divided:
        return WHOLE
    return FOUND if model.is_found else CUT


def axes_of(deviations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two directions in which customers differ most, and their shares of the variance.

    The sign is that of the figure with the highest weight, so that it does not depend on how it
    was worked out.
    """
    if deviations.shape[1] < 2 or len(deviations) < 3:
        return np.zeros((2, deviations.shape[1])), np.zeros(2)
    values, vectors = np.linalg.eigh(np.cov(deviations.T))
    order = np.argsort(-values, kind="stable")[:2]
    axes = vectors[:, order].T
    signs = np.sign(axes[np.arange(2), np.argmax(np.abs(axes), axis=1)])
    total = float(np.clip(values, 0, None).sum())
    shares = np.clip(values[order], 0, None) / total if total > 0 else np.zeros(2)
    return axes * signs[:, None], shares
