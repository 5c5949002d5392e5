"""A receipt beside the conversation, of the customer who is chosen."""

import streamlit as st

from engine import Engine
from pages.components.frame import session
from pages.components.receipts import receipt_panel


def expander(engine: Engine) -> None:
    """Closed until somebody opens it; without a customer it says what to do first."""
    with st.expander("Read a receipt", icon=":material/receipt_long:"):
        if (customer := session.customer_id()) is None:
            st.caption("Choose a customer first: search for one, then come back.")
            return
        receipt_panel.show(customer, engine.facts.summary().currency, "assistant")
