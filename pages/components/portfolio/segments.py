"""Groups of customers: on a map of churn and profit, those picked there, and as a table."""

import pandas as pd
import streamlit as st

from engine.results import Insights
from pages.components.customers import following, openable
from pages.components.look import charts, notices


def show(insights: Insights, currency: str) -> None:
    """The map with whoever is picked on it, and the segments."""
    if (picked := _on_the_map(insights, currency)) is not None:
        _picked(picked, currency)
    following.table(
        insights.segments,
        {
            "segment": ("Segment", 190),
            "n": ("Customers", "count"),
            "share": ("Share", "share"),
            "value_a_year": (f"{currency} a year", "money"),
            "mean_churn": ("Mean churn", "one"),
            "action": ("What to do", "long"),
        },
        "Segments with size, value, churn and what to do",
        column="segment",
        key="segments",
        how=True,
        height="content",
    )


def _on_the_map(insights: Insights, currency: str) -> pd.DataFrame | None:
    """Draw everybody; the customers who are chosen there come back, None where nobody can be
    drawn."""
    if insights.customers[["churn", "profit"]].isna().any(axis=1).all():
        notices.empty("No map", "Churn and profit are known together of nobody.")
        return None
    event = charts.show(
        charts.customer_map(insights.customers, insights.segments, currency),
        "Customers by churn and profit",
        "Scatter of all customers: churn against profit, coloured by churn band",
        insights.customers.drop(columns="customer_id"),
        key="segment_map",
        columns={
            "name": "Name",
            "segment": "Segment",
            "churn": ("Churn", "one"),
            "profit": ("Profit", "one"),
            "value_a_year": (f"{currency} a year", "money"),
        },
        select=True,
    )
    chosen = insights.customers["customer_id"].isin(charts.selected(event))
    return insights.customers[chosen]


def _picked(picked: pd.DataFrame, currency: str) -> None:
    """Who is chosen on the map; a name opens the customer."""
    if picked.empty:
        st.caption("Draw a box around one point or more to see who they are.")
    else:
        st.markdown(f"**{len(picked):,} selected.** {openable.HOW}")
        openable.table(
            picked,
            {
                "name": ("Name", 200),
                "segment": "Segment",
                "churn": ("Churn", "churn"),
                "value_a_year": (f"{currency} a year", "money"),
            },
            "The customers selected in the chart",
            key="picked",
        )
