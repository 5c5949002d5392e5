"""Where the data come from: tables with days and hashes, and the files that were read."""

from typing import Any

import streamlit as st

from pages.components.look import tables, wording

HASH_SHOWN = 16
"""Characters of a hash; the pack has it whole."""


def show(service: Any) -> None:
    """Rows, days and SHA-256 of each table, and of each file behind them."""
    table = service.lineage()
    tables.show(
        table.assign(
            table=[wording.label(name) for name in table["table"]],
            sha256=table["sha256"].str[:HASH_SHOWN],
        ),
        {
            "table": ("Table", "170"),
            "rows": ("Rows", "count"),
            "first_date": ("From", "day"),
            "last_date": ("Until", "day"),
            "sha256": (f"SHA-256, first {HASH_SHOWN}", "220"),
        },
        "Tables of the bank with rows, days and hashes",
        height="content",
    )
    sources = service.sources()
    if len(sources):
        with st.expander(f"{wording.counted(len(sources), 'file')} that it was read from"):
            tables.show(
                sources.assign(sha256=sources["sha256"].str[:HASH_SHOWN]),
                {"file": ("File", "260"), "sha256": (f"SHA-256, first {HASH_SHOWN}", "220")},
                "Files that the bank was read from, with hashes",
                height="content",
            )
    else:
        st.caption("The bank was generated here, so it was read from no file.")
