"""What one process counts while it serves, in the text that Prometheus reads.

Each process has its own counts: nothing is shared, so whoever asks sums over processes. No label
holds anything that came with a request but what is on a short list: never an id, path or name.

Source: Prometheus, "Metric and label naming" and "Exposition formats" (text, 0.0.4).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds; those of the client library, with two more for lists of many customers."""
_Family = CounterMetricFamily | GaugeMetricFamily | InfoMetricFamily


@dataclass(frozen=True)
class Standing:
    """What was last found of the bank that opens first.

    Attributes
    ----------
    version : str
        That serves.
    last_retrain : datetime or None
        When the latest version was made, in UTC without a zone; None before the first.
    damaged : int
        Records and files.
    events : int
        That this process acknowledged since it opened the bank.
    """

    version: str
    last_retrain: datetime | None
    damaged: int
    events: int


class Metrics:
    """The counts of one process, in a registry of their own.

    Parameters
    ----------
    clock : callable
        The moment, in seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float] = time.time):
        self._counted = CollectorRegistry()
        self._clock = clock
        self._requests = Counter(
            "attune_requests",
            "Requests that were answered.",
            ("route", "method", "status"),
            registry=self._counted,
        )
        self._seconds = Histogram(
            "attune_request_seconds",
            "Seconds from a request to the end of its answer.",
            ("route", "method"),
            registry=self._counted,
            buckets=_BUCKETS,
        )
        started = Gauge(
            "attune_started_timestamp_seconds",
            "When this process began to count, in seconds since 1970.",
            registry=self._counted,
        )
        started.set(clock())

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request.

        Parameters
        ----------
        route : str
            Its template, one of a fixed set.
        method : str
            Of `METHODS`; any other counts as OTHER.
        """
        method = method if method in METHODS else "OTHER"
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def text(self, standing: Standing | None) -> bytes:
        """All of it; without a standing the bank's own figures are left out, not guessed."""
        found = CollectorRegistry()
        found.register(_Found(self._families(standing)))
        return generate_latest(self._counted) + generate_latest(found)

    def _families(self, standing: Standing | None) -> list[_Family]:
        ready = GaugeMetricFamily(
            "attune_ready", "1 where /readyz would answer 200.", value=float(standing is not None)
        )
        if standing is None:
            return [ready]
        version = InfoMetricFamily(
            "attune_version", "The version that serves.", value={"version": standing.version}
        )
        events = CounterMetricFamily(
            "attune_events_acknowledged",
            "Events that this process stored, and said so, since it opened the bank.",
            value=standing.events,
        )
        damaged = GaugeMetricFamily(
            "attune_damaged", "Records and files that are damaged.", value=standing.damaged
        )
        families = [ready, version, events, damaged]
        if standing.last_retrain is not None:
            age = self._clock() - (standing.last_retrain - datetime(1970, 1, 1)).total_seconds()
            families.append(
                GaugeMetricFamily(
                    "attune_last_retrain_age_seconds",
                    "Seconds since the latest version was made.",
                    value=max(0.0, age),
                )
            )
        return families


class _Found:
    """Hands a registry what was found once."""

    def __init__(self, families: list[_Family]):
        self._families = families

    def collect(self) -> list[_Family]:
        """What the registry asks for."""
        return self._families
