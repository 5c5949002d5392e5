"""Forms for records that a person adds to a customer: a purchase, a ticket, a post."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from engine.vocabulary import (
    PAYMENT_METHODS,
    POST_PLATFORMS,
    PURCHASE_CHANNELS,
    SPENDING_CATEGORIES,
    TICKET_TOPICS,
)
from pages.components.frame import session
from pages.components.look import choosing, wording

KINDS = {"purchase": "Purchase", "ticket": "Ticket", "post": "Post"}
LONGEST_TEXT = 4000
OPEN = "add_open"
"""Session key of whether the forms are open; a stored record closes them."""


def popover(customer_id: str, currency: str) -> None:
    """One of three forms; each makes the id of its submit, so that a double click stores once."""
    with st.popover("Add a record", icon=":material/add:", key=OPEN, on_change="rerun"):
        kind = choosing.one_of("What to add", KINDS, "add_kind")
        submit = session.event_id("add", customer_id, kind)
        with st.form(f"add_{submit}", border=False):
            fields = FORMS[kind](submit, currency)
            st.form_submit_button(
                f"Add {KINDS[kind].lower()}",
                type="primary",
                on_click=_submit,
                args=(kind, customer_id, submit, fields),
            )


def _submit(kind: str, customer_id: str, submit: str, fields: tuple[str, ...]) -> None:
    typed = {name: st.session_state.get(f"{submit}_{name}") for name in fields}
    if session.add_record(kind, customer_id, submit, _cleaned(typed)):
        st.session_state[OPEN] = False


def _cleaned(typed: dict[str, Any]) -> dict[str, Any]:
    """What was left empty stands as the engine expects it."""
    empty = {"amount": 0.0, "topics": ()}
    return {
        name: empty.get(name, "") if value is None and name != "on" else value
        for name, value in typed.items()
    }


def _purchase(submit: str, currency: str) -> tuple[str, ...]:
    left, right = st.columns(2)
    with left:
        st.number_input(
            f"Amount paid, {currency}", min_value=0.0, value=None, key=f"{submit}_amount"
        )
        st.text_input("Merchant", max_chars=200, key=f"{submit}_merchant")
        st.selectbox(
            "Where",
            PURCHASE_CHANNELS,
            index=None,
            placeholder="Not known",
            format_func=wording.label,
            key=f"{submit}_channel",
        )
    with right:
        st.selectbox(
            "Category", SPENDING_CATEGORIES, format_func=wording.label, key=f"{submit}_category"
        )
        st.selectbox(
            "Paid by", PAYMENT_METHODS, format_func=wording.label, key=f"{submit}_payment_method"
        )
        _day(submit)
    return ("amount", "category", "merchant", "channel", "payment_method", "on")


def _ticket(submit: str, currency: str) -> tuple[str, ...]:
    del currency
    st.text_area("What was said", max_chars=LONGEST_TEXT, key=f"{submit}_text")
    st.pills(
        "Concerns",
        TICKET_TOPICS,
        selection_mode="multi",
        format_func=wording.label,
        key=f"{submit}_topics",
    )
    st.checkbox("The issue came up before", key=f"{submit}_repeated")
    st.checkbox("It is resolved", key=f"{submit}_resolved")
    _day(submit)
    return ("text", "topics", "repeated", "resolved", "on")


def _post(submit: str, currency: str) -> tuple[str, ...]:
    del currency
    st.selectbox("Platform", POST_PLATFORMS, key=f"{submit}_platform")
    st.text_area("Text of the post", max_chars=LONGEST_TEXT, key=f"{submit}_text")
    _day(submit)
    return ("platform", "text", "on")


def _day(submit: str) -> None:
    today = datetime.now(UTC).date()
    st.date_input("Day", value=today, max_value=today, format="DD/MM/YYYY", key=f"{submit}_on")


FORMS: dict[str, Callable[[str, str], tuple[str, ...]]] = {
    "purchase": _purchase,
    "ticket": _ticket,
    "post": _post,
}
"""Kind -> draws the form's fields and names them."""
