"""The customers of a bank as a list, and one customer with everything known."""

import streamlit as st

from pages.components.customers import (
    customer_list,
    following,
    one_customer,
    openable,
    saved_views,
    worklist,
)
from pages.components.frame import access, page_frame, session
from pages.components.look import choosing, notices, pinned, wording

access.enter("customer_explorer.py")
engine = session.engine()
chosen = session.customer_id()

if chosen and not engine.may("customers.profile"):
    worklist.chip(engine, chosen)
    notices.empty(
        "One customer's record is not open to your role",
        "You see customers as a list, under pseudonyms. Whoever runs Attune at your bank can say "
        "why.",
    )
    st.stop()
if chosen:
    pinned.pin(engine.notes.all())
    with st.skeleton(height=420):
        profile = engine.customers.profile(chosen)
    session.looked(chosen)
    st.title(one_customer.name(profile), anchor=False)
    worklist.chip(engine, chosen, named=False)
    one_customer.show(profile)
    st.stop()

of_whom = f"Who to call, and what about. {openable.HOW}"
if not engine.may("customers.profile"):
    of_whom = "Under pseudonyms: segments, value, churn, mood and the next best offer of each."
page_frame.title("Customers", of_whom)
saved_views.settle(engine)
selected = worklist.selected(engine)
if selected:
    customer_list.whose(selected)
named = [selected.title] if selected else []
with st.container():
    customers = worklist.customers(engine)

if customers.empty:
    if narrowed := [*map(wording.escape, named), *worklist.active()]:
        notices.empty("Nobody matches", f"Filtered by {'; '.join(narrowed)}.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Clear the filters", on_click=worklist.clear)
            saved_views.show(engine)
    else:
        notices.empty("No customers", "This bank has none; its quality report says what came in.")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(wording.counted(len(customers), "customer"), width="content")
    saved_views.show(engine)
    customer_list.files(engine, customers, "; ".join([*named, *worklist.active()]))
    following.no_lists_behind_a_button(
        engine.selections.no_lists(), engine.facts.summary().n_customers
    )
table = st.container()
rows = choosing.page_of(customers, key="page", bind="query-params")
with table:
    customer_list.table(rows, engine.facts.summary().currency, key="customers_table")
