"""Results that are kept until what they rest on changes, and dropped together at an erasure."""

import threading
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakSet

_T = TypeVar("_T")


class Kept:
    """Something that keeps results; an erased customer may be in any of them."""

    def __init__(self) -> None:
        with _LOCK:
            _ALL.add(self)

    def forget(self) -> None:
        """Drop what is kept; it is worked out again when it is next asked for. Takes no lock under
        which anything is worked out."""
        raise NotImplementedError


_ALL: Final[WeakSet[Kept]] = WeakSet()
_LOCK: Final = threading.Lock()


def forget_all() -> None:
    """Drop what is kept anywhere in this process, so that nobody who was erased stays in memory.

    Results of other banks go too: they come back when they are next asked for.
    """
    with _LOCK:
        kept = [*_ALL]
    for one in kept:
        one.forget()


class LastResults(Kept):
    """The last result of each step, until what the step rests on changes.

    Threads that ask at once may both make a result; each gets that of the key it asked with.
    """

    def __init__(self) -> None:
        super().__init__()
        self._results: dict[str, tuple[object, Any]] = {}

    def get(self, step: str, key: object, make: Callable[[], _T]) -> _T:
        """The result that belongs to a key; made where the last one belongs to another."""
        results = self._results  # what is made while others forget is kept by nobody
        found = results.get(step)
        if found is None or found[0] != key:
            found = results[step] = (key, make())
        result: _T = found[1]
        return result

    def last(self, step: str) -> Any | None:
        """The last result, whatever it rests on; None before the first."""
        found = self._results.get(step)
        return None if found is None else found[1]

    def forget(self) -> None:
        self._results = {}


class ResultsOfOne(Kept):
    """Results of whatever was asked about last, and of nothing before it.

    `LastResults` keeps a result of every step until that step is asked again, and with it what it
    rests on: many steps that are asked seldom would keep many old score tables.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def get(self, step: str, of: object, make: Callable[[], _T]) -> _T:
        """The result of a step; all results are dropped where `of` is another object."""
        held = self._held
        if held[0] is not of:
            held = self._held = (of, LastResults())
        return held[1].get(step, None, make)

    def forget(self) -> None:
        self._held: tuple[object, LastResults] = (None, LastResults())


class RecentResults(Kept):
    """Results of the last questions about whatever was asked about last: a page is drawn again at
    every click and asks the same of the same customer."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._lock = threading.Lock()
        self.forget()

    def get(self, of: object, key: Hashable, make: Callable[[], _T]) -> _T:
        """The result that belongs to a key; all are dropped where `of` is another object."""
        with self._lock:
            if self._held[0] is not of:
                self._held = (of, {})
            results = self._held[1]
            if key in results:
                found: _T = results[key]
                return found
        made = make()
        with self._lock:
            while len(results) >= self._most:
                del results[next(iter(results))]
            results[key] = made
        return made

    def forget(self) -> None:
        with self._lock:
            self._held: tuple[object, dict[Hashable, Any]] = (None, {})
