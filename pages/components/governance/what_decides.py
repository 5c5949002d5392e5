"""The models and rules as a list, and the card of one of them."""

import pandas as pd
import streamlit as st

from pages.components.look import choosing, tables, wording
from pages.components.look.wording import escape

KINDS = {"model": "Models", "rule": "Rules"}
CARD = {
    "purpose": "For",
    "not_for": "Not for",
    "inputs": "Reads",
    "limits": "Limits",
    "version": "Version",
    "validation": "Last validation",
    "owner": "Owner",
}
"""Field of a card -> what it is called."""


def show(table: pd.DataFrame) -> None:
    """Every model or rule in a row; whichever is chosen below, in full."""
    kind = choosing.one_of("Kind", KINDS, "kind", bind="query-params")
    rows = table[table["kind"] == kind]
    tables.show(
        rows,
        {
            "name": ("Name", "180"),
            "purpose": ("For", "330"),
            "version": ("Version", "185"),
            "owner": ("Owner", "112"),
            "validated_on": ("Validated", "day"),
        },
        f"{KINDS[kind]}: purpose, version, owner and last validation",
        height=460,
        row_height=tables.TWO_LINES,
    )
    names = dict(zip(rows["key"], rows["name"], strict=True))
    chosen = st.selectbox(
        "In full",
        list(names),
        format_func=names.__getitem__,
        key=f"card_{kind}",
        width=360,
    )
    if chosen is not None:
        _card(rows.set_index("key").loc[chosen])


def _card(entry: pd.Series) -> None:
    with st.container(border=True):
        st.header(escape(entry["name"]), anchor=False)
        for field, label in CARD.items():
            text = escape(entry[field])
            if field == "validation" and not wording.is_missing(entry["validated_on"]):
                text = f"{wording.day(entry['validated_on'])}. {text}"
            st.markdown(f"**{label}** · {text}")
