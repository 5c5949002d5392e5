"""A call as a card: in the day's list, and above everything on the page of its customer."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.results import Call, CallPart, Day, FollowUp, Profile
from pages.components.customers import call_actions, meeting_brief
from pages.components.frame import session
from pages.components.look import tables, wording
from pages.components.look.wording import badge_text, escape

KINDS = {
    "promise": ("Promised", "violet"),
    "case": ("Case first", "red"),
    "support": ("Help, no sale", "green"),
    "care": ("Listen", "orange"),
    "offer": ("Offer", "blue"),
}
"""Kind of a call -> what its badge says, and in which colour."""
ORDER = "Why in this place"


def of_day(call: Call) -> None:
    """One call of the day; the name opens the customer."""
    word, colour = KINDS[call.kind]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                "customer_explorer.py",
                label=f"**{call.rank}. {escape(call.customer)}**",
                query_params=session.address_of(call.customer_id),
            )
            st.badge(badge_text(word), color=colour)
            st.caption(_spoke(call.last_contact), width="content")
        st.write(escape(call.line))
        _avoid(call.avoid)
        with st.container(horizontal=True, gap="small"):
            call_actions.buttons(call.customer_id, call.customer, call.product_id, call.product)
            with st.popover(ORDER, type="tertiary", key=f"order_{call.customer_id}"):
                _parts(call.parts, call.score)


def of_customer(profile: Profile) -> None:
    """Why now, what to talk about and what not, what was promised; and what came of it."""
    card = session.engine().days.card(profile.customer_id)
    name = profile.facts.get("name") or profile.customer_id
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said, colour = KINDS.get(card.kind, ("No call today", "gray"))
            st.badge(badge_text(said), color=colour)
            st.caption(_spoke(card.last_contact), width="content")
            meeting_brief.buttons(card.customer_id, str(name))
        st.markdown(f"**{escape(card.line)}**")
        rest = st.container()
        if card.topic:
            talk, rest = st.columns([3, 2], gap="medium")
            with talk:
                _listed(f"Talk about {card.topic}", card.talking_points)
        with rest:
            _listed("What not to say", card.avoid)
            _listed("Promised", [_promise(one) for one in card.follow_ups])
            if card.last_note:
                _listed("Noted last", [card.last_note])
        call_actions.buttons(card.customer_id, str(name), card.product_id, card.product)
        call_actions.last_done()


def left_out(day: Day) -> None:
    """How many are not called today, and why; how many more may be."""
    if not day.left_out:
        return
    n = sum(day.left_out.values())
    with st.expander(f"Not called today: {wording.count(n)} customers"):
        frame = pd.DataFrame(day.left_out.items(), columns=["why", "n"])
        columns = {"why": ("Why", "long"), "n": ("Customers", "count")}
        tables.show(frame, columns, "Why customers are not called today, and how many")


def _parts(parts: Sequence[CallPart], score: float) -> None:
    st.caption("Points add up to the score: logarithms of urgency, value and chance.")
    frame = pd.DataFrame(
        [(part.label, part.detail, part.points) for part in parts] + [("Together", "", score)],
        columns=["label", "detail", "points"],
    )
    columns = {"label": ("Part", "150"), "points": ("Points", "two"), "detail": ("Detail", "310")}
    tables.show(frame, columns, "Parts of the place in the list", width=tables.IN_POPOVER)


def _avoid(avoid: Sequence[str]) -> None:
    if avoid:
        st.caption("; ".join(f":material/block: {escape(text)}" for text in avoid))


def _listed(title: str, texts: Sequence[str]) -> None:
    if texts:
        lines = "\n".join(f"- {escape(text)}" for text in texts)
        st.markdown(f"**{escape(title)}**\n{lines}")


def _promise(one: FollowUp) -> str:
    return wording.day(one.due) + (f": {one.note}" if one.note else "")


def _spoke(when: pd.Timestamp | None) -> str:
    return "No contact on record" if when is None else f"Last contact {wording.day(when)}"
