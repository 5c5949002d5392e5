"""An open page that turns dark or light is drawn anew: charts and logo take the theme's colours."""

from pathlib import Path

import streamlit as st

_script = Path(__file__).resolve().parents[3] / "assets" / "theme.js"
_watched = st.components.v2.component("attune_theme", js=_script.read_text("utf-8"))


def watch() -> None:
    """Run the page anew when the browser's theme turns; Streamlit turns its own elements alone."""
    _watched(key="theme", on_turned_change=_drawn_anew)


def _drawn_anew() -> None:
    """Nothing is kept of it: every run asks the browser for its theme."""
