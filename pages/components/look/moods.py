"""Mood by what messages are about: the words marked in a text, a bar for each part of the bank."""

from typing import Final

import pandas as pd
import streamlit as st

from engine.results import Mention
from pages.components.look import charts
from pages.components.look.wording import escape, label

DECLARED: Final = {"positive": "green", "neutral": "gray", "negative": "red"}
INDICATIVE: Final = (
    "Indicative: no label of this bank's has checked it. The command fit-text fits the bank's own."
)


def marked(text: str, mentions: tuple[Mention, ...]) -> str:
    """A text from data as markdown, with the words that name a part of the bank marked.

    Every piece is escaped by itself, so that nothing in the text can end a mark or begin one.
    """
    pieces, at = [], 0
    for mention in mentions:
        word = escape(text[mention.start : mention.end])
        pieces += [_kept(text[at : mention.start]), f":blue-background[{word}]"]
        at = mention.end
    return "".join([*pieces, _kept(text[at:])]).strip()


def declared(counts: pd.DataFrame) -> None:
    """Chips of what writers say they feel about products, by the source's own word."""
    if counts.empty:
        return
    with st.container(horizontal=True, gap="xsmall"):
        st.caption(
            "On products, by the source's own word (it moves nothing here):", width="content"
        )
        for row in counts.itertuples():
            st.badge(f"{label(row.label)} · {row.n:,}", color=DECLARED[row.label])


def by_aspect(aspects: pd.DataFrame, key: str) -> None:
    """A bar of the mean mood of the messages that name each part of the bank, with their number."""
    if aspects.empty:
        return
    shown = aspects.assign(about=[label(name) for name in aspects["aspect"]])
    charts.show(
        charts.mood_by_aspect(shown),
        "Mood by what messages are about",
        "Mean mood of the messages that name each part of the bank, from minus one to one",
        shown[["about", "mood", "n", "negative"]],
        key=key,
        columns={
            "about": ("About", 140),
            "mood": ("Mood", "two"),
            "n": ("Messages", "count"),
            "negative": ("Of them unhappy", "count"),
        },
    )


def _kept(text: str) -> str:
    """Escaped, with the space at its ends, which `escape` takes off."""
    if not text.strip():
        return " " if text else ""
    return " " * text[0].isspace() + escape(text) + " " * text[-1].isspace()
