"""Banks: what there is, what came in, and bringing one's own."""

import streamlit as st

from pages.components.data import bank_contents, bank_import, product_catalogue
from pages.components.frame import access, page_frame, session

access.enter("data.py")
page_frame.title("Data", "Which bank this is, what came in, and how to bring your own")

# Tab -> what draws it, and what it asks of the engine.
TABS = {
    "This bank": (bank_contents.bank, "facts.tables"),
    "Products": (product_catalogue.show, "products.table"),
    "Import": (bank_import.show, "banks.make"),
    "Quality report": (bank_contents.quality, "facts.quality"),
    "Models": (bank_contents.doctor, "models.doctor"),
    "Settings": (bank_contents.settings, "facts.settings"),
}
drawings = {name: draw for name, (draw, action) in TABS.items() if access.may(action)}
page_frame.unknown_tab("tab", list(drawings))
tabs = st.tabs(list(drawings), key="tab", on_change="rerun", bind="query-params")
has_bank = not session.banks().empty
for tab, draw in zip(tabs, drawings.values(), strict=True):
    with tab, access.as_far_as_open():
        if tab.open and (has_bank or draw is bank_import.show):
            draw()
        elif tab.open:
            st.caption("There is no bank yet. Import one first.")
