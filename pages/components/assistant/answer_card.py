"""One answer of the assistant as a card: sentences, figures, source, day and where it is shown."""

import streamlit as st

from engine.results import Answer, Fact
from pages.components.assistant import proposals
from pages.components.frame import session
from pages.components.look import wording
from pages.components.look.wording import escape

PAGES = {
    "": "customer_explorer.py",
    "day": "my_day.py",
    "recommendations": "recommendations.py",
    "insights": "insights.py",
    "fairness": "fairness.py",
    "feedback": "feedback.py",
    "data": "data.py",
    "about": "about.py",
}
"""Address of a page -> its script."""
SHORT = 22
"""Letters of a figure that stands in a tile; a longer one is a line."""
TILES = 4


def show(answer: Answer, key: str) -> None:
    """The card; `key` tells it from every other of the conversation."""
    with st.container(border=True, gap="small", key=f"answer_{key}"):
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.markdown(f"**{escape(answer.title)}**")
            st.badge(
                wording.badge_text(answer.customer or "Whole bank"),
                icon=":material/person:" if answer.customer else ":material/account_balance:",
                color="blue" if answer.customer else "gray",
            )
        for text in answer.sentences:
            st.markdown(escape(text))
        _facts(answer)
        if answer.lines:
            st.markdown("\n".join(f"- {escape(line)}" for line in answer.lines))
        for n, proposal in enumerate(answer.proposals):
            proposals.button(proposal, f"{key}_{n}")
        _foot(answer, key)


def _facts(answer: Answer) -> None:
    """Short figures as tiles, long ones as lines."""
    tiles = [one for one in answer.facts if _is_short(one)]
    lines = [one for one in answer.facts if not _is_short(one)]
    if tiles:
        with st.grid(min(TILES, max(2, len(tiles))), min_column_width=150, gap="small"):
            for one in tiles:
                _tile(one)
    if lines:
        st.markdown(
            "\n".join(
                f"- **{escape(one.label)}**: {escape(one.text)}"
                + (f" ({escape(one.remark)})" if one.remark else "")
                for one in lines
            )
        )


def _is_short(one: Fact) -> bool:
    return len(one.text) <= SHORT and len(one.remark) <= 3 * SHORT


def _tile(one: Fact) -> None:
    with st.container(gap=None):
        st.caption(escape(one.label))
        st.markdown(f"**{escape(one.text)}**")
        if one.remark:
            st.caption(escape(one.remark))


def _foot(answer: Answer, key: str) -> None:
    """Source and day, the way to the page that shows the same, and what to know."""
    if answer.notes:
        with st.popover("What to know", type="tertiary", key=f"notes_{key}"):
            st.markdown("\n".join(f"- {escape(note)}" for note in answer.notes))
    with st.container(horizontal=True, vertical_alignment="center"):
        when = "" if answer.as_of is None else f" · as of {wording.day(answer.as_of)}"
        st.caption(f"From {escape(answer.source)}{when}")
        if answer.link:
            st.page_link(
                PAGES[answer.page],
                label=escape(answer.link),
                icon=":material/open_in_new:",
                query_params=session.carried_bank() | dict(answer.query),
            )
