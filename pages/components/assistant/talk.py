"""The conversation: what was asked and answered, kept for this session and bank alone."""

import uuid

import streamlit as st

from engine import Engine
from engine.results import ASKED_BACK, REFUSED, AssistantReply
from pages.components.assistant import answer_card
from pages.components.frame import access, session
from pages.components.look.wording import escape

TALK = "assistant_talk"
"""Bank -> replies, the oldest first."""
NAMES = "assistant_conversations"
"""Bank -> id of its conversation: what is recorded in one is no answer of the next."""
SHOWN = 30
LONGEST = 500


def replies() -> list[AssistantReply]:
    """Those of the open bank."""
    kept: dict[str | None, list[AssistantReply]] = st.session_state.setdefault(TALK, {})
    return kept.setdefault(session.bank_id(), [])


def ask(engine: Engine, question: str) -> None:
    """Ask, keep the answer and draw it; whoever it speaks of was looked at."""
    said = replies()
    before = said[-1].conversation if said else None
    book = access.require().book
    _asked(question)
    with st.chat_message("assistant", avatar=":material/smart_toy:"):
        place = st.container()
        with place, st.skeleton(height=160):
            reply = engine.assistant.ask(
                question, before, customer_id=session.customer_id(), manager=book
            )
        for customer in dict.fromkeys(one.customer_id for one in reply.answers if one.customer_id):
            session.looked(customer)
        said.append(reply)
        del said[:-SHOWN]
        with place:
            _reply(reply)


def clear() -> None:
    """Forget the whole conversation; the next one has another id."""
    replies().clear()
    st.session_state.get(NAMES, {}).pop(session.bank_id(), None)


def _conversation() -> str:
    """Id of the open bank's conversation."""
    known: dict[str | None, str] = st.session_state.setdefault(NAMES, {})
    return known.setdefault(session.bank_id(), str(uuid.uuid4()))


def show() -> None:
    """Everything that was said, each answer as cards."""
    for reply in replies():
        _asked(reply.question)
        with st.chat_message("assistant", avatar=":material/smart_toy:"):
            _reply(reply)


def _asked(question: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(escape(question))


def _reply(reply: AssistantReply) -> None:
    n, where = reply.conversation.n_asked, _conversation()
    if reply.notice:
        st.caption(f":material/info: {escape(reply.notice)}")
    if reply.sentence:
        st.markdown(escape(reply.sentence))
    for place, answer in enumerate(reply.answers):
        answer_card.show(answer, f"{where}_{n}_{place}")
    if reply.choices and reply.status in (ASKED_BACK, REFUSED):
        chips(reply.choices, f"choice_{n}")


def chips(questions: tuple[str, ...], key: str) -> None:
    """Questions to ask by a click."""
    with st.container(horizontal=True, gap="xsmall"):
        for n, question in enumerate(questions):
            st.button(
                escape(question),
                key=f"{key}_{n}",
                on_click=ask_next,
                args=(question,),
            )


def ask_next(question: str) -> None:
    """Have a question asked as the page is drawn."""
    st.session_state["assistant_asked"] = question
