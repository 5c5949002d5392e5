"""What customers need, which segment takes what, and the mood of their messages."""

from functools import partial

import streamlit as st

from engine.labels import MENTION_LABELS
from engine.results import Insights
from pages.components.customers import following
from pages.components.look import charts, choosing, moods, notices, wording


def needs(insights: Insights) -> None:
    """Share of customers by need."""
    if insights.needs.empty:
        notices.empty("No needs yet", "Nothing in this bank's data says what customers want.")
    else:
        top = insights.needs.head(12)
        charts.show(
            charts.shares(top, "need", "share", "share of customers"),
            "What customers need",
            f"Share of customers by need; first is {top['need'].iloc[0]}",
            insights.needs,
            key="needs",
            draw=partial(following.table, column="need", key="need_rows"),
            columns={
                "need": ("Need", 170),
                "n": ("Customers", "count"),
                "share": ("Share", "share"),
                "top_product": "Most frequent first offer",
            },
        )


def lift(insights: Insights) -> None:
    """Products that a segment takes more often than everybody."""
    if insights.lift.empty:
        notices.empty("No lift yet", "Too few holdings to say which segment takes what.")
    else:
        charts.show(
            charts.lift(insights.lift.head(12)),
            "Who takes what more often than everybody (95 % interval)",
            "Lift of products by segment with intervals; 1 is no difference",
            insights.lift,
            key="lift",
            draw=partial(following.table, column="product", key="lift_rows"),
            columns={
                "segment": "Segment",
                "product": ("Product", 170),
                "n": ("Customers", "count"),
                "n_may": ("May be offered it", "count"),
                "rate": ("Share here", "share"),
                "base_rate": ("Share of all", "share"),
                "lift": ("Lift", "two"),
                "low": ("From", "two"),
                "high": ("To", "two"),
            },
        )


def mood(insights: Insights) -> None:
    """Mean mood of messages by month, and of those that name a part of the bank."""
    if insights.mood.empty:
        notices.empty("No mood over time", "Messages carry no dates, or there are none.")
    else:
        charts.show(
            charts.mood(insights.mood),
            "Mean mood of messages by month",
            "Mean mood of messages by month, from minus one to one",
            insights.mood,
            key="mood",
            columns={
                "month": ("Month", "month"),
                "mood": ("Mood", "two"),
                "n": ("Messages", "count"),
            },
        )
    moods.declared(insights.declared)
    moods.by_aspect(insights.aspects, "book_aspects")
    if insights.mood_indicative and not (insights.mood.empty and insights.aspects.empty):
        st.caption(moods.INDICATIVE)


def topics(insights: Insights) -> None:
    """What customers write about: topics, hashtags and brands, each with its writers."""
    there = set(insights.topics["kind"])
    kinds = {kind: said for kind, said in MENTION_LABELS.items() if kind in there}
    if not kinds:
        notices.empty(
            "No topics",
            "There are no messages, none that may be used, or too few customers write of the same.",
        )
        return
    kind = choosing.one_of("Show", kinds, "mentioned", label_visibility="collapsed")
    shown = insights.topics[insights.topics["kind"] == kind].drop(columns="kind")
    if kind == "topic":
        shown = shown.assign(item=[wording.label(one) for one in shown["item"]])
    following.table(
        shown,
        {
            "item": (kinds[kind], 260),
            "n_messages": ("Messages", "count"),
            "n_customers": ("Customers", "count"),
        },
        f"{kinds[kind]} of messages with how many messages and customers",
        column="item",
        key=f"mentioned_{kind}",
        height=400,
    )
    st.caption(
        "Of messages that may be used, where several customers write of the same; nothing about "
        "belief, health, sexual life, origin or politics. What somebody writes about is not what "
        "they want: a complaint about a card is about cards."
    )
