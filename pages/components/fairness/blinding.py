"""A check at a button: is anybody scored otherwise as somebody else?"""

import streamlit as st

from engine import Engine
from pages.components.frame import session
from pages.components.look import tables, wording
from pages.components.look.wording import escape


def check(engine: Engine) -> None:
    """Run the blinding check and show what came of it."""
    st.header("Blinding check", anchor=False)
    st.write("Changes gender, age, name and place of customers and scores them again.")
    if st.button("Run the blinding check", type="primary"):
        with st.skeleton(height=120):
            st.session_state["blinding"] = (session.bank_id(), engine.fairness.blinding())
    owner, report = st.session_state.get("blinding", (None, None))
    if report is not None and owner == session.bank_id():
        (st.success if report.n_changed == 0 else st.error)(escape(report.sentence))
        tables.show(
            report.table.assign(
                attribute=[wording.label(name) for name in report.table["attribute"]]
            ),
            {
                "attribute": "Changed",
                "n_customers": ("Customers", "count"),
                "n_changed": ("Scores changed", "count"),
                "largest_difference": ("Largest difference", "tiny"),
            },
            "Customers whose scores changed, by attribute",
        )
