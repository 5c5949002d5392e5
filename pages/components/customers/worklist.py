"""The list that a person works down: its filters in the address, and a customer's place in it."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from engine import Engine
from engine.errors import BadInput
from engine.results import Selected
from pages.components.customers import column_filters, customer_filters, following
from pages.components.frame import session
from pages.components.look.wording import badge_text, escape

LIST = "Which customers Previous and Next go through, and in which order"


def customers(engine: Engine) -> pd.DataFrame:
    """Draw the filters; the customers that pass them, in the order that was chosen."""
    arguments = customer_filters.customers(engine)
    closed = () if customer_filters.sees_names(engine) else customer_filters.WHO
    arguments |= column_filters.filters(engine.facts.summary().currency, closed)
    opened = selected(engine)
    selection = opened.selection if opened else None
    return engine.customers.table(selection=selection, **arguments)


def selected(engine: Engine) -> Selected | None:
    """The selection in the address, opened; None for everybody, and where the address is wrong."""
    address = st.query_params.get(following.SHOW)
    try:
        return engine.selections.open(engine.selections.read(address)) if address else None
    except BadInput as error:
        st.warning(escape(error), icon=":material/link_off:")
        st.query_params.pop(following.SHOW)
        return None


def settle_selection() -> None:
    """A number was followed: nobody is chosen, and only what the address says narrows the list."""
    address = st.query_params.get(following.SHOW)
    if following.is_new(address):
        if "customer" not in st.query_params:
            session.choose(None)
        clear(st.query_params.to_dict())
    following.seen(address)


def everybody() -> None:
    """Take the selection away."""
    st.query_params.pop(following.SHOW, None)


def active() -> list[str]:
    """What narrows the list, in words."""
    return customer_filters.active() + column_filters.active()


def address() -> dict[str, str]:
    """What a link to another page takes along: the bank, the customer, and the list."""
    carried = (
        "bank",
        "customer",
        "page",
        following.SHOW,
        *customer_filters.KEYS,
        *column_filters.KEYS,
    )
    return {name: st.query_params[name] for name in carried if name in st.query_params}


def clear(kept: Collection[str] = ()) -> None:
    """Take every filter away, but for those that are named."""
    before = {name: st.session_state[name] for name in kept if name in st.session_state}
    customer_filters.clear()
    column_filters.clear()
    st.session_state.update(before)


def chip(engine: Engine, chosen: str | None, *, named: bool = True) -> None:
    """The chosen customer, their place in the list, and the ways to the next and to the list."""
    everybody = engine.customers.table(search="").set_index("customer_id")["name"]
    if chosen not in everybody.index:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if named:
            name = badge_text(everybody[chosen])
            st.badge(name, icon=":material/person:", color="blue")
        place = st.container(width="content", horizontal=True, vertical_alignment="center")
        with st.popover("List", icon=":material/filter_list:", type="tertiary", help=LIST):
            ids = customers(engine)["customer_id"].tolist()
        with place:
            _steps(ids, chosen)
        st.button(
            "Clear" if named else "All customers",
            key="chip_clear",
            on_click=session.choose,
            args=(None,),
            type="tertiary",
            help="Choose no customer",
        )


def _steps(ids: list[str], chosen: str) -> None:
    """Where the customer stands in the list, and who stands before and after."""
    place = ids.index(chosen) if chosen in ids else -1
    said = f"{place + 1:,} of {len(ids):,}" if place >= 0 else f"not among these {len(ids):,}"
    st.caption(said, width="content")
    for word, step in (("Previous", -1), ("Next", 1)):
        target = ids[place + step] if place >= 0 and 0 <= place + step < len(ids) else None
        st.button(
            word,
            key=f"chip_{word}",
            on_click=session.choose,
            args=(target,),
            disabled=target is None,
            type="tertiary",
            help=f"{word} customer of the list",
        )
