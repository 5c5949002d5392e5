"""Alerts of the stand-in bank: some of customers, one on the whole bank."""

import pandas as pd

from engine.results import Alerts, Preferences
from tests.pages.fake_customers import AS_OF, EVIL, customers


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
        }
    )
    who = people.set_index("customer_id")[["name", "relationship_manager"]]
    return rows.join(who, on="customer_id").rename(columns={"name": "customer"})


class FakeAlerts:
    """What `Alerting` answers, without a bank."""

    acknowledged: set[str]

    def open_alerts(self, customer_id=None, manager=None, *, fairness=False) -> Alerts:
        rows = alerts()
        rows = rows[(rows["kind"] != "fairness") | fairness]
        if customer_id is not None:
            rows = rows[rows["customer_id"] == customer_id]
        if manager is not None:
            rows = rows[rows["relationship_manager"] == manager]
        open_ = rows[~rows["alert_id"].isin(self.acknowledged)].reset_index(drop=True)
        counts = open_["title"].value_counts().to_dict()
        said = (
            f"{len(open_)} open alerts."
            if len(open_)
            else "No alerts: nothing crossed its threshold."
        )
        return Alerts(AS_OF, open_, counts, said, len(rows) - len(open_))

    def acknowledge(self, alert_id: str, actor: str) -> bool:
        self.acknowledged.add(alert_id)
        return True


class FakeDesk:
    """What is set down about customers, kept in memory."""

    acknowledged: set[str]
    saved: list[dict]
    market: bytes | None

    def needs(self, customer_id: str) -> str:
        del customer_id
        return f"Searched by: travel; {EVIL}."

    def preferences(self, customer_id: str) -> Preferences:
        return Preferences(
            customer_id,
            "Medium",
            "low",
            (EVIL, "Buy a Home"),
            ("Bonds", "Dog Walking"),
            "",
            ("Low", "Medium"),
            ("low", "very high"),
            ("Rarely", "Daily"),
            ("Buy a Home", "Pay off Debt", EVIL),
            {"Investments": ("Bonds", "Funds"), "Other": ("Dog Walking",)},
        )

    def save_preferences(self, customer_id: str, *, actor: str, **stated) -> bool:
        self.saved.append({"customer_id": customer_id, "actor": actor, **stated})
        return True

    def reopen_alert(self, alert_id: str, *, actor: str) -> bool:
        del actor
        self.acknowledged.remove(alert_id)
        return True

    def has_market(self) -> bool:
        return self.market is not None

    def save_market(self, content: bytes, name: str) -> None:
        del name
        self.market = content

    def remove_market(self) -> bool:
        self.market = None
        return True
