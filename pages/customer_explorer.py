"""The customers of a bank as a list, and one customer with everything known."""

import streamlit as st

from pages import _access, _book, _cards, _columns, _customer, _filters, _frame, _state

_access.require("relationship_manager", "analyst", "manager")
engine = _state.engine()
chosen = _state.customer_id()

if chosen:
    with st.skeleton(height=420):
        profile = engine.profile(chosen)
    st.title(_customer.name(profile), anchor=False)
    _frame.customer_chip(chosen, named=False)
    _customer.show(profile)
    st.stop()


def _clear() -> None:
    _filters.clear()
    _columns.clear()


_frame.title("Customers", "Who to call, and what about. Choose a row to open the customer.")
currency = engine.summary().currency
arguments = _filters.customers(engine) | _columns.filters(currency)
with st.skeleton(height=420):
    found = engine.customers(**arguments)
_state.book(found["customer_id"].tolist())

if found.empty:
    filters = _filters.active(arguments) + _columns.active()
    if filters:
        _cards.empty("Nobody matches", f"Filtered by {'; '.join(filters)}.")
        st.button("Clear the filters", on_click=_clear)
    else:
        _cards.empty("No customers", "This bank has none; its quality report says what came in.")
    st.stop()

st.caption(f"{len(found):,} customers")
rows = _filters.page_of(found, key="customers_page")
_book.table(rows, currency, key="customers_table")
_filters.pager(len(found), key="customers_page")
