"""The list of customers that a relationship manager works down."""

import pandas as pd
import streamlit as st

from engine import Engine
from engine.results import Selected
from pages.components.customers import following, openable, worklist
from pages.components.frame import access, downloads
from pages.components.look import wording
from pages.components.look.wording import badge_text, escape

BASE = "base"
"""In the address of the campaigns: among whom one chooses."""


def whose(selected: Selected) -> None:
    """Whom the list is of, where a number was followed; the ways on and back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"{selected.title}: {wording.counted(selected.n, 'customer')}"
        st.badge(badge_text(said), icon=":material/filter_alt:", color="blue")
        st.button(
            "Everybody", on_click=worklist.everybody, type="tertiary", help="Leave this selection"
        )
        may_be_base = selected.selection.may_be_base
        if may_be_base and access.require().roles & {"analyst", "manager"}:
            st.page_link(
                "campaigns.py",
                label="Base of a campaign",
                icon=":material/campaign:",
                query_params=following.query(BASE, selected.selection),
            )
    if selected.note:
        st.warning(escape(selected.note), icon=":material/history:")


def files(engine: Engine, customers: pd.DataFrame, chosen_by: str) -> None:
    """The whole list as a file, in its order."""
    as_of = engine.facts.summary().as_of
    downloads.as_files(
        "list of customers",
        lambda kind: engine.customers.export(customers, kind, chosen_by),
        f"customers_{as_of:%Y-%m-%d}",
        "customers",
        type="tertiary",
    )


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
            "name": ("Name", 192),
            "segment": ("Segment", "180"),
            "value": (f"{currency} a year", "money"),
            "churn": ("Churn", "churn"),
            "mood": ("Mood", "58"),
            "offer": ("Next best offer", "226"),
            "alerts": ("Alerts", "count"),
            "contact": ("Contact", "86"),
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
