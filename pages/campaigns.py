"""Whom to offer what within limits of places and money: the list, what it costs, whom it misses."""

import streamlit as st

from pages.components.campaigns import campaign_form, campaign_outcome, comparison, measured
from pages.components.frame import access, page_frame, session

access.enter("campaigns.py")
engine = session.engine()

page_frame.title("Campaigns", "One offer a customer, within places and money")
asked = campaign_form.show(engine)
if asked is not None:
    with st.skeleton(height=420):
        made = engine.campaigns.plan(asked)
    measured.show(engine, asked)
    campaign_outcome.show(engine, made)
    comparison.show(engine, asked)
