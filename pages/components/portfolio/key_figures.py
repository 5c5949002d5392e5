"""The book in a few figures, and what stands out of them in sentences."""

import streamlit as st

from engine.results import Insights
from pages.components.customers import following
from pages.components.look import tables, wording
from pages.components.look.wording import escape


def show(insights: Insights, currency: str) -> None:
    """A row of figures with their change, and the sentences."""
    with st.grid(5, min_column_width=140, border=True):
        for label, (value, unit, change) in insights.figures.items():
            figure = escape(wording.amount(value, unit, currency))
            with st.container(gap="xxsmall"):
                tables.moved(escape(label), figure, wording.change(change), change or 0)
                following.link(insights.behind_figures.get(label))
    if insights.sentences:
        with st.container(border=True, gap="xsmall"):
            for sentence, behind in zip(insights.sentences, insights.behind_sentences, strict=True):
                st.markdown(escape(sentence))
                following.links(behind)
