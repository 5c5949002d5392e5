"""What a risk officer asks, and which page and file answer it."""

import pandas as pd
import streamlit as st

from pages.components.look import tables, wording


def show(table: pd.DataFrame) -> None:
    """Question, answer, and where it stands; what is not answered says so."""
    answered = int(table["answered"].sum())
    st.markdown(f"**{answered} of {len(table)} questions of a risk officer are answered**")
    tables.show(
        table.assign(page=[wording.label(page) if page else None for page in table["page"]]),
        {
            "number": st.column_config.NumberColumn("No.", width=50),
            "question": ("Question", "250"),
            "answer": ("Answer", "310"),
            "page": ("Page", "125"),
            "files": ("File of the pack", "165"),
        },
        "Questions of a risk officer with answer, page and file",
        height="content",
        row_height=tables.THREE_LINES,
    )
