"""Banks: what there is, what came in, and bringing one's own."""

import streamlit as st

from pages import _access, _catalogue, _frame, _import, _inventory, _state

_access.require("analyst", "manager", "relationship_manager")
_frame.title("Data", "Which bank this is, what came in, and how to bring your own", chip=False)

names = ("This bank", "Products", "Import", "Quality report", "Models", "Settings")
tabs = st.tabs(names, key="tab", on_change="rerun", bind="query-params")
has_bank = not _state.banks().empty
for tab, draw in zip(
    tabs,
    (
        _inventory.bank,
        _catalogue.show,
        _import.show,
        _inventory.quality,
        _inventory.doctor,
        _inventory.settings,
    ),
    strict=True,
):
    with tab:
        if tab.open and (has_bank or draw is _import.show):
            draw()
        elif tab.open:
            st.caption("There is no bank yet. Import one first.")
