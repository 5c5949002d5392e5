"""The first run: no bank is there yet."""

import streamlit as st

from pages.components.frame import session


def show() -> None:
    """Two ways to begin."""
    st.title("Welcome to Attune", anchor=False)
    st.write(
        "Attune tells a bank's people what to offer each customer next, why, and whether that is "
        "fair, and learns from what happens. There is no bank here yet."
    )
    demo, own = st.columns(2, border=True)
    with demo:
        st.header("Try the demo bank", anchor=False)
        st.write("A made-up bank of 1,000 customers with two years of data, the same every time.")
        if st.button("Try the demo bank", type="primary"):
            with st.skeleton(height=120):
                session.try_demo()
            st.rerun()
    with own:
        st.header("Bring your own", anchor=False)
        st.write(
            "Upload CSV, Excel, JSON, Parquet or SQLite files, or statements in OFX, CAMT.053, "
            "MT940 and QIF. They stay on this machine."
        )
        if st.button("Import your data"):
            st.switch_page("data.py")
