"""Whom a relationship manager calls today, why, and what not to say."""

import streamlit as st

from pages.components.customers import call_actions, call_card
from pages.components.frame import access, page_frame, session
from pages.components.look import choosing, notices
from pages.components.look.wording import escape

person = access.enter("my_day.py")
engine = session.engine()

page_frame.title("My day", "Whom to call today, why, and what not to say")
managers = list(engine.days.managers())
manager = person.book
said, whose = st.columns([2, 1], vertical_alignment="bottom")
with whose:
    if manager is None and managers:
        manager = choosing.choice("Customers of", managers, "book")
with st.skeleton(height=420):
    day = engine.days.today(manager)

with said:
    st.markdown(f"**{escape(day.sentence)}**")
call_actions.last_done()
if not day.calls:
    notices.empty(
        "Nobody to call",
        "This list waits for an unresolved case, an alert, a confident offer or a promised day.",
    )
for call in day.calls:
    call_card.of_day(call)
call_card.left_out(day)
notices.notes(day.notes)
