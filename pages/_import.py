"""Bringing one's own bank: upload, match columns where the layout is not known, report."""

import streamlit as st


def show() -> None:
    """Upload files and import them."""
    st.caption("Import")
