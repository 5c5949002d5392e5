"""The book in a few figures, and what stands out of them in sentences."""

import streamlit as st

from engine.results import Insights
from pages.components.look import tables, wording
from pages.components.look.wording import escape


def show(insights: Insights, currency: str) -> None:
    """A row of figures with their change, and the sentences."""
    with st.grid(5, min_column_width=140, border=True):
        for label, (value, unit, change) in insights.figures.items():
            figure = escape(wording.amount(value, unit, currency))
            tables.moved(escape(label), figure, wording.change(change), change or 0)
    if insights.sentences:
        with st.container(border=True):
            st.markdown("\n".join(f"- {escape(sentence)}" for sentence in insights.sentences))
