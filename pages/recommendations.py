"""Next best offers for one customer and what may be asked about them: a tab for each question."""

from collections.abc import Callable

import streamlit as st

from engine import Engine
from pages import (
    _access,
    _cards,
    _evaluation,
    _filters,
    _frame,
    _levers,
    _offers,
    _state,
    _takers,
    _whatif,
    _whynot,
)

# Comments, since Streamlit writes a bare text of a page's script on the page.
# Tab -> what draws it for the chosen customer; one must be chosen first.
ABOUT_A_CUSTOMER: dict[str, Callable[[Engine, str], None]] = {
    "Offers": _offers.show,
    "Why not?": _whynot.show,
    "What if?": _whatif.show,
}
# Tab -> what draws it for the whole bank.
ABOUT_ALL: dict[str, Callable[[Engine], None]] = {
    "By product": _takers.show,
    "Levers": _levers.show,
    "How good?": _evaluation.show,
}

_access.require("relationship_manager", "analyst", "manager")
engine = _state.engine()

_frame.title("Recommendations", "What to offer next, why, and what was left out")
tabs = st.tabs([*ABOUT_A_CUSTOMER, *ABOUT_ALL], key="view", on_change="rerun", bind="query-params")
for tab, name in zip(tabs, [*ABOUT_A_CUSTOMER, *ABOUT_ALL], strict=True):
    with tab:
        if not tab.open:
            continue
        customer = _state.customer_id()
        if name in ABOUT_ALL:
            ABOUT_ALL[name](engine)
        elif customer is not None:
            ABOUT_A_CUSTOMER[name](engine, customer)
        else:
            _cards.empty(
                "Choose a customer first", "Search here, or pick one from the Customers page."
            )
            _filters.customer_picker(engine, "recommendations")
