"""Alerts of the stand-in bank: some of customers, one on the whole bank."""

import pandas as pd

from engine.results import Alerts
from tests.pages.fake_people import AS_OF, EVIL, customers
from tests.pages.fake_service import FakeService


def alerts() -> pd.DataFrame:
    """Two alerts of the second customer, one each of some others, one on the whole bank."""
    people = customers()
    some = people[people["n_alerts"] > 0]
    rows = pd.DataFrame(
        {
            "alert_id": [f"a{i}" for i in range(len(some) + 2)],
            "customer_id": ["", "C0001", *some["customer_id"]],
            "kind": ["fairness", "churn", *["mood_shift"] * len(some)],
            "raised_at": AS_OF,
            "reason": f"Complaint open for 40 days. {EVIL}",
            "action": "Call this week and listen before any offer.",
            "severity": ["high", "high", *["medium"] * len(some)],
            "title": ["Fairness of the lists", "May leave", *["Mood has turned"] * len(some)],
            "attribute": ["age band", *[None] * (len(some) + 1)],
            "list": ["retention", *[None] * (len(some) + 1)],
            "category": ["Card", *[None] * (len(some) + 1)],
        }
    )
    who = people.set_index("customer_id")[["name", "relationship_manager"]]
    return rows.join(who, on="customer_id").rename(columns={"name": "customer"})


class FakeAlerts(FakeService):
    """Stands in for `engine.services.portfolio.alerts.Alerting`."""

    def open(self, customer_id=None, manager=None, *, fairness=False) -> Alerts:
        rows = alerts()
        rows = rows[(rows["kind"] != "fairness") | fairness]
        if customer_id is not None:
            rows = rows[rows["customer_id"] == customer_id]
        if manager is not None:
            rows = rows[rows["relationship_manager"] == manager]
        open_ = rows[~rows["alert_id"].isin(self._engine.acknowledged)].reset_index(drop=True)
        counts = open_["title"].value_counts().to_dict()
        said = (
            f"{len(open_)} open alerts."
            if len(open_)
            else "No alerts: nothing crossed its threshold."
        )
        return Alerts(AS_OF, open_, counts, said, len(rows) - len(open_))

    def acknowledge(self, alert_id: str, actor: str) -> bool:
        self._engine.acknowledged.add(alert_id)
        return True

    def reopen(self, alert_id: str, *, actor: str) -> bool:
        del actor
        self._engine.acknowledged.remove(alert_id)
        return True
