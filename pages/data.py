"""Banks: what there is, what came in, and bringing one's own."""

import streamlit as st

from pages.components.data import bank_contents, bank_import, product_catalogue
from pages.components.frame import access, page_frame, session

access.enter("data.py")
page_frame.title("Data", "Which bank this is, what came in, and how to bring your own")

names = ("This bank", "Products", "Import", "Quality report", "Models", "Settings")
page_frame.unknown_tab("tab", names)
tabs = st.tabs(names, key="tab", on_change="rerun", bind="query-params")
has_bank = not session.banks().empty
for tab, draw in zip(
    tabs,
    (
        bank_contents.bank,
        product_catalogue.show,
        bank_import.show,
        bank_contents.quality,
        bank_contents.doctor,
        bank_contents.settings,
    ),
    strict=True,
):
    with tab:
        if tab.open and (has_bank or draw is bank_import.show):
            draw()
        elif tab.open:
            st.caption("There is no bank yet. Import one first.")
