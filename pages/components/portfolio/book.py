"""The book at a glance: figures and sentences, alerts, segments by churn and value, needs, mood."""

import streamlit as st

from engine import Engine
from pages.components.customers import alert_cards, following
from pages.components.look import notices
from pages.components.portfolio import dated_notes, key_figures, needs_and_mood, segments


def show(engine: Engine) -> None:
    """Everything that is said of the whole book, under headings."""
    dated_notes.show(engine)
    with st.skeleton(height=420):
        insights = engine.customers.insights()
    currency = engine.facts.summary().currency

    key_figures.show(insights, currency)
    if without := engine.selections.no_lists():
        with st.container(border=True, gap="xsmall"):
            following.no_lists(without, len(insights.customers))

    st.header("Alerts", anchor=False)
    alert_cards.feed()

    st.header("Churn and value", anchor=False)
    segments.show(insights, currency)

    st.header("Needs and products", anchor=False)
    needs, pairs = st.columns(2, gap="medium")
    with needs:
        needs_and_mood.needs(insights)
    with pairs:
        needs_and_mood.lift(insights)

    st.header("What customers write about", anchor=False)
    needs_and_mood.topics(insights)

    st.header("Mood", anchor=False)
    needs_and_mood.mood(insights)
    notices.notes(insights.notes)
