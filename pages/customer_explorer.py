"""The customers of a bank as a list, and one customer with everything known."""

import streamlit as st

from pages.components.customers import column_filters, customer_filters, customer_list, one_customer
from pages.components.frame import access, page_frame, session
from pages.components.look import choosing, notices

access.require("relationship_manager", "analyst", "manager")
engine = session.engine()
chosen = session.customer_id()

if chosen:
    with st.skeleton(height=420):
        profile = engine.customers.profile(chosen)
    st.title(one_customer.name(profile), anchor=False)
    page_frame.customer_chip(chosen, named=False)
    one_customer.show(profile)
    st.stop()


def _clear() -> None:
    customer_filters.clear()
    column_filters.clear()


page_frame.title("Customers", "Who to call, and what about. Choose a row to open the customer.")
currency = engine.facts.summary().currency
arguments = customer_filters.customers(engine) | column_filters.filters(currency)
with st.skeleton(height=420):
    customers = engine.customers.table(**arguments)
session.book(customers["customer_id"].tolist())

if customers.empty:
    active_filters = customer_filters.active(arguments) + column_filters.active()
    if active_filters:
        notices.empty("Nobody matches", f"Filtered by {'; '.join(active_filters)}.")
        st.button("Clear the filters", on_click=_clear)
    else:
        notices.empty("No customers", "This bank has none; its quality report says what came in.")
    st.stop()

st.caption(f"{len(customers):,} customers")
rows = choosing.page_of(customers, key="customers_page")
customer_list.table(rows, currency, key="customers_table")
choosing.pager(len(customers), key="customers_page")
