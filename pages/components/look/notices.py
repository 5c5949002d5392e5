"""What stands in place of something: nothing to show and why, and notes for a reader."""

from collections.abc import Sequence

import streamlit as st

from pages.components.look.wording import escape


def empty(title: str, text: str) -> None:
    """Nothing to show, and why."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(text)


def notes(texts: Sequence[str]) -> None:
    """What a reader should know, small."""
    if texts:
        st.caption("  \n".join(f":material/info: {escape(text)}" for text in texts))
