"""A table as a file: one button for Excel and one for CSV, made when they are pressed."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from pages.components.frame import session
from pages.components.look import wording

KINDS = {"xlsx": "Excel", "csv": "CSV"}


def as_files(
    what: str,
    export: Callable[[str], bytes],
    stem: str,
    key: str,
    type: Literal["secondary", "tertiary"] = "secondary",
) -> None:
    """Both buttons, one after the other where the caller stands; who gets the file is noted.

    Parameters
    ----------
    what : str
        What the note calls it.
    export : callable
        "xlsx" or "csv" -> the file.
    stem : str
        Name of the file without its ending.
    """
    for kind, label in KINDS.items():
        st.download_button(
            f"Download {label}",
            session.noted(what, lambda kind=kind: export(kind)),
            file_name=f"{stem}.{kind}",
            mime=wording.MIME[kind],
            icon=":material/download:",
            on_click="ignore",
            type=type,
            key=f"{key}_{kind}",
        )
