"""Views of the list of customers: saved under a name, opened, renamed, removed, left."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from engine import Engine
from engine.errors import EngineError
from engine.results import View
from pages.components.customers import list_query
from pages.components.frame import access, session
from pages.components.look.wording import badge_text, escape

PAGE = "customers"
_OPEN = "view_open"
_NAME = "view_name"
_SETTLED = "views_settled"
_HOW = "Views: what narrows and sorts the list, under a name that everybody finds"


def settle(engine: Engine) -> None:
    """The first time that a session sees the list: as its person left it, unless the address says
    what it is to be."""
    here = session.bank_id()
    if st.session_state.get(_SETTLED) == here:
        return
    st.session_state[_SETTLED] = here
    st.session_state.pop(_OPEN, None)
    if list_query.said(engine) or set(st.query_params) - {"bank"}:
        return
    try:
        view = engine.views.last(PAGE, actor=access.require().actor)
    except EngineError as error:
        st.warning(escape(error), icon=":material/bookmark:")
        return
    if view is not None:
        list_query.choose(engine, view.query)
        st.session_state[_OPEN] = view.name
        with suppress(StreamlitAPIException):  # a widget that is drawn writes its part itself
            st.query_params.update(list_query.sound(engine, view.query))


def show(engine: Engine) -> None:
    """The views to open, the one that is open and the way out of it; the filters are drawn."""
    views = engine.views.saved(PAGE)
    opened = _opened(views)
    said = list_query.said(engine)
    with st.popover("Views", icon=":material/bookmark:", type="tertiary", help=_HOW):
        _choices(views, opened)
        _naming(engine, opened, said)
    if opened is None:
        return
    changed = said != list_query.sound(engine, opened.query)
    st.badge(
        f"View: {badge_text(opened.name)}{', changed' if changed else ''}",
        icon=":material/bookmark:",
        color="blue",
    )
    if changed and said:
        st.button(
            "Save changes",
            key="view_save_changes",
            type="tertiary",
            on_click=_save,
            args=(engine, opened.name),
        )
    st.button(
        "Leave",
        key="view_leave",
        type="tertiary",
        on_click=leave,
        args=(engine,),
        help="All customers again, also the next time",
    )


def leave(engine: Engine) -> None:
    """Everybody again, here and the next time that the list is opened."""
    list_query.choose(engine, {})
    st.session_state.pop(_OPEN, None)
    session.submit(lambda: engine.views.leave(PAGE, actor=access.require().actor))


def _opened(views: list[View]) -> View | None:
    name = st.session_state.get(_OPEN)
    return next((view for view in views if view.name == name), None)


def _choices(views: list[View], opened: View | None) -> None:
    if not views:
        st.caption("None yet. Narrow or sort the list, give that a name, and save it.")
        return
    with st.container(height=220 if len(views) > 5 else "content", border=False, gap="xxsmall"):
        for place, view in enumerate(views):
            st.button(
                escape(view.name),
                key=f"view_open_{place}",
                type="tertiary",
                icon=":material/check:" if view == opened else ":material/bookmark:",
                on_click=_open,
                args=(view.name,),
            )


def _naming(engine: Engine, opened: View | None, said: dict[str, str]) -> None:
    """A name, and what can be done under it."""
    st.text_input("Name", key=_NAME, max_chars=engine.views.longest_name, placeholder="A new name")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save the list as it is",
            key="view_save",
            type="primary",
            disabled=not said,
            on_click=_save,
            args=(engine,),
        )
        if opened is not None:
            st.button("Rename", key="view_rename", on_click=_rename, args=(opened.name,))
            st.button("Remove", key="view_remove", on_click=_remove, args=(opened.name,))
    if not said:
        st.caption("Nothing is narrowed or sorted just now.")


def _typed() -> str:
    """The name as it stands now: what was typed and the click on a button come in one run."""
    return str(st.session_state.get(_NAME, "")).strip()


def _save(engine: Engine, replaced: str = "") -> None:
    """Keep the list as it is now, in place of a view or under the name that was typed."""
    actor, query, name = access.require().actor, list_query.said(engine), replaced or _typed()

    def doing() -> None:
        view = engine.views.save(name, PAGE, query, actor=actor, replacing=bool(replaced))
        engine.views.open(PAGE, view.name, actor=actor)
        st.session_state[_OPEN] = view.name
        st.session_state[_NAME] = ""

    session.submit(doing, f"Saved: {name}")


def _open(name: str) -> None:
    engine = session.engine()

    def doing() -> None:
        view = engine.views.open(PAGE, name, actor=access.require().actor)
        list_query.choose(engine, view.query)
        st.session_state[_OPEN] = view.name

    session.submit(doing)


def _rename(name: str) -> None:
    to = _typed()

    def doing() -> None:
        view = session.engine().views.rename(PAGE, name, to, actor=access.require().actor)
        st.session_state[_OPEN] = view.name
        st.session_state[_NAME] = ""

    session.submit(doing, f"Renamed: {to}")


def _remove(name: str) -> None:
    st.session_state.pop(_OPEN, None)
    session.submit(lambda: session.engine().views.remove(PAGE, name), f"Removed: {name}")
