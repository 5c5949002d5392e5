"""The list of customers that a relationship manager works down."""

import pandas as pd
import streamlit as st

from pages import _state, _tables, _words


def table(rows: pd.DataFrame, currency: str, key: str) -> None:
    """One page of the list; a selected row opens that customer."""
    shown = pd.DataFrame(
        {
            "name": rows["name"].where(rows["name"].notna(), rows["customer_id"]),
            "segment": rows["segment"],
            "value": rows["value_a_year"],
            "churn": rows["churn"],
            "mood": [_words.mood(value) for value in rows["mood"]],
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
            "contact": [_words.day(when) for when in rows["last_contact"]],
        }
    )
    event = _tables.show(
        shown,
        {
            "name": ("Name", "178"),
            "segment": ("Segment", "148"),
            "value": (f"{currency} a year", "money"),
            "churn": ("Churn", "churn"),
            "mood": ("Mood", "58"),
            "offer": ("Next best offer", "215"),
            "alerts": ("Alerts", "count"),
            "contact": ("Contact", "80"),
        },
        "Customers with segment, value, churn, mood, next best offer, alerts and last contact",
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        height="content",
    )
    if event["selection"]["rows"]:
        _state.choose(str(rows["customer_id"].iloc[event["selection"]["rows"][0]]))
        st.rerun()


def _offer(name: str | None, confidence: float | None, fit: float | None) -> str:
    """A product with how sure it is: confidence, or fit where there is no history."""
    if _words.is_missing(name):
        return _words.DASH
    if not _words.is_missing(confidence):
        return f"{name} · {_words.share(confidence)}"
    return name if _words.is_missing(fit) else f"{name} · fit {_words.share(fit)}"
