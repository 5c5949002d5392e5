"""The list of customers that a relationship manager works down."""

import pandas as pd

from pages.components.customers import openable
from pages.components.look import wording


def table(rows: pd.DataFrame, currency: str, key: str) -> None:
    """One page of the list; a name opens its customer."""
    shown = pd.DataFrame(
        {
            "customer_id": rows["customer_id"],
            "name": rows["name"],
            "segment": rows["segment"],
            "value": rows["value_a_year"],
            "churn": rows["churn"],
            "mood": [wording.mood(value) for value in rows["mood"]],
            "offer": [
                _offer(*offer)
                for offer in zip(
                    rows["next_offer"],
                    rows["next_offer_confidence"],
                    rows["next_offer_fit"],
                    strict=True,
                )
            ],
            "alerts": rows["n_alerts"],
            "contact": [wording.day(when) for when in rows["last_contact"]],
        }
    )
    openable.table(
        shown,
        {
            "name": ("Name", 178),
            "segment": ("Segment", "148"),
            "value": (f"{currency} a year", "money"),
            "churn": ("Churn", "churn"),
            "mood": ("Mood", "58"),
            "offer": ("Next best offer", "215"),
            "alerts": ("Alerts", "count"),
            "contact": ("Contact", "80"),
        },
        "Customers with segment, value, churn, mood, next best offer, alerts and last contact",
        key,
        elsewhere=False,
        height="content",
    )


def _offer(name: str | None, confidence: float | None, fit: float | None) -> str:
    """A product with how sure it is: confidence, or fit where there is no history."""
    if wording.is_missing(name):
        return wording.DASH
    if not wording.is_missing(confidence):
        return f"{name} · {wording.share(confidence)}"
    return name if wording.is_missing(fit) else f"{name} · fit {wording.share(fit)}"
