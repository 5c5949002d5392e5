"""What was uploaded: read once, with the replies of a person and what the engine makes of them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import EngineError
from engine.results import ImportReview, Key, Replies, Reply
from pages.components.frame import uploaded
from pages.components.look.wording import escape


def upload(flow: str, update_of: str | None = None) -> Any:
    """Ask for files; their tables, read once, or None while there are none or they cannot be read.

    Parameters
    ----------
    flow : str
        Which form asks: each remembers its own.
    update_of : str, optional
        Folder of the bank whose plan says how the files are told apart.
    """
    files = st.file_uploader(
        "Files",
        type=Engine.banks.upload_kinds(),
        accept_multiple_files=True,
        key=f"uploads_{flow}_{st.session_state.get('n_imports', 0)}",  # a new one is empty
    )
    if not files:
        release(flow)
        return None
    problem = uploaded.refused(flow, files)
    source, problem = (None, problem) if problem else _read(flow, files, update_of)
    if problem:
        st.error(problem)
        if replies(flow):
            st.button("Take the answers back", on_click=forget, args=(flow,))
    return source


def _read(flow: str, files: Sequence[Any], update_of: str | None) -> tuple[Any, str]:
    ids = tuple(file.file_id for file in files)
    kept = st.session_state.get(f"{flow}_read")
    if kept is not None and kept[0][0] != ids:
        forget(flow)
    forms = _forms(flow, update_of)
    if kept is not None and kept[0] == (ids, forms):
        return kept[1]
    try:
        with st.spinner("Reading"):
            uploads = {file.name: file.getvalue() for file in files}
            read = Engine.banks.read_uploads(uploads, forms), ""
    except EngineError as error:
        read = None, escape(error)
    st.session_state[f"{flow}_read"] = ((ids, forms), read)
    return read


def _forms(flow: str, update_of: str | None) -> Any:
    """How cells are told apart, as a plan and replies say; a plan that is none is named later."""
    file = st.session_state.get(f"plan_{flow}")
    try:
        plan = file.getvalue() if file else None
        return Engine.banks.forms(replies(flow), plan, update_of)
    except EngineError:
        return {}


def plan(flow: str) -> bytes | None:
    """Ask for a plan that was saved at an earlier import."""
    with st.expander("Read them by a plan that was saved earlier"):
        file = st.file_uploader("Plan", type="toml", key=f"plan_{flow}")
    form = f"plan_{flow}"
    if file is None:
        uploaded.release(form)
        return None
    if problem := uploaded.refused(form, [file]):
        st.error(problem)
        return None
    return file.getvalue()


def replies(flow: str) -> Replies:
    """What a person said about the files so far."""
    return st.session_state.get(f"{flow}_replies", {})


def reply(flow: str, key: Key, given: Reply) -> None:
    """Remember a reply; the files are reviewed anew with the next drawing of the page."""
    st.session_state[f"{flow}_replies"] = Engine.banks.with_reply(replies(flow), key, given)


def review(
    flow: str, source: Any, plan: bytes | None, update_of: str | None = None
) -> ImportReview | None:
    """How the files would be read, worked out once a reply; None where that cannot be said."""
    of_what = (id(source), plan, update_of, tuple(replies(flow).items()))
    kept = st.session_state.get(f"{flow}_review")
    if kept is not None and kept[0] == of_what:
        return kept[1]
    try:
        with st.spinner("Looking at the rows"):
            made = Engine.banks.review(source, replies(flow), plan=plan, update_of=update_of)
    except EngineError as error:
        st.error(escape(error))
        return None
    st.session_state[f"{flow}_review"] = (of_what, made)
    return made


def widget(flow: str, name: str) -> str:
    """Key of a widget about the files as they were last read: other files, other answers."""
    return f"{flow}_{st.session_state.get(f'{flow}_n_reads', 0)}_{name}"


def forget(flow: str) -> None:
    """Nothing holds any more that was read of files and said about them."""
    for kept in ("read", "replies", "review", "preview"):
        st.session_state.pop(f"{flow}_{kept}", None)
    st.session_state[f"{flow}_n_reads"] = st.session_state.get(f"{flow}_n_reads", 0) + 1


def release(flow: str) -> None:
    """A form that has no files, or is not shown, holds nothing of the files before."""
    if f"{flow}_read" in st.session_state:
        forget(flow)
    for form in (flow, f"plan_{flow}"):
        uploaded.release(form)


def empty(flow: str) -> None:
    """The files were imported: the form is empty again."""
    release(flow)
    st.session_state["n_imports"] = st.session_state.get("n_imports", 0) + 1
