"""How many bytes each form of a session holds, so that they are bounded together."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import BadInput
from pages.components.look.wording import escape

_HELD = "uploaded_bytes"


def refused(form: str, files: Sequence[Any]) -> str:
    """Why the files of a form cannot be taken beside those of the others; "" where they can."""
    release(form)
    held = st.session_state.setdefault(_HELD, {})
    sizes = [(file.name, file.size) for file in files]
    try:
        Engine.banks.check_uploads(sizes, sum(held.values()))
    except BadInput as error:
        return escape(error)
    held[form] = sum(size for _, size in sizes)
    return ""


def release(form: str) -> None:
    """A form holds nothing any more."""
    st.session_state.get(_HELD, {}).pop(form, None)
