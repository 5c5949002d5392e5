"""The frame of every page: title, banners, and what went wrong."""

import logging
import traceback
import uuid
from collections.abc import Sequence

import streamlit as st

from engine.errors import EngineError
from engine.results import BankSummary
from pages.components.look.wording import day, escape

logger = logging.getLogger("attune")


def title(text: str, lead: str) -> None:
    """The page's title and one line of what it is for, where there is room for it."""
    st.title(text, anchor=False)
    if lead:
        st.caption(lead)


def sidebar(summary: BankSummary, person: str) -> None:
    """Below the menu: whose data, of which day, scored by what, for whom."""
    grade = f" · {escape(summary.grade)}" if summary.grade else ""
    lines = [
        f"**{escape(summary.name)}**{' (simulated)' if summary.simulated else ''}",
        f"{summary.n_customers:,} customers · {summary.n_products:,} products",
        f"As of {day(summary.as_of)}",
        f"Model {escape(summary.model_version)}{grade}",
        *(escape(part) for part in summary.degraded),
        f"Looking: {escape(person)}",
    ]
    st.caption("  \n".join(lines))


def ways_out(ways: tuple[tuple[str, str], ...]) -> None:
    """Links to what lies beside the dashboard: what each is called, and its path."""
    links = (f'<a href="{path}" target="_self">{called}</a>' for called, path in ways)
    if told := " · ".join(links):
        st.html(f'<span class="attune-ways-out">{told}</span>')


def damage(summary: BankSummary) -> None:
    """Said on every page, but only when records are damaged."""
    if summary.damage:
        st.error(escape(summary.damage), icon=":material/broken_image:")


def unknown(customer: str | None) -> None:
    """The address names a customer whom the bank does not have."""
    if customer is not None:
        st.warning(
            f"There is no customer {escape(customer)} here. Choose somebody from the list, or "
            "check the number in the address.",
            icon=":material/person_off:",
        )


def unknown_bank(bank: str | None) -> None:
    """The address names a bank that is not here."""
    if bank is not None:
        st.warning(
            f"There is no bank {escape(bank)} here; this is another one. Choose a bank in the "
            "sidebar, or check the address.",
            icon=":material/account_balance:",
        )


def unknown_tab(key: str, names: Sequence[str]) -> None:
    """The address names a tab that the page does not have; to be asked before they are drawn."""
    asked = st.query_params.get(key)
    if asked is not None and asked not in names:
        st.warning(f"There is no tab “{escape(asked)}” here; there are {', '.join(names)}.")


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
