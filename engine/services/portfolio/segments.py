"""Customers who are alike: their segments, one in full, two side by side, who moved.

Who opted out of personal recommendations is in no segment, count, list or file of them; segments by
churn and value, where nothing could be divided, are a part of everybody's record and stay.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from engine.bank.consents import expect_personal
from engine.customers.clusters import areas, report
from engine.customers.clusters import profile as profiles
from engine.customers.clusters.grouping import Grouping, group
from engine.customers.clusters.store import SegmentStore
from engine.errors import BadInput, NotFound
from engine.results import (
    Counted,
    Segmentation,
    SegmentComparison,
    SegmentProfile,
    Selection,
)
from engine.results.segments import CUT
from engine.services.exports import segment_files
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshots
from engine.vocabulary import PERSONALISATION

SELECTIONS: Final = {"profile_segment": (1,), "moved": (2,), "on_map": (2,)}
"""Kind of selection -> how many parameters it may have: a number; two; audience and area."""


class Segments:
    """Segments of one bank, found when they are first asked for and kept for its edition."""

    def __init__(self, snapshots: Snapshots):
        self._snapshots = snapshots
        self._lock = threading.RLock()
        self._results = LastResults()

    def overview(self) -> Segmentation:
        """All segments, with what was found, a map, and who moved since the edition before."""
        grouping = self._grouping()
        with self._lock:
            return self._results.get("overview", grouping, lambda: report.overview(grouping))

    def profile(self, number: int) -> SegmentProfile:
        """One segment in full; NotFound where there is none of this number."""
        grouping = self._with(number)
        return profiles.profile(grouping, number, report.selection_of(grouping, number))

    def compare(self, first: int, second: int) -> SegmentComparison:
        """Two segments side by side.

        Raises
        ------
        NotFound
            If there is no segment of one of the numbers.
        BadInput
            If both are the same.
        """
        if first == second:
            raise BadInput(f"Got segment {first} twice; name two.")
        self._with(first)
        return profiles.compare(self._with(second), first, second)

    def of_customer(self, customer_id: str) -> tuple[int, str, str]:
        """Number and name of a customer's segment, and what it is.

        NotFound for an unknown id, BadInput where the customer opted out of personal
        recommendations: they are in none.
        """
        grouping = self._grouping()
        row = grouping.bank.customer_position(customer_id)
        if grouping.is_divided:
            expect_personal(self._snapshots.current().consents, row)
        number = int(grouping.numbers[row])
        return number, _name(grouping, number), grouping.how(number)

    def warm_up(self) -> None:
        """Find them before anybody asks."""
        self._grouping()

    @property
    def is_ready(self) -> bool:
        """Are they found already? Asking for them then keeps nobody waiting."""
        edition = self._snapshots.base.manifest.edition
        return SegmentStore(self._snapshots.state.folder("segments")).has(edition)

    def counts(self) -> tuple[Counted, ...]:
        """Each segment of an audience that was divided, with its customers, by number; nothing
        where nobody has asked for them yet."""
        if not self.is_ready or not (grouping := self._grouping()).is_divided:
            return ()
        numbers = [one.number for one in grouping.segments if _is_part(grouping, one.number)]
        return tuple(_counted(grouping, number) for number in numbers)

    def like(self, customer_id: str) -> Counted | None:
        """The segment of a customer with everybody in it; None where their audience was not
        divided, nobody has asked for them yet, too little is known of the customer, or they
        opted out of personal recommendations.

        Raises NotFound for an unknown id."""
        if not self.is_ready:
            return None
        grouping = self._grouping()
        number = int(grouping.numbers[grouping.bank.customer_position(customer_id)])
        is_part = grouping.is_divided and _is_part(grouping, number)
        return _counted(grouping, number) if is_part else None

    def area(self, audience: str, shapes: list[areas.Shape]) -> Counted:
        """The customers within shapes that were drawn on the map of an audience."""
        grouping = self._grouping()
        of = (audience, areas.written(shapes))
        selection = Selection("on_map", of, grouping.bank.manifest.edition)
        return Counted(int(self.who("on_map", *of).sum()), self.title("on_map", *of), selection)

    def export(self, kind: str) -> bytes:
        """The segments as a file: "xlsx" with a sheet a table, or "csv" of the segments alone."""
        return segment_files.exported(self.overview(), self._grouping(), kind)

    # --- selections

    def who(self, kind: str, *of: str) -> np.ndarray:
        """Whom a selection of SELECTIONS has, bool of shape (n_customers,)."""
        return _WHO[kind](self._grouping(), *of)

    def title(self, kind: str, *of: str) -> str:
        """What such a selection is called."""
        return _TITLES[kind](self._grouping(), *of)

    def _with(self, number: int) -> Grouping:
        grouping = self._grouping()
        if grouping.segment(number) is None:
            there = ", ".join(f"{one.number} {one.name}" for one in grouping.segments)
            raise NotFound(f"There is no segment {number}; there are {there}.")
        return grouping

    def _grouping(self) -> Grouping:
        snapshot = self._snapshots.current()
        bank, profiles_, settings = snapshot.bank, snapshot.profiles, snapshot.settings
        store = SegmentStore(self._snapshots.state.folder("segments"))
        key = (profiles_, settings.fairness, bank.base_fingerprint)
        allowed = snapshot.consents[f"{PERSONALISATION}_allowed"].to_numpy(dtype=bool)

        def make() -> Grouping:
            return group(bank, profiles_, store, settings.models.seed, settings.fairness.proxies)

        with self._lock:
            everybody = self._results.get("everybody", key, make)
            now = (*key, allowed.tobytes())
            return self._results.get("grouping", now, lambda: everybody.without(~allowed))


def _counted(grouping: Grouping, number: int) -> Counted:
    n = int((grouping.numbers == number).sum())
    return Counted(n, _titled(grouping, number), report.selection_of(grouping, number))


def _is_part(grouping: Grouping, number: int) -> bool:
    """Is it one of several segments of its audience, and not the whole of it?"""
    model = grouping.model_of(number)
    return model is not None and model.is_divided


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise BadInput(f"Got {text!r} as a segment; expected its number.")
    return int(text)


def _name(grouping: Grouping, number: int) -> str:
    segment = grouping.segment(number)
    return segment.name if segment else f"Segment {number}"


def _in_segment(grouping: Grouping, number: str) -> np.ndarray:
    if not grouping.is_divided:
        _number(number)
        return np.zeros(len(grouping.numbers), dtype=bool)
    return np.asarray(grouping.numbers == _number(number))


def _moved(grouping: Grouping, from_: str, to: str) -> np.ndarray:
    first, second = _number(from_), _number(to)
    if grouping.before is None:
        return np.zeros(len(grouping.numbers), dtype=bool)
    before = pd.Series(grouping.before.numbers).reindex(grouping.bank.customer_ids)
    return np.asarray((before == first).to_numpy() & (grouping.numbers == second))


def _on_map(grouping: Grouping, audience: str, area: str) -> np.ndarray:
    shapes = areas.read(area)
    chosen = np.zeros(len(grouping.numbers), dtype=bool)
    for model in grouping.models:
        if model.audience == audience and len(model.making) > 1:
            rows = np.flatnonzero((grouping.audiences == audience) & grouping.is_in_one)
            chosen[rows] = areas.within(model.places(grouping.raw.iloc[rows]), shapes)
    return chosen


def _titled_segment(grouping: Grouping, number: str) -> str:
    return _titled(grouping, _number(number))


def _titled(grouping: Grouping, number: int) -> str:
    """Its name, marked where it is no group that was found."""
    name = _name(grouping, number)
    return f"{name} ({CUT})" if grouping.how(number) == CUT else name


def _titled_move(grouping: Grouping, from_: str, to: str) -> str:
    first, second = _number(from_), _number(to)
    names = grouping.before.names if grouping.before else {}
    before = names.get(first, "Little known" if first == 0 else f"Segment {first}")
    if first == second:
        return f"Stayed in “{_titled(grouping, second)}”"
    return f"From “{before}” to “{_titled(grouping, second)}”"


def _titled_area(_grouping: Grouping, audience: str, _area: str) -> str:
    return f"An area of the map of {audience} customers"


_WHO: Final[Mapping[str, Callable[..., np.ndarray]]] = {
    "profile_segment": _in_segment,
    "moved": _moved,
    "on_map": _on_map,
}
_TITLES: Final[Mapping[str, Callable[..., str]]] = {
    "profile_segment": _titled_segment,
    "moved": _titled_move,
    "on_map": _titled_area,
}
