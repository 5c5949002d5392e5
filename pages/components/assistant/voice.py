"""A recording or a WAV file: what is heard in it, corrected before anything is done with it."""

import hashlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from engine import Engine
from engine.errors import BadInput, EngineError
from engine.results import HEARD, Listener, Transcript
from pages.components.frame import session
from pages.components.look.wording import escape

_HEARD = "voice_heard"
"""Key of a form -> what was recorded last, as a hash, and what was heard or why nothing was."""
_ROUND = "voice_round"
"""Key of a form -> how many recordings are done with: the next one begins empty."""


def show(
    engine: Engine, key: str, *, what: str, action: str, longest: int, use: Callable[[str], None]
) -> None:
    """Record or choose a file, correct what was heard, and do something with it by a button.

    Parameters
    ----------
    key : str
        Tells this form from every other.
    what : str
        What is recorded: "a question".
    action : str
        What the button says.
    longest : int
        Characters that the text may have.
    use : callable
        Given the corrected text when the button is pressed.
    """
    listener = engine.speech.listener()
    if not listener.name:
        st.caption(escape(listener.note))
        return
    key = f"{key}_{session.bank_id()}"
    n = st.session_state.setdefault(_ROUND, {}).get(key, 0)
    content = _recorded(f"{key}_{n}", what, listener)
    if content is None:
        return
    heard = _heard(engine, key, content)
    if not isinstance(heard, Transcript):
        st.error(escape(heard), icon=":material/error:")
        return
    if heard.status != HEARD:
        st.warning(escape(heard.sentence), icon=":material/mic_off:")
        return
    if heard.sentence:
        st.warning(escape(heard.sentence), icon=":material/hearing:")
    # Another recording has fields of its own: no word of the last one stands beside it.
    form = f"{key}_{n}_{hashlib.sha256(content).hexdigest()}"
    text = f"{form}_text"
    st.text_area("Heard: correct it, then go on", heard.text[:longest], key=text, max_chars=longest)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            action,
            key=f"{form}_use",
            type="primary",
            icon=":material/send:",
            on_click=_used,
            args=(key, text, use),
        )
        st.caption(f"Written down by {escape(heard.engine)} on this machine; nothing is kept.")


def _recorded(key: str, what: str, listener: Listener) -> bytes | None:
    """What was recorded, or the file that was chosen; None as long as there is neither."""
    left, right = st.columns(2, gap="medium")
    spoken: Any = left.audio_input(f"Record {what}", key=f"{key}_spoken")
    chosen: Any = right.file_uploader(
        f"or choose a WAV file of up to {listener.longest_seconds:.0f} seconds",
        type="wav",
        key=f"{key}_file",
        max_upload_size=int(listener.most_megabytes),
    )
    if spoken is not None and chosen is not None:
        st.caption(
            "There are a recording and a file: the recording is taken. Remove it for the file."
        )
    given = chosen if spoken is None else spoken
    return None if given is None else given.getvalue()


def _heard(engine: Engine, key: str, content: bytes) -> Transcript | str:
    """What is heard, or one sentence; a recording is listened to once."""
    kept: dict[str, tuple[str, Transcript | str]] = st.session_state.setdefault(_HEARD, {})
    digest = hashlib.sha256(content).hexdigest()
    if key not in kept or kept[key][0] != digest:
        with st.spinner("Listening …"):
            kept[key] = (digest, _transcribed(engine, content))
    return kept[key][1]


def _transcribed(engine: Engine, content: bytes) -> Transcript | str:
    try:
        return engine.speech.transcribe(content)
    except BadInput as error:
        return str(error)
    except EngineError as error:
        return f"Nothing was written down: {error}"


def _used(key: str, text: str, use: Callable[[str], None]) -> None:
    """Give the corrected text on, and begin anew."""
    said = str(st.session_state.get(text, "")).strip()
    if said:
        use(said)
        st.session_state[_HEARD].pop(key, None)
        st.session_state[_ROUND][key] = st.session_state[_ROUND].get(key, 0) + 1
