"""Next best offers for one customer and what may be asked about them: a tab for each question."""

from collections.abc import Callable

import streamlit as st

from engine import Engine
from pages.components.customers import customer_filters, following, worklist
from pages.components.frame import access, page_frame, session
from pages.components.levers import levers_tab
from pages.components.look import notices
from pages.components.models import evaluation
from pages.components.offers import by_product, offer_list, what_if_tab, why_not_tab

# Comments, since Streamlit writes a bare text of a page's script on the page.
# Tab -> what draws it for the chosen customer; one must be chosen first.
ABOUT_A_CUSTOMER: dict[str, Callable[[Engine, str], None]] = {
    "Offers": offer_list.show,
    "Why not?": why_not_tab.show,
    "What if?": what_if_tab.show,
}
# Tab -> what draws it for the whole bank.
ABOUT_ALL: dict[str, Callable[[Engine], None]] = {
    "By product": by_product.show,
    "Levers": levers_tab.show,
    "How good?": evaluation.show,
}
# What such a tab asks of the engine.
ASKS = {"By product": "prospects.of", "Levers": "levers.table", "How good?": "evaluations.stored"}

access.enter("recommendations.py")
engine = session.engine()

about = "" if session.customer_id() else "What to offer next, why, and what was left out"
page_frame.title("Recommendations", about)
worklist.chip(engine, session.customer_id())
if not session.customer_id():
    n_customers = engine.facts.summary().n_customers
    following.no_lists_behind_a_button(engine.selections.no_lists(), n_customers)
about_one = ABOUT_A_CUSTOMER if engine.may("offers.recommend") else {}
names = [*about_one, *(name for name in ABOUT_ALL if engine.may(ASKS[name]))]
page_frame.unknown_tab("view", names)
tabs = st.tabs(names, key="view", on_change="rerun", bind="query-params")
for tab, name in zip(tabs, names, strict=True):
    with tab, access.as_far_as_open():
        if not tab.open:
            continue
        customer = session.customer_id()
        if name in ABOUT_ALL:
            ABOUT_ALL[name](engine)
        elif customer is not None:
            session.looked(customer)
            ABOUT_A_CUSTOMER[name](engine, customer)
        else:
            notices.empty(
                "Choose a customer first", "Search here, or pick one from the Customers page."
            )
            customer_filters.customer_picker(engine, "recommendations")
