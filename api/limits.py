"""How often a client may ask: a bucket of tokens each, filled as time goes by."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final

_KEPT: Final = 10_000
"""Buckets that are remembered; a full one is as good as none."""


class Buckets:
    """Token buckets by name.

    Parameters
    ----------
    burst : int
        Tokens of a full bucket.
    a_second : float
        Tokens that come back each second.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, burst: int, a_second: float, clock: Callable[[], float] = time.monotonic):
        self._burst = burst
        self._rate = a_second
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str) -> int:
        """Take one token: 0, or the whole seconds after which there is one again."""
        with self._lock:
            now = self._clock()
            left, at = self._left.get(name, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._rate)
            if left < 1:
                return max(1, math.ceil((1 - left) / self._rate))
            if len(self._left) >= _KEPT and name not in self._left:
                self._forget_full(now)
            self._left[name] = (left - 1, now)
            return 0

    def _forget_full(self, now: float) -> None:
        full = [
            name
            for name, (left, at) in self._left.items()
            if left + (now - at) * self._rate >= self._burst
        ]
        for name in full:
            del self._left[name]
