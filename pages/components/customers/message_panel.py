"""What a customer wrote: each message with what was read in it, and the mood over time."""

import streamlit as st

from engine.results import Profile
from pages.components.look import charts, moods, notices, wording
from pages.components.look.wording import badge_text, escape

SHOWN = 30
TOPICS_SHOWN = 4
MONTHS_FOR_A_CHART = 3
CHIPS_SHOWN = 8
CHIPS = {"topic": "blue", "hashtag": "gray", "brand": "violet"}
COLOURS = {"Good": "green", "Poor": "red"}


def show(profile: Profile) -> None:
    """Mood, its course where there are months to see one, and the newest messages."""
    if profile.messages.empty:
        notices.empty("No messages", "No posts, tickets or chats of this customer are known.")
        return
    st.caption(_said(profile))
    moods.declared(profile.declared)
    _topics(profile)
    if len(profile.mood_months) >= MONTHS_FOR_A_CHART:
        charts.show(
            charts.mood(profile.mood_months, height=200),
            "Mood by month",
            "Mean mood of this customer's messages by month, from minus one to one",
            profile.mood_months,
            key="mood_months",
            columns={
                "month": ("Month", "month"),
                "mood": ("Mood", "two"),
                "n": ("Messages", "count"),
            },
        )
    moods.by_aspect(profile.mood_aspects, "mood_aspects")
    for row in profile.messages.head(SHOWN).itertuples():
        _message(row)
    if len(profile.messages) > SHOWN:
        st.caption(f"The {SHOWN} newest of {len(profile.messages):,} are shown.")


def _topics(profile: Profile) -> None:
    """What the messages are about, with how many there are of each; the same order every time."""
    told = profile.topics.groupby("kind", sort=False).head(CHIPS_SHOWN)
    with st.container(horizontal=True, gap="xsmall"):
        for row in told.itertuples():
            name = wording.label(row.item) if row.kind == "topic" else row.item
            st.badge(f"{badge_text(name)} · {row.n_messages}", color=CHIPS[row.kind])


def _said(profile: Profile) -> str:
    if wording.is_missing(profile.mood):
        return "No mood: none of these messages may be used, or none says how they feel."
    said = f"Mood over all messages: {wording.mood(profile.mood).lower()}. "
    said += f"Sentiment by {escape(profile.sentiment_source)}."
    return f"{said} {moods.INDICATIVE}" if profile.mood_indicative else said


def _message(row) -> None:
    with st.container(border=True, gap="xsmall"):
        kind = [
            escape(wording.label(part))
            for part in (row.kind, row.platform)
            if not wording.is_missing(part)
        ]
        when = [] if wording.is_missing(row.sent_at) else [wording.day(row.sent_at)]
        st.caption(" · ".join(when + kind))
        st.write(moods.marked(row.text, row.mentions if row.used else ()))
        with st.container(horizontal=True, gap="xsmall"):
            _reading(row)
            _standing(row)


def _reading(row) -> None:
    """How it sounds, by us and by the source; only where it may be used."""
    if row.used:
        word = wording.mood(row.sentiment)
        st.badge(badge_text(wording.label(row.word or word)), color=COLOURS.get(word, "gray"))
    else:
        st.badge("Not used: no consent", color="gray")
    if not wording.is_missing(row.source_label):
        st.badge(f"Source label: {badge_text(row.source_label)}", color="gray")
    if row.used and not wording.is_missing(row.engagement):
        st.badge(f"Engagement: {wording.two(row.engagement)}", color="gray")
    if row.used and not wording.is_missing(row.brands):
        for brand in str(row.brands).split(";")[:TOPICS_SHOWN]:
            st.badge(badge_text(brand.strip()), color=CHIPS["brand"])
    if row.used and row.declared:
        st.badge(f"On products: {badge_text(row.declared)}", color=moods.DECLARED[row.declared])


def _standing(row) -> None:
    """What it is about, and where a ticket stands."""
    topics = [] if wording.is_missing(row.topics) else str(row.topics).split(";")
    for topic in topics[:TOPICS_SHOWN]:
        st.badge(badge_text(wording.label(topic)), color="blue")
    if row.kind == "ticket" and not wording.is_missing(row.resolved):
        word, colour = ("Resolved", "green") if row.resolved else ("Open", "orange")
        st.badge(word, color=colour)
    if not wording.is_missing(row.repeated) and row.repeated:
        st.badge("Repeated", color="orange")
