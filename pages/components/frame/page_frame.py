"""The frame of every page: title, the chosen customer's chip, banners, and what went wrong."""

import logging
import traceback
import uuid

import streamlit as st

from engine.errors import EngineError
from engine.results import BankSummary
from pages.components.frame import session
from pages.components.look.wording import badge_text, day, escape

logger = logging.getLogger("attune")


def title(text: str, lead: str = "", *, chip: bool = True) -> None:
    """The page's title, one line of what it is for, and the chosen customer."""
    st.title(text, anchor=False)
    if lead:
        st.caption(lead)
    if chip and session.customer_id():
        customer_chip(session.customer_id())


def customer_chip(chosen: str, *, named: bool = True) -> None:
    """The chosen customer with previous and next of the current list."""
    table = session.engine().customers.table(search="")
    row = table.loc[table["customer_id"] == chosen]
    if row.empty:
        return
    ids = session.book()
    place = ids.index(chosen) if chosen in ids else -1
    name = row["name"].iloc[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if named:
            st.badge(badge_text(name), icon=":material/person:", color="blue")
        if place >= 0:
            st.caption(f"{place + 1:,} of {len(ids):,}", width="content")
        for word, step in (("Previous", -1), ("Next", 1)):
            target = ids[place + step] if place >= 0 and 0 <= place + step < len(ids) else None
            st.button(
                word,
                key=f"chip_{word}",
                on_click=session.choose,
                args=(target,),
                disabled=target is None,
                type="tertiary",
                help=f"{word} customer of the list",
            )
        st.button(
            "Clear" if named else "All customers",
            key="chip_clear",
            on_click=session.choose,
            args=(None,),
            type="tertiary",
            help="Choose no customer",
        )


def sidebar(summary: BankSummary, person: str) -> None:
    """Below the menu: whose data, of which day, scored by what, for whom."""
    grade = f" · {escape(summary.grade)}" if summary.grade else ""
    st.caption(
        f"**{escape(summary.name)}**{' (simulated)' if summary.simulated else ''}  \n"
        f"{summary.n_customers:,} customers · {summary.n_products:,} products  \n"
        f"As of {day(summary.as_of)}  \n"
        f"Model {escape(summary.model_version)}{grade}  \n"
        f"Looking: {escape(person)}"
    )


def banner(summary: BankSummary) -> None:
    """Only when records are damaged or something runs on a fallback; a line for each."""
    if summary.damage:
        st.error(escape(summary.damage), icon=":material/broken_image:")
    if summary.degraded:
        text = " · ".join(badge_text(part) for part in summary.degraded)
        st.badge(text, icon=":material/warning:", color="orange")


def flash() -> None:
    """What the last submit said."""
    kind, text = st.session_state.pop("flash", (None, ""))
    if kind == "error":
        st.error(escape(text), icon=":material/error:")
    elif kind == "done":
        st.toast(escape(text), icon=":material/check_circle:")


def failed(error: EngineError) -> None:
    """What happened and what to do, with an id under which the log has the place in the code."""
    reference = uuid.uuid4().hex[:8]
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error("%s: %s in %s line %s", reference, type(error).__name__, place.name, place.lineno)
    with st.container(border=True):
        st.header("This could not be shown", anchor=False)
        st.write(escape(error))
        st.caption(f"If it comes again, tell whoever runs Attune this reference: {reference}")
        st.button("Try again", key="try_again")
