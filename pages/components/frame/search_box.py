"""The search box of every page: a customer, a product or a page by a few letters of its name."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from engine.results import Found
from pages.components.frame import access, session
from pages.components.look.wording import escape

BOX, KEYS, SHOWN = "search_box", "search_keys", "search_shown"
"""What was typed, what the keyboard did, and for what text results were drawn last."""
MOST = 5
ICONS = {"customer": "person", "product": "sell", "page": "arrow_forward"}

_script = Path(__file__).resolve().parents[3] / "assets" / "search.js"
_keys = st.components.v2.component("attune_search", js=_script.read_text("utf-8"))


@st.fragment
def show(pages: Mapping[str, str], files: Mapping[str, str]) -> None:
    """The box, and below it what was found; Enter opens the first.

    Parameters
    ----------
    pages, files : mapping
        Address of a page -> its name, and its script.
    """
    text = st.text_input(
        "Find a customer, product or page",
        key=BOX,
        type="search",
        placeholder="Find (Ctrl+K)",
        label_visibility="collapsed",
        live=True,
    )
    _keys(key=KEYS, on_entered_change=partial(_entered, pages))
    if opening := st.session_state.pop("search_opens", None):
        _open(opening, files)
    st.session_state[SHOWN] = text
    if not text or not text.strip():
        return
    found = _found(text, pages)
    with st.container(gap=None):
        if not found:
            st.caption("Nothing has such a name or number.")
        elif found[0].similar:
            st.caption("Nothing is spelled so; these are similar.")
        for one in found:
            st.button(
                escape(_said(one)),
                key=f"found_{one.kind}_{one.key}",
                icon=f":material/{ICONS[one.kind]}:",
                type="tertiary",
                on_click=_chosen,
                args=(one,),
            )


def _entered(pages: Mapping[str, str]) -> None:
    """Open what is meant beyond doubt, or the first of those that were seen."""
    text = st.session_state[KEYS].entered or ""
    found = _found(text, pages)
    sure = len(found) == 1 and not found[0].similar
    if found and (sure or st.session_state.get(SHOWN) == text):
        _chosen(found[0])


def _found(text: str, pages: Mapping[str, str]) -> list[Found]:
    """What has such a name; customers and products only for who may open their page."""
    found, person = session.engine().search.find(text, pages, k=MOST), access.still()
    opens = {"customer": "customer_explorer.py", "product": "data.py"}
    shut = {kind for kind, page in opens.items() if not access.may_open(page, person)}
    return [one for one in found if one.kind not in shut]


def _said(one: Found) -> str:
    return f"{one.name} · {one.key}" if one.kind == "customer" else one.name


def _chosen(one: Found) -> None:
    st.session_state["search_opens"] = one
    st.session_state[BOX] = ""


def _open(one: Found, files: Mapping[str, str]) -> None:
    carried = session.carried_bank()
    if one.kind == "customer":
        st.switch_page("customer_explorer.py", query_params=carried | {"customer": one.key})
    if one.kind == "product":
        carried |= {"tab": "Products", "product": one.key}
        st.switch_page("data.py", query_params=carried)
    st.switch_page(files[one.key], query_params=carried)
