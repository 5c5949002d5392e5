"""The pack and the report to take away; each is made when it is asked for."""

import streamlit as st

from pages.components.frame import session


def buttons() -> None:
    """Both downloads side by side."""
    packs = session.engine().packs
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Model-risk pack",
            session.noted("model-risk pack", packs.make),
            file_name="model-risk-pack.zip",
            mime="application/zip",
            icon=":material/folder_zip:",
            type="primary",
            on_click="ignore",
            key="pack",
            help="Model cards, metrics with challengers, calibration, stability, fairness, drift, "
            "limits, decision log and licences, readable offline. Takes about a minute.",
        )
        st.download_button(
            "Technical report",
            session.noted("technical report", packs.report),
            file_name="technical-report.pdf",
            mime="application/pdf",
            icon=":material/description:",
            on_click="ignore",
            key="report",
            help="PDF: models, method, tuning, ethics, results; each figure with n, days and seed",
        )
