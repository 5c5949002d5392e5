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
    *,
    people: bool = True,
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
    people : bool
        Whether customers stand in it, who may be given pseudonyms.
    """
    # Whoever sees no names has pseudonyms in every file as it is.
    hidden = (people and session.may("customers.profile")) and st.toggle(
        "Pseudonyms",
        key=f"{key}_pseudonyms",
        help="Keyed pseudonyms in the file in place of customers and managers; no names.",
    )
    made, ending = (_hidden(export), "_pseudonyms") if hidden else (export, "")
    for kind, label in KINDS.items():
        st.download_button(
            f"Download {label}",
            session.noted(f"{what}{ending.replace('_', ', ')}", lambda kind=kind: made(kind)),
            file_name=f"{stem}{ending}.{kind}",
            mime=wording.MIME[kind],
            icon=":material/download:",
            on_click="ignore",
            type=type,
            key=f"{key}_{kind}",
        )


def _hidden(export: Callable[[str], bytes]) -> Callable[[str], bytes]:
    pseudonyms = session.engine().pseudonyms
    return lambda kind: pseudonyms.file(export(kind), kind)
