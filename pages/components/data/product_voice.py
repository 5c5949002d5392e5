"""What people say of a product and do with it, and what could be done about it."""

import streamlit as st

from engine.results import ProductNote, ProductVoice
from pages.components.customers import following
from pages.components.frame import session
from pages.components.look import notices, tables
from pages.components.look.wording import escape

SOURCES = {
    "refusals": "Refused offers",
    "comments": "Comments on offers",
    "reviews": "Reviews in the catalogue",
    "ratings": "Ratings below half",
    "messages": "Messages to the bank",
}
COLUMNS: tables.Columns = {
    "source": "Where it was said",
    "theme": "What is found wrong",
    "n": ("Times", "count"),
    "of": ("Of", "count"),
    "share": ("Share", "share"),
    "low": ("At least", "share"),
    "high": ("At most", "share"),
}


def show(product_id: str) -> None:
    """Its place in the book, notes with what they rest on, reviews."""
    voice = session.engine().writing.product(product_id)
    st.subheader("In the book", anchor=False)
    st.write(escape(voice.line))
    with st.container(horizontal=True, gap="xsmall"):
        for counted in (voice.holders, voice.offered_first):
            following.link(counted, counted.title if counted else "")
    st.subheader("What could be better", anchor=False)
    if voice.quiet:
        notices.empty("No note", voice.quiet)
    for note in voice.notes:
        _note(note)
    if not voice.themes.empty:
        _counted(voice)
    if voice.reviews:
        st.subheader("Reviews in the catalogue", anchor=False)
        st.markdown("\n".join(f"- “{escape(text)}”" for text in voice.reviews))


def _note(note: ProductNote) -> None:
    with st.container(border=True):
        st.markdown(f"**{escape(note.text)}**")
        st.write(escape(note.suggestion))
        for text in note.quotes:
            st.caption(f"“{escape(text)}”")


def _counted(voice: ProductVoice) -> None:
    with st.expander("Everything that was counted", icon=":material/table:"):
        shown = voice.themes.assign(source=voice.themes["source"].map(SOURCES))
        tables.show(shown, COLUMNS, "Complaints by source and theme, with 95 % intervals")
        notices.notes(
            [
                "At least and at most are the 95 % interval of the share.",
                "A message is about a product that it names, or whose kind alone it names where "
                "its sender holds one product of that kind.",
            ]
        )
