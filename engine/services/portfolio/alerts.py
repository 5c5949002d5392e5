"""One view and what was acknowledged in; the feed of open alerts, over the book or of one, out."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from engine.customers import claims_ahead
from engine.customers.alerts import alerts
from engine.customers.alerts.feed import COLUMNS, alert_id
from engine.customers.portfolio import customer_table
from engine.errors import NotFound
from engine.labels import ALERT_TITLES
from engine.results import Alerts, FairnessReport
from engine.services.fairness import Fairness
from engine.snapshot.kept_results import LastResults
from engine.snapshot.snapshot import Snapshot, Snapshots

_WHO: Final = ["customer_id", "name", "relationship_manager"]
_FAIRNESS: Final = "fairness"
AUDITED: Final = ("attribute", "list", "category")
"""Where the fairness page shows what an alert of the audit is about."""


class Alerting:
    """Alerts of one bank: computed once for a state of its customers, less the acknowledged ones.

    Parameters
    ----------
    fairness : Fairness
        The audit, whose alerts are merged in where they are asked for.
    """

    def __init__(self, snapshots: Snapshots, fairness: Fairness, now: Callable[[], datetime]):
        self._snapshots = snapshots
        self._fairness = fairness
        self._now = now
        self._lock = threading.RLock()
        self._results = LastResults()

    def open(
        self,
        customer_id: str | None = None,
        manager: str | None = None,
        *,
        fairness: bool = False,
    ) -> Alerts:
        """What needs attention: of one customer, of one manager's book, or of the whole bank.

        Parameters
        ----------
        fairness : bool
            Add the audit's alerts on the growth list, first; everybody is then scored.

        Raises
        ------
        NotFound
            If there is no such customer.
        """
        reports = self._fairness.reports() if fairness else []
        snapshot = self._snapshots.current()
        feed = self.feed(snapshot)
        if customer_id is not None:
            snapshot.bank.customer_position(customer_id)
            feed = feed[feed["customer_id"] == customer_id]
        if manager is not None:
            feed = feed[feed["relationship_manager"] == manager]
        if reports:
            feed = pd.concat([_of_fairness(reports, snapshot), feed], ignore_index=True)
        open_ = self._is_open(feed)
        table = feed.loc[open_].reset_index(drop=True)
        counts = {str(title): int(n) for title, n in table["title"].value_counts().items()}
        n_acknowledged = int((~open_).sum())
        said = claims_ahead.alerts_open(
            counts=counts, n_customers=table["customer_id"].nunique(),
            of_book=customer_id is None, n_acknowledged=n_acknowledged, on=snapshot.bank.as_of,
        )  # fmt: skip
        return Alerts(
            as_of=snapshot.bank.as_of,
            table=table,
            counts=counts,
            sentence=f"{said.text}.",
            n_acknowledged=n_acknowledged,
        )

    def acknowledge(self, alert_id: str, actor: str) -> bool:
        """Take an alert off the feed, for everybody; False when somebody did so before.

        Raises
        ------
        NotFound
            If there is no such alert.
        """
        acknowledgements = self._snapshots.state.alerts
        if not (self.feed(self._snapshots.current())["alert_id"] == alert_id).any():
            audit = self.open(fairness=True).table["alert_id"]
            if alert_id not in {*audit, *acknowledgements.table()["alert_id"]}:
                raise NotFound(f"There is no alert {alert_id!r}; look at the feed again.")
        return acknowledgements.acknowledge(alert_id, now=self._now(), actor=actor)

    def reopen(self, alert_id: str, *, actor: str) -> bool:
        """Put an acknowledged alert back on the feed; False when it is not off it."""
        return self._snapshots.state.alerts.reopen(alert_id, now=self._now(), actor=actor)

    def feed(self, snapshot: Snapshot) -> pd.DataFrame:
        """All alerts of all customers, acknowledged ones too, with title, customer and manager."""
        key = (snapshot.profiles, snapshot.settings)
        with self._lock:
            return self._results.get("feed", key, lambda: _computed(snapshot))

    def standing(self, snapshot: Snapshot) -> pd.DataFrame:
        """position (of the customer) and kind of every open alert; the same object until one is
        acknowledged or raised."""

        def make() -> pd.DataFrame:
            feed = self.feed(snapshot)
            standing = feed.loc[self._is_open(feed), ["customer_id", "kind"]]
            rows = snapshot.bank.customer_positions(standing.pop("customer_id"))
            return standing.assign(position=rows)

        key = (snapshot.profiles, snapshot.settings, self._snapshots.state.alerts.revision)
        with self._lock:
            return self._results.get("standing", key, make)

    def counts(self, snapshot: Snapshot) -> np.ndarray:
        """Open alerts of each customer, int64 of shape (n_customers,)."""
        standing = self.standing(snapshot)["position"].to_numpy()
        return np.bincount(standing, minlength=snapshot.bank.n_customers)

    def _is_open(self, feed: pd.DataFrame) -> np.ndarray:
        done = self._snapshots.state.alerts.table()["alert_id"]
        return ~feed["alert_id"].isin(done).to_numpy()


def _computed(snapshot: Snapshot) -> pd.DataFrame:
    raised = alerts(snapshot.bank, snapshot.profiles, snapshot.settings)
    people = customer_table(snapshot.bank, snapshot.profiles)[_WHO].set_index("customer_id")
    concerned = people.loc[raised["customer_id"]].reset_index(drop=True)
    return raised.assign(
        title=raised["kind"].map(ALERT_TITLES).astype("str"),
        customer=concerned["name"],
        relationship_manager=concerned["relationship_manager"],
    )


def _of_fairness(reports: Sequence[FairnessReport], snapshot: Snapshot) -> pd.DataFrame:
    """Alerts of the audit as rows of the feed, each at most once a month."""
    day = snapshot.bank.as_of
    rows = [
        {
            "alert_id": alert_id(
                "", _FAIRNESS, f"{r.attribute} {r.list} {category} {group} {day:%Y-%m}"
            ),
            "kind": _FAIRNESS,
            "raised_at": day,
            "reason": reason,
            "action": "Look at the fairness page before the next campaign.",
            "severity": "high",
            "title": ALERT_TITLES[_FAIRNESS],
            "attribute": r.attribute,
            "list": r.list,
            "category": category,
        }
        for r in reports
        for (category, group), reason in zip(_alerted(r), r.alerts, strict=True)
    ]
    columns = [*COLUMNS, "title", "customer", "relationship_manager", *AUDITED]
    frame = pd.DataFrame(rows, columns=columns).astype({"raised_at": "datetime64[us]"})
    return frame.astype({c: "str" for c in columns if c != "raised_at"})


def _alerted(report: FairnessReport) -> list[tuple[str, str]]:
    table = report.table.loc[report.table["alert"].astype(bool)]
    return [*zip(table["category"], table["group"], strict=True)]
