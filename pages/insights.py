"""The portfolio: key figures, segments, needs, lift and mood."""

import streamlit as st

from pages.components.customers import alert_cards
from pages.components.frame import access, page_frame, session
from pages.components.look import notices
from pages.components.portfolio import dated_notes, key_figures, needs_and_mood, segments

access.require("relationship_manager", "analyst", "manager")
engine = session.engine()

page_frame.title("Insights", "The whole book: groups, needs, and what goes with what")
dated_notes.show(engine)
with st.skeleton(height=420):
    insights = engine.customers.insights()
currency = engine.facts.summary().currency

key_figures.show(insights, currency)
key_figures.no_lists(engine.selections.no_lists(), len(insights.customers))

st.header("Alerts", anchor=False)
alert_cards.feed()

st.header("Segments", anchor=False)
segments.show(insights, currency)

st.header("Needs and products", anchor=False)
needs, pairs = st.columns(2, gap="medium")
with needs:
    needs_and_mood.needs(insights)
with pairs:
    needs_and_mood.lift(insights)

st.header("Mood", anchor=False)
needs_and_mood.mood(insights)
notices.notes(insights.notes)
